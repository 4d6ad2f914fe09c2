"""total: the observed are sums of a latent over some of its plates.

Let q0 be the posterior of one element without the sums, z_b ~ q0 independently over b.  Given
y = sum_b z_b,

    Poisson(rate_b)         E[z_b] = y rate_b / R,              R = sum_b rate_b,
    N(mean_b, variance_b)   E[z_b] = mean_b + variance_b (y - M) / V,
                            Var[z_b] = variance_b (V - variance_b) / V,     M, V the sums,

and the log-normalizer is that of q0 and the log density of the sum at y, Poisson(R) or N(M, V).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import sympy

from autoem.derive.index import Index, indices_in
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.posteriors.conjugate import ConjugatePosterior
from autoem.derive.posteriors.gaussian import GaussianPosterior
from autoem.derive.posteriors.own_law import unconditioned
from autoem.derive.quantity import Declared, Element, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms

LEAST = sympy.Rational(1, 10**300)
"""What a sum of rates is divided by at least: where all are zero, so are the counts."""

Conditioned: TypeAlias = tuple[Terms, dict[str, Element]]


@dataclass(frozen=True)
class TotalPosterior(Posterior):
    """`whole` given the sums over the indices `summed`; `local` has the other plates."""

    whole: GaussianPosterior | ConjugatePosterior
    summed: tuple[Index, ...]

    def expect(self, term: Term, scope: Scope) -> Terms:
        """That of each element, at the expectations given the sums."""
        return replace(self.whole, expectations=self.expectations).expect(term, scope)


def total(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a scalar latent of which sums over plates are observed."""
    found = [each for each in joint.totals if each.latent is latent]
    if len(found) != 1:
        raise Refusal(f"{len(found)} observed variables are sums of {latent.name}")
    observed, over = found[0].observed, found[0].over
    whole = unconditioned(joint, terms, latent, remaining)
    if whole.family not in SUMS:
        raise Refusal(f"a sum of variables of {whole.family} has no known law")
    summed = tuple(index for index in whole.local.plates if index.axis in over)
    kept = tuple(index for index in whole.local.plates if index not in summed)
    place = {index.axis: index for index in kept}
    if set(observed.axes) != set(place):
        raise Refusal(f"{observed.name} is not one sum for each of its places")
    for context in whole.local.contexts:
        if any(index in summed for read in context.reads for index in indices_in(read)):
            name = context.indicator.latent.name
            raise Refusal(f"the summands depend on {name} each for itself: their states couple")
    seen = Element(observed, tuple(place[axis] for axis in observed.axes))
    mass, expectations = SUMS[whole.family](joint.scope, whole, seen, summed)
    own = tuple(replace(t, bound=(*t.bound, *summed)) for t in whole.log_normalizer)
    return TotalPosterior(
        replace(whole.local, plates=kept),
        rule="total",
        reason=f"{observed.name} is the sum of {latent.name} over {_names(summed)}",
        family=whole.family,
        natural=whole.natural,
        expectations=expectations,
        log_normalizer=(*own, *mass),
        whole=whole,
        summed=summed,
    )


def _names(indices: tuple[Index, ...]) -> str:
    return ", ".join(index.axis.key or index.axis.label for index in indices)


def _poisson(
    scope: Scope, whole: Posterior, seen: Element, summed: tuple[Index, ...]
) -> Conditioned:
    """A multinomial split; what is minus the rates cancels against q0."""
    name, rate = whole.local.latent.name, whole.natural["rate"]
    whole_rate = scope.define(f"total_rate_{name}", (Term(rate, summed),), "posterior")
    mass = (Term(seen * sympy.log(whole_rate) - sympy.loggamma(seen + 1)), Term(-rate, summed))
    share = seen * rate / sympy.Max(whole_rate, LEAST)
    share = _named(scope, f"expected_{name}", share, "nonnegative")
    return mass, {"statistic_1": share}


def _normal(
    scope: Scope, whole: Posterior, seen: Element, summed: tuple[Index, ...]
) -> Conditioned:
    """Gaussian conditioning."""
    name = whole.local.latent.name
    mean, variance = whole.expectations["mean"], whole.expectations["covariance"]
    centre = scope.define(f"total_mean_{name}", (Term(mean, summed),), "posterior")
    spread = scope.define(f"total_variance_{name}", (Term(variance, summed),), "posterior")
    residual = seen - centre
    density = -(residual**2) / (2 * spread) - sympy.log(2 * sympy.pi * spread) / 2
    moved = mean + variance * residual / spread
    left = variance * (spread - variance) / spread
    expectations = {
        "mean": _named(scope, f"expected_{name}", moved),
        "covariance": _named(scope, f"variance_{name}_given_total", left, "nonnegative"),
    }
    return (Term(density),), expectations


def _named(scope: Scope, name: str, value: sympy.Expr, sign: str = "real") -> Element:
    return scope.computed(name, "map", (value,), indices_of(value), sign=sign)


SUMS: dict[str, Callable[[Scope, Posterior, Element, tuple[Index, ...]], Conditioned]] = {
    "Poisson": _poisson,
    "Normal": _normal,
}
"""Family of the summands to what is known of their sum."""
