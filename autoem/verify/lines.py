"""Changes of variable from the line to an interval.

(-inf, inf)   x = t                  (l, inf)   x = l + exp t
(-inf, u)     x = u - exp t          (l, u)     x = l + (u - l) / (1 + exp -t)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

SUPPORTS: dict[str, tuple[float, float]] = {
    "real": (-np.inf, np.inf),
    "vector": (-np.inf, np.inf),
    "positive": (0.0, np.inf),
    "unit": (0.0, 1.0),
    "angle": (-np.pi, np.pi),
}
"""Support of a family to its ends; of a vector, of each entry."""


@dataclass(frozen=True)
class Line:
    """A change of variable x(t) from the line, and log dx/dt."""

    value: Callable[[np.ndarray], np.ndarray]
    log_slope: Callable[[np.ndarray], np.ndarray]


def line(lower: float, upper: float) -> Line:
    """The change of variable to an interval.

    >>> half = line(1.0, np.inf)
    >>> half.value(np.zeros(1)), half.log_slope(np.zeros(1))
    (array([2.]), array([0.]))
    """
    if np.isinf(lower) and np.isinf(upper):
        return Line(lambda t: t, np.zeros_like)
    if np.isinf(upper):
        return Line(lambda t: lower + np.exp(t), lambda t: t)
    if np.isinf(lower):
        return Line(lambda t: upper - np.exp(t), lambda t: t)
    width = upper - lower
    return Line(
        lambda t: lower + width * _share(t),
        lambda t: np.log(width) - np.logaddexp(0, t) - np.logaddexp(0, -t),
    )


def _share(t: np.ndarray) -> np.ndarray:
    """A logistic that stays off the ends, where a density may be infinite."""
    return np.clip(special.expit(t), np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
