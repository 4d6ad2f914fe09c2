"""Conjugate posteriors of vectors and matrices on the page: the family and its expectations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autoem.derive.explain.continuous import law_of, operand
from autoem.derive.explain.layout import (
    Block,
    Call,
    Math,
    Power,
    Relation,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.notation import INVERSE, Glyph, subscripted
from autoem.derive.explain.place import HIDDEN, Place
from autoem.derive.index import Index
from autoem.derive.posteriors.conjugate_array import ConjugateArrayPosterior
from autoem.derive.quantity import Element

LETTERS = {"concentration": "α", "df": "ν", "scale": "Ψ"}
STATISTICS: dict[str, Math] = {
    "log": Call("log", HIDDEN),
    "inverse": Power(HIDDEN, INVERSE),
    "log_determinant": Call("log", Call("det", HIDDEN)),
}
"""The name of a statistic to what it is of the latent."""


def arrays(place: Place, posterior: ConjugateArrayPosterior) -> Iterator[Block]:
    """The arguments of the family, and the expectations that they give."""
    event = max((s.event for s in posterior.statistics), key=len)
    place = replace(place, names=place.names.bind(event))
    named, lines = [], []
    for argument, element in posterior.natural.items():
        _introduce(place, element, event, LETTERS[argument])
        named.append(place.element(element))
        right = place.page.reader.expression(operand(element), place.names)
        lines.append(equation(named[-1], right))
    law = law_of(posterior, tuple(named))
    yield paragraph(f"These are the coefficients of a {posterior.family}:")
    yield display(Relation((place.conditioned, law), ("~",)), *lines)
    yield paragraph("Its expectations are")
    found = []
    for statistic in posterior.statistics:
        element = posterior.expectations[statistic.name]
        place.expect(element, "E", _event(element, event), STATISTICS[statistic.name])
        right = place.page.reader.expression(operand(element), place.names)
        found.append(equation(place.element(element), right))
    yield display(*found)


def _introduce(place: Place, element: Element, event: tuple[Index, ...], letter: str) -> None:
    symbol, order = place.introduce(letter), place.positions(element, event)
    place.page.notation.glyphs[element.base] = Glyph(
        lambda shown: subscripted(symbol, tuple(shown[p] for p in order))
    )


def _event(element: Element, event: tuple[Index, ...]) -> tuple[Index, ...]:
    return tuple(index for index in event if index in element.indices)
