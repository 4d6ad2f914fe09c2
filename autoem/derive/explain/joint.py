"""Several latents that are one Gaussian, on the page: eliminated in turn, then solved backwards.

V is the covariance of one given those after it, the inverse of P where that is dense; h the shift,
J and K the coupling with another and its gain, C their covariance; D is the diagonal of P.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autoem.derive.explain.continuous import second_moment
from autoem.derive.explain.layout import (
    Block,
    Power,
    Relation,
    Symbol,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.notation import INVERSE, Glyph, Shown, subscripted
from autoem.derive.explain.place import Place
from autoem.derive.index import Index
from autoem.derive.posteriors.elimination import Link, Step
from autoem.derive.posteriors.joint_gaussian import JointPosterior
from autoem.derive.posteriors.precision import Member
from autoem.derive.quantity import Defined, Element, elements

Free = tuple[Index, ...]


def joint(place: Place, posterior: JointPosterior) -> Iterator[Block]:
    """Precision, shift and gains of one member as the earlier ones leave them, and its moments."""
    found, step = posterior.elimination, posterior.step
    if step.member is found.members[0]:
        for each in posterior.together:
            _introduce(replace(place, posterior=each))
    x = step.member
    entries = (*x.row, *x.column, *(i for link in step.links for i in link.member.column))
    inner = replace(place, names=place.names.bind(entries))
    yield paragraph(
        "With what those before it have left, minus its second derivative is the precision, and "
        "its slope at zero the shift",
        ", and with the gains the others move its mean:" if step.links else ":",
    )
    yield display(*_stage(inner, step))
    yield paragraph("Its expectations, with those of the others:")
    yield display(*_moments(inner, posterior))


def _stage(place: Place, step: Step) -> Iterator[Relation]:
    x = step.member
    for element in _diagonals(step):
        yield _line(place, element, ())
    yield _line(place, step.precision, _hidden(x, (*x.row, *x.column)))
    if _is_dense(x):
        own = (place.page.notation.symbol(place.latent),)
        yield equation(Symbol("V", own), Power(Symbol("P", own), INVERSE))
    yield _line(place, step.shift, _hidden(x, x.row))
    for link in step.links:
        yield _line(place, link.coupling, _shared(step, link))
        yield _line(place, link.gain, _shared(step, link))


def _moments(place: Place, posterior: JointPosterior) -> Iterator[Relation]:
    expected, found, step = posterior.expectations, posterior.elimination, posterior.step
    x = step.member
    yield _line(place, expected["mean"], _hidden(x, x.row))
    for link in step.links:
        both = found.covariances[x.latent, link.member.latent]
        yield _line(place, both, _shared(step, link))
    if step.links:
        matrix = _hidden(x, (*x.row, *x.column))
        yield _line(place, expected["covariance"], matrix)
        mean = place.element(expected["mean"], _hidden(x, x.row))
        spread = place.element(expected["covariance"], matrix)
        yield second_moment(place, mean, spread, bool(matrix))


def _diagonals(step: Step) -> tuple[Element, ...]:
    """The part of a dense precision that stands on its diagonal alone."""
    base = step.precision.base
    assert isinstance(base, Defined)
    found = (e for term in base.definition for e in elements(term.value))
    return tuple(e for e in found if e.base.name.startswith("diagonal_"))


def _line(place: Place, element: Element, hidden: Free) -> Relation:
    """element = definition."""
    own = tuple(index for index in hidden if index in element.indices)
    return equation(place.element(element, own), place.definition(element, own))


def _is_dense(one: Member) -> bool:
    """Whether elements over plates are taken together, as a matrix that is written by entries."""
    return bool(one.row) and not one.latent.variable.event


def _hidden(one: Member, entries: Free) -> Free:
    """The entries that a matrix hides: those of an event, not those of elements taken together."""
    return entries if one.latent.variable.event else ()


def _shared(step: Step, link: Link) -> Free:
    """The hidden entries of a block between two members."""
    column = _hidden(link.member, link.member.column)
    return (*_hidden(step.member, step.member.row), *column)


def _introduce(place: Place) -> None:
    """Symbols of one member."""
    posterior = place.posterior
    assert isinstance(posterior, JointPosterior)
    step, found = posterior.step, posterior.elimination
    x, glyphs = step.member, place.page.notation.glyphs
    own = place.page.notation.symbol(place.latent)
    pair = _hidden(x, (*x.row, *x.column))
    inner = replace(_glyph(step.spread, Symbol("V", (own,)), pair), symmetric=bool(pair))
    glyphs[step.spread.base] = inner
    if _is_dense(x):
        glyphs[step.precision.base] = _glyph(step.precision, Symbol("P", (own,)), pair)
    else:
        turned = replace(_glyph(step.precision, Symbol("V", (own,)), pair), symmetric=bool(pair))
        glyphs[step.precision.base] = replace(
            turned, write=lambda shown: Power(turned.write(shown), INVERSE)
        )
    for element in _diagonals(step):
        glyphs[element.base] = _glyph(element, Symbol("D", (own,)), ())
    glyphs[step.shift.base] = _glyph(step.shift, Symbol("h", (own,)), _hidden(x, x.row))
    place.expect(found.means[x.latent], "E", x.row)
    if step.links:
        operator = "Cov" if x.row else "Var"
        place.expect(found.covariances[x.latent, x.latent], operator, (*x.row, *x.column))
    for link in step.links:
        both = (own, place.page.notation.symbol(link.member.latent.variable))
        shared = found.covariances[x.latent, link.member.latent]
        for letter, element in (("J", link.coupling), ("K", link.gain), ("C", shared)):
            glyphs[element.base] = _glyph(element, Symbol(letter, both), _shared(step, link))


def _glyph(element: Element, symbol: Symbol, hidden: Free) -> Glyph:
    """A symbol with the indices of the quantity as its subscripts, those that are hidden last."""
    places = tuple(element.indices.index(i) for i in hidden if i in element.indices)
    rest = tuple(p for p in range(len(element.indices)) if p not in places)

    def write(shown: Shown) -> Symbol:
        entries = tuple(shown[p] for p in places)
        marks = entries if any(mark is not None for mark in entries) else ()
        return subscripted(symbol, (*(shown[p] for p in rest), *marks))

    return Glyph(write, places)
