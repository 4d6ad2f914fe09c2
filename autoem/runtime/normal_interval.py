"""A normal variable that lies between two bounds: its probability, mean and central moments.

With z the standardized point of the interval that is nearest to the mean, and one bound far away,

    log P = log_ndtr(-z),     E[X] = mean + s h,     Var[X] = s^2 (1 - h (h - z)),

where h = phi(z) / Phi(-z) is the inverse of Mills's ratio; beyond z = 4 by Laplace's continued
fraction, in which h - z is not a difference.  Between two near bounds they are integrals over the
interval.  Source: Johnson, Kotz, Balakrishnan (1994), sections 13.10 and 33.2.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from autoem.runtime.log_concave import log_concave

# --- standalone: begin
FAR = 80.0
"""Twice the drop of the log density behind which nothing is left."""

FRACTIONS, TAIL = 40, 4.0
"""Terms of the continued fraction, and from where on it is used."""


def normal_log_interval(
    lower: np.ndarray, upper: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """log P(lower <= X <= upper) of a normal X; the log density where the bounds are equal.

    >>> normal_log_interval(np.array([40.0, 1.0, 0.0]), np.array([np.inf, 1.0, 1e-9]), 0.0, 1.0)
    array([-804.60844201,   -1.41893853,  -21.64220437])
    """
    lower, upper, mean, variance = np.broadcast_arrays(lower, upper, mean, variance)
    near, far, _ = _distances(lower, upper, mean, np.sqrt(variance))
    result = np.array(special.log_ndtr(near))
    exact = lower == upper
    if np.any(exact):
        density = -(near**2) / 2 - np.log(2 * np.pi * variance) / 2
        result[exact] = density[exact]
    two = ~exact & _both(near, far)
    if np.any(two):
        z, (area,) = _integrals(lower[two], upper[two], mean[two], variance[two])
        result[two] = np.log(area) - z**2 / 2 - np.log(2 * np.pi) / 2
    return result


def normal_interval_moment(
    order: int, lower: np.ndarray, upper: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """E[X | lower <= X <= upper] of a normal X for order 1, and the central moments above.

    >>> normal_interval_moment(1, np.array([0.0, 40.0]), np.array(np.inf), 0.0, 1.0)
    array([ 0.79788456, 40.02496885])
    """
    lower, upper, mean, variance = np.broadcast_arrays(lower, upper, mean, variance)
    near, far, sign = _distances(lower, upper, mean, np.sqrt(variance))
    if order > 2:
        two = lower < upper
        result = np.zeros(near.shape)
    else:
        result = _one_sided(order, near, sign, mean, variance)
        two = (lower < upper) & _both(near, far)
    if np.any(two):
        result[two] = _two_sided(order, lower[two], upper[two], mean[two], variance[two])
    if order > 1:
        return np.where(lower == upper, 0.0, result)
    return np.clip(result, lower, upper)


def _distances(
    lower: np.ndarray, upper: np.ndarray, mean: np.ndarray, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How far inside the nearer and the other bound the mean lies; 1 where the nearer is lower."""
    below, above = (mean - lower) / scale, (upper - mean) / scale
    return np.minimum(below, above), np.maximum(below, above), np.where(below <= above, 1.0, -1.0)


def _both(near: np.ndarray, far: np.ndarray) -> np.ndarray:
    """Whether the mass beyond the further bound counts."""
    return far**2 - np.minimum(near, 0.0) ** 2 < FAR


def _one_sided(
    order: int, near: np.ndarray, sign: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """Mean or variance where only the nearer bound counts."""
    z, scale = -near, np.sqrt(variance)
    excess, share = _excess(np.maximum(z, -40.0))
    if order == 2:
        return np.asarray(variance * share)
    return np.asarray(mean + sign * scale * np.where(z > -40, excess + z, 0.0))


def _excess(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[X - z | X > z] and Var[X | X > z] of a standard normal X."""
    hazard = np.exp(-(z**2) / 2 - np.log(2 * np.pi) / 2 - special.log_ndtr(-z))
    below = hazard - z
    tail = np.maximum(z, TAIL)
    fraction = tail
    for term in range(FRACTIONS, 2, -1):
        fraction = tail + term / fraction
    above = 1 / (tail + 2 / fraction)
    variance = above * (2 / fraction - above)
    return np.where(z < TAIL, below, above), np.where(z < TAIL, 1 - hazard * below, variance)


def _integrals(
    lower: np.ndarray, upper: np.ndarray, mean: np.ndarray, variance: np.ndarray, *powers: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """z, and the integrals over the interval of r^power exp(-z r - r^2/2), from power 0 on."""
    scale = np.sqrt(variance)
    top = np.clip(mean, lower, upper)
    z = (top - mean) / scale
    return z, log_concave(
        lambda r: -z * r - r**2 / 2,
        tuple(lambda r, p=power: r**p for power in powers),  # type: ignore[misc]
        3 / np.maximum(1.0, np.abs(z)),
        (top - lower) / scale,
        (upper - top) / scale,
    )


def _two_sided(
    order: int, lower: np.ndarray, upper: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """The mean, or a central moment, by integrals."""
    top, scale = np.clip(mean, lower, upper), np.sqrt(variance)
    _, (area, *moments) = _integrals(lower, upper, mean, variance, *range(1, order + 1))
    raw = [np.ones(area.shape), *(moment / area for moment in moments)]
    if order == 1:
        return np.asarray(top + scale * raw[1])
    total = np.zeros(area.shape)
    for power in range(order + 1):
        total += special.comb(order, power) * raw[power] * (-raw[1]) ** (order - power)
    return np.asarray(scale**order * total)


# --- standalone: end
