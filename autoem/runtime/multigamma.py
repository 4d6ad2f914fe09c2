"""The multivariate gamma function as an array program reads it: everywhere, and not where it is
finite alone.

    log Gamma_d(a) = d (d-1)/4 log pi + sum_{i<d} log Gamma(a - i/2),     a > (d-1)/2

At or below (d-1)/2 its integral diverges: a density with it in the denominator is zero there, and
its slope leads away, so that an iteration that starts outside comes in.
"""

from __future__ import annotations

import numpy as np
from scipy import special

# --- standalone: begin


def log_multigamma(a: np.ndarray | float, size: np.ndarray | int) -> np.ndarray:
    """log Gamma_d(a) of every entry of a; infinite where its integral diverges.

    >>> log_multigamma(np.array([0.5, 2.0]), 2).round(6)
    array([     inf, 0.451583])
    """
    each = special.gammaln(np.subtract.outer(a, np.arange(int(size)) / 2))
    whole = int(size) * (int(size) - 1) / 4 * np.log(np.pi) + each.sum(axis=-1)
    return np.where(np.asarray(a) > (int(size) - 1) / 2, whole, np.inf)


def multi_polygamma(
    order: np.ndarray | int, a: np.ndarray | float, size: np.ndarray | int
) -> np.ndarray:
    """The derivatives of log Gamma_d: sum_{i<d} psi(order, a - i/2).

    >>> multi_polygamma(0, np.array([0.5, 2.0]), 2).round(6)
    array([    -inf, 0.459274])
    """
    each = special.polygamma(int(order), np.subtract.outer(a, np.arange(int(size)) / 2))
    edge = np.inf if int(order) else -np.inf
    return np.where(np.asarray(a) > (int(size) - 1) / 2, each.sum(axis=-1), edge)


# --- standalone: end
