"""Proofs that log joint - log q is free of a latent, at a small fixed size.

    enumerate   (log joint at z = k) - log_weight[k] is the same for every k
    gaussian    d(log joint)/dv = h - J v, with q = N(J^-1 h, J^-1)
    conjugate   d(log joint - log q)/dv = 0, with q in its family
    aggregate   moving a count between cells of a group changes log joint and log q alike

at all states of the other discrete latents.  A latent whose posterior is not reached like this (it
is eliminated after a continuous one) is left to numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import sympy

from autoem.derive.index import Index
from autoem.derive.posterior import Posterior
from autoem.derive.posteriors.conjugate_array import ConjugateArrayPosterior
from autoem.derive.quantity import Computed, Element, Quantity
from autoem.derive.stages import Derivation
from autoem.families import FAMILIES
from autoem.families.spelled import spelled
from autoem.language.declaration import Latent
from autoem.verify.derived_density import latent_of
from autoem.verify.ground import Ground, States, ground_sizes, is_zero, symbol
from autoem.verify.pointwise import size_of

MOST_STATES = 64


@dataclass(frozen=True)
class Claim:
    """One posterior at its first element, with the states of all discrete latents."""

    derivation: Derivation
    q: Posterior
    ground: Ground

    @property
    def at(self) -> dict[Index, int]:
        """The first element, in the context that the states make."""
        found = dict.fromkeys(self.q.local.plates, 0)
        for context in self.q.local.contexts:
            place = tuple(self.ground.read(read, found) for read in context.reads)
            found[context.state] = self.ground.states[context.indicator.latent.variable, place]
        return found

    @property
    def log_joint(self) -> sympy.Expr:
        """The log joint, written out."""
        return self.ground.total(self.derivation.log_joint.terms)

    def named(self, element: Element, *event: int) -> sympy.Expr:
        """A named quantity of the posterior, at the element and its context."""
        free = [i for i in element.indices if isinstance(i, Index) and i not in self.at]
        return self.ground.value(element, {**self.at, **dict(zip(free, event, strict=True))})

    def unknown(self, *event: int) -> sympy.Symbol:
        """The latent itself."""
        base = self.q.local.latent
        return symbol(base, (*[0] * len(self.q.local.plates), *event))


def proved(derivation: Derivation, q: Posterior) -> bool:
    """Whether the posterior could be proved at the small size, for every state of the others;
    one of an array is left to numbers."""
    if q.rule not in PROOFS or isinstance(q, ConjugateArrayPosterior):
        return False
    claims = [Claim(derivation, q, ground) for ground in _grounds(derivation)]
    return bool(claims) and PROOFS[q.rule](claims)


def _grounds(derivation: Derivation) -> Iterator[Ground]:
    """One row, and each joint state of the discrete latents."""
    sizes = ground_sizes(derivation.model, rows=1)
    ranges: dict[tuple[Latent, tuple[int, ...]], range] = {}
    for latent, indicator in derivation.log_joint.scope.indicators.items():
        shape = (size_of(axis, sizes) for axis in latent.plates)
        for place in product(*map(range, shape)):
            ranges[latent, place] = range(size_of(indicator.axes[-1], sizes))  # type: ignore[index]
    count = 1
    for states in ranges.values():
        count *= len(states)
    if count <= MOST_STATES:
        for chosen in product(*ranges.values()):
            yield Ground(sizes, _nothing, dict(zip(ranges, chosen, strict=True)))


def _nothing(base: Quantity, at: tuple[int, ...]) -> None:
    return None


def _enumerate(claims: list[Claim]) -> bool:
    """log joint - log_weight at the state, compared between states of this latent alone."""
    left: dict[tuple[object, ...], sympy.Expr] = {}
    own = latent_of(claims[0].q)
    for claim in claims:
        first = (0,) * len(claim.q.local.plates)
        weight = claim.named(claim.q.natural["log_weight"], claim.ground.states[own, first])
        rest = _others(claim.ground.states, own, first)
        difference = claim.log_joint - weight
        if not is_zero(difference - left.setdefault(rest, difference)):
            return False
    return _normalized(claims[0])


def _others(states: States, own: Latent, first: tuple[int, ...]) -> tuple[object, ...]:
    return tuple(state for site, state in states.items() if site != (own, first))


def _normalized(claim: Claim) -> bool:
    """The responsibility is exp(log_weight - log_sum_exp of that log_weight over the states)."""
    responsibility, weight = claim.q.expectations["responsibility"], claim.q.natural["log_weight"]
    base = responsibility.base
    if not (isinstance(base, Computed) and base.operation == "map"):
        return False
    (operand,) = base.operands
    exponent = sympy.expand_log(sympy.log(operand), force=True)
    normalizers = [e for e in exponent.atoms(Element) if e.base is not weight.base]
    if len(normalizers) != 1 or exponent != weight - normalizers[0]:
        return False
    total = normalizers[0].base
    return (
        isinstance(total, Computed)
        and total.operation == "log_sum_exp"
        and total.operands == (weight,)
        and total.over == weight.indices[-1:]
    )


def _gaussian(claims: list[Claim]) -> bool:
    return all(_gaussian_at(claim) for claim in claims)


def _gaussian_at(claim: Claim) -> bool:
    """The slope of the log joint is h - J v, the mean is V h, and V is the inverse of J."""
    q, joint = claim.q, claim.log_joint
    axes = latent_of(q).event
    places = list(product(*(range(size_of(axis, claim.ground.sizes)) for axis in axes)))
    v = {i: claim.unknown(*i) for i in places}
    precision, shift = q.natural["precision"], q.natural["shift"]
    for i in places:
        slope = claim.named(shift, *i) - sum(claim.named(precision, *i, *j) * v[j] for j in places)
        if not is_zero(joint.diff(v[i]) - slope):
            return False
        spread = [claim.named(q.expectations["covariance"], *i, *j) for j in places]
        mean = sum(s * claim.named(shift, *j) for s, j in zip(spread, places, strict=True))
        if not is_zero(claim.named(q.expectations["mean"], *i) - mean):
            return False
    return _inverts(q.expectations["covariance"], precision, scalar=not axes)


def _inverts(covariance: Element, precision: Element, scalar: bool) -> bool:
    base = covariance.base
    if not isinstance(base, Computed):
        return False
    wanted = 1 / precision if scalar else precision
    return base.operation == ("map" if scalar else "inverse") and base.operands == (wanted,)


def _conjugate(claims: list[Claim]) -> bool:
    """The slope of log joint - log q is zero, with q the density of its family."""
    for claim in claims:
        q, v = claim.q, claim.unknown()
        (family,) = (f for f in FAMILIES if f.name == q.family)
        arguments = {name: claim.named(element) for name, element in q.natural.items()}
        density = spelled(family).log_density(v, arguments)
        if not is_zero((claim.log_joint - density).diff(v)):
            return False
    return True


def _aggregate(claims: list[Claim]) -> bool:
    return all(_aggregate_at(claim) for claim in claims)


def _aggregate_at(claim: Claim) -> bool:
    """x_i = y - the others of its group: d/dx of log joint - log q is zero along each such move."""
    q, joint = claim.q, claim.log_joint
    (constraint,) = (
        c for c in claim.derivation.log_joint.constraints if c.latent is q.local.latent
    )
    for group in constraint.groups:
        *others, last = group
        for cell in others:
            x, y = claim.unknown(cell), claim.unknown(last)
            shares = [claim.named(q.expectations[f"cell_{i}"]) for i in (cell, last)]
            move = joint.diff(x) - joint.diff(y)
            counted = sympy.polygamma(0, y + 1) - sympy.polygamma(0, x + 1)
            ratio = sympy.exp(sympy.expand(move - counted)) * shares[1] / shares[0]
            if not is_zero(sympy.simplify(ratio) - 1):
                return False
    return True


PROOFS: Mapping[str, Callable[[list[Claim]], bool]] = {
    "enumerate": _enumerate,
    "gaussian": _gaussian,
    "conjugate": _conjugate,
    "aggregate": _aggregate,
}
"""Posterior rule to its proof."""
