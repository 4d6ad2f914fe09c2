"""Posteriors along a tree on the page: upward, and downward again.

    a[v, k] = exp U[v, k] prod over children c of sum_j exp(W[k, j]) a[c, j]

The responsibility of a root is in proportion to a, that of a node given its parent to exp(W) a.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from autoem.derive.explain.chains import Recursion, coefficients, introduce, neighbors
from autoem.derive.explain.layout import (
    ONE,
    Block,
    Call,
    Math,
    Negative,
    Product,
    Quotient,
    Relation,
    Series,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.notation import Shown, subscripted
from autoem.derive.explain.place import Place
from autoem.derive.index import fresh, substitute
from autoem.derive.posteriors.chain import ChainPosterior
from autoem.derive.quantity import Element


def tree(place: Place, posterior: ChainPosterior) -> Iterator[Block]:
    """Coefficients of states and of branches, upward, and downward to the responsibilities."""
    recursion = introduce(place, posterior, _log_total)
    yield from coefficients(place, posterior)
    yield paragraph("Upward from the leaves,")
    yield display(_upward(recursion))
    yield paragraph("and downward again, at a root, then at a node with its parent, and alone:")
    yield display(*_downward(recursion))


def _upward(recursion: Recursion) -> Relation:
    """What is at a node and below it, for each state."""
    place, w = recursion.place, recursion.posterior.weights
    child = fresh(w.time.axis)
    names = place.names.bind((child,))
    v, k, j, c = (names.named(index) for index in (w.time, w.state, w.before, child))
    above = place.page.notation.read(substitute(w.earlier, {w.time: child}), names)
    moved = {w.time: child, w.before: w.state, w.state: w.before}
    step = replace(place, names=names).element(w.step, moved=moved)
    inner = Series((j,), Product((Call("exp", step), recursion.at(recursion.a, c, j))))  # type: ignore[arg-type]
    below = Series((c,), inner, (Relation((above, v), ("=",)),), "∏")  # type: ignore[arg-type]
    weight = Call("exp", recursion.weight(w.time, w.state))
    return equation(recursion.at(recursion.a, v, k), Product((weight, below)))


def _downward(recursion: Recursion) -> Iterator[Relation]:
    place, w = recursion.place, recursion.posterior.weights
    v, k, j = (place.names.named(index) for index in (w.time, w.state, w.before))
    now, before = neighbors(place, recursion.posterior)
    share = place.element(recursion.posterior.expectations["responsibility"])
    a = recursion.at(recursion.a, v, k)
    yield equation(share, place.chance(now), Quotient(a, Series((k,), a)))  # type: ignore[arg-type]
    held = place.element(
        recursion.posterior.expectations["responsibility"],
        moved={w.time: w.earlier, w.state: w.before},
    )
    step = Product((Call("exp", recursion.step), a))
    joint = place.page.notation.rewrites[-1].joint  # type: ignore[attr-defined]
    pair = place.element(Element(joint, (*w.plates, w.time, w.before, w.state)))
    both = place.chance(Relation((*before.sides, *now.sides), ("=", ",", "=")))
    yield equation(pair, both, Quotient(Product((held, *step.factors)), Series((k,), step)))  # type: ignore[arg-type]
    yield equation(share, Series((j,), pair))  # type: ignore[arg-type]


def _log_total(recursion: Recursion, shown: Shown) -> Math:
    """The sum over the roots of the log of the sum of a over the states."""
    w, notation = recursion.posterior.weights, recursion.place.page.notation
    names = notation.indexing(*w.plates, w.time, w.state)
    v, k = names.named(w.time), names.named(w.state)
    root = Relation((notation.read(w.earlier, names), Negative(ONE)), ("=",))
    log = Call("log", Series((k,), subscripted(recursion.a, (*shown, v, k))))  # type: ignore[arg-type]
    return Series((v,), log, (root,))  # type: ignore[arg-type]
