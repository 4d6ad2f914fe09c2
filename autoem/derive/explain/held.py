"""Entries that are held on the page: what stays, and what the others of a simplex are left."""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from autoem.derive.explain.layout import Block, Math, paragraph
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.notation import Kept
from autoem.derive.index import Index, fresh
from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import Declared, Element
from autoem.derive.term import Term


def staying(state: Maximization, update: Update) -> Iterator[Block]:
    """That some entries stay."""
    for parameter in update.parameters:
        if parameter in state.free:
            symbol = state.page.notation.symbol(parameter.variable)
            yield paragraph("Entries of ", symbol, " that are held stay; for the others:")


def left(state: Maximization, parameter: Declared, indices: tuple[Index, ...]) -> Math:
    """What the held entries of a simplex leave: 1 - sum_k [p_k held] p_k."""
    *plates, last = indices
    row = fresh(last.axis)
    base = Kept(f"held_{parameter.name}", parameter.axes, "nonnegative", base=parameter)
    held = Element(base, (*plates, row)) * Element(parameter, (*plates, row))
    terms = (Term(sympy.Integer(1)), Term(-held, (row,)))
    return state.page.reader.terms(terms, state.page.notation.indexing(*plates))
