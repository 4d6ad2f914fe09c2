"""The density of a derived posterior: its family of scipy at its derived quantities.

A posterior names a family and its quantities (responsibilities; a mean and a covariance; natural
parameters; expected cells), free at the plates of the latent and at the states of its context.
Their values are those of the symbolic model, the density is the judge's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from autoem.derive.index import Index
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior
from autoem.derive.quantity import Element
from autoem.errors.verification import NotJudged
from autoem.language.declaration import Observed
from autoem.verify.densities import DENSITIES
from autoem.verify.evaluate_terms import Meaning
from autoem.verify.sites import Assignment, Site

At = dict[Index, int]
Density = Callable[[Posterior, LogJoint, Meaning, At, Any], np.ndarray]


def log_q(
    posterior: Posterior, joint: LogJoint, meaning: Meaning, site: Site, latents: Assignment
) -> np.ndarray:
    """log q(site | context) at these values of the latents."""
    at = dict(zip(posterior.local.plates, site.place, strict=True))
    for context in posterior.local.contexts:
        place = tuple(meaning.read(read, at) for read in context.reads)
        state = latents[Site(context.indicator.latent.variable, place)]
        if np.ndim(state):
            raise NotJudged(what="a posterior given a continuous latent")
        at[context.state] = int(state)
    if posterior.rule not in DENSITY:
        raise NotJudged(what=f"the posterior rule {posterior.rule}")
    return DENSITY[posterior.rule](posterior, joint, meaning, at, latents[site])


def latent_of(posterior: Posterior) -> Any:
    """The variable that a posterior is of."""
    base: Any = posterior.local.latent
    return base.latent.variable if posterior.rule == "enumerate" else base.variable


def _states(q: Posterior, joint: LogJoint, meaning: Meaning, at: At, value: Any) -> np.ndarray:
    element = q.expectations["responsibility"]
    (state,) = (i for i in element.indices if isinstance(i, Index) and i not in at)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(meaning.value(element, {**at, state: int(value)})))


def _gaussian(q: Posterior, joint: LogJoint, meaning: Meaning, at: At, value: Any) -> np.ndarray:
    mean = _array(q.expectations["mean"], meaning, at)
    spread = _array(q.expectations["covariance"], meaning, at)
    variable = latent_of(q)
    if isinstance(variable, Observed):
        place = tuple(at[index] for index in q.local.plates)
        gaps = np.isnan(meaning.arrays[variable][place])
        mean, spread, value = mean[gaps], spread[gaps][:, gaps], value[..., gaps]
    scalar = mean.ndim == 0
    arguments = {"mean": mean, "variance" if scalar else "cov": spread}
    return np.asarray(DENSITIES["Normal" if scalar else "MultivariateNormal"](value, arguments))


def _family(q: Posterior, joint: LogJoint, meaning: Meaning, at: At, value: Any) -> np.ndarray:
    arguments = {
        name: np.asarray(meaning.value(element, at)) for name, element in q.natural.items()
    }
    return np.asarray(DENSITIES[q.family](value, arguments))


def _cells(q: Posterior, joint: LogJoint, meaning: Meaning, at: At, value: Any) -> np.ndarray:
    """Independent multinomials in the groups, with shares that are expected cells over sums."""
    (constraint,) = (c for c in joint.constraints if c.latent is q.local.latent)
    total = np.zeros(())
    place = tuple(at[index] for index in q.local.plates)
    for position, group in enumerate(constraint.groups):
        seen = meaning.entry(constraint.observed, (*place, position))
        expected = [meaning.value(q.expectations[f"cell_{cell}"], at) for cell in group]
        if seen > 0:
            # Not scipy's multinomial, which takes the last share to be what the others leave.
            x, share = value[..., list(group)], np.array(expected) / seen
            each = special.xlogy(x, share) - special.gammaln(x + 1)
            total = total + special.gammaln(seen + 1) + each.sum(axis=-1)
    return np.asarray(total)


def _array(element: Element, meaning: Meaning, at: At) -> np.ndarray:
    """The array of an element over the indices that are not held."""
    free = [i for i in element.indices if isinstance(i, Index) and i not in at]
    shape = tuple(meaning.length(index.axis) for index in free)
    entries = [
        meaning.value(element, {**at, **dict(zip(free, place, strict=True))})
        for place in np.ndindex(shape)
    ]
    return np.array(entries).reshape(shape)


DENSITY: dict[str, Density] = {
    "enumerate": _states,
    "gaussian": _gaussian,
    "conjugate": _family,
    "aggregate": _cells,
}
"""Posterior rule to the density of its q."""
