"""From Einstein sums to vectors and matrices.

An index that a product mentions exactly twice, each time in a place where the product is linear,
need not be written: sum_{i,j} e_i P_ij e_j is e' P e.  `hidden` finds these indices; `chained`
lines up what they join, vector by matrix by vector, and writes the product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy

from autoem.derive.explain.layout import Add, Call, Math, Product, Transpose
from autoem.derive.explain.notation import Notation
from autoem.derive.index import Guard, Index, indices_in
from autoem.derive.quantity import Defined, Element, elements, indices_of
from autoem.derive.term import Term, instantiate

Open = tuple[Index | None, ...]
"""The open indices of a layout: () of a scalar, (row,) of a column, (row, column) of a matrix,
(None, column) of a row."""


@dataclass(frozen=True)
class Tensor:
    """A factor with hidden indices; `write` sets it with these open, in either order."""

    open: tuple[Index, ...]
    write: Callable[[Open], Math]
    rank: tuple[int, int] = (9, 0)


def hidden(term: Term, wanted: Open, notation: Notation) -> tuple[Index, ...]:
    """The indices of a term that need not be written: summed ones that join two places, and the
    wanted open ones that stand in one."""
    result = [index for index in wanted if index is not None]
    for index in term.bound:
        free = _may_hide(index, notation) and not _guarded(term, index)
        if free and slots(term.value, index, notation) == 2:
            result.append(index)
    return tuple(result)


def is_open(term: Term, index: Index, notation: Notation) -> bool:
    """Whether a free index stands in exactly one linear place of each product of the term."""
    if not _may_hide(index, notation):
        return False
    guards = [g for g in term.guards if index in (g.left, g.right)]
    if any(not isinstance(side, Index) for g in guards for side in (g.left, g.right)):
        return False
    guarded = len(guards)
    deep = any(
        index in indices_in(read) and read != index
        for g in term.guards
        for read in (g.left, g.right)
    )
    parts = sympy.Add.make_args(term.value)
    return not deep and all(slots(part, index, notation) == 1 - guarded for part in parts)


def _may_hide(index: Index, notation: Notation) -> bool:
    return index.axis in notation.vector_axes


def _guarded(term: Term, index: Index) -> bool:
    return any(_in_guard(guard, index) for guard in term.guards)


def _in_guard(guard: Guard, index: Index) -> bool:
    return index in (*indices_in(guard.left), *indices_in(guard.right))


def slots(value: sympy.Expr, index: Index, notation: Notation) -> int | None:
    """In how many linear places a product mentions the index; None where it is not linear."""
    if isinstance(value, Element):
        return _element_slots(value, index, notation)
    if isinstance(value, sympy.Add):
        found = {slots(part, index, notation) for part in value.args}
        return found.pop() if len(found) == 1 and None not in found and found != {2} else None
    if isinstance(value, sympy.Mul):
        counts = [slots(factor, index, notation) for factor in value.args]
        return None if None in counts else sum(count for count in counts if count)
    if isinstance(value, sympy.Pow) and value.exp == 2:
        count = slots(value.base, index, notation)
        return {0: 0, 1: 2}.get(count) if count is not None else None
    return None if _mentions(value, index) else 0


def _element_slots(element: Element, index: Index, notation: Notation) -> int | None:
    glyph = notation.glyph(element.base)
    if glyph is not None:
        places = [p for p, read in enumerate(element.indices) if read == index]
        nested = any(index in indices_in(r) for r in element.indices if r != index)
        return None if nested or any(p not in glyph.event for p in places) else len(places)
    if isinstance(element.base, Defined):
        parts = [p for t in instantiate(element) for p in sympy.Add.make_args(t.value)]
        found = {slots(part, index, notation) for part in parts}
        return found.pop() if len(found) == 1 else None
    return None if _mentions(element, index) else 0


def _mentions(value: sympy.Expr, index: Index) -> bool:
    return index in indices_of(value)


def open_in(value: sympy.Expr, candidates: tuple[Index, ...]) -> tuple[Index, ...]:
    """Those of the hidden indices that a factor mentions, in order of candidates."""
    mentioned = [i for e in elements(value) for r in e.indices for i in indices_in(r)]
    return tuple(index for index in candidates if index in mentioned)


def chained(tensors: list[Tensor], wanted: Open) -> list[Math]:
    """The products of the connected chains; with `wanted` open, the one chain (or the row and the
    column) that is open comes last."""
    pending = list(tensors)
    ends: list[Math] = []
    for start in wanted:
        if start is not None:
            ends += _ended(pending, start, column=start is not wanted[0])
    closed = []
    while pending:
        closed.append(_closed(pending))
    return [*closed, *([_product(ends)] if ends else [])]


def _ended(pending: list[Tensor], start: Index, column: bool) -> list[Math]:
    """Takes the chain that begins at an open index; as a row where that index is the column."""
    single = next((t for t in pending if t.open == (start,)), None)
    if single is not None and column:
        pending.remove(single)
        row = single.write((None, start))
        return [Transpose(single.write((start,))) if isinstance(row, Add) else row]
    chain = _walk(pending, start)
    if chain is None:
        return []
    factors, end = chain
    return [Transpose(_product(factors)) if column and end is None else _product(factors)]


def _walk(pending: list[Tensor], start: Index) -> tuple[list[Math], Index | None] | None:
    """Takes the chain that begins at an open index: its factors, and the open index at its end."""
    factors: list[Math] = []
    here: Index | None = start
    while here is not None:
        tensor = next((t for t in pending if here in t.open), None)
        if tensor is None:
            return (factors, here) if factors else None
        pending.remove(tensor)
        others = [index for index in tensor.open if index is not here]
        onward = others[0] if others else None
        factors.append(tensor.write((here,) if onward is None else (here, onward)))
        here = onward
    return factors, None


def _closed(pending: list[Tensor]) -> Math:
    """Takes one chain without an open end: a scalar v' M w, or the trace of a cycle."""
    ends = [tensor for tensor in pending if len(tensor.open) == 1]
    first = min(ends or pending, key=lambda tensor: tensor.rank[1])
    pending.remove(first)
    if len(first.open) == 1:
        chain = _walk(pending, first.open[0])
        assert chain is not None
        return _product([Transpose(first.write(first.open)), *chain[0]])
    row, column = first.open
    chain = _walk(pending, column)
    rest = [] if chain is None else chain[0]
    return Call("tr", _product([first.write((row, column)), *rest]))


def _product(factors: list[Math]) -> Math:
    flat = [g for f in factors for g in (f.factors if isinstance(f, Product) else (f,))]
    return flat[0] if len(flat) == 1 else Product(tuple(flat))
