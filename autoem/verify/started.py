"""The law in which a chain with `first=Stationary()` starts, from the law of its steps as numbers.

    states      pi A = pi,                   A[j, k] the probability of k after j
    a Normal    mean m / (1 - f),  variance s / (1 - f^2),       of  N(f z + m, s)
    a vector    mean (I - F)^-1 m,  cov C = F C F' + S,          of  N(F z + m, S)

The steps are read at each state before, or at zero and at unit vectors; nothing is derived.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import linalg

from autoem.errors.verification import NotJudged
from autoem.families import FAMILIES
from autoem.families.family import Family
from autoem.language.distribution import Distribution, Law
from autoem.verify.chains import stationary_law
from autoem.verify.densities import DENSITIES

Arguments = dict[str, np.ndarray]
Step = Callable[[Any], Arguments]
"""The arguments of the law of a step at a value of the step before, plates first."""


def start(law: Law, states: Sequence[int] | None, step: Step) -> tuple[Family, Arguments]:
    """The family of the stationary law, and its arguments."""
    if not isinstance(law, Distribution):
        raise NotJudged(what=f"the stationary law of a {type(law).__name__}")
    if states is not None:
        return _of_states(law.family.name, states, step)
    if law.family.name == "Normal":
        return _family("Normal"), _of_numbers(step)
    if law.family.name == "MultivariateNormal":
        return law.family, _of_vectors(step)
    raise NotJudged(what=f"the stationary law of a {law.family.name}")


def _family(name: str) -> Family:
    return next(family for family in FAMILIES if family.name == name)


def _of_states(name: str, states: Sequence[int], step: Step) -> tuple[Family, Arguments]:
    density = DENSITIES[name]
    rows = [[np.exp(density(np.asarray(k), step(j))) for k in states] for j in states]
    entries = np.broadcast_arrays(*(entry for row in rows for entry in row))
    batch = entries[0].shape
    matrices = np.stack(entries, axis=-1).reshape(-1, len(states), len(states))
    law = np.array([stationary_law(matrix) for matrix in matrices]).reshape(*batch, -1)
    if name.startswith("Bernoulli"):
        return _family("Bernoulli"), {"p": law[..., 1]}
    return _family("Categorical"), {"p": law}


def _of_numbers(step: Step) -> Arguments:
    shift, variance = step(0.0)["mean"], step(0.0)["variance"]
    factor = step(1.0)["mean"] - shift
    return {"mean": shift / (1 - factor), "variance": variance / (1 - factor**2)}


def _of_vectors(step: Step) -> Arguments:
    shift, noise = np.broadcast_arrays(step(0.0)["mean"][..., None], step(0.0)["cov"])
    batch, size = shift.shape[:-2], shift.shape[-1]
    columns = [step(unit)["mean"] - shift[..., 0] for unit in np.eye(size)]
    factor = np.broadcast_to(np.stack(columns, axis=-1), noise.shape)
    mean = np.linalg.solve(np.eye(size) - factor, shift[..., :1])[..., 0]
    pairs = zip(factor.reshape(-1, size, size), noise.reshape(-1, size, size), strict=True)
    cov = np.array([linalg.solve_discrete_lyapunov(f, s) for f, s in pairs])
    return {"mean": mean, "cov": cov.reshape(*batch, size, size)}
