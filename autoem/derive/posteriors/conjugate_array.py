"""conjugate, of a vector or a matrix: the coefficients of its statistics match a family.

As for a scalar, log p(v, ...) = sum_j <eta_j, T_j(v)> + what is free of v, but here eta_j and T_j
are arrays: log v_i of a Dirichlet; log det V and (V^-1)_ij of an inverse Wishart.  Each T_j in the
terms gets a symbol of its own, so that eta_j is the derivative by that symbol.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.index import Index, Read, fresh
from autoem.derive.log_joint import LogJoint
from autoem.derive.named_array import Reading
from autoem.derive.posterior import (
    Local,
    Posterior,
    Refusal,
    localize,
    placed_at,
    plate_reads,
    with_context,
)
from autoem.derive.quantity import Declared, Element, MatrixFunction, Quantity, elements, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, reindex
from autoem.families import FAMILIES
from autoem.families.family import Summands, VectorFamily


@dataclass(frozen=True)
class Statistic:
    """T_j of a latent: what it is at its plates and its event indices, and its symbol there."""

    name: str
    value: sympy.Expr
    symbol: Element
    event: tuple[Index, ...]


@dataclass(frozen=True)
class ConjugateArrayPosterior(Posterior):
    """A family of vectors or matrices at named natural parameters; the mean is for users."""

    statistics: tuple[Statistic, ...]

    def expect(self, term: Term, scope: Scope) -> Terms:
        """Each statistic becomes its expectation, at its own place in the event."""
        latent = self.local.latent
        if not depends(term.value, latent):
            return (term,)
        reads = plate_reads(term.value, latent, len(self.local.plates))
        result = []
        for part in _products(_symbolic(term, self.statistics, self.local.plates, reads)):
            moved, states = with_context(part, self.local, reads)
            swap = {}
            for statistic in self.statistics:
                expectation = self.expectations[statistic.name]
                place = placed_at(expectation, self.local, reads, states)
                for element in elements(moved.value):
                    if element.base is statistic.symbol.base:
                        own = element.indices[len(reads) :]
                        swap[element] = place(dict(zip(statistic.event, own, strict=True)))
            result.append(replace(moved, value=moved.value.xreplace(swap)))
        return tuple(result)


def conjugate_array(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a vector or a matrix whose terms match a family."""
    if not latent.variable.event:
        raise Refusal(f"{latent.name} is a scalar")
    own = tuple(term for term in terms if depends(term.value, latent))
    for other in remaining:
        if other is not latent and any(depends(term.value, other) for term in own):
            raise Refusal(f"the terms of {latent.name} still mention {other.name}")
    local = localize(own, latent, len(latent.variable.plates))
    refusals = []
    for family in FAMILIES:
        rank = len(latent.variable.event)
        fits = isinstance(family, VectorFamily) and max(family.ranks, default=0) <= rank
        if isinstance(family, VectorFamily) and fits and family.support == latent.support:
            try:
                return _matched(joint.scope, family, local, latent)
            except Refusal as refusal:
                refusals.append(f"{family.name}: {refusal}")
    raise Refusal("; ".join(refusals) or f"no family has the support of {latent.name}")


def _matched(scope: Scope, family: VectorFamily, local: Local, latent: Declared) -> Posterior:
    """The posterior in this family, or the refusal that names what is no statistic of it."""
    event = tuple(fresh(axis) for axis in latent.variable.event)
    statistics = _statistics(scope, family, local, latent, event)
    terms = [
        part
        for term in local.terms
        for part in _products(_symbolic(term, statistics, local.plates, local.plates))
    ]
    for term in terms:
        if depends(term.value, latent):
            raise Refusal(f"{latent.name} stands elsewhere than in the statistics of {family.name}")
    eta = []
    for statistic in statistics:
        slope = derivative(tuple(terms), statistic.symbol.base, statistic.symbol.indices)
        if not slope:
            raise Refusal(f"some statistic of {family.name} has no coefficient")
        if any(depends(t.value, s.symbol.base) for t in slope for s in statistics):
            raise Refusal(f"the log joint is not linear in the statistics of {family.name}")
        natural = scope.define(f"natural_{statistic.name}_{latent.name}", slope, "posterior")
        eta.append(Reading(scope, natural, statistic.event))
    rest = tuple(t for t in terms if not any(depends(t.value, s.symbol.base) for s in statistics))
    return _posterior(scope, family, local, statistics, eta, rest, event)


