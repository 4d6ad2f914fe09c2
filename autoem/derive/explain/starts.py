"""The stationary law of a chain on the page: a symbol, and the equations that define it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

from autoem.derive.explain.layout import Block, Number, display, equation, paragraph
from autoem.derive.explain.notation import Glyph, subscripted
from autoem.derive.explain.page import Page, inside
from autoem.derive.index import fresh
from autoem.derive.invariant import Invariant
from autoem.derive.quantity import Element
from autoem.derive.term import Term, Terms, reindex


def introduced(made: Page, terms: Terms) -> Iterator[Block]:
    """π_k = Σ_k′ π_k′ A_k′k,  Σ_k π_k = 1,  for each chain whose start is tied to its steps."""
    bases = (element.base for term in terms for element in inside(term.value))
    for base in dict.fromkeys(base for base in bases if isinstance(base, Invariant)):
        symbol = made.notation.introduce("π", "ρ")
        made.notation.glyphs[base] = Glyph(partial(subscripted, symbol))
        yield from _defined(made, base)


def _defined(made: Page, base: Invariant) -> Iterator[Block]:
    step = base.chain
    plates = {index: fresh(index.axis) for index in step.plates}
    before, after = fresh(step.row.axis), fresh(step.column.axis)
    own = tuple(plates.values())
    moved = reindex(step.operand, {**plates, step.row: before, step.column: after})
    names = made.notation.indexing(*own, after)
    sum_of_steps = Term(Element(base, (*own, before)) * moved, (before,))
    whole = replace(sum_of_steps, value=Element(base, (*own, before)))
    left = made.reader.expression(Element(base, (*own, after)), names)
    yield paragraph("in which the chain starts in the law that a step leaves as it is:")
    yield display(
        equation(left, made.reader.terms((sum_of_steps,), names)),
        equation(made.reader.terms((whole,), made.notation.indexing(*own)), Number(Fraction(1))),
    )
