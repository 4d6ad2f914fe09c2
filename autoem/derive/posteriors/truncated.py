"""truncated: a latent that is known to lie between two bounds.

Let q0 be the posterior without the bounds.  With them,

    q(t)  =  q0(t) / q0(l <= t <= u)   for  l <= t <= u,
    log-normalizer  =  that of q0  +  log q0(l <= t <= u),

and every expectation is one between the bounds.  Infinite bounds are censoring; equal ones are the
exact value, with the log density in the place of the log probability.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sympy

from autoem.derive.calculus import depends, is_parameter
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Local, Posterior, Refusal, plate_reads
from autoem.derive.posteriors.conjugate import ConjugatePosterior, statistic_name
from autoem.derive.posteriors.gaussian import GaussianPosterior
from autoem.derive.posteriors.own_law import unconditioned
from autoem.derive.quantity import Declared, Element, elements, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, select
from autoem.families.family import outside
from autoem.families.interval import INTERVALS
from autoem.families.normal_interval import normal_interval_moment


@dataclass(frozen=True)
class TruncatedPosterior(Posterior):
    """`whole` between the bounds `lower` and `upper`."""

    whole: GaussianPosterior | ConjugatePosterior
    lower: sympy.Expr
    upper: sympy.Expr

    def expect(self, term: Term, scope: Scope) -> Terms:
        """That of the whole posterior, at the expectations between the bounds."""
        return replace(self.whole, expectations=self.expectations).expect(term, scope)


def is_bound(term: Term, latent: Declared) -> bool:
    """Whether a term says between which bounds the latent lies."""
    return any(depends(found, latent) for found in term.value.atoms(outside))


def check_unconditioned(joint: LogJoint, terms: Terms, latent: Declared) -> None:
    """Refuse a latent that is known to lie between bounds, or to add up to what is observed: that
    holds beside its density, and an approximation of the density does not keep it."""
    if sums := joint.sums(latent):
        raise Refusal(f"{latent.name} adds up to {sums}, which an approximation does not keep")
    if any(is_bound(term, latent) for term in terms):
        raise Refusal(f"{latent.name} lies between bounds, which an approximation does not keep")


def truncated(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a scalar latent that lies between bounds."""
    bounds = tuple(term for term in terms if is_bound(term, latent))
    if not bounds:
        raise Refusal(f"nothing bounds {latent.name}")
    rest = tuple(term for term in terms if term not in bounds)
    whole = unconditioned(joint, rest, latent, remaining)
    lower, upper = _bounds(bounds, latent, whole.local)
    family, arguments = whole.family, _arguments(whole)
    known = INTERVALS.get(family)
    if known is None or (known.expectations is None):
        raise Refusal(f"the moments of a {family} between bounds are not known")
    mass = known.log_probability(lower, upper, arguments)
    return TruncatedPosterior(
        whole.local,
        rule="truncated",
        reason=f"{latent.name} lies between bounds: a truncated {family}",
        family=family,
        natural=whole.natural,
        expectations=_expectations(joint.scope, whole, lower, upper),
        log_normalizer=(*whole.log_normalizer, Term(mass)),
        whole=whole,
        lower=lower,
        upper=upper,
    )


def _bounds(bounds: Terms, latent: Declared, local: Local) -> tuple[sympy.Expr, sympy.Expr]:
    """The bounds at one element of the latent: of several, the tighter ones."""
    lower, upper = -sympy.oo, sympy.oo
    element = Element(latent, local.plates)
    for term in bounds:
        reads = plate_reads(term.value, latent, len(local.plates))
        found = select(term, reads, local.plates)
        if found is None or found.bound or found.guards or type(found.value) is not outside:
            raise Refusal(f"the bounds of {latent.name} are not one pair for each of its elements")
        value, below, above = found.value.args
        if value != element:
            raise Refusal(f"the bounds are not of {latent.name} itself but of {value}")
        for element in elements(below + above):
            if isinstance(element.base, Declared) and is_parameter(element.base):
                raise Refusal(
                    f"the support of {latent.name} moves with {element.base.name}, which EM would "
                    "never move; write the marginal law of what is observed"
                )
        lower, upper = sympy.Max(lower, below), sympy.Min(upper, above)
    return lower, upper


def _arguments(whole: GaussianPosterior | ConjugatePosterior) -> dict[str, Any]:
    """The arguments of the family of the whole posterior."""
    if isinstance(whole, GaussianPosterior):
        return {
            "mean": whole.expectations["mean"],
            "variance": whole.expectations["covariance"],
        }
    return dict(whole.natural)


def _expectations(
    scope: Scope,
    whole: GaussianPosterior | ConjugatePosterior,
    lower: sympy.Expr,
    upper: sympy.Expr,
) -> dict[str, Element]:
    """Mean and variance, or each statistic of the family, between the bounds."""
    name, arguments = whole.local.latent.name, _arguments(whole)
    if isinstance(whole, GaussianPosterior):
        place = (lower, upper, arguments["mean"], arguments["variance"])
        mean, variance = (normal_interval_moment(order, *place) for order in (1, 2))
        return {
            "mean": _named(scope, f"truncated_mean_{name}", mean),
            "covariance": _named(scope, f"truncated_variance_{name}", variance, "nonnegative"),
        }
    found = INTERVALS[whole.family].expectations
    assert found is not None
    return {
        f"statistic_{position + 1}": _named(
            scope,
            f"truncated_{statistic_name(position, whole.statistics, whole.element)}_{name}",
            value,
            "nonnegative" if whole.statistics[position].is_nonnegative else "real",
        )
        for position, value in enumerate(found(lower, upper, arguments))
    }


def _named(scope: Scope, name: str, value: sympy.Expr, sign: str = "real") -> Element:
    return scope.computed(name, "map", (value,), indices_of(value), sign=sign)
