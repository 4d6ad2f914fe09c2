"""A normal variable that lies between two bounds: its probability, mean and central moments.

Let a be the bound that is nearer to the mean and b the other, standardized so that a <= b, and Q
the upper tail.  With the inverse of Mills's ratio h = phi(a) / Q(a), beyond a = 4 by Laplace's
continued fraction, in which the excess d = h - a is not a difference,

    E[X - a | X > a]  =  d_a,          Var[X | X > a]  =  1 - h d_a,

and with r = Q(b) / Q(a), from logs of tails by `log_ndtr`, the part above b is taken away:

    log P  =  log Q(a) + log(1 - r),       E[X - a]  =  (d_a - r (b - a + d_b)) / (1 - r) .

Where that would cancel, in a narrow interval or one far out, they are integrals over the interval.
Source: Johnson, Kotz, Balakrishnan (1994), sections 13.10 and 33.2.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from autoem.runtime.log_concave import log_concave

# --- standalone: begin
BEYOND = 80.0
"""Twice the drop of the log density behind which nothing is left."""
NARROW, DEEP = 0.75, 4.0
"""From which r on, and from which a on, an interval is integrated over."""
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
    a, b, _ = _standard(lower, upper, mean, np.sqrt(variance))
    share, integrated = _share(a, b)
    with np.errstate(all="ignore"):
        result = np.asarray(special.log_ndtr(-a) + np.log1p(-share))
    if np.any(integrated):
        rows = (each[integrated] for each in (lower, upper, mean, variance))
        z, (area,) = _integrals(*rows)
        result[integrated] = np.log(area) - z**2 / 2 - np.log(2 * np.pi) / 2
    density = -(a**2) / 2 - np.log(2 * np.pi * variance) / 2
    return np.where(lower == upper, density, result)


def normal_interval_moment(
    order: int, lower: np.ndarray, upper: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> np.ndarray:
    """E[X | lower <= X <= upper] of a normal X for order 1, and the central moments above.

    >>> normal_interval_moment(1, np.array([0.0, 40.0]), np.array(np.inf), 0.0, 1.0)
    array([ 0.79788456, 40.02496885])
    """
    lower, upper, mean, variance = np.broadcast_arrays(lower, upper, mean, variance)
    a, b, sign = _standard(lower, upper, mean, np.sqrt(variance))
    share, integrated = _share(a, b)
    first, second = _closed(a, b, share)
    scaled = mean + sign * np.sqrt(variance) * first if order == 1 else variance * second
    result = np.array(scaled)
    rows = integrated if order < 3 else lower < upper
    if np.any(rows):
        place = (each[rows] for each in (lower, upper, mean, variance))
        result[rows] = _integrated(order, *place)
    return np.clip(result, lower, upper) if order == 1 else np.where(lower == upper, 0.0, result)


def _standard(
    lower: np.ndarray, upper: np.ndarray, mean: np.ndarray, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nearer and the other bound, and the sign by which they are standardized."""
    below, above = (lower - mean) / scale, (mean - upper) / scale
    return np.maximum(below, above), -np.minimum(below, above), np.where(below >= above, 1.0, -1.0)


def _share(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """r, zero where the part above b does not count, and where the interval is integrated over."""
    counts = (a < b) & (b**2 - np.maximum(a, 0.0) ** 2 < BEYOND)
    with np.errstate(all="ignore"):
        share = np.where(counts, np.exp(special.log_ndtr(-b) - special.log_ndtr(-a)), 0.0)
    return share, counts & ((share > NARROW) | (a > DEEP))


def _closed(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of a standard normal between a and b."""
    start = np.maximum(a, -40.0)
    excess, spread = _excess(start)
    if np.any(share > 0):
        width = np.minimum(b, 40.0) - start
        above, beyond = _excess(np.minimum(b, 40.0))
        with np.errstate(all="ignore"):
            square = (spread + excess**2 - share * (beyond + (width + above) ** 2)) / (1 - share)
            excess = (excess - share * (width + above)) / (1 - share)
            spread = np.where(share > 0, square - excess**2, spread)
    return np.where(a > -40.0, start + excess, 0.0), spread


def _excess(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[X - z | X > z] and Var[X | X > z] of a standard normal X."""
    hazard = np.exp(-(z**2) / 2 - np.log(2 * np.pi) / 2 - special.log_ndtr(-z))
    below = hazard - z
    if not np.any(z > TAIL):
        return below, 1 - hazard * below
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
    """The highest point z, and integrals of r^power exp(-z r - r^2/2) about it, from power 0 on."""
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


def _integrated(
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
