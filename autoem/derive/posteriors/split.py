"""split: some cells of observed counts are missing, and their sum is known.

Cells x_i with log joint sum_i (c_i x_i - log x_i!), of which those in M are missing.  The trials
tell their sum, r = trials - (the sum of those that are seen), and given it they are multinomial:

    E[x_i] = r exp(c_i) / S,     S = sum_{j in M} exp(c_j),   1 where none is missing,
    log-normalizer = (the terms of the cells that are seen) + r log S - log r! .

Where S is zero nothing is left, and E[x_i] = 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.elaborate import Reader
from autoem.derive.index import Index, Read, fresh
from autoem.derive.log_joint import LogJoint
from autoem.derive.missing import unseen
from autoem.derive.posterior import (
    Local,
    Posterior,
    Refusal,
    localize,
    placed_at,
    plate_reads,
    replaced,
    with_context,
)
from autoem.derive.quantity import Declared, Element, Seen, elements, indices_of
from autoem.derive.reading import Argument
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms
from autoem.language.distribution import Distribution
from autoem.language.expression import Axis

LEAST = sympy.Rational(1, 10**300)
"""What a sum of shares is divided by at least."""


@dataclass(frozen=True)
class SplitPosterior(Posterior):
    """Multinomial cells beside others that are seen; `cell` is the event index of the mean."""

    cell: Index

    def expect(self, term: Term, scope: Scope) -> Terms:
        """x_i becomes its expectation; the log joint is linear in it."""
        latent, count = self.local.latent, len(self.local.plates)
        if not depends(term.value, latent):
            return (term,)
        reads = plate_reads(term.value, latent, count)
        term, states = with_context(term, self.local, reads)
        mean = placed_at(self.expectations["mean"], self.local, reads, states)

        def at_mean(indices: tuple[Read, ...]) -> sympy.Expr:
            return mean({self.cell: indices[count]})

        return (replace(term, value=replaced(term.value, latent, at_mean, scope)),)


def split(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate the missing cells of counts whose trials are known."""
    own = tuple(term for term in terms if depends(term.value, latent))
    local = localize(own, latent, len(latent.variable.plates))
    scope, seen, name = joint.scope, joint.scope.seen(latent.variable), latent.name
    cell = fresh(latent.axes[-1])
    place = (*local.plates, cell)
    share = _share(scope, latent, _weights(local, latent, place))
    gap = unseen(seen, place)
    gaps = scope.define(f"gaps_{name}", (Term(gap, (cell,)),), "posterior")
    shares = (Term(gap * share, (cell,)), Term(sympy.Max(0, 1 - gaps)))
    whole = scope.define(f"missing_share_{name}", shares, "posterior")
    left = _left(joint, local, latent, cell)
    each = left * share / sympy.Max(whole, LEAST)
    value = Element(seen, place) * Element(latent, place) + gap * each
    mean = scope.computed(f"mean_{name}", "map", (value,), indices_of(value), sign="nonnegative")
    return SplitPosterior(
        local,
        rule="split",
        reason=f"the missing cells of {name} are multinomial given what the trials leave for them",
        family="Multinomial",
        natural={"left": left, "share": whole},
        expectations={"mean": mean},
        log_normalizer=(
            *(_where_seen(term, latent, seen) for term in local.terms),
            Term(left * sympy.log(whole)),
            Term(-sympy.loggamma(left + 1)),
        ),
        cell=cell,
    )


def _weights(local: Local, latent: Declared, place: tuple[Index, ...]) -> Terms:
    """c_i, the coefficient of one cell; beside it only -log x_i! may stand."""
    linear = tuple(term for term in local.terms if not term.value.has(sympy.loggamma))
    found = derivative(linear, latent, place)
    if any(depends(term.value, latent) for term in found):
        raise Refusal(f"the cells of {latent.name} are not multinomial")
    return found


def _share(scope: Scope, latent: Declared, weights: Terms) -> sympy.Expr:
    """exp(c_i)"""
    if len(weights) == 1 and not (weights[0].bound or weights[0].guards):
        return sympy.exp(weights[0].value)
    return sympy.exp(scope.define(f"log_share_{latent.name}", weights, "posterior"))


def _left(joint: LogJoint, local: Local, latent: Declared, cell: Index) -> Element:
    """r: what the trials leave for the cells that are missing."""
    law = joint.graph.factor(latent.name).law
    assert isinstance(law, Distribution)
    plates: dict[Axis, Read] = {index.axis: index for index in local.plates}
    trials = Argument(dict(law.arguments)["trials"], Reader(joint.scope, {}, {}), plates)
    place = (*local.plates, cell)
    seen = Element(joint.scope.seen(latent.variable), place) * Element(latent, place)
    return joint.scope.define(
        f"left_{latent.name}", (Term(trials()), Term(-seen, (cell,))), "posterior"
    )


def _where_seen(term: Term, latent: Declared, seen: Seen) -> Term:
    """The term of one cell, where that is seen."""
    (own,) = (element for element in elements(term.value) if element.base is latent)
    return replace(term, value=term.value * Element(seen, own.indices))
