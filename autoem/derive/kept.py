"""What the M-step reads row by row: for maxima that no sums over rows tell.

An order statistic needs the rows themselves, and so does a sum of |x_n - m| about a new m.  Both
read two arrays that the E-step hands on beside its sums, put together and not added:

    kept x[n]                        one number for each row
    kept weight[n, k] = r[n, k]      how much the row counts, times the weight of the row
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.index import Guard, Index, Lookup, Read, fresh
from autoem.derive.quantity import Element, Statistic, elements, indices_of
from autoem.derive.term import Term, canonical, free_indices


@dataclass(frozen=True, eq=False)
class Kept(Statistic):
    """One number for each row, for an order statistic to read: put together, not summed."""


@dataclass(frozen=True, eq=False)
class KeptWeight(Kept):
    """How much each row counts; one that counts nothing is not there."""


Statistics = dict[object, Statistic]


def keep(known: Statistics, value: sympy.Expr) -> sympy.Expr:
    """The value at each row; what is the same for all rows stays as it is."""
    free = indices_of(value)
    return _kept(known, Kept, Term(value), free) if free else value


def keep_weight(known: Statistics, term: Term) -> Element:
    """How much a row at the bound indices of the term counts: nothing where a guard fails."""
    loose = replace(term, bound=(), factor="")
    return _kept(known, KeptWeight, loose, (*term.bound, *free_indices((loose,))))


def _kept(known: Statistics, kind: type[Kept], term: Term, free: tuple[Index, ...]) -> Element:
    """The quantity that holds the term at the free indices; equal ones are one."""
    key, mentioned = canonical((term,))
    indices = (*mentioned, *(index for index in free if index not in mentioned))
    whole = (kind, key, tuple(index.axis for index in indices))
    if whole not in known:
        words = [element.base.name for element in elements(term.value)][:1]
        stem = "_".join(["kept", *words] if kind is Kept else ["kept", "weight"])
        taken = [statistic.name for statistic in known.values()]
        number = sum(name == stem or name.startswith(f"{stem}_") for name in taken)
        name = f"{stem}_{number + 1}" if number else stem
        sign = "nonnegative" if kind is KeptWeight else "real"
        axes = tuple(index.axis for index in indices)
        known[whole] = kind(name, axes, sign, indices=indices, definition=(term,))
    return Element(known[whole], indices)


def by_rows(known: Statistics, term: Term, mixed: sympy.Expr, data: tuple[Element, ...]) -> Term:
    """A sum over rows in which one factor, `mixed`, is of new parameters and of these `data`.

    The data are kept; what else is of the rows, and the guards, become how much a row counts.
    """
    new = tuple(element for element in elements(mixed) if element not in data)
    found, guards = told_apart(new)
    kept = mixed.xreplace({**found, **{element: keep(known, element) for element in data}})
    bound = (*term.bound, *(guard.right for guard in guards if isinstance(guard.right, Index)))
    rest = term.value / mixed
    weight = keep_weight(known, Term(rest, bound, (*term.guards, *guards)))
    return replace(term, value=kept * weight, bound=bound, guards=())


def told_apart(
    found: tuple[Element, ...],
) -> tuple[dict[sympy.Expr, sympy.Expr], tuple[Guard, ...]]:
    """b[group(i)] as b[g] where [group(i) = g], for each of the elements."""
    moved: dict[Lookup, Index] = {}
    replaced: dict[sympy.Expr, sympy.Expr] = {}
    for element in found:
        reads: list[Read] = []
        for read, axis in zip(element.indices, element.base.axes, strict=True):
            looked = isinstance(read, Lookup)
            reads.append(moved.setdefault(read, fresh(axis)) if looked else read)  # type: ignore[arg-type]
        replaced[element] = Element(element.base, tuple(reads))
    return replaced, tuple(Guard(lookup, index) for lookup, index in moved.items())
