"""Gibbs sampling on the page: what a sweep finds is marked as old, what it draws as new."""

from __future__ import annotations

from autoem.derive.explain.layout import Block, Indicator, Math, Power, Words, equation, paragraph
from autoem.derive.explain.notation import LATENT, WEIGHT, Glyph, Shown, subscripted
from autoem.derive.explain.page import Page
from autoem.derive.explain.place import Place
from autoem.derive.gibbs import DrawnPosterior
from autoem.derive.quantity import Declared, Indicator as IndicatorOf, Quantity
from autoem.language.declaration import Variable


def introduce(made: Page) -> Block:
    """The latents as they stand in a sweep, and what is said of it."""
    for q in made.derivation.e_step.posteriors:
        if isinstance(q, DrawnPosterior):
            for base, mark in ((q.state, "old"), (q.draw.value.base, "new")):
                made.notation.glyphs[base] = _marked(made, q.local.latent, base, mark)
    return paragraph(
        "By choice the latents are drawn, each in turn from its law given all others: those before "
        "it as this sweep has drawn them, marked as new, and those after it as they were, marked "
        "as old. The chain goes on from one iteration to the next. The statistics of an iteration "
        "are their means over its sweeps."
    )


def _marked(made: Page, latent: Quantity, base: Quantity, mark: str) -> Glyph:
    """z_n, or [z_n = k], with the mark."""
    variable = _variable(latent)
    symbol, known = made.notation.symbol(variable), made.notation.declaration.variables
    place, plates = known.index(variable), len(variable.plates)
    if isinstance(latent, IndicatorOf):

        def write(shown: Shown) -> Math:
            *marks, state = shown
            assert state is not None
            own = Power(subscripted(symbol, tuple(marks)), Words(mark))
            return Indicator(equation(own, state))

        return Glyph(write, rank=(WEIGHT, place))
    event = tuple(
        number
        for number, axis in enumerate(base.axes)
        if number >= plates and axis in made.notation.vector_axes
    )
    return Glyph(
        lambda shown: Power(subscripted(symbol, shown), Words(mark)), event, (LATENT, place)
    )


def _variable(latent: Quantity) -> Variable:
    inner = latent.latent if isinstance(latent, IndicatorOf) else latent
    assert isinstance(inner, Declared)
    return inner.variable


def drawn(place: Place) -> Block:
    """From what the latent is drawn."""
    return paragraph("The new ", place.own, " is drawn from this law.")
