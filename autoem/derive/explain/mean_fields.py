"""Mean fields on the page: a mean that is held from the E-step before is marked as old."""

from __future__ import annotations

from autoem.derive.explain import posteriors
from autoem.derive.explain.layout import Math, Power, Words
from autoem.derive.explain.notation import Glyph, Shown
from autoem.derive.explain.page import Page, page
from autoem.derive.handed import Held


def hold(made: Page) -> None:
    """Write what is held as what it is the old value of.

    A factor is read before those that it holds are introduced, so a first page, which nobody sees,
    introduces them all.
    """
    first = page(made.derivation)
    step = made.derivation.e_step
    for posterior in step.posteriors:
        for _ in posteriors.explained(first, posterior):
            pass
    for held in (held for factor in step.factors for held in factor.held):
        known = first.notation.glyph(held.value.base)
        if known is not None:
            made.notation.glyphs[held.quantity] = _old(held, known)


def _old(held: Held, known: Glyph) -> Glyph:
    """The glyph of a mean, at the indices of the parameter that holds it, marked."""
    places = [held.indices.index(i) for i in held.value.indices if i in held.indices]

    def write(shown: Shown) -> Math:
        return Power(known.write(tuple(shown[place] for place in places)), Words("old"))

    event = tuple(places[position] for position in known.event)
    return Glyph(write, event, known.rank, known.symmetric)
