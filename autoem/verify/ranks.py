"""Order statistics by what they are for: medians by trying every row."""

from __future__ import annotations

import math

import numpy as np


def rank(statistic: str, values: np.ndarray, weights: np.ndarray) -> float:
    """An order statistic of the values that count; nan where none does.

    >>> rank("weighted_median", np.array([3.0, 1.0, 2.0]), np.ones(3))
    2.0
    """
    there = weights > 0
    if not there.any():
        return math.nan
    if statistic == "weighted_median":
        return middle(values[there], weights[there])
    return float((np.min if statistic == "least" else np.max)(values[there]))


def middle(values: np.ndarray, weights: np.ndarray) -> float:
    """The middle of all m that minimize sum_i w_i |x_i - m|, found by trying every x_i."""
    losses = np.abs(values[:, None] - values) @ weights
    best = values[losses <= losses.min() * (1 + 1e-12)]
    return float((best.min() + best.max()) / 2)
