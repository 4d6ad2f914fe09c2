"""Mean fields on the page: the family of a factor, its moments, the update of its parameters."""

from __future__ import annotations

from collections.abc import Iterator

from autoem.derive.explain.layout import Block, Density, Relation, display, equation, paragraph
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.place import HIDDEN, Place, swapped
from autoem.derive.maximizers.problem import Update
from autoem.derive.mean_field import Factor


def factor(place: Place, q: Factor) -> Iterator[Block]:
    """q(v) with its parameters, and the means of its statistics."""
    named = [place.element(element, q.event) for element in q.natural.values()]
    law = Density("N" if q.family == "Normal" else q.family, tuple(named))
    lines = []
    own = place.page.reader.expression(q.element, place.names)
    for moment, statistic in zip(q.moments, q.statistics, strict=True):
        shown = place.page.reader.expression(statistic, place.names)
        place.expect(moment, "E", q.event, swapped(shown, own, HIDDEN))
        lines.append(equation(place.element(moment), place.definition(moment)))
    yield paragraph("Under q it has a law with parameters of its own, and with the means")
    yield display(Relation((place.own, law), ("~",)), *lines)


def coordinate(state: Maximization, update: Update) -> Iterator[Block]:
    """The new parameters, from the coefficients of the statistics."""
    yield paragraph("Its natural parameters are the coefficients of its statistics:")
    lines = []
    for parameter, value, formula in zip(
        update.parameters, update.values, update.formula, strict=True
    ):
        indices = tuple(i for i in value.indices if not isinstance(i, int))
        names = state.page.notation.indexing(*indices)  # type: ignore[arg-type]
        right = state.page.reader.expression(formula, names)
        lines.append(equation(state.hatted(parameter, indices, names), right))  # type: ignore[arg-type]
    yield display(*lines)
