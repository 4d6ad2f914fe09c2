"""Draws as functions of a standard normal e: F^-1(Phi(e)) of a law with the distribution F.

So a program draws nothing itself: its noise is an argument, and the same noise gives the same draw.
"""

from __future__ import annotations

import numpy as np
from scipy import special

# --- standalone: begin
LEAST = 1e-300
"""A draw of what is positive is not rounded to zero."""


def gumbel_quantile(e: np.ndarray | float) -> np.ndarray:
    """Of exp(-exp(-x)): the greatest of log weights, each with one of these added, is drawn with
    probabilities as the weights.

    >>> float(gumbel_quantile(0.0).round(6)) == float(-np.log(np.log(2)).round(6))
    True
    """
    return -np.log(-special.log_ndtr(e))


def gamma_quantile(shape: np.ndarray | float, e: np.ndarray | float) -> np.ndarray:
    """Of Gamma(shape, rate 1), from the tail that is the smaller.

    >>> float(gamma_quantile(1.0, 0.0).round(6)) == float(np.log(2).round(6))
    True
    """
    low, high = special.gammaincinv(shape, special.ndtr(e)), special.ndtr(np.negative(e))
    return np.maximum(np.where(np.less(e, 0), low, special.gammainccinv(shape, high)), LEAST)


def beta_quantile(
    a: np.ndarray | float, b: np.ndarray | float, e: np.ndarray | float
) -> np.ndarray:
    """Of Beta(a, b).

    >>> float(beta_quantile(1.0, 1.0, 0.0))
    0.5
    """
    inside = special.betaincinv(a, b, special.ndtr(e))
    return np.clip(inside, LEAST, 1 - np.finfo(float).epsneg)


# --- standalone: end
