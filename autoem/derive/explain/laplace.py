"""A Gaussian about the mode on the page."""

from __future__ import annotations

from collections.abc import Iterator

from autoem.derive.explain.layout import Block, Symbol, paragraph
from autoem.derive.explain.notation import Glyph, subscripted
from autoem.derive.explain.place import Place
from autoem.derive.laplace import LaplacePosterior
from autoem.derive.quantity import Quantity


def about_mode(place: Place, q: LaplacePosterior, expansion: Iterator[Block]) -> Iterator[Block]:
    """Newton's method for the mode by the expansion about it, and what Q adds to the mode."""
    symbol = place.page.notation.symbol(place.latent)
    m, c = place.introduce("m", "o"), place.introduce("c", "d")
    plates = len(q.mode.latent.variable.plates)
    for base, letter in ((q.mode.place, m), (q.pull.base, c)):
        place.page.notation.glyphs[base] = _glyph(base, letter, plates)
    yield paragraph(
        "The log joint is expanded to second order about the mode ",
        m,
        " of ",
        symbol,
        ". As if it were quadratic:",
    )
    yield from expansion
    yield paragraph(
        "A step of Newton's method leads from ",
        m,
        " to this mean; steps are taken until it is ",
        m,
        ". Under E of Q, the mean is ",
        m,
        " + ",
        c,
        ": ",
        c,
        " is the inverse of the precision times half the slope of the curvature, summed against "
        "the covariance, so that the slope of Q is that of the objective.",
    )


def _glyph(base: Quantity, letter: Symbol, plates: int) -> Glyph:
    event = tuple(range(plates, len(base.axes)))
    return Glyph(lambda shown: subscripted(letter, shown), event)
