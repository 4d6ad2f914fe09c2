"""Entries that are held on the page: what stays, and what the others of a simplex are left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy

from autoem.derive.explain.layout import Add, Block, Product, display, equation, paragraph
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.notation import Kept, subscripted
from autoem.derive.index import Index, fresh
from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import Declared, Element
from autoem.derive.term import Term, Terms

Indices = tuple[Index, ...]


def staying(state: Maximization, update: Update) -> Iterator[Block]:
    """That some entries stay."""
    for parameter in update.parameters:
        if parameter in state.free and update.rule != "counts":  # which writes it out
            symbol = state.page.notation.symbol(parameter.variable)
            yield paragraph("Entries of ", symbol, " that are held stay; for the others:")


def of_what_is_left(
    state: Maximization, parameter: Declared, indices: Indices, counts: tuple[Terms, Terms]
) -> Iterator[Block]:
    """The free entries of a simplex share what the held ones leave, 1 - sum_k [p_k held] p_k;
    `counts` are that of an entry, and the sum of them all."""
    *plates, own = indices
    row = fresh(own.axis)
    names = state.page.notation.indexing(*indices)
    free = state.free[parameter]
    held = Kept(f"held_{parameter.name}", parameter.axes, "nonnegative", base=parameter)
    every = (*plates, row)
    kept = Term(-Element(held, every) * Element(parameter, every), (row,))
    marks = tuple(names.known[index] for index in plates)
    left = subscripted(state.page.notation.introduce("s", "u", "w"), marks)
    reader = state.page.reader
    yield display(equation(left, reader.terms((Term(sympy.Integer(1)), kept), names)))
    count, total = counts
    last = next(i for i in total[0].bound if i.axis is own.axis and i not in indices)
    freed = tuple(replace(t, value=t.value * Element(free, (*plates, last))) for t in total)
    mark, share = Element(free, indices), state.ratio(count, freed, names)
    chosen = Product((reader.factor(mark, names, ()), left, share))
    stays = reader.expression(Element(held, indices) * Element(parameter, indices), names)
    new = state.hatted(parameter, indices, names)
    yield display(equation(new, Add((stays, chosen))))
