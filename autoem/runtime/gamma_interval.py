"""Exponential and Gamma variables that lie between two bounds.

The logarithm t of a Gamma variable has the log-concave density exp(a t - b e^t): its integrals are
taken outward from the highest point of the interval, which no tail and no narrow interval can hurt.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from autoem.runtime.log_concave import log_concave

# --- standalone: begin
WIDEST = 1.5
"""exp(-b e^t) falls from one to nothing within a few units of t."""


def exponential_log_interval(lower: np.ndarray, upper: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """log P(lower <= X <= upper) of X ~ Exponential(rate); the log density at equal bounds.

    >>> exponential_log_interval(np.array([1e3, 2.0]), np.array([np.inf, 2.0]), 3.0)
    array([-3000.        ,    -4.90138771])
    """
    lower = np.maximum(lower, 0.0)
    with np.errstate(all="ignore"):
        share = np.log(-np.expm1(-rate * (upper - lower)))
        return -rate * lower + np.where(lower == upper, np.log(rate), share)


def exponential_interval_moment(
    order: int, lower: np.ndarray, upper: np.ndarray, rate: np.ndarray
) -> np.ndarray:
    """E[X | lower <= X <= upper] of X ~ Exponential(rate), and the central moments above.

    >>> exponential_interval_moment(1, np.array([1e3, 2.0]), np.array([np.inf, 2.0]), 4.0)
    array([1000.25,    2.  ])
    """
    lower, upper, rate = np.broadcast_arrays(np.maximum(lower, 0.0), upper, rate)
    width = upper - lower
    drop = rate * width
    if order == 1:
        with np.errstate(all="ignore"):
            return np.asarray(lower + np.where(np.isinf(drop), 1 / rate, width * _mean_share(drop)))
    raw = [np.ones(width.shape)]
    curves = tuple(lambda r, p=power: r**p for power in range(1, order + 1))
    step = np.minimum(8.0, drop)
    area, *moments = log_concave(lambda r: -r, curves, step, np.zeros(drop.shape), drop)
    with np.errstate(all="ignore"):
        raw += [moment / area for moment in moments]
    signs = (special.comb(order, k) * raw[k] * (-raw[1]) ** (order - k) for k in range(order + 1))
    return np.where(width == 0, 0.0, sum(signs) / rate**order)


def _mean_share(x: np.ndarray) -> np.ndarray:
    """1/x - 1/expm1(x): where in [0, 1] the mean of a density falling by exp(-x) lies."""
    x = np.asarray(x, dtype=float)
    near = np.minimum(x, 0.5)
    series = np.zeros(x.shape)
    for bernoulli in (
        -691 / 1307674368000,
        1 / 47900160,
        -1 / 1209600,
        1 / 30240,
        -1 / 720,
        1 / 12,
    ):
        series = bernoulli + near**2 * series
    with np.errstate(all="ignore"):
        return np.where(x < 0.5, 0.5 - near * series, 1 / x - 1 / np.expm1(x))


def gamma_log_interval(
    lower: np.ndarray, upper: np.ndarray, shape: np.ndarray, rate: np.ndarray
) -> np.ndarray:
    """log P(lower <= X <= upper) of X ~ Gamma(shape, rate); the log density at equal bounds.

    >>> gamma_log_interval(np.array([500.0, 0.0]), np.array([np.inf, 1e-200]), 2.0, 1.0)
    array([-493.7833939 , -921.72718438])
    """
    top, peak, (area,) = _gamma_integrals(lower, upper, shape, rate)
    with np.errstate(all="ignore"):
        return np.asarray(peak + np.where(lower == upper, -np.log(top), np.log(area)))


def gamma_interval_moment(
    power: int,
    logs: int,
    lower: np.ndarray,
    upper: np.ndarray,
    shape: np.ndarray,
    rate: np.ndarray,
) -> np.ndarray:
    """E[X^power (log X)^logs | lower <= X <= upper] of X ~ Gamma(shape, rate).

    >>> gamma_interval_moment(1, 0, np.array([0.0, 500.0]), np.array(np.inf), 2.0, 1.0)
    array([  2.        , 501.00199601])
    """
    top, _, (area, moment) = _gamma_integrals(
        lower, upper, shape, rate, lambda r, t: np.exp(power * r) * (t + r) ** logs
    )
    with np.errstate(all="ignore"):
        exact = np.log(top) ** logs if logs else 1.0
        return np.asarray(top**power * np.where(lower == upper, exact, moment / area))


def _gamma_integrals(
    lower: np.ndarray, upper: np.ndarray, shape: np.ndarray, rate: np.ndarray, *functions: Callable
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """The highest point of log X in the interval, its log density, and integrals about it.

    The functions take r = log(x / top) and log(top).
    """
    lower, upper, shape, rate = np.broadcast_arrays(np.maximum(lower, 0.0), upper, shape, rate)
    top = np.clip(shape / rate, lower, upper)
    slope, bend = shape - rate * top, rate * top
    with np.errstate(all="ignore"):
        t = np.log(top)
        step = 2 / np.maximum(np.sqrt(np.maximum(shape, bend)), np.abs(slope))
        below, above = np.log1p((top - lower) / lower), np.log1p((upper - top) / top)
    integrals = log_concave(
        lambda r: shape * r - bend * np.expm1(r),
        tuple(lambda r, g=function: g(r, t) for function in functions),  # type: ignore[misc]
        np.minimum(step, 2.0),
        below,
        above,
        WIDEST,
    )
    return top, _peak(shape, bend), integrals


def _peak(shape: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """a log c - c - log Gamma(a), without a difference of large numbers."""
    big, gap = np.maximum(shape, 10.0), (bend - shape) / shape
    series = (
        1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / big**2) / big**2) / big**2) / big**2
    )
    with np.errstate(all="ignore"):
        far = shape * (np.log1p(gap) - gap) + np.log(big / (2 * np.pi)) / 2 - series / big
    near = special.xlogy(shape, bend) - bend - special.gammaln(shape)
    return np.where(shape < 10, near, far)


# --- standalone: end
