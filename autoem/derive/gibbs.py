"""Gibbs sampling: the latents of a block drawn in turn, each from its law given all others.

    z_i  ~  p(z_i | x, z_1', ..., z_(i-1)', z_(i+1), ..., z_n; theta)      for i = 1, ..., n

leaves p(z | x; theta) as it is.  The terms of that law are those of the log joint that mention z_i
with the others as if they were data: drawn in this sweep where they come before, as the sweep found
them where they come after.  So it is an ordinary posterior, found by the exact rules; a mean field
holds means where a sweep holds draws.

The state of the chain and the noise of a sweep are parameters of the program.  One E-step is one
sweep: the statistics and the complete-data log-likelihood at the state that it is given, and the
state after it.  The mean of the statistics over many sweeps is that of a hypothetical data set, of
which Q is the complete-data log-likelihood.
Source: Gelfand and Smith (1990), JASA 85; Wei and Tanner (1990), JASA 85.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autoem.derive.calculus import depends, substituted
from autoem.derive.drawn import Draw, draw
from autoem.derive.handed import Factor, Held, handed
from autoem.derive.index import fresh
from autoem.derive.mean_field import Eliminate, told
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.quantity import Declared, Element, Quantity
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms
from autoem.errors import NoExactPosterior
from autoem.language.declaration import Latent


@dataclass(frozen=True)
class DrawnPosterior(Posterior):
    """A latent at the `state` of the chain; `own` is its law given the others, from which the next
    is drawn, and `draw` how."""

    own: Posterior
    state: Quantity
    draw: Draw

    def expect(self, term: Term, scope: Scope) -> Terms:
        """The term at the state of the chain."""
        return substituted((term,), {self.local.latent: self.state})


def gibbs(
    scope: Scope, terms: Terms, block: Sequence[Declared], exact: Eliminate
) -> tuple[Terms, list[Posterior], Factor]:
    """The complete-data log density at the state of the chain, a posterior for each latent of a
    block, and what a sweep hands on.

    Raises Refusal or NoExactPosterior where a latent has no law by the exact rules, or none that
    is drawn from.
    """
    for latent in block:
        if not isinstance(latent.variable, Latent):
            raise Refusal(f"missing cells of {latent.name} are not drawn")
    own: dict[Declared, Quantity] = {
        latent: scope.indicators.get(latent.variable, latent) for latent in block
    }
    held = {q: handed(scope, f"held_{latent.name}", q.axes) for latent, q in own.items()}
    states = {q: _state(scope, latent.name, q, held[q]) for latent, q in own.items()}
    now: dict[Quantity, Quantity] = dict(states)
    found: list[DrawnPosterior] = []
    handed_on: list[Held] = []
    for latent, q in own.items():
        others = {other: value for other, value in now.items() if other is not q}
        mine = tuple(term for term in terms if depends(term.value, q))
        law = _law(substituted(mine, others), latent, exact)
        made = draw(scope, law)
        now[q] = made.value.base
        found.append(_posterior(law, states[q], made))
        handed_on.append(_held(latent, q, held[q], made))
    factor = Factor(tuple(found), tuple(handed_on), tuple(q.draw.noise for q in found))
    return substituted(terms, dict(states)), list(found), factor


def _law(terms: Terms, latent: Declared, exact: Eliminate) -> Posterior:
    """The law of a latent given all others."""
    try:
        return exact(terms, [latent])[1][0]
    except NoExactPosterior as refusal:
        raise Refusal(f"given the others, {told(refusal)}") from None


def _state(scope: Scope, name: str, q: Quantity, held: Declared) -> Quantity:
    """The state of the chain as an expectation, which no parameter is."""
    free = tuple(fresh(axis) for axis in q.axes)
    return scope.computed(f"state_{name}", "map", (Element(held, free),), free, sign=q.sign).base


def _posterior(law: Posterior, state: Quantity, made: Draw) -> DrawnPosterior:
    free = made.value.indices
    return DrawnPosterior(
        law.local,
        rule="gibbs",
        reason=f"by choice: drawn from its law given the other latents ({law.rule})",
        family=law.family,
        natural=law.natural,
        expectations={**law.expectations, "state": Element(state, free), "drawn": made.value},
        log_normalizer=(),
        own=law,
        state=state,
        draw=made,
    )


def _held(latent: Declared, q: Quantity, held: Declared, made: Draw) -> Held:
    """What the next sweep begins from; the first begins from anything."""
    start = "simplex" if q is not latent or latent.support == "simplex" else "positive"
    start = "real" if q.sign == "real" else start
    free = tuple(fresh(axis) for axis in q.axes)
    reason = "what the sweep has drawn"
    return Held(held, free, Element(made.value.base, free), start, reason)
