"""A Poisson count that lies between two bounds.

    P(X >= l) = P(l, r)  and  P(X <= u) = Q(u + 1, r),  the incomplete gamma functions;

between two bounds, and far out in a tail, counts are summed outward from the likeliest one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special


# --- standalone: begin
def poisson_log_interval(lower: np.ndarray, upper: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """log P(lower <= X <= upper) of X ~ Poisson(rate), both counts included.

    >>> poisson_log_interval(np.array([1.0, 500.0]), np.array([np.inf, 501.0]), 2.0)
    array([-1.45413458e-01, -2.26675288e+03])
    """
    lower, upper, rate = np.broadcast_arrays(np.ceil(np.maximum(lower, 0)), np.floor(upper), rate)
    with np.errstate(all="ignore"):
        above, below = special.gammainc(lower, rate), special.gammaincc(upper + 1, rate)
        tail = np.log(np.where(lower == 0, np.where(np.isinf(upper), 1.0, below), above))
    far = np.isfinite(upper) & (lower > 0) | (tail < -600)
    result = np.where(lower > upper, -np.inf, tail)
    both = far & (lower <= upper)
    if np.any(both):
        result[both] = _summed(lower[both], upper[both], rate[both])
    return result


def _summed(lower: np.ndarray, upper: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """log of the sum of Poisson probabilities, outward from the likeliest count."""
    top = np.clip(np.floor(rate), lower, upper)
    total = np.ones(top.shape)
    ways: tuple[tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]], ...] = (
        (upper, lambda count: rate / (count + 1)),
        (lower, lambda count: count / rate),
    )
    for end, ratio in ways:
        count, part, stride = top.copy(), np.ones(top.shape), np.sign(end - top)
        while np.any((count != end) & (part > 1e-18)):
            part = np.where(count == end, 0.0, part * ratio(count))
            count = np.where(count == end, count, count + stride)
            total += part
    return np.asarray(special.xlogy(top, rate) - rate - special.gammaln(top + 1) + np.log(total))


# --- standalone: end