def _statistics(
    scope: Scope, family: VectorFamily, local: Local, latent: Declared, event: tuple[Index, ...]
) -> tuple[Statistic, ...]:
    whole = Reading(scope, Element(latent, (*local.plates, *event)), event)
    found = []
    values = family.statistics(whole, event)
    for value, rank in zip(values, family.ranks, strict=True):
        (entry,) = elements(value)
        name = entry.base.function if isinstance(entry.base, MatrixFunction) else "log"
        indices = (*local.plates, *event[:rank])
        base = Quantity(f"{name}_{latent.name}", tuple(index.axis for index in indices))
        found.append(Statistic(name, value, Element(base, indices), event[:rank]))
    return tuple(found)


def _symbolic(
    term: Term,
    statistics: tuple[Statistic, ...],
    plates: tuple[Index, ...],
    reads: tuple[Read, ...],
) -> Term:
    """The term with every statistic, at whatever entry it stands, by its symbol."""
    value, count = sympy.expand_log(term.value), len(plates)
    swap = {}
    for statistic in statistics:
        (own,) = elements(statistic.value)
        for element in elements(value):
            if element.base is own.base:
                entry = zip(statistic.event, element.indices[count:], strict=True)
                moved = {**dict(zip(plates, reads, strict=True)), **dict(entry)}
                swap[reindex(statistic.value, moved)] = reindex(statistic.symbol, moved)
    return replace(term, value=value.xreplace(swap))


def _products(term: Term) -> Terms:
    """A sum as products, where it is a sum of several statistics."""
    return tuple(replace(term, value=part) for part in sympy.Add.make_args(term.value))


def _posterior(
    scope: Scope,
    family: VectorFamily,
    local: Local,
    statistics: tuple[Statistic, ...],
    eta: list[Reading],
    rest: Terms,
    event: tuple[Index, ...],
) -> Posterior:
    name = local.latent.name
    named, readings = {}, {}
    for argument in family.arguments:
        rank = {"vector": 1, "matrix": 2}.get(argument.domain, 0)
        summand = family.from_natural(eta, event)[argument.name]
        sign = "positive" if argument.domain in ("positive", "vector") else "real"
        value, word = summand.value, argument.name
        named[word] = scope.computed(
            f"{word}_{name}", "map", (value,), indices_of(value), sign=sign
        )
        readings[word] = Reading(scope, named[word], event[:rank])
    words = [statistic.name for statistic in statistics]
    values = dict(zip(words, family.expectations(readings, event), strict=True))
    expectations = {
        word: scope.computed(_named(word, name), "map", (value,), indices_of(value))
        for word, value in {**values, "mean": family.mean(readings, event)}.items()
    }
    normalizer = family.log_normalizer(readings, lambda: fresh(event[0].axis))
    return ConjugateArrayPosterior(
        local,
        rule="conjugate",
        reason=f"the coefficients of {name} are those of a {family.name}",
        family=family.name,
        natural=named,
        expectations=expectations,
        log_normalizer=(*rest, *_terms(normalizer)),
        statistics=statistics,
    )


def _terms(parts: Summands) -> Terms:
    return tuple(Term(part.value, part.over) for part in parts)  # type: ignore[arg-type]


def _named(word: str, latent: str) -> str:
    return f"mean_{latent}" if word == "mean" else f"expected_{word}_{latent}"
