"""Posteriors of discrete latents on the page: responsibilities, and multinomial cells."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

from autoem.derive.explain.layout import (
    ONE,
    ZERO,
    Add,
    Block,
    Call,
    Indicator,
    Math,
    Negative,
    Number,
    Quotient,
    Relation,
    Series,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.notation import WEIGHT, Glyph, Shown, subscripted
from autoem.derive.explain.place import Place
from autoem.derive.index import Index, Read
from autoem.derive.posteriors.aggregate import CellsPosterior
from autoem.derive.posteriors.enumerate import StatePosterior
from autoem.derive.posteriors.split import SplitPosterior
from autoem.derive.quantity import Computed, Defined, Element


def states(place: Place, posterior: StatePosterior) -> Iterator[Block]:
    """Log weights, and the responsibilities that they normalize to."""
    weight, share = posterior.natural["log_weight"], posterior.expectations["responsibility"]
    binary = is_binary(posterior)
    _introduce(place, weight, share, binary)
    state: Math = ONE if binary else place.names.named(posterior.state)
    event = equation(place.own, state)
    coefficient = "The coefficients of " if binary else "The coefficient of "
    other = (" and ", Indicator(equation(place.own, ZERO))) if binary else ()
    yield paragraph(coefficient, Indicator(event), *other, " in the log joint:")
    yield display(*_log_weights(place, posterior, weight))
    yield paragraph("Normalized over the states, these log weights give the responsibility:")
    own = place.element(share, moved={posterior.state: 1} if binary else None)
    yield display(equation(own, place.chance(event), _softmax(place, posterior, weight)))


def is_binary(posterior: StatePosterior) -> bool:
    """Whether the latent is 0 or 1, so that one responsibility says it all."""
    base = posterior.indicator.latent.variable
    return posterior.state.axis.size == 2 and base.category is None


def _introduce(place: Place, weight: Element, share: Element, binary: bool) -> None:
    glyphs = place.page.notation.glyphs
    letter, r = place.introduce("ℓ", "w"), place.introduce("r", "ρ")
    glyphs[weight.base] = Glyph(lambda shown: subscripted(letter, shown))

    def write(shown: Shown) -> Math:
        one = subscripted(r, shown[:-1])
        if not binary:
            return subscripted(r, shown)
        return one if shown[-1] == ONE else Add((ONE, Negative(one)))

    glyphs[share.base] = Glyph(write, rank=(WEIGHT, 0))
    place.page.responsibilities[share.base] = len(share.indices) - 1


def _log_weights(place: Place, posterior: StatePosterior, weight: Element) -> Iterator[Relation]:
    """One line, or one for each state where they differ in form."""
    base = weight.base
    assert isinstance(base, Defined)
    guards = [guard for term in base.definition for guard in term.guards]
    differ = any(posterior.state in (guard.left, guard.right) for guard in guards)
    size = posterior.state.axis.size
    if size is None or not (differ or is_binary(posterior)):
        yield equation(place.element(weight), place.definition(weight))
        return
    for state in reversed(range(size)):
        moved: dict[Index, Read] = {posterior.state: state}
        left, right = (write(weight, moved=moved) for write in (place.element, place.definition))
        yield equation(left, right)


def _softmax(place: Place, posterior: StatePosterior, weight: Element) -> Math:
    if is_binary(posterior):
        parts = [Call("exp", place.element(weight, moved={posterior.state: s})) for s in (1, 0)]
        return Quotient(parts[0], Add(tuple(parts)))
    other = Index(posterior.state.axis, -1)
    inner = Place(place.page, posterior, place.names.bind([other]))
    below = Call("exp", inner.element(weight, moved={posterior.state: other}))
    return Quotient(Call("exp", place.element(weight)), Series((inner.names.known[other],), below))


def cells(place: Place, posterior: CellsPosterior) -> Iterator[Block]:
    """Each cell is its share of the sum that is observed."""
    yield paragraph(
        "Given a sum of independent cells, each cell has a share of it in proportion to its weight:"
    )
    lines = []
    for position, cell in enumerate(posterior.cells):
        assert isinstance(cell.base, Computed)
        own = subscripted(place.own, (Number(Fraction(position)),))
        place.expect(cell, "E", body=own)
        (share,) = cell.base.operands
        right = place.page.reader.expression(sympy.together(share), place.names)
        lines.append(equation(place.element(cell), right))
    yield display(*lines)


def split_cells(place: Place, posterior: SplitPosterior) -> Iterator[Block]:
    """Each missing cell is its share of what the trials leave for them."""
    mean = posterior.expectations["mean"]
    assert isinstance(mean.base, Computed)
    lines = []
    for name, choices in (("left", ("m", "l")), ("share", ("s", "σ"))):
        element = posterior.natural[name]
        lines.append(equation(_named(place, element, *choices), place.definition(element)))
    yield paragraph("What is left for the missing cells, and the sum of their shares:")
    yield display(*lines)
    inner = Place(place.page, posterior, place.names.bind([posterior.cell]))
    right = place.page.reader.expression(mean.base.operands[0], inner.names)
    place.expect(mean, "E", (posterior.cell,))
    yield paragraph("It is split in proportion to the shares:")
    yield display(equation(inner.element(mean), right))


def _named(place: Place, element: Element, *choices: str) -> Math:
    """A symbol for a named quantity."""
    letter = place.introduce(*choices)
    place.page.notation.glyphs[element.base] = Glyph(lambda shown: subscripted(letter, shown))
    return place.element(element)
