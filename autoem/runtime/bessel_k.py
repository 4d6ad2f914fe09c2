"""The modified Bessel function of the second kind, by its logarithm, for orders of any size.

    K_p(w) = int exp(p t - w cosh t) dt / 2  over the line

is log-concave inside, so that d log K / dp, the mean of t, is a sum over an even grid between the
points where it has fallen by e^-40: the trapezoidal rule has an error of rounding there.
"""

from __future__ import annotations

import numpy as np
from scipy import special

# --- standalone: begin
FALL, POINTS = 40.0, 257


def bessel_width(a: np.ndarray | float, b: np.ndarray | float) -> np.ndarray:
    """w = sqrt(a b), held from zero, where K_p may be infinite.

    >>> bessel_width(2.0, np.array([8.0, 0.0]))
    array([4.e+00, 1.e-10])
    """
    return np.sqrt(np.multiply(a, b) + 1e-20)


def log_bessel_k(order: np.ndarray | float, w: np.ndarray | float) -> np.ndarray:
    """log K_p(w), of any order.

    >>> log_bessel_k(200.0, 1e-3).round(3)
    np.float64(2377.421)
    """
    with np.errstate(all="ignore"):
        value = np.asarray(np.log(special.kve(order, w)) - w)
    if np.isfinite(value).all():
        return value
    p, w, mode, t, weight = _law(order, w)
    step = (t[..., -1] - t[..., 0]) / (POINTS - 1)
    whole = p * mode - w * np.cosh(mode) + np.log(weight.sum(axis=-1) * step / 2)
    return np.where(np.isfinite(value), value, whole)[()]


def bessel_k_ratio(order: np.ndarray | float, w: np.ndarray | float) -> np.ndarray:
    """K_{p+1}(w) / K_p(w): the mean of exp t.

    >>> bessel_k_ratio(np.array([0.5, -0.5]), np.array([2.0, 2.0])).round(6)
    array([1.5, 1. ])
    """
    with np.errstate(all="ignore"):
        value = np.asarray(special.kve(np.add(order, 1), w) / special.kve(order, w))
    if np.isfinite(value).all():
        return value
    *_, t, weight = _law(order, w)
    mean = np.sum(weight * np.exp(t), axis=-1) / weight.sum(axis=-1)
    return np.where(np.isfinite(value), value, mean)


def bessel_k_slope(order: np.ndarray | float, w: np.ndarray | float) -> np.ndarray:
    """d log K_p(w) / dp: the mean of t.

    >>> bessel_k_slope(np.array([0.0, 3.0]), np.array([1.0, 1e-6])).round(6)
    array([ 0.      , 15.431442])
    """
    *_, t, weight = _law(order, w)
    return np.sum(weight * t, axis=-1) / np.sum(weight, axis=-1)


def _law(order: np.ndarray | float, w: np.ndarray | float) -> tuple[np.ndarray, ...]:
    """The arguments, the mode, and points t with their weights, 1 at the mode."""
    p, w = np.broadcast_arrays(np.asarray(order, dtype=float), np.asarray(w, dtype=float))
    mode = np.arcsinh(p / w)
    first, last = (mode + side * _reach(p, w, mode, side) for side in (-1.0, 1.0))
    t = np.linspace(first, last, POINTS, axis=-1)
    weight = np.exp(-_fallen(p[..., None], w[..., None], mode[..., None], t - mode[..., None]))
    return p, w, mode, t, weight


def _fallen(p: np.ndarray, w: np.ndarray, mode: np.ndarray, by: np.ndarray) -> np.ndarray:
    """How far the log of the law is below its mode, this far from there."""
    return 2 * w * np.sinh(mode + by / 2) * np.sinh(by / 2) - p * by


def _reach(p: np.ndarray, w: np.ndarray, mode: np.ndarray, side: float) -> np.ndarray:
    """How far from the mode it has fallen by FALL, by halving."""
    low, high = np.zeros(p.shape), np.full(p.shape, 1.0)
    with np.errstate(over="ignore"):
        while np.any(short := _fallen(p, w, mode, side * high) < FALL):
            high = np.where(short, 2 * high, high)
        for _ in range(40):
            middle = (low + high) / 2
            short = _fallen(p, w, mode, side * middle) < FALL
            low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high


# --- standalone: end
