"""Changes of variable from the line to an interval, and from several lines to an array.

(-inf, inf)   x = t                  (l, inf)   x = l + exp t
(-inf, u)     x = u - exp t          (l, u)     x = l + (u - l) / (1 + exp -t)

simplex                 x_i = s_i prod_{j<i} (1 - s_j),  s = 1 / (1 + exp -t)
positive definite       X^-1 = L L', L_ii = exp t, |dX/dt| = 2^d prod L_ii^-(d + i + 1), i from 0

Volumes are those of the first k - 1 entries of a simplex, and of the lower triangle of a matrix.
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


def entries(lower: float, upper: float) -> Line:
    """An array whose entries all lie in an interval."""
    each = line(lower, upper)
    return Line(each.value, lambda t: each.log_slope(t).sum(axis=1))


def simplex(size: int) -> Line:
    """Points (G, size) of a simplex from (G, size - 1), by breaking a stick.

    The pieces s of a Dirichlet are independent betas.

    >>> simplex(3).value(np.zeros((1, 2)))
    array([[0.5 , 0.25, 0.25]])
    """

    def left(t: np.ndarray) -> np.ndarray:
        return np.pad(np.cumsum(special.log_expit(-t), axis=1), ((0, 0), (1, 0)))

    def value(t: np.ndarray) -> np.ndarray:
        pieces = np.pad(special.log_expit(t), ((0, 0), (0, 1)))
        return np.asarray(np.exp(pieces + left(t)))

    def log_slope(t: np.ndarray) -> np.ndarray:
        each = special.log_expit(t) + special.log_expit(-t) + left(t)[:, :-1]
        return np.asarray(each.sum(axis=1))

    return Line(value, log_slope)


def positive_definite(size: int) -> Line:
    """Matrices (G, size^2) from the root of their inverse, with the log of its diagonal.

    Of a Wishart matrix the entries of the root are independent (Bartlett), and a latent matrix is
    the inverse of one.
    """
    rows, columns = np.tril_indices(size)
    on = rows == columns

    def value(t: np.ndarray) -> np.ndarray:
        root = np.zeros((len(t), size, size))
        root[:, rows, columns] = np.where(on, np.exp(t), t)
        inverse = np.linalg.inv(root)
        return np.asarray(np.swapaxes(inverse, 1, 2) @ inverse).reshape(len(t), size**2)

    powers = size + np.arange(size) + 1
    return Line(value, lambda t: size * np.log(2) - t[:, on] @ powers)


def _share(t: np.ndarray) -> np.ndarray:
    """A logistic that stays off the ends, where a density may be infinite."""
    return np.clip(special.expit(t), np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
