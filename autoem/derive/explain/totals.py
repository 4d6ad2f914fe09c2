"""Posteriors given a sum on the page: a share of it, or Gaussian conditioning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autoem.derive.explain.layout import (
    Block,
    Density,
    Relation,
    Series,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.place import Place
from autoem.derive.posteriors.gaussian import GaussianPosterior
from autoem.derive.posteriors.total import TotalPosterior
from autoem.derive.quantity import Computed


def totals(place: Place, posterior: TotalPosterior) -> Iterator[Block]:
    """The law of one element without its sum, and what it is expected to be with it."""
    whole, page = posterior.whole, place.page
    names = place.names.bind(posterior.summed)
    inner = Place(page, replace(whole, expectations=posterior.expectations), names)
    gaussian = isinstance(whole, GaussianPosterior)
    arguments = whole.expectations if gaussian else whole.natural
    law = Density(
        "N" if gaussian else whole.family,
        tuple(page.reader.expression(element, names) for element in arguments.values()),
    )
    yield paragraph("Without the sum, independently of each other,")
    yield display(Relation((inner.conditioned, law), ("~",)))
    summed = tuple(names.known[index] for index in posterior.summed)
    yield paragraph("Given ", Series(summed, inner.own), " the expectations are")
    lines = []
    for name, element in posterior.expectations.items():
        assert isinstance(element.base, Computed)
        inner.expect(element, "Var" if name == "covariance" else "E")
        right = page.reader.expression(element.base.operands[0], names)
        lines.append(equation(inner.element(element), right))
    yield display(*lines)
