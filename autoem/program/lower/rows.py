"""Rows taken out of their sums, and weighted (`autoem.derive.rows` says what the row is)."""

from __future__ import annotations

from dataclasses import replace

from autoem.derive.index import Index
from autoem.derive.kept import Kept, KeptWeight
from autoem.derive.quantity import Element, Quantity, Statistic
from autoem.derive.term import Term, Terms, at
from autoem.language.expression import Axis
from autoem.program.ir import ROW_WEIGHT

WEIGHT = Quantity(ROW_WEIGHT, (), "nonnegative")
"""How often a row counts; it stands over the rows of whichever model."""


def at_row(term: Term, row: Index) -> Term:
    """The term with its sum over rows taken out."""
    (own,) = (index for index in term.bound if index.axis is row.axis)
    moved = at(term, {own: row})
    assert moved is not None
    return moved


def weighted(terms: Terms, row: Axis | None) -> Terms:
    """The terms with every row counted as often as its weight says."""
    return terms if row is None else tuple(_weighted(term, row) for term in terms)


def _weighted(term: Term, row: Axis, kept: tuple[Index, ...] = ()) -> Term:
    (own,) = (index for index in (*term.bound, *kept) if index.axis is row)
    return replace(term, value=term.value * Element(WEIGHT, (own,)))


def over_rows(statistic: Statistic, row: Axis | None) -> Terms:
    """The definition of a statistic over weighted rows: what is kept of a row is as it is, and
    beside it how much it counts."""
    if not isinstance(statistic, Kept):
        return weighted(statistic.definition, row)
    if row is None or not isinstance(statistic, KeptWeight):
        return statistic.definition
    return tuple(_weighted(term, row, statistic.indices) for term in statistic.definition)
