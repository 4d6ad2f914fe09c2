"""The density of a derived posterior: its family of scipy at its derived quantities.

A posterior names a family and its quantities (responsibilities; a mean and a covariance; natural
parameters; expected cells), free at the plates of the latent and at the states of its context.
Their values are those of the symbolic model, the density is the judge's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from autoem.derive.index import Index
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior
from autoem.derive.posteriors.conjugate import ConjugatePosterior
from autoem.derive.posteriors.total import TotalPosterior
from autoem.derive.posteriors.truncated import TruncatedPosterior
from autoem.derive.quantity import Declared, Element, Indicator
from autoem.errors.verification import NotJudged
from autoem.language.chain import Tree
from autoem.language.declaration import Observed
from autoem.verify import joint_density, product_density
from autoem.verify.densities import DENSITIES
from autoem.verify.evaluate_terms import Meaning
from autoem.verify.intervals import log_mass
from autoem.verify.sites import Assignment, Instance, Site
from autoem.verify.totals import sum_of

At = dict[Index, int]


@dataclass(frozen=True)
class Question:
    """q of one site, at values of the hidden sites."""

    q: Posterior
    joint: LogJoint
    meaning: Meaning
    site: Site
    hidden: Assignment
    instance: Instance

    @property
    def value(self) -> Any:
        """The value of the site itself."""
        return self.hidden[self.site]

    @property
    def at(self) -> At:
        """The place of the site, in the context that the states of others make."""
        place = self.site.place[: len(self.q.local.plates)]
        found = dict(zip(self.q.local.plates, place, strict=True))
        for context in self.q.local.contexts:
            there = tuple(self.meaning.read(read, found) for read in context.reads)
            state = self.hidden[Site(context.indicator.latent.variable, there)]
            if np.ndim(state):
                raise NotJudged(what="a posterior given a continuous latent")
            found[context.state] = int(state)
        return found

    @property
    def earlier(self) -> Question:
        """The same question of the step before, or of the parent."""
        *plates, _ = self.site.place
        return replace(self, site=Site(self.site.variable, (*plates, self.before)))

    @property
    def before(self) -> int:
        """The step before, or the parent; -1 where there is none."""
        law, site = self.site.variable.distribution, self.site  # type: ignore[attr-defined]
        if not isinstance(law, Tree):
            return site.place[-1] - 1
        return int(self.instance.reader({})(law.parent, site.at))

    @property
    def scale(self) -> np.ndarray:
        """s of a covariance V / s, at the values of the latents that it mentions."""
        result: Any = 1.0
        for base, exponent in self.q.scale.as_powers_dict().items():  # type: ignore[attr-defined]
            if base.is_number:
                value: Any = float(base)
            elif base in self.q.given:
                place = tuple(self.meaning.read(read, self.at) for read in base.indices)
                value = self.hidden[Site(base.base.variable, place)]
            else:
                raise NotJudged(what=f"a scale that mentions {base}")
            result = result * value ** float(exponent)
        return np.asarray(result)

    def expected(self, name: str, *place: int) -> np.ndarray:
        """A named expectation: its first free indices at a place, the others as axes."""
        return self.array(self.q.expectations[name], *place)

    def array(self, element: Element, *place: int) -> np.ndarray:
        """A named quantity: its first free indices at a place, the others as axes."""
        at = self.at
        free = [i for i in element.indices if isinstance(i, Index) and i not in at]
        at |= dict(zip(free, place, strict=False))
        shape = tuple(self.meaning.length(index.axis) for index in free[len(place) :])
        entries = [
            self.meaning.value(element, {**at, **dict(zip(free[len(place) :], rest, strict=True))})
            for rest in np.ndindex(shape)
        ]
        return np.array(entries).reshape(shape)


def log_q(question: Question) -> np.ndarray:
    """log q(site | context) at these values of the hidden sites."""
    rule = question.q.rule
    if rule not in DENSITY:
        raise NotJudged(what=f"the posterior rule {rule}")
    with np.errstate(divide="ignore", invalid="ignore"):  # after a state that is impossible: 0 / 0
        return np.asarray(DENSITY[rule](question))


def latent_of(posterior: Posterior) -> Any:
    """The variable that a posterior is of."""
    base = posterior.local.latent
    if isinstance(base, Indicator):
        return base.latent.variable
    assert isinstance(base, Declared)
    return base.variable


def _states(question: Question) -> np.ndarray:
    return np.log(question.expected("responsibility", int(question.value)))


def _chain(question: Question) -> np.ndarray:
    """The first state, then each given the one before: joint over marginal."""
    time, k = question.site.place[-1], int(question.value)
    if question.before < 0:
        return np.log(question.expected("responsibility", time, k))
    j = int(question.earlier.value)
    joint = question.expected("before", time, j) * question.expected("after", time, k)
    step = question.q.expectations["transition"]
    w = question.q.weights  # type: ignore[attr-defined]
    at = {**question.at, w.time: time, w.state: k, w.before: j}
    joint = joint * question.meaning.value(step, at)
    return np.log(joint) - np.log(question.expected("responsibility", question.before, j))


def _gaussian(question: Question) -> np.ndarray:
    mean, spread = question.expected("mean"), question.expected("covariance")
    value, site = question.value, question.site
    if question.q.given:
        return _scaled_normal(value, mean, spread, question.scale)
    if isinstance(site.variable, Observed):
        gaps = np.isnan(question.meaning.arrays[site.variable][site.place])
        mean, spread, value = mean[gaps], spread[gaps][:, gaps], value[..., gaps]
    return _normal(value, mean, spread)


def _scaled_normal(
    value: np.ndarray, mean: np.ndarray, spread: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """log N(v; m, V / s) = log N(r; 0, V) + (q / 2) log s  with  r = (v - m) sqrt(s)."""
    root = scale if mean.ndim == 0 else scale[..., None]
    residual = (value - mean) * np.sqrt(root)
    return _normal(residual, np.zeros_like(mean), spread) + mean.size / 2 * np.log(scale)


def _smoother(question: Question) -> np.ndarray:
    """The first value, then each given the one before: a regression on it."""
    time = question.site.place[-1]
    mean, spread = question.expected("mean", time), question.expected("covariance", time)
    if time == 0:
        return _normal(question.value, mean, spread)
    cross, before = question.expected("cross", time), question.expected("covariance", time - 1)
    off = question.earlier.value - question.expected("mean", time - 1)
    if mean.ndim == 0:
        gain = cross / before
        return _normal(question.value - gain * off, mean, spread - gain * cross)
    gain = cross @ np.linalg.inv(before)
    return _normal(question.value - off @ gain.T, mean, spread - gain @ cross.T)


def _normal(value: Any, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    if mean.ndim == 0:
        return DENSITIES["Normal"](value, {"mean": mean, "variance": spread})
    return DENSITIES["MultivariateNormal"](value, {"mean": mean, "cov": spread})


def _family(question: Question) -> np.ndarray:
    known = {name: question.array(e) for name, e in question.q.natural.items()}
    return DENSITIES[question.q.family](question.value, known)


def _truncated(question: Question) -> np.ndarray:
    """The posterior without bounds over the probability of the interval; an exact value is sure."""
    q = question.q
    assert isinstance(q, TruncatedPosterior)
    lower, upper = (question.meaning.value(end, question.at) for end in (q.lower, q.upper))
    if lower == upper:
        return np.zeros(())
    whole = replace(question, q=q.whole)
    if isinstance(q.whole, ConjugatePosterior):
        known = {name: question.array(e) for name, e in q.whole.natural.items()}
        return _family(whole) - log_mass(q.family, lower, upper, known)
    moments = {"mean": whole.expected("mean"), "variance": whole.expected("covariance")}
    return _gaussian(whole) - log_mass("Normal", lower, upper, moments)


def _total(question: Question) -> np.ndarray:
    """The posterior of each summand without its sum; the last takes the density of the sum too."""
    q, site = question.q, question.site
    assert isinstance(q, TotalPosterior)
    total = sum_of(question.instance, site)
    assert total is not None
    whole = replace(question, q=q.whole)
    own = _family(whole) if isinstance(q.whole, ConjugatePosterior) else _gaussian(whole)
    if not total.determines(site):
        return own
    each = [_arguments(replace(whole, site=summand)) for summand in total.summands]
    added = {name: np.sum([known[name] for known in each], axis=0) for name in each[0]}
    return own - DENSITIES[q.family](total.value, added)


def _arguments(question: Question) -> dict[str, np.ndarray]:
    """The arguments of a scalar family at a site."""
    if isinstance(question.q, ConjugatePosterior):
        return {name: question.array(e) for name, e in question.q.natural.items()}
    return {"mean": question.expected("mean"), "variance": question.expected("covariance")}


def _cells(question: Question) -> np.ndarray:
    """Independent multinomials in the groups, with shares that are expected cells over sums."""
    q, value = question.q, question.value
    (constraint,) = (c for c in question.joint.constraints if c.latent is q.local.latent)
    total = np.zeros(())
    for position, group in enumerate(constraint.groups):
        place = (*question.site.place, position)
        seen = question.meaning.entry(constraint.observed, place)
        expected = [float(question.expected(f"cell_{cell}")) for cell in group]
        if seen > 0:
            total = total + _multinomial(value[..., list(group)], np.array(expected))
    return np.asarray(total)


def _split(question: Question) -> np.ndarray:
    """A multinomial in the missing cells."""
    gaps = np.isnan(question.meaning.arrays[question.site.variable][question.site.place])
    expected = question.expected("mean")[gaps]
    return _multinomial(question.value[..., gaps], expected) if expected.sum() else np.zeros(())


def _multinomial(x: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Of given expectations.  Not scipy's, which takes the last share to be what others leave."""
    each = special.xlogy(x, expected / expected.sum()) - special.gammaln(x + 1)
    return np.asarray(special.gammaln(expected.sum() + 1) + each.sum(axis=-1))


def _by_terms(question: Question) -> np.ndarray:
    """The terms of the log joint that mention the latent, less their log-normalizer."""
    q, at, old = question.q, question.at, question.meaning
    base = q.local.latent
    place = question.site.place[: len(q.local.plates)]
    normalizer = old.total(q.log_normalizer, at)

    def log_density(value: float) -> float:
        held = Meaning(old.arrays, old.sizes, old.old, {(base, place): float(value)}, {})
        return held.total(q.local.terms, at) - normalizer

    return np.vectorize(log_density, otypes=[float])(question.value)


DENSITY: dict[str, Callable[[Question], np.ndarray]] = {
    "enumerate": _states,
    "chain": _chain,
    "tree": _chain,
    "gaussian": _gaussian,
    "split": _split,
    "smoother": _smoother,
    "joint_gaussian": joint_density.log_q,
    "product_chain": product_density.log_q,
    "conjugate": _family,
    "truncated": _truncated,
    "total": _total,
    "aggregate": _cells,
    "quadrature": _by_terms,
    "monte_carlo": _by_terms,
}
"""Posterior rule to the density of its q."""
