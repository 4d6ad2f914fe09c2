"""Sums over a window: where t - k counts inside a window, the window is what is summed over.

    sum over t of  [0 <= t - k] [t - k < W] f(t, t - k)  =  sum over w of  [k + w < T] f(k + w, w)

for each k, with as many summands as the window is wide, and not as many as there are t.  That the
index t - k stays in the window is read off the comparisons it stands behind; where they do not say
so, the sum over t is kept, and an index outside is an error as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy

from autoem.derive.index import Index, Lookup, Read, fresh, indices_in, reread
from autoem.derive.quantity import Declared, Element, Seen, elements, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, at, reindex
from autoem.derive.told import Position, Told
from autoem.families.where import less
from autoem.language.declaration import Given, Observed
from autoem.language.expression import Axis


@dataclass(frozen=True)
class Window:
    """An index into a window that is `rest` plus `sign` times the position `moving` of a bound
    index; it counts where the factor `holds` of a term is one, which leaves `conditions` besides.
    """

    read: Lookup
    axis: Axis
    moving: Element
    sign: int
    rest: sympy.Expr
    holds: Element
    conditions: tuple[sympy.Expr, ...]


def windowed(term: Term, scope: Scope) -> Term:
    """The term as a sum over its windows, one after the other."""
    window = next(_windows(term, scope), None)
    return term if window is None else windowed(_over(term, window, scope), scope)


def _over(term: Term, window: Window, scope: Scope) -> Term:
    """The term as a sum over one window: each t is a place reckoned from the others."""
    w, (t,) = fresh(window.axis), window.moving.indices
    assert isinstance(t, Index)
    place = window.sign * (scope.position(w, window.axis) - window.rest)
    left = () if place.is_nonnegative else (1 - less(place, 0),)
    known = [condition.xreplace({window.moving: place}) for condition in window.conditions]
    inside = sympy.Mul(*left, less(place, scope.size(t.axis)), *known)
    told = scope.told("place", place, t.axis, inside)
    value = term.value.xreplace({window.holds: scope.told("holds", inside), window.moving: place})
    moved = {
        element: Element(element.base, tuple(reread(r, window.read, w) for r in element.indices))
        for element in elements(value)
    }
    rest = replace(term, value=value.xreplace(moved), bound=(*term.bound, w))
    found = at(rest, {t: Lookup(told.base, told.indices)})
    assert found is not None
    return found


def _windows(term: Term, scope: Scope) -> Iterator[Window]:
    """The indices of a term that count inside a window, and run through it with a bound index of
    which only data and what is told are read."""
    for read in dict.fromkeys(r for e in elements(term.value) for r in _lookups(e.indices)):
        base = read.table
        if not isinstance(base, Told) or base.along is None:
            continue
        value = reindex(base.value, dict(zip(base.indices, read.indices, strict=True)))
        for moving in elements(value):
            sign, rest = value.diff(moving), value - value.diff(moving) * moving
            if sign in (1, -1) and _is_summed(term, moving, rest):
                bounds = (value, scope.size(base.along) - 1 - value)
                for holds, conditions in _bounded(term, bounds):
                    yield Window(read, base.along, moving, int(sign), rest, holds, conditions)


def _lookups(reads: tuple[Read, ...]) -> Iterator[Lookup]:
    """The lookups among reads, and those inside them."""
    for read in reads:
        if isinstance(read, Lookup):
            yield read
            yield from _lookups(read.indices)


def _is_summed(term: Term, moving: Element, rest: sympy.Expr) -> bool:
    """Whether this is the position of a bound index t that only data and what is told have, and
    the rest of the sum has another bound index, but not t."""
    if not isinstance(moving.base, Position):
        return False
    (t,) = moving.indices
    others = indices_of(rest)
    if t not in term.bound or t in others or not any(i in term.bound for i in others):
        return False
    reading = (e for e in elements(term.value) if any(t in indices_in(r) for r in e.indices))
    return all(_is_data(e, t) for e in reading)


def _is_data(element: Element, t: Read) -> bool:
    """Whether an element that reads t, at its own index or inside a lookup, is data there."""
    base = element.base
    if t not in element.indices or isinstance(base, Told | Position | Seen):
        return True
    return isinstance(base, Declared) and isinstance(base.variable, Given | Observed)


def _bounded(
    term: Term, bounds: tuple[sympy.Expr, sympy.Expr]
) -> Iterator[tuple[Element, tuple[sympy.Expr, ...]]]:
    """The factors of a term that are one only where no bound is negative, and what they say
    besides."""
    for factor in sympy.Mul.make_args(term.value):
        if isinstance(factor, Element) and isinstance(factor.base, Told):
            at_reads = dict(zip(factor.base.indices, factor.indices, strict=True))
            said = sympy.Mul.make_args(reindex(factor.base.value, at_reads))
            gaps = [_gap(condition) for condition in said]
            found = [[sympy.expand(gap - bound) == 0 for bound in bounds] for gap in gaps]
            if all(map(any, zip(*found, strict=True))):
                rest = (c for c, same in zip(said, found, strict=True) if not any(same))
                yield factor, tuple(rest)


def _gap(condition: sympy.Expr) -> sympy.Expr:
    """What a comparison of whole numbers says is not negative: b - a - 1 of a < b, and a - b of
    its opposite; nan of anything else."""
    if isinstance(condition, less):
        left, right = condition.args
        return right - left - 1
    opposite = 1 - condition
    if isinstance(opposite, less):
        left, right = opposite.args
        return left - right
    return sympy.nan
