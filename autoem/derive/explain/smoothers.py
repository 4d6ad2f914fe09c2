"""Posteriors along a Gaussian chain, and between bounds, on the page."""

from __future__ import annotations

from collections.abc import Iterator

from autoem.derive.explain.layout import (
    ONE,
    Add,
    Block,
    Call,
    Conditioned,
    Density,
    Expectation,
    Listing,
    Math,
    Negative,
    Number,
    Product,
    Relation,
    Symbol,
    Transpose,
    Words,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.notation import Glyph, Shown, subscripted
from autoem.derive.explain.place import HIDDEN, Place, swapped
from autoem.derive.index import Index, Shift
from autoem.derive.posteriors.gaussian import GaussianPosterior
from autoem.derive.posteriors.smoother import SmootherPosterior
from autoem.derive.posteriors.truncated import TruncatedPosterior
from autoem.derive.quantity import Element


def smoother(place: Place, posterior: SmootherPosterior) -> Iterator[Block]:
    """The tridiagonal precision and the shift, and the system that the means solve."""
    c = posterior.chain
    event, matrix = c.row, (*c.row, *c.column)
    own, h = place.introduce("J", "P"), place.introduce("h", "g")
    glyphs = place.page.notation.glyphs
    heads = len(c.plates) + 1
    glyphs[c.diagonal.base] = Glyph(
        lambda shown: _block(own, shown, heads, 0), _rest(heads, matrix)
    )
    glyphs[c.lower.base] = Glyph(lambda shown: _block(own, shown, heads, 1), _rest(heads, matrix))
    glyphs[c.shift.base] = Glyph(lambda shown: subscripted(h, shown), _rest(heads, event))
    _introduce(place, posterior, heads)
    parts = [(c.diagonal, matrix), (c.lower, matrix), (c.shift, event)]
    yield paragraph(
        "Minus its second derivatives are the blocks of the precision, zero between steps that are "
        "no neighbors, and its slope at zero is the shift:"
    )
    yield display(*(equation(place.element(e, i), place.definition(e, i)) for e, i in parts))
    yield paragraph(
        "Sweeps forward and back solve for the means, and give those blocks of the inverse of ",
        own,
        " that are covariances, of a step and with the one before:",
    )
    yield display(_means(place, posterior))


def _rest(heads: int, event: tuple[Index, ...]) -> tuple[int, ...]:
    return tuple(range(heads, heads + len(event)))


def _block(own: Symbol, shown: Shown, heads: int, back: int) -> Symbol:
    """J[t, t] or J[t, t-1]."""
    *_, time = head = shown[:heads]
    assert time is not None
    return subscripted(own, (*head, _earlier(time) if back else time, *shown[heads:]))


def _earlier(time: Math) -> Math:
    """One step before t, or before t + 1."""
    match time:
        case Add(terms=(step, Number(value=value))) if value == 1:
            return step
    return Add((time, Negative(ONE)))


def _introduce(place: Place, posterior: SmootherPosterior, heads: int) -> None:
    """E[z_t], Cov[z_t], Cov[z_t, z_(t-1)], and the log determinant of the precision."""
    notation, latent = place.page.notation, place.latent
    symbol, found = notation.symbol(latent), posterior.expectations
    event, matrix = posterior.chain.row, (*posterior.chain.row, *posterior.chain.column)
    rank = (3, notation.declaration.variables.index(latent))
    spread = "Cov" if event else "Var"

    def at(shown: Shown) -> Symbol:
        return subscripted(symbol, shown[:heads])

    def cross(shown: Shown) -> Math:
        *plates, time = shown[:heads]
        assert time is not None
        before = subscripted(symbol, (*plates, Add((time, Negative(ONE)))))
        return Expectation("Cov", Pairing((at(shown), before)))

    def mean(shown: Shown) -> Math:
        return Expectation("E", subscripted(symbol, shown))

    glyphs = notation.glyphs
    glyphs[found["mean"].base] = Glyph(mean, _rest(heads, event), rank)
    glyphs[found["covariance"].base] = Glyph(
        lambda shown: Expectation(spread, at(shown)), _rest(heads, matrix), rank, symmetric=True
    )
    glyphs[found["cross"].base] = Glyph(cross, _rest(heads, matrix), rank)
    for term in posterior.log_normalizer:
        for element in term.value.atoms(Element):
            if getattr(element.base, "part", "") == "log_determinant":
                own = Symbol("J")
                glyphs[element.base] = Glyph(
                    lambda shown, own=own: Call("log", Call("det", subscripted(own, shown)))  # type: ignore[misc]
                )


def Pairing(both: tuple[Math, ...]) -> Math:
    """Two variables side by side, with a comma."""
    return Relation(both, (",",))


def _means(place: Place, posterior: SmootherPosterior) -> Relation:
    """J[t, t-1] E[z_(t-1)] + J[t, t] E[z_t] + J[t+1, t]' E[z_(t+1)] = h[t]."""
    c, mean = posterior.chain, posterior.expectations["mean"]
    event, matrix = c.row, (*c.row, *c.column)
    back, on = {c.time: Shift(c.time, -1)}, {c.time: Shift(c.time, 1)}
    later = place.element(c.lower, matrix, on)
    parts = (
        Product((place.element(c.lower, matrix), place.element(mean, event, back))),
        Product((place.element(c.diagonal, matrix), place.element(mean, event))),
        Product(
            (Transpose(later) if event else later, place.element(mean, event, on)),
        ),
    )
    return equation(Add(parts), place.element(c.shift, event))


def truncated(place: Place, posterior: TruncatedPosterior) -> Iterator[Block]:
    """The law without the bounds, restricted to them."""
    whole, reader = posterior.whole, place.page.reader
    if isinstance(whole, GaussianPosterior):
        arguments = [whole.expectations["mean"], whole.expectations["covariance"]]
    else:
        arguments = list(whole.natural.values())
    name = "N" if posterior.family == "Normal" else posterior.family
    law = Density(name, tuple(reader.expression(a, place.names) for a in arguments))
    lower, upper = (reader.expression(b, place.names) for b in (posterior.lower, posterior.upper))
    yield paragraph("Without the bounds it is ", law, "; with them it is that between the bounds,")
    own = Conditioned(place.own, (*place.given, Relation((lower, place.own, upper), ("≤", "≤"))))
    restricted = Product((law, Words(" on "), Listing((lower, upper))))
    yield display(Relation((own, restricted), ("~",)))
    _expectations(place, posterior)
    yield paragraph("under which all expectations are taken.")


def _expectations(place: Place, posterior: TruncatedPosterior) -> None:
    for name, element in posterior.expectations.items():
        operator = "Var" if name == "covariance" else "E"
        place.expect(element, operator, body=_statistic(place, posterior, name))


def _statistic(place: Place, posterior: TruncatedPosterior, name: str) -> Math | None:
    statistics = getattr(posterior.whole, "statistics", ())
    if not name.startswith("statistic_"):
        return None
    statistic = statistics[int(name.rpartition("_")[2]) - 1]
    return swapped(place.page.reader.expression(statistic, place.names), place.own, HIDDEN)
