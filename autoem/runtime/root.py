"""The root of one function per entry that falls through zero: Newton's method inside a bracket.

Stationarity in a scalar without a closed solution is such an equation: log a - digamma(a) = c for
the shape of a Gamma.  The function is the slope of a Q with one maximum, positive below and
negative above; it need not be monotone (Q is seldom concave in a scale).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# --- standalone: begin
CLOSE = 1e-8
"""Newton's error squares at each step: the step after one of relative size 1e-8 is exact."""


def root(
    value: Callable[[np.ndarray], np.ndarray],
    slope: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray | float,
    lower: float = -np.inf,
    upper: float = np.inf,
) -> np.ndarray:
    """x with value(x) = 0 in (lower, upper), entry by entry; shape of `start`.

    Each entry of `value` depends on the same entry of x, positive below its root and negative
    above; `slope` is its derivative.  The search runs in a coordinate u of the whole line
    (x = lower + exp u and so on).  A Newton step that goes downhill, leaves the bracket known so
    far, or goes too far where there is none, is replaced by the middle or by a stride that
    doubles; so `start` may lie anywhere, outside included.  An entry without a root moves to the
    end where it would be; nan stays nan.
    Source: Press et al., Numerical Recipes, 9.4 (rtsafe).

    >>> root(lambda x: 2.0 - x * x, lambda x: -2 * x, np.array([50.0]), lower=0.0).round(9)
    array([1.41421356])
    """
    u = _to_line(np.asarray(start, dtype=float), lower, upper)
    low, high = np.full(u.shape, -np.inf), np.full(u.shape, np.inf)
    stride = np.maximum(1.0, np.abs(u)) if lower == -upper == -np.inf else np.ones(u.shape)
    with np.errstate(all="ignore"):
        for _ in range(200):
            x, speed = _from_line(u, lower, upper)
            error, derivative = value(x), slope(x) * speed
            upwards = error > 0
            low, high = np.where(upwards, u, low), np.where(upwards, high, u)
            newton = -error / derivative
            end = np.where(upwards, high, low)
            other = np.where(np.isfinite(end), (end - u) / 2, np.where(upwards, stride, -stride))
            near = np.abs(newton) <= np.where(np.isfinite(end), np.abs(end - u), 8 * stride)
            safe = near & ((newton > 0) == upwards)
            step = np.where(error == 0, 0.0, np.where(safe, newton, other))
            stride = np.where(safe, stride, np.minimum(2 * stride, 1e300))
            u = np.where(np.isnan(error), np.nan, u + step)
            if not np.any(np.abs(step) > CLOSE * np.maximum(1.0, np.abs(u))):
                break
        return _from_line(u, lower, upper)[0]


def _to_line(x: np.ndarray, lower: float, upper: float) -> np.ndarray:
    """The coordinate u in (-inf, inf) of x in (lower, upper); 0 where x is no interior point."""
    with np.errstate(all="ignore"):
        u = x
        if np.isfinite(lower) and np.isfinite(upper):
            u = np.log((x - lower) / (upper - x))
        elif np.isfinite(lower):
            u = np.log(x - lower)
        elif np.isfinite(upper):
            u = -np.log(upper - x)
    return np.where(np.isfinite(u), u, 0.0)


def _from_line(u: np.ndarray, lower: float, upper: float) -> tuple[np.ndarray, np.ndarray]:
    """x at the coordinate u, and dx/du."""
    if np.isfinite(lower) and np.isfinite(upper):
        share = 1 / (1 + np.exp(-u))
        return lower + (upper - lower) * share, (upper - lower) * share * (1 - share)
    if np.isfinite(lower):
        return lower + np.exp(u), np.exp(u)
    if np.isfinite(upper):
        return upper - np.exp(-u), np.exp(-u)
    return u, np.ones(u.shape)


# --- standalone: end
