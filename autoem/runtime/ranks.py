"""Order statistics of weighted entries: what maximizes a Q that has an edge or a kink.

least, greatest    over the entries of positive weight
weighted median    any m that minimizes sum_i w_i |x_i - m|: the weights on either side are at
                   most half of all
"""

from __future__ import annotations

import numpy as np

# --- standalone: begin
TIE = 1e-12
"""Weights that differ from half of all by this share of all are half."""


def least(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The least entry along the last axis, of those with positive weight; infinite without one.

    >>> least(np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.5, 1.0]))
    np.float64(2.0)
    """
    return np.min(np.where(weights > 0, values, np.inf), axis=-1, initial=np.inf)


def greatest(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The greatest entry along the last axis, of those with positive weight."""
    return -least(-values, weights)


def weighted_median(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A weighted median along the last axis: the middle of all, where there are several; nan
    without weights.

    >>> weighted_median(np.array([5.0, 1.0, 3.0, 2.0]), np.ones(4))
    np.float64(2.5)
    """
    values, weights = np.broadcast_arrays(values, weights)
    order = np.argsort(np.where(weights > 0, values, np.inf), axis=-1, kind="stable")
    ranked = np.take_along_axis(values, order, axis=-1)
    passed = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)
    half = passed[..., -1:] / 2
    slack = TIE * half
    lower = np.argmax(passed >= half - slack, axis=-1)[..., None]
    upper = np.argmax(passed > half + slack, axis=-1)[..., None]
    ends = [np.take_along_axis(ranked, place, axis=-1)[..., 0] for place in (lower, upper)]
    middle = ends[0] + (ends[1] - ends[0]) / 2
    return np.where(half[..., 0] > 0, middle, np.nan)[()]


# --- standalone: end
