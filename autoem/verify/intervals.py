"""Probabilities of intervals, by scipy's distribution functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import stats

from autoem.errors.verification import NotJudged
from autoem.verify.densities import DENSITIES

FROZEN: dict[str, Callable[[Mapping[str, np.ndarray]], Any]] = {
    "Normal": lambda a: stats.norm(a["mean"], np.sqrt(a["variance"])),
    "LogNormal": lambda a: stats.lognorm(np.sqrt(a["variance"]), scale=np.exp(a["mean"])),
    "Gamma": lambda a: stats.gamma(a["shape"], scale=1 / a["rate"]),
    "InverseGamma": lambda a: stats.invgamma(a["shape"], scale=a["scale"]),
    "Exponential": lambda a: stats.expon(scale=1 / a["rate"]),
    "Weibull": lambda a: stats.weibull_min(a["shape"], scale=a["scale"]),
    "Beta": lambda a: stats.beta(a["a"], a["b"]),
    "Poisson": lambda a: stats.poisson(a["rate"]),
    "Geometric": lambda a: stats.geom(a["p"], loc=-1),
}
"""Family name to the distribution at its arguments."""

COUNTS = ("Poisson", "Geometric")


def log_mass(
    family: str, lower: Any, upper: Any, arguments: Mapping[str, np.ndarray]
) -> np.ndarray:
    """log P(lower <= X <= upper); where the bounds are equal, the log density there.

    >>> float(np.exp(log_mass("Exponential", 1.0, np.inf, {"rate": np.asarray(1.0)})).round(12))
    0.367879441171
    """
    if np.all(lower == upper):
        return DENSITIES[family](lower, arguments)
    if family not in FROZEN:
        raise NotJudged(what=f"a {family} between bounds")
    law = FROZEN[family](arguments)
    below = np.ceil(lower) - 1 if family in COUNTS else lower
    # In the upper half the survival function has the digits.
    high = law.cdf(below) > 0.5
    left = law.cdf(upper) - law.cdf(below)
    return np.asarray(np.log(np.where(high, law.sf(below) - law.sf(upper), left)))
