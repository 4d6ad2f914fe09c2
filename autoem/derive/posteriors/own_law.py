"""The posterior of a latent before it is known to lie between bounds, or to sum to a total.

Where nothing else is seen of it, that is its own law; else it is what the rules gaussian and
conjugate find.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy

from autoem.derive.calculus import depends
from autoem.derive.elaborate import Reader
from autoem.derive.index import Index, Read
from autoem.derive.law import readable
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Local, Posterior, Refusal, localize
from autoem.derive.posteriors.conjugate import ConjugatePosterior, conjugate
from autoem.derive.posteriors.gaussian import GaussianPosterior, gaussian
from autoem.derive.quantity import Declared, Element, Entries, elements, indices_of
from autoem.derive.reading import Argument
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, reindex
from autoem.families.bounded import TruncatedFamily
from autoem.families.family import Family
from autoem.families.interval import INTERVALS
from autoem.language.declaration import Latent, Parameter, Random
from autoem.language.distribution import Distribution
from autoem.language.expression import Axis


def unconditioned(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> GaussianPosterior | ConjugatePosterior:
    """The posterior that the terms give, by the first rule that finds one."""
    refusals = []
    for rule in (own_law, gaussian, conjugate):
        try:
            found = rule(joint, terms, latent, remaining)
        except Refusal as refusal:
            refusals.append(f"{rule.__name__}: {refusal}")
            continue
        assert isinstance(found, GaussianPosterior | ConjugatePosterior)
        return found
    raise Refusal("; ".join(refusals))


def own_law(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """The law of a scalar latent of which no other factor says anything."""
    own = tuple(term for term in terms if depends(term.value, latent))
    others = dict.fromkeys(term.factor for term in own if term.factor != latent.name)
    if others:
        raise Refusal(f"{', '.join(others)} mentions {latent.name} too")
    if latent.variable.event:
        raise Refusal(f"{latent.name} is no scalar")
    local = localize(own, latent, len(latent.variable.plates))
    assert isinstance(latent.variable, Random)
    law = readable(latent.variable.distribution, latent.name)
    if not isinstance(law, Distribution):
        raise Refusal(f"the law of {latent.name} is no one family")
    values = _values(joint.scope, law, local, latent)
    for other in remaining:
        if any(depends(value, other) for value in values.values()):
            raise Refusal(f"the law of {latent.name} mentions {other.name}")
    for name in _averaged(values, own):
        raise Refusal(f"the law of {latent.name} mentions {name}, which is averaged")
    return _posterior(joint.scope, law, local, values)


def _averaged(values: dict[str, sympy.Expr], own: Terms) -> list[str]:
    """Latents in the arguments of the law that the terms do not mention: a mean field has put
    their means in place."""
    found = (e.base for value in values.values() for e in elements(value))
    return [
        base.name
        for base in found
        if isinstance(base, Declared)
        and isinstance(base.variable, Latent)
        and not any(depends(term.value, base) for term in own)
    ]


def _values(
    scope: Scope, law: Distribution, local: Local, latent: Declared
) -> dict[str, sympy.Expr]:
    """The arguments of the law at one element of the latent, in its context."""
    reader = Reader(scope, {})
    plates: dict[Axis, Read] = dict(zip(latent.variable.plates, local.plates, strict=True))
    values = {name: Argument(node, reader, plates)() for name, node in law.arguments}
    moved: dict[Index, Index] = {}
    for (other, reads), state in reader.states.items():
        indicator = scope.indicator(other)
        known = (c for c in local.contexts if c.indicator is indicator and c.reads == reads)
        context = next(known, None)
        if context is None:
            raise Refusal(f"the law of {latent.name} depends on {other.name} elsewhere")
        moved[state] = context.state
    if any(isinstance(e.base, Entries) for value in values.values() for e in elements(value)):
        raise Refusal(f"the law of {latent.name} is no one formula")
    return {name: reindex(value, moved) for name, value in values.items()}


def _posterior(
    scope: Scope, law: Distribution, local: Local, values: dict[str, sympy.Expr]
) -> Posterior:
    """The family at its arguments."""
    name, latent = local.latent.name, local.latent
    family = law.family.base if isinstance(law.family, TruncatedFamily) else law.family
    if family.name not in INTERVALS:
        raise Refusal(f"the distribution function of a {family.name} is not known")
    element = Element(latent, local.plates)
    natural = {}
    for argument in family.arguments:
        value = values[argument.name]
        sign = "real" if argument.domain == "real" else "positive"
        natural[argument.name] = scope.computed(
            f"{argument.name}_{name}", "map", (value,), indices_of(value), sign=sign
        )
    reason = f"nothing else is seen of {name}"
    normalizer = (_normalizer(family, element, values),)
    if family.name == "Normal":
        moments = {"mean": natural["mean"], "covariance": natural["variance"]}
        return GaussianPosterior(
            local, "own_law", reason, family.name, {}, moments, normalizer, event=(), second=()
        )
    statistics = INTERVALS[family.name].statistics_of(family, element, values)
    for statistic in statistics:
        for found in elements(statistic):
            if isinstance(found.base, Declared) and isinstance(found.base.variable, Parameter):
                raise Refusal(f"the statistic of a {family.name} mentions {found.base.name}")
    return ConjugatePosterior(
        local, "own_law", reason, family.name, natural, {}, normalizer, element, statistics
    )


def _normalizer(family: Family, element: Element, values: dict[str, sympy.Expr]) -> Term:
    """The integral of what mentions the latent: a density integrates to one."""

    def known(value: sympy.Expr) -> Callable[[], sympy.Expr]:
        return lambda: value

    arguments = {name: known(value) for name, value in values.items()}
    density = family.log_density(known(element), arguments, lambda: None)
    parts = (part for summand in density for part in sympy.Add.make_args(summand.value))
    return Term(-sympy.Add(*(part for part in parts if not part.has(element))))
