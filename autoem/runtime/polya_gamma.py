"""The Polya-Gamma density, and the mean of count one, as an array program reads them.

PG(b, 0) has the Laplace transform E exp(-s w) = cosh(sqrt(s / 2))^-b, analytic but for the line
s <= -pi^2 / 2.  So its density is an integral around that line,

    p(w) = int exp(s w) cosh(sqrt(s / 2))^-b ds / (2 pi i),     s = -pi^2/2 + d (1 + i u)^2,

where d puts u = 0 at the saddle of the integrand: the trapezoidal rule gives it to rounding, far
out in both tails too.  Source: Polson, Scott and Windle (2013); Weideman and Trefethen (2007).
"""

from __future__ import annotations

import numpy as np

# --- standalone: begin
NODES, BROADEST = np.arange(-120, 121), 0.1


def tanh_ratio(tilt: np.ndarray | float) -> np.ndarray:
    """tanh(c/2) / (2 c), one quarter where c = 0: the mean of PG(1, c).

    >>> tanh_ratio(np.array([0.0, 2.0])).round(6)
    array([0.25    , 0.190399])
    """
    half = np.maximum(np.abs(tilt) / 2, 1e-150)
    return np.tanh(half) / (4 * half)


def log_polya_gamma(count: np.ndarray | float, w: np.ndarray | float) -> np.ndarray:
    """The log density of PG(count, 0) at w.

    >>> log_polya_gamma(1.0, np.array([0.01, 0.25, 20.0])).round(6)
    array([ -6.511183,   0.604021, -96.858167])
    """
    b, w = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(w, dtype=float))
    distance = _saddle(b, w)[..., None]
    step = BROADEST / np.maximum(np.sqrt(distance * w[..., None]), 1.0)
    u = 1 + 1j * step * NODES
    s = distance * u**2 - np.pi**2 / 2
    top = _exponent(b, w, distance[..., 0] - np.pi**2 / 2 + 0j).real
    rise = np.exp(_exponent(b[..., None], w[..., None], s) - top[..., None])
    return top + np.log(np.sum((rise * distance * u).real * step, axis=-1) / np.pi)


def _exponent(b: np.ndarray, w: np.ndarray, s: np.ndarray) -> np.ndarray:
    """s w - b log cosh(sqrt(s / 2)), on the branch that is real where s is."""
    root = np.sqrt(s / 2)
    return s * w - b * (root + np.log1p(np.exp(-2 * root)) - np.log(2))


def _saddle(b: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The distance of the saddle from -pi^2/2: where the mean of PG(b, c), s = c^2/2, is w."""
    low, high = np.full(w.shape, -50.0), np.full(w.shape, 50.0)
    for _ in range(60):
        middle = (low + high) / 2
        root = np.sqrt((np.exp(middle) - np.pi**2 / 2 + 0j) / 2) + 1e-150
        mean = b * (np.tanh(root) / (4 * root)).real
        low, high = np.where(mean > w, middle, low), np.where(mean > w, high, middle)
    return np.exp(high)


# --- standalone: end
