"""Posteriors of continuous latents on the page: normal ones, and conjugate ones."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

from autoem.derive.explain.layout import (
    TWO,
    Block,
    Density,
    Inline,
    Math,
    Power,
    Product,
    Quotient,
    Relation,
    Transpose,
    Words,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.notation import INVERSE, Glyph, Shown, subscripted
from autoem.derive.explain.piece import content, product, scaled, signed
from autoem.derive.explain.place import HIDDEN, Place, swapped
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.posterior import Posterior
from autoem.derive.posteriors.conjugate import ConjugatePosterior, is_plain
from autoem.derive.posteriors.gaussian import GaussianPosterior
from autoem.derive.quantity import Computed, Element
from autoem.derive.term import Term
from autoem.families import FAMILIES
from autoem.families.family import ExponentialForm

Free = tuple[Index, ...]


def gaussian(place: Place, posterior: GaussianPosterior) -> Iterator[Block]:
    """Precision and shift, and the mean and covariance that they give."""
    mean, spread = posterior.expectations["mean"], posterior.expectations["covariance"]
    precision, shift = posterior.natural["precision"], posterior.natural["shift"]
    event, matrix = posterior.event, (*posterior.event, *posterior.second)
    if posterior.given:
        _introduce(place, spread, matrix, "V", "W", "S")
    else:
        place.expect(spread, "Cov" if event else "Var", matrix)
    place.expect(mean, "E", event)
    _introduce_precision(place, precision, spread, matrix)
    _introduce(place, shift, event, "h", "g", "s")
    scale = place.page.reader.expression(posterior.scale, place.names)
    common: tuple[Inline, ...] = (
        (", both without their common factor ", scale) if posterior.given else ()
    )
    yield paragraph(
        "Minus its second derivative is the precision, and its slope at zero the shift",
        *common,
        ":",
    )
    yield display(
        equation(place.element(precision, matrix), place.definition(precision, matrix)),
        equation(place.element(shift, event), place.definition(shift, event)),
    )
    m, v, h = (
        place.element(mean, event),
        place.element(spread, matrix),
        place.element(shift, event),
    )
    own = Quotient(v, scale) if posterior.given else v
    yield paragraph("The posterior is normal with these expectations:")
    yield display(
        Relation((place.conditioned, Density("N", (m, own))), ("~",)),
        equation(m, Product((v, h))),
        second_moment(place, m, own, bool(event)),
    )


def second_moment(place: Place, mean: Math, spread: Math, vector: bool) -> Relation:
    """E[z zᵀ] = E[z] E[z]ᵀ + Cov[z]."""
    own = place.own
    square = Product((mean, Transpose(mean))) if vector else Power(mean, TWO)
    moment = swapped(mean, own, Product((own, Transpose(own))) if vector else Power(own, TWO))
    return equation(moment, signed([(False, square), (False, spread)]))


def _introduce_precision(place: Place, precision: Element, spread: Element, matrix: Free) -> None:
    """The precision is the inverse of the covariance, whatever the order of its indices."""
    inner = place.page.notation.glyphs[spread.base].write
    order = [precision.indices.index(index) for index in spread.indices]
    event = tuple(precision.indices.index(index) for index in matrix)

    def write(shown: Shown) -> Math:
        return Power(inner(tuple(shown[p] for p in order)), INVERSE)

    place.page.notation.glyphs[precision.base] = Glyph(write, event, symmetric=True)


def _introduce(place: Place, element: Element, event: Free, *choices: str) -> None:
    """A symbol for a named quantity, marked by its plates and its context."""
    symbol, order = place.introduce(*choices), place.positions(element, event)
    places = tuple(element.indices.index(index) for index in event if index in element.indices)
    place.page.notation.glyphs[element.base] = Glyph(
        lambda shown: subscripted(symbol, tuple(shown[p] for p in order)),
        places,
        symmetric=len(places) == 2,
    )


LETTERS = {"shape": "a", "rate": "b", "scale": "b", "mean": "m", "variance": "v", "p": "π"}
"""What the arguments of a posterior are called; a name that is taken gets a tilde."""


def conjugate(place: Place, posterior: ConjugatePosterior) -> Iterator[Block]:
    """The coefficients of the statistics, the family that they match, and its expectations."""
    family = next(f for f in FAMILIES if f.name == posterior.family)
    assert isinstance(family, ExponentialForm)
    operands = {n: operand(e) for n, e in posterior.natural.items()}
    coefficients = family.natural(operands)
    shown = [_statistic(place, posterior, t) for t in posterior.statistics]
    yield paragraph("As a function of ", place.own, " the log joint is")
    terms = []
    for coefficient, statistic in zip(coefficients, shown, strict=True):
        pieces = place.page.reader.pieces((Term(coefficient),), place.names)
        sign = Fraction(-1 if content(pieces) < 0 else 1)
        terms.append((sign < 0, product(Fraction(1), (total(scaled(pieces, sign)), statistic))))
    constant = Words("terms free of it")
    yield display(equation(_log_density(place), signed([*terms, (False, constant)])))
    yield paragraph(f"These are the coefficients of a {posterior.family}:")
    named, lines = [], []
    for argument, element in posterior.natural.items():
        right = place.page.reader.expression(operands[argument], place.names)
        if is_plain(operands[argument]):
            named.append(right)
            continue
        symbol = place.introduce(LETTERS.get(argument, argument[0]))
        order = place.positions(element)
        place.page.notation.glyphs[element.base] = Glyph(
            lambda shown, symbol=symbol, order=order: subscripted(  # type: ignore[misc]
                symbol, tuple(shown[p] for p in order)
            )
        )
        named.append(place.element(element))
        lines.append(equation(named[-1], right))
    law = law_of(posterior, tuple(named))
    yield display(Relation((place.conditioned, law), ("~",)), *lines)
    yield paragraph("Its expectations are")
    yield display(*_expectations(place, posterior))


def law_of(posterior: Posterior, named: tuple[Math, ...]) -> Density:
    """The family of a posterior at its named arguments."""
    labels = tuple("rate" if argument == "rate" else "" for argument in posterior.natural)
    return Density("N" if posterior.family == "Normal" else posterior.family, named, labels)


def _log_density(place: Place) -> Math:
    from autoem.derive.explain.layout import Call

    return Call("log", Call("p", place.conditioned))


def operand(element: Element) -> sympy.Expr:
    """What a named quantity of a posterior is computed from."""
    assert isinstance(element.base, Computed)
    return element.base.operands[0]


def _statistic(place: Place, posterior: ConjugatePosterior, statistic: sympy.Expr) -> Math:
    return place.page.reader.expression(statistic, place.names)


def _expectations(place: Place, posterior: ConjugatePosterior) -> Iterator[Relation]:
    for element, statistic in zip(
        posterior.expectations.values(), posterior.statistics, strict=True
    ):
        body = swapped(_statistic(place, posterior, statistic), place.own, HIDDEN)
        place.expect(element, "E", body=body)
        right = place.page.reader.expression(operand(element), place.names)
        yield equation(place.element(element), right)
