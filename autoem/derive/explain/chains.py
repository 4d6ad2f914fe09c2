"""Posteriors along a chain on the page: forward and backward, and what they give.

    a[t, k] = exp U[t, k] Σ_j a[t-1, j] exp W[j, k]
    b[t, j] = Σ_k exp(W[j, k] + U[t+1, k]) b[t+1, k]

The responsibility of a state is in proportion to a b, that of two neighbors to a exp(W + U) b.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
    Product,
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
from autoem.derive.index import Index, Lookup, Read, Shift
from autoem.derive.posteriors.chain import ChainPosterior
from autoem.derive.quantity import Element, Later, Quantity, elements


@dataclass(frozen=True)
class Pair:
    """The product of three quantities of a chain that is the responsibility of two neighbors; at
    the first step, that has no neighbor, it is zero."""

    before: Quantity
    step: Quantity
    after: Quantity
    joint: Quantity
    later: Later

    def __call__(self, value: sympy.Expr) -> sympy.Expr:
        """The product with the joint responsibility in place of its three factors; of a sum, every
        product in it."""
        if isinstance(value, sympy.Add):
            return sympy.Add(*map(self, value.args))
        sums = [factor for factor in sympy.Mul.make_args(value) if isinstance(factor, sympy.Add)]
        if sums:
            inner = sympy.Mul(*map(self, sums))
            return self(value / sympy.Mul(*sums)) * inner
        found = {e.base: e for e in elements(value) if e.base in (self.before, self.after)}
        steps = [e for e in elements(value) if e.base is self.step]
        if len(found) < 2 or not steps:
            return value
        before, after = found[self.before], found[self.after]
        joint = Element(self.joint, (*after.indices[:-1], before.indices[-1], after.indices[-1]))
        later = Element(self.later, after.indices[-2:-1])
        return (
            value / (before * steps[0] * after) / (later if value.has(later) else 1) * joint * later
        )


@dataclass(frozen=True)
class Recursion:
    """The symbols of a chain at one place: a and b of the recursions, and the two indices."""

    place: Place
    posterior: ChainPosterior
    a: Symbol
    b: Symbol

    def at(self, symbol: Symbol, time: Math, state: Math) -> Symbol:
        """a[.., t, k]."""
        names = self.place.names
        plates = tuple(names.named(index) for index in self.posterior.weights.plates)
        return subscripted(symbol, (*plates, time, state))

    def weight(self, time: Read, state: Index) -> Math:
        """U[.., t, k]."""
        w = self.posterior.weights
        return self.place.element(w.weight, moved={w.time: time, w.state: state})

    @property
    def step(self) -> Math:
        """W[j, k]."""
        return self.place.element(self.posterior.weights.step)

    def lines(self) -> Iterator[Relation]:
        """The forward and the backward recursion."""
        w, names = self.posterior.weights, self.place.names
        t, k, j = (names.named(index) for index in (w.time, w.state, w.before))
        before, after = Add((t, Negative(ONE))), Add((t, ONE))
        size = self.place.page.notation.size(w.time.axis)
        last = Add((size, Negative(ONE)))
        yield equation(self.at(self.a, ZERO, k), Call("exp", self.weight(0, w.state)))
        yield equation(
            self.at(self.a, t, k),
            Product(
                (
                    Call("exp", self.weight(w.time, w.state)),
                    Series((j,), Product((self.at(self.a, before, j), Call("exp", self.step)))),  # type: ignore[arg-type]
                )
            ),
        )
        yield equation(self.at(self.b, last, k), ONE)
        later = Call("exp", Add((self.step, self.weight(Shift(w.time, 1), w.state))))
        yield equation(
            self.at(self.b, t, j),
            Series((k,), Product((later, self.at(self.b, after, k)))),  # type: ignore[arg-type]
        )

    def likelihood(self) -> Math:
        """The sum of a over the states at the last step."""
        w, names = self.posterior.weights, self.place.names
        last = Add((self.place.page.notation.size(w.time.axis), Negative(ONE)))
        k = names.named(w.state)
        return Series((k,), self.at(self.a, last, k))  # type: ignore[arg-type]


def chain(place: Place, posterior: ChainPosterior) -> Iterator[Block]:
    """Coefficients of states and of steps, forward and backward, and the responsibilities."""
    recursion = introduce(place, posterior, _log_total)
    now, before = neighbors(place, posterior)
    yield from coefficients(place, posterior)
    yield paragraph("Forward and backward along the steps,")
    yield display(*recursion.lines())
    yield paragraph("which give the responsibilities of a state, and of two neighbors:")
    yield display(*_responsibilities(recursion, now, before))


def neighbors(place: Place, posterior: ChainPosterior) -> tuple[Relation, Relation]:
    """z_t = k, and z_(t-1) = j, or that of the parent."""
    w, notation, latent = posterior.weights, place.page.notation, place.latent
    k, j = (place.names.named(index) for index in (w.state, w.before))
    own = posterior.local.plates
    now = equation(notation.subscripted(latent, (*own, w.time), place.names), k)
    earlier: tuple[Read, ...] = (*own, w.earlier)
    return now, equation(notation.subscripted(latent, earlier, place.names), j)


def coefficients(place: Place, posterior: ChainPosterior) -> Iterator[Block]:
    """U and W, read off the log joint."""
    w = posterior.weights
    now, before = neighbors(place, posterior)
    yield paragraph(
        "The coefficients of ", Indicator(now), " and of ", Indicator(before), " ", Indicator(now),
        " in the log joint:",
    )  # fmt: skip
    yield display(
        equation(place.element(w.weight), place.definition(w.weight)),
        equation(place.element(w.step), place.definition(w.step)),
    )


def _responsibilities(recursion: Recursion, now: Relation, before: Relation) -> Iterator[Relation]:
    place, w = recursion.place, recursion.posterior.weights
    t, k, j = (place.names.named(index) for index in (w.time, w.state, w.before))
    whole = recursion.likelihood()
    share = place.element(recursion.posterior.expectations["responsibility"])
    a, b = recursion.at(recursion.a, t, k), recursion.at(recursion.b, t, k)
    yield equation(share, place.chance(now), Quotient(Product((a, b)), whole))
    step = Call("exp", Add((recursion.step, recursion.weight(w.time, w.state))))
    joint = place.page.notation.rewrites[-1].joint  # type: ignore[attr-defined]
    pair = Element(joint, (*w.plates, w.time, w.before, w.state))
    a = recursion.at(recursion.a, Add((t, Negative(ONE))), j)
    both = place.chance(Relation((*before.sides, *now.sides), ("=", ",", "=")))
    yield equation(place.element(pair), both, Quotient(Product((a, step, b)), whole))


def introduce(
    place: Place, posterior: ChainPosterior, log_total: Callable[[Recursion, Shown], Math]
) -> Recursion:
    """The symbols of the chain: U, W, a, b, both responsibilities, and the log-normalizer."""
    w, glyphs = posterior.weights, place.page.notation.glyphs
    weight, step = place.introduce("U", "ℓ"), place.introduce("W", "w")
    share, joint = place.introduce("r", "ρ"), place.introduce("ξ", "q")
    recursion = Recursion(place, posterior, place.introduce("a", "α"), place.introduce("b", "β"))
    glyphs[w.weight.base] = Glyph(lambda shown: subscripted(weight, shown))
    places = (*w.plates, w.time, w.before, w.state)
    order = [w.step.indices.index(i) for i in places if i in w.step.indices]
    glyphs[w.step.base] = Glyph(lambda shown: subscripted(step, tuple(shown[p] for p in order)))
    responsibility = posterior.expectations["responsibility"].base
    glyphs[responsibility] = Glyph(lambda shown: subscripted(share, shown), rank=(WEIGHT, 0))
    place.page.responsibilities[responsibility] = len(responsibility.axes) - 1
    names = ("before", "transition", "after")
    parts = [posterior.expectations[name].base for name in names]
    both = Quantity("joint", (*parts[2].axes[:-1], parts[0].axes[-1], parts[2].axes[-1]))
    parent = w.earlier.table.variable if isinstance(w.earlier, Lookup) else None  # type: ignore[attr-defined]
    later = place.page.derivation.log_joint.scope.later(w.time.axis, parent)
    glyphs[both] = Glyph(lambda shown: subscripted(joint, shown), rank=(WEIGHT, 0))
    place.page.notation.rewrites.append(Pair(parts[0], parts[1], parts[2], both, later))
    normalizer = posterior.log_normalizer[0].value
    glyphs[normalizer.base] = Glyph(lambda shown: log_total(recursion, shown), rank=(WEIGHT + 9, 0))
    return recursion


def _log_total(recursion: Recursion, shown: Shown) -> Math:
    """log of the likelihood of a chain, at its plates."""
    w = recursion.posterior.weights
    names = recursion.place.page.notation.indexing(w.state)
    k = names.named(w.state)
    last = Add((recursion.place.page.notation.size(w.time.axis), Negative(ONE)))
    return Call("log", Series((k,), subscripted(recursion.a, (*shown, last, k))))  # type: ignore[arg-type]
