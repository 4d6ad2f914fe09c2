"""A latent replaced by nodes, on the page: where the nodes lie, and what each weighs."""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from autoem.derive.explain.layout import (
    Block,
    Call,
    Math,
    Quotient,
    Relation,
    Series,
    Symbol,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.notation import WEIGHT, Glyph, Shown, subscripted
from autoem.derive.explain.place import Place
from autoem.derive.index import Index
from autoem.derive.posteriors.nodes import NodesPosterior
from autoem.derive.quantity import Computed, Element

RULES = {
    "quadrature": "The nodes x and weights w of Gauss and Hermite integrate a polynomial times a "
    "normal density over the line. They are moved to the mode of the log joint in ",
    "monte_carlo": "The nodes x are draws of Student's law, and the weights w one over the density "
    "there and their number. They are moved to the mode of the log joint in ",
}
"""What is said of the rule, up to the name of the latent."""

WEIGHTS = {
    "quadrature": "The log joint at a node, with its volume, is the log weight of the node:",
    "monte_carlo": "The log joint at a draw, over the density that it is drawn from, is its log "
    "weight, so that Q is the complete-data log-likelihood of a hypothetical data set, in which "
    "each draw stands with its share:",
}
"""What is said of the weights."""


def nodes(place: Place, posterior: NodesPosterior) -> Iterator[Block]:
    """The mode and the scale, the nodes, their log weights, and their shares."""
    found, share = posterior.natural, posterior.share
    _introduce(place, posterior)
    yield paragraph(RULES[posterior.rule], place.own, ":")
    yield display(*_places(place, posterior))
    yield paragraph(WEIGHTS[posterior.rule])
    weight = place.element(found["log_weight"])
    yield display(equation(weight, place.definition(found["log_weight"])))
    yield paragraph("Normalized over the nodes, these log weights give their shares:")
    (state,) = posterior.states
    other = Index(state.axis, -1)
    inner = Place(place.page, posterior, place.names.bind([other]))
    below = Call("exp", inner.element(found["log_weight"], moved={state: other}))
    total = Series((inner.names.known[other],), below)
    yield display(equation(place.element(share), Quotient(Call("exp", weight), total)))
    yield paragraph(
        "Every expectation of a function of ", place.own, " is its sum over the nodes, by shares."
    )


def _places(place: Place, posterior: NodesPosterior) -> Iterator[Relation]:
    """The scale from the curvature at the mode, the place of a node, and its value."""
    found = posterior.natural
    yield equation(place.element(found["precision"]), place.definition(found["precision"]))
    yield equation(place.element(found["scale"]), _formula(place, found["scale"]))
    if posterior.node.base is found["place"].base:
        yield equation(place.element(posterior.node), place.definition(found["place"]))
        return
    yield equation(place.element(found["place"]), place.definition(found["place"]))
    yield equation(place.element(posterior.node), _formula(place, posterior.node))


def _formula(place: Place, element: Element) -> Math:
    assert isinstance(element.base, Computed)
    operand: sympy.Expr = element.base.operands[0]
    return place.page.reader.expression(operand, place.names)


def _introduce(place: Place, posterior: NodesPosterior) -> None:
    """m, c, s, u, x, log w, and the latent at a node."""
    found, glyphs = posterior.natural, place.page.notation.glyphs
    names = {
        "mode": ("m",), "precision": ("c", "h"), "scale": ("s",), "place": ("u",),
        "rule_node": ("x", "y"), "log_weight": ("ℓ", "w"),
    }  # fmt: skip
    for key, choices in names.items():
        symbol = place.introduce(*choices)
        glyphs[found[key].base] = Glyph(lambda shown, symbol=symbol: subscripted(symbol, shown))  # type: ignore[misc]
    weight, share = place.introduce("w", "v"), place.introduce("r", "ρ")
    glyphs[found["rule_log_weight"].base] = Glyph(
        lambda shown: Call("log", subscripted(weight, shown))
    )
    glyphs[posterior.share.base] = Glyph(lambda shown: subscripted(share, shown), rank=(WEIGHT, 0))
    latent = place.page.notation.symbol(place.latent)
    glyphs[posterior.node.base] = Glyph(lambda shown: _at_node(latent, shown))
    for name, operator in (("mean", "E"), ("covariance", "Var")):
        place.expect(posterior.expectations[name], operator)


def _at_node(latent: Symbol, shown: Shown) -> Math:
    """z_ni, the i-th node of z_n."""
    return subscripted(latent, shown)
