"""Chains that are taken as one on the page: their joint weights, and what the recursion gives."""

from __future__ import annotations

from collections.abc import Iterator

from autoem.derive.explain.layout import Block, Series, Symbol, display, equation, paragraph
from autoem.derive.explain.notation import WEIGHT, Glyph, Notation, Shown, subscripted
from autoem.derive.explain.place import Place
from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.derive.quantity import Quantity


def product_chains(place: Place, posterior: ProductChainPosterior) -> Iterator[Block]:
    """The weights of joint states, and the responsibilities of these and of one chain's."""
    if posterior.local.latent is not posterior.indicators[0]:
        return
    notation, joint, names = place.page.notation, posterior.joint, place.names
    weight, step = posterior.natural["log_weight"], posterior.natural["log_step"]
    (normalizer,) = (term.value for term in posterior.log_normalizer)
    r = notation.introduce("r", "ρ")
    for base, symbol in (
        (weight.base, notation.introduce("ℓ", "u")),
        (step.base, notation.introduce("λ", "v")),
        (joint["responsibility"].base, r),
        (joint["before"].base, notation.introduce("a", "α")),
        (joint["after"].base, notation.introduce("b", "β")),
        (normalizer.base, notation.introduce("L", "Λ")),
    ):
        _write(notation, base, symbol)
    yield paragraph("Their joint states are one chain, with these log weights and log steps:")
    found = (equation(place.element(e), place.definition(e)) for e in (weight, step))
    yield display(*found)
    yield paragraph(
        "Forward-backward gives the log-normalizer L and the responsibility r of a joint state; "
        "that of two neighbors is the product a exp λ b, and that of the states of one chain a sum:"
    )
    sums = []
    for number, marginal in enumerate(posterior.marginals):
        latent = posterior.indicators[number].latent
        _write(notation, marginal.base, Symbol(r.name, (notation.symbol(latent.variable),)))
        others = [s for n, s in enumerate(posterior.weights.states) if n != number]
        summed = tuple(names.known[state] for state in others)
        whole = Series(summed, place.element(joint["responsibility"]))
        sums.append(equation(place.element(marginal), whole))
    yield display(*sums)


def _write(notation: Notation, base: Quantity, symbol: Symbol) -> None:
    def write(shown: Shown) -> Symbol:
        return subscripted(symbol, shown)

    notation.glyphs[base] = Glyph(write, rank=(WEIGHT, 0))
