"""Integrals of a log-concave density over an interval, outward from its highest point.

    int e^f(r) dr  over  -left <= r <= right,      f concave, f(0) = 0 its maximum there,

by Gauss's rule on panels whose width doubles, until e^f is negligible.  Nothing is subtracted, so
that a narrow interval, or one far out in a tail, keeps its digits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# --- standalone: begin
LEGENDRE = np.polynomial.legendre.leggauss(16)
NEGLIGIBLE = -40.0
Curve = Callable[[np.ndarray], np.ndarray]


def log_concave(
    f: Curve,
    functions: tuple[Curve, ...],
    step: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    widest: float = np.inf,
) -> list[np.ndarray]:
    """int e^f, then int g e^f for each of the functions.

    `step` is the width of the first panel, in which f bends little, `widest` the width of the
    widest to the right.  All arrays are of one shape; f and the functions take r with an axis of
    nodes before it.

    >>> one = np.ones(1)
    >>> area, first = log_concave(lambda r: -r, (lambda r: r,), one, 0 * one, np.inf * one)
    >>> area.round(14), first.round(14)
    (array([1.]), array([1.]))
    """
    totals = [np.zeros(np.shape(step)) for _ in range(len(functions) + 1)]
    for sign, width, limit in ((1.0, right, widest), (-1.0, left, np.inf)):
        begin, stride = np.zeros(np.shape(step)), step
        while np.any((begin < width) & (f(sign * begin[None])[0] > NEGLIGIBLE)):
            end = np.minimum(begin + stride, width)
            at, weight = _nodes(sign, begin, end)
            mass = weight * np.exp(f(at))
            totals[0] += np.sum(mass, axis=0)
            for total, g in zip(totals[1:], functions, strict=True):
                total += np.sum(mass * g(at), axis=0)
            begin, stride = end, np.minimum(2 * stride, limit)
    return totals


def _nodes(sign: float, begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of one panel an entry, along a first axis."""
    node, weight = (part.reshape(-1, *[1] * begin.ndim) for part in LEGENDRE)
    half = (end - begin) / 2
    return sign * (begin + half * (1 + node)), half * weight


# --- standalone: end
