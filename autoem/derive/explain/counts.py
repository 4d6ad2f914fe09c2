"""Counts over their total on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from autoem.derive.calculus import derivative, itself
from autoem.derive.explain.held import of_what_is_left
from autoem.derive.explain.layout import (
    Block,
    Number,
    Quotient,
    Series,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.notation import subscripted
from autoem.derive.explain.total import total
from autoem.derive.index import Index, fresh
from autoem.derive.maximizers.problem import Update, own_indices
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms, at


def counts(state: Maximization, update: Update) -> Iterator[Block]:
    """Counts over their total, by a Lagrange multiplier."""
    (parameter,) = update.parameters
    indices = own_indices(parameter)
    slope = state.tidy(derivative(state.terms, parameter, indices, itself))
    row = indices[-1]
    names = state.page.notation.indexing(*indices)
    sides = [(g.left, g.right) for term in slope for g in term.guards]
    if any(row in pair and any(isinstance(side, int) for side in pair) for pair in sides):
        yield from _by_entry(state, parameter, indices, slope)
        return
    other = fresh(row.axis)
    everything = tuple(replace(t, bound=(*t.bound, other)) for t in _moved(slope, {row: other}))
    if parameter not in state.free:
        share = state.ratio(slope, state.tidy(everything), names)
        yield display(equation(state.hatted(parameter, indices, names), share))
        return
    yield from of_what_is_left(state, parameter, indices, (slope, everything))


def _by_entry(
    state: Maximization, parameter: Declared, indices: tuple[Index, ...], slope: Terms
) -> Iterator[Block]:
    """The counts entry by entry, where each has a sum of its own."""
    *plates, row = indices
    count = state.page.notation.introduce("c", "m")
    names = state.page.notation.indexing(*plates)
    lines = []
    for position in range(row.axis.size or 0):
        own = [*(names.known[index] for index in plates), Number(Fraction(position))]
        pieces = state.shortest(_moved(slope, {row: position}), names)
        lines.append(equation(subscripted(count, tuple(own)), total(pieces)))
    yield paragraph("With the counts")
    yield display(*lines)
    other = fresh(row.axis)
    both = names.bind([row, other])
    top, below = (
        subscripted(count, tuple(both.known[i] for i in (*plates, last))) for last in (row, other)
    )
    new = state.hatted(parameter, indices, both)
    yield display(equation(new, Quotient(top, Series((both.known[other],), below))))


def _moved(terms: Terms, moved: dict[Index, Index] | dict[Index, int]) -> Terms:
    found = (at(term, moved) for term in terms)
    return tuple(term for term in found if term is not None)
