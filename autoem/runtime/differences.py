"""The derivative of a gradient by central differences, each step fitted to what it finds.

A step is right when the objective bends by a hundredth of a standard error over it,

    h_ii s^2 = DELTA^2,     h_ii the curvature:  s = DELTA / sqrt(h_ii) .

The gradient is then far above its rounding errors, and Richardson's extrapolation from s and s / 2
leaves an error of the order s^4; where the curvature itself changes over s, s is shortened.  The
step is searched from a very short one, since a curve far from the point says nothing of its
curvature there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DELTA = 1e-2
"""A step in standard errors."""
ROUNDS = 8
"""Tries of a step; each is up to 10^4 times longer."""

GAP, SHORTER = 1e-3, 5
"""A step is eight times too long if half of it gives another curvature; and tries of that."""

Gradient = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Bend:
    """Minus the derivative of a gradient: `matrix`, symmetric, and its error.

    `scale` has for each coordinate its standard error if all others were known, or that of which
    `last` is the share DELTA; `error` is of the matrix in these units.  `known` is false where the
    gradient beside the point is no number; the matrix is zero there.
    """

    matrix: np.ndarray
    scale: np.ndarray
    error: float
    known: np.ndarray


def bend(gradient: Gradient, u: np.ndarray, first: np.ndarray, last: np.ndarray) -> Bend:
    """Minus the derivative of `gradient` at u; steps begin at `first` and are at most `last`.

    >>> found = bend(lambda u: -np.sinh(4 * u), np.zeros(1), np.full(1, 1e-10), np.full(1, 1e3))
    >>> found.matrix.round(9), found.scale.round(9)
    (array([[4.]]), array([0.5]))
    """
    columns = [_column(gradient, u, place, first[place], last[place]) for place in range(len(u))]
    matrix = np.array(columns).reshape(len(u), len(u))
    known = np.isfinite(matrix).all(axis=1)
    matrix = np.where(known & known[:, None], matrix, 0.0)
    with np.errstate(divide="ignore"):
        scale = np.minimum(1 / np.sqrt(np.abs(np.diagonal(matrix))), last / DELTA)
    error = np.abs(matrix - matrix.T) * scale[:, None] * scale
    return Bend((matrix + matrix.T) / 2, scale, float(error.max(initial=0.0)), known)


def _column(gradient: Gradient, u: np.ndarray, place: int, first: float, last: float) -> np.ndarray:
    """Column `place` of the matrix."""
    step, whole = first, _difference(gradient, u, place, first)
    for _ in range(ROUNDS):
        other = _fitted(step, abs(float(whole[place])) * step**2, last)
        if other == step:
            break
        step, whole = other, _difference(gradient, u, place, other)
    best, least = whole, math.inf
    for _ in range(SHORTER):
        half = _difference(gradient, u, place, step / 2)
        gap = abs(float(half[place] - whole[place]))
        if gap < least:
            best, least = (4 * half - whole) / 3, gap
        if not gap > GAP * abs(half[place]):
            break
        step, whole = step / 8, _difference(gradient, u, place, step / 8)
    return best


def _fitted(step: float, size: float, last: float) -> float:
    """A better step than one over which the objective bends by `size`; itself if it is good."""
    if not math.isfinite(size):
        return step / 100
    if size > 16 * DELTA**2 or (size < DELTA**2 / 16 and step < last):
        return min(step * min(DELTA / math.sqrt(max(size, 1e-300)), 1e4), last)
    return step


def _difference(gradient: Gradient, u: np.ndarray, place: int, step: float) -> np.ndarray:
    """-(g(u + s e) - g(u - s e)) / 2 s"""
    up, down = u.copy(), u.copy()
    up[place] += step
    down[place] -= step
    with np.errstate(all="ignore"):
        return (gradient(down) - gradient(up)) / (up[place] - down[place])
