"""Mean fields: some latents get a factor q(v; lambda) of their own, with parameters lambda.

    F(lambda, theta) = log sum over z exp E_q(v; lambda)[log p(x, z, v; theta)] + H(lambda)

where z are the latents that are left to the exact rules: what they eliminate is the log joint with
every statistic of v replaced by its mean under lambda.  So F is the objective of an EM algorithm in
(lambda, theta), and the update of lambda is a maximizer like any other:

    dF/dmu = n(rest) - eta(lambda) = 0      so  eta(lambda) = n, the coefficients of the statistics,

with mu = E[T(v)].  q(v) is of the family of the latent's own law, and every term is linear in T.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy

from autoem.derive.calculus import depends
from autoem.derive.index import Index, fresh
from autoem.derive.log_joint import LogJoint
from autoem.derive.named_array import Reading
from autoem.derive.posterior import Local, Posterior, Refusal
from autoem.derive.posteriors.conjugate import match, split
from autoem.derive.posteriors.truncated import is_bound
from autoem.derive.quantity import Declared, Defined, Element, elements
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, reindex
from autoem.errors import NoExactPosterior
from autoem.families.family import ExponentialForm, VectorFamily
from autoem.language.declaration import Latent, Parameter
from autoem.language.distribution import Distribution
from autoem.language.domain import Positive, Real


@dataclass(frozen=True)
class Factor(Posterior):
    """q(v; lambda): `natural` are the arguments lambda of the family, `expectations` its moments.

    `statistics` are T of the `element`, each with its moment; `entropy` is H at the plates.
    """

    parameters: tuple[Declared, ...]
    element: Element
    statistics: tuple[sympy.Expr, ...]
    moments: tuple[Element, ...]
    entropy: Terms
    law: ExponentialForm | VectorFamily
    event: tuple[Index, ...]

    def expect(self, term: Term, scope: Scope) -> Terms:
        """Each statistic becomes its moment."""
        result = []
        for part in split(term, self.local.latent):
            found = [e for e in elements(part.value) if e.base is self.local.latent]
            value = part.value
            for element in found:
                if element not in value.atoms(Element):
                    continue
                value = self._averaged(value, element)
            if depends(value, self.local.latent):
                raise Refusal(f"a term is not linear in the statistics of {self.local.latent.name}")
            result.append(replace(part, value=value))
        return tuple(result)

    def _averaged(self, value: sympy.Expr, element: Element) -> sympy.Expr:
        coefficient, statistic = value.as_independent(element, as_Add=False)
        if statistic == 1:
            return value
        known = [t.xreplace({self.element: element}) for t in self.statistics]
        scale, position = match(statistic, known, element)
        moved = dict(zip(self.element.indices, element.indices, strict=True))
        return coefficient * scale * reindex(self.moments[position], moved)  # type: ignore[arg-type]

    @property
    def entropies(self) -> Terms:
        """H summed over the plates, as terms of a factor called q(v)."""
        return tuple(
            replace(t, bound=(*t.bound, *self.local.plates), factor=self.entropy_name)
            for t in self.entropy
        )

    @property
    def entropy_name(self) -> str:
        return f"q({self.local.latent.name})"


CONTINUOUS = ("real", "positive", "unit", "simplex")
"""Supports of latents that may have a factor with parameters."""


def factor_of(scope: Scope, latent: Declared) -> Factor:
    """The factor of a latent, in the family of its own law."""
    law = latent.variable.distribution if isinstance(latent.variable, Latent) else None
    family = law.family if isinstance(law, Distribution) else None
    if family is not None and family.support not in CONTINUOUS:
        raise Refusal(f"{latent.name} is discrete: only exact rules give it a factor")
    plates = tuple(fresh(axis) for axis in latent.variable.plates)
    event = tuple(fresh(axis) for axis in latent.variable.event)
    if isinstance(family, ExponentialForm) and not event:
        return _scalar(scope, latent, family, plates)
    if isinstance(family, VectorFamily) and len(event) == 1 and family.ranks == (1,):
        return _vector(scope, latent, family, plates, event[0])
    raise Refusal(f"the law of {latent.name} gives its factor no family")


def _scalar(
    scope: Scope, latent: Declared, family: ExponentialForm, plates: tuple[Index, ...]
) -> Factor:
    own = Element(latent, plates)
    if family.log_carrier(own, {}).has(own):
        raise Refusal(f"a {family.name} has no factor that is linear in its statistics")
    arguments = _arguments(scope, latent, family, plates, ())
    known: dict[str, sympy.Expr] = dict(arguments)
    statistics = family.statistics(own)
    moments = tuple(
        _moment(latent, f"statistic_{j + 1}", (Term(value),), plates)
        for j, value in enumerate(family.expectations(known))
    )
    pairs = zip(family.natural(known), moments, strict=True)
    entropy = (Term(family.log_normalizer(known)), *(Term(-n * m) for n, m in pairs))
    return _factor(latent, family, (plates, ()), arguments, (own, statistics, moments, entropy))


def _vector(
    scope: Scope, latent: Declared, family: VectorFamily, plates: tuple[Index, ...], event: Index
) -> Factor:
    own = Element(latent, (*plates, event))
    arguments = _arguments(scope, latent, family, plates, (event,))
    readings = {name: Reading(scope, e, (event,), "model") for name, e in arguments.items()}

    def value(*indices: Any) -> sympy.Expr:
        return reindex(own, {event: indices[0]})

    statistics = family.statistics(value, (event,))
    moments = tuple(
        _moment(latent, f"statistic_{j + 1}", (Term(mean),), (*plates, event))
        for j, mean in enumerate(family.expectations(readings, (event,)))
    )
    made = family.entropy(readings, lambda: fresh(event.axis))
    if made is None:
        raise Refusal(f"the entropy of a {family.name} has no closed form")
    entropy = tuple(Term(s.value, tuple(s.over)) for s in made)  # type: ignore[arg-type]
    whole = (own, statistics, moments, entropy)
    return _factor(latent, family, (plates, (event,)), arguments, whole)


def _factor(
    latent: Declared,
    family: ExponentialForm | VectorFamily,
    places: tuple[tuple[Index, ...], tuple[Index, ...]],
    arguments: dict[str, Element],
    whole: tuple[Element, tuple[sympy.Expr, ...], tuple[Element, ...], Terms],
) -> Factor:
    own, statistics, moments, entropy = whole
    return Factor(
        Local(latent, places[0], (), ()),
        rule="mean_field",
        reason=f"by choice: {latent.name} has a factor of its own, a {family.name} as its law",
        family=family.name,
        natural=arguments,
        expectations={f"statistic_{j + 1}": m for j, m in enumerate(moments)},
        log_normalizer=(),
        parameters=tuple(e.base for e in arguments.values()),  # type: ignore[misc]
        element=own,
        statistics=statistics,
        moments=moments,
        entropy=entropy,
        law=family,
        event=places[1],
    )


def _arguments(
    scope: Scope,
    latent: Declared,
    family: ExponentialForm | VectorFamily,
    plates: tuple[Index, ...],
    event: tuple[Index, ...],
) -> dict[str, Element]:
    """The parameters of the factor, declared like those of a model."""
    found = {}
    axes = tuple(index.axis for index in event)
    for argument in family.arguments:
        positive = argument.domain in ("positive", "vector", "probability")
        domain = Positive(*axes) if positive else Real(*axes)
        parameter = Parameter(domain, over=tuple(index.axis for index in plates))
        object.__setattr__(parameter, "name", f"{argument.name}_of_{latent.name}")
        found[argument.name] = Element(scope.quantity(parameter), (*plates, *event))
    return found


def _moment(latent: Declared, word: str, terms: Terms, free: tuple[Index, ...]) -> Element:
    axes = tuple(index.axis for index in free)
    base = Defined(f"{word}_of_{latent.name}", axes, indices=free, definition=terms)
    return Element(base, free)


Eliminated = tuple[Terms, list[Posterior]]


def averaged(
    joint: LogJoint,
    terms: Terms,
    block: Sequence[Declared],
    kept: tuple[str, ...],
    eliminated: Callable[[Terms, list[Declared]], Eliminated],
) -> tuple[Terms, tuple[Factor, ...], list[Posterior]]:
    """What is left of the terms, a factor for every latent of the block but those that are left to
    the exact rules, and the posteriors of these.

    Raises Refusal with what stood in the way.
    """
    refusals = []
    for chosen in _choices(block, kept):
        try:
            others = [q for q in block if q not in chosen]
            _check_free(joint, terms, others)
            factors = tuple(factor_of(joint.scope, q) for q in others)
            found = _averages(joint.scope, terms, factors)
            left, posteriors = eliminated(found, chosen)
            return left, factors, posteriors
        except (Refusal, NoExactPosterior) as refusal:
            names = ", ".join(q.name for q in chosen)
            first = str(refusal).partition("\n")[0]
            refusals.append(f"with {names} left to the exact rules: {first}")
    raise Refusal("; ".join(refusals))


def _check_free(joint: LogJoint, terms: Terms, latents: Sequence[Declared]) -> None:
    """What is conditioned on more than terms is left to the rules that know of it."""
    seen = [each.latent for each in joint.totals] + [each.latent for each in joint.constraints]
    for latent in latents:
        if latent in seen or any(is_bound(term, latent) for term in terms):
            raise Refusal(f"{latent.name} has sums or bounds, which a factor does not keep")


def _averages(scope: Scope, terms: Terms, factors: tuple[Factor, ...]) -> Terms:
    """The terms under all factors, and the entropies of these."""
    for factor in factors:
        latent = factor.local.latent
        terms = tuple(
            part
            for term in terms
            for part in (factor.expect(term, scope) if depends(term.value, latent) else (term,))
        )
    return (*terms, *(term for factor in factors for term in factor.entropies))


def _choices(pending: Sequence[Declared], kept: tuple[str, ...]) -> list[list[Declared]]:
    """Which latents to leave to the exact rules: those named, or one after another."""
    if kept:
        return [[q for q in pending if q.name in kept]]
    order = sorted(pending, key=lambda q: -len(q.variable.plates))
    return [[q] for q in order]
