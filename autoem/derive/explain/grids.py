"""A vector replaced by nodes, on the page: where they lie, and what each weighs."""

from __future__ import annotations

from collections.abc import Iterator

from autoem.derive.explain.layout import (
    Block,
    Call,
    Math,
    Quotient,
    Series,
    Symbol,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.nodes import WEIGHTS
from autoem.derive.explain.notation import WEIGHT, Glyph, Shown, subscripted
from autoem.derive.explain.place import Place
from autoem.derive.index import Index
from autoem.derive.node import RuleNode
from autoem.derive.posteriors.nodes import NodesPosterior
from autoem.derive.quantity import Defined, Element, elements


def grid(place: Place, posterior: NodesPosterior) -> Iterator[Block]:
    """The nodes about the mode, their log weights and their shares."""
    found, share, node = posterior.natural, posterior.share, posterior.node
    mode, root = _introduce(place, posterior)
    entry = Place(place.page, posterior, place.names.bind(posterior.event))
    yield paragraph(
        "The nodes x and weights w of Gauss and Hermite integrate a polynomial times a normal "
        "density over the line; a node of the vector has one of them for each entry. They are "
        "moved to the mode ",
        mode,
        " of the log joint in ",
        place.own,
        ", which Newton's method finds, and scaled by ",
        root,
        ", which times its transpose is the inverse of the negative second derivative there:",
    )
    yield display(equation(entry.element(node), entry.definition(node)))
    yield paragraph(WEIGHTS[posterior.rule])
    weight = place.element(found["log_weight"])
    yield display(equation(weight, place.definition(found["log_weight"])))
    yield paragraph("Normalized over the nodes, these log weights give their shares:")
    others = {state: Index(state.axis, -1 - n) for n, state in enumerate(posterior.states)}
    inner = Place(place.page, posterior, place.names.bind(list(others.values())))
    below = Call("exp", inner.element(found["log_weight"], moved=dict(others)))
    total = Series(tuple(inner.names.known[other] for other in others.values()), below)
    yield display(equation(place.element(share), Quotient(Call("exp", weight), total)))
    yield paragraph(
        "Every expectation of a function of ", place.own, " is its sum over the nodes, by shares."
    )


def _introduce(place: Place, posterior: NodesPosterior) -> tuple[Symbol, Symbol]:
    """m, L, x, w, log weights and shares, and the latent at a node; the first two are told."""
    found, glyphs = posterior.natural, place.page.notation.glyphs
    mode, root = place.introduce("m", "o"), place.introduce("L", "R")
    x, w = place.introduce("x", "y"), place.introduce("w", "v")
    logs, shares = place.introduce("ℓ", "λ"), place.introduce("r", "ρ")
    for key, symbol in (("mode", mode), ("root", root), ("log_weight", logs)):
        glyphs[found[key].base] = _glyph(symbol)
    glyphs[posterior.share.base] = Glyph(lambda shown: subscripted(shares, shown), rank=(WEIGHT, 0))
    for base in _of_rule(posterior.node, found["log_weight"]):
        glyphs[base] = _glyph(x) if base.part == "node" else _logarithm(w)
    glyphs[posterior.node.base] = _glyph(place.page.notation.symbol(place.latent))
    spread = posterior.expectations["covariance"]
    place.expect(posterior.expectations["mean"], "E", posterior.event)
    place.expect(spread, "Cov", tuple(i for i in spread.indices[-2:] if isinstance(i, Index)))
    return mode, root


def _of_rule(*found: Element) -> list[RuleNode]:
    """The nodes and the log weights of the rule that some quantities are defined by."""
    terms = (t for e in found if isinstance(e.base, Defined) for t in e.base.definition)
    return [e.base for t in terms for e in elements(t.value) if isinstance(e.base, RuleNode)]


def _glyph(symbol: Symbol) -> Glyph:
    return Glyph(lambda shown: subscripted(symbol, shown))


def _logarithm(symbol: Symbol) -> Glyph:
    def write(shown: Shown) -> Math:
        return Call("log", subscripted(symbol, shown))

    return Glyph(write)
