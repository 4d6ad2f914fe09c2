"""Integrals over R^D to twelve digits: the trapezoidal rule about the mode.

For an analytic integrand that decays at both ends the trapezoidal rule converges geometrically
(Trefethen and Weideman 2014, SIAM Review 56), so that a plain grid is enough:

    int f(t) dt  =  h^D |det L| sum over integers j of  f(m + h L j) + O(exp(-c / h)),

where m is the mode of f and L L' the inverse of -(log f)'' there.  Moved by half a step in every
direction, the grid has as large an error of the opposite sign, so that the two agree only where
both are right.  Other variables are brought to R by a change of variable, see `lines`.

A grid of many dimensions is too large: coordinates in which log f is seen to be a quadratic are
integrated in closed form, see `normal_part`.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from autoem.errors.verification import NotJudged
from autoem.verify.normal_part import LogIntegrand, normal_part

MOST_DIMENSIONS = 4
NORMAL_FROM = 2
"""From how many dimensions on a normal part is looked for before a grid is made."""

NEGLIGIBLE = -35.0
FURTHER, FURTHEST = 1.25, 3000.0
NEAREST = 8.5 / FURTHER**6
"""8.5 deviations are enough for a normal density, and a multiple of this."""
STEPS = (0.75, 0.5, 0.35, 0.25, 0.17, 0.12, 0.085, 0.06)
CLOSE, LARGEST = 1e-11, 4_000_000


def integrate(log_f: LogIntegrand, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (G, D) and the logs of f times the volume at each: they add to the integral.

    >>> normal = lambda t: -np.sum(t**2, axis=1) / 2 - np.log(2 * np.pi)
    >>> points, logs = integrate(normal, 2)
    >>> bool(abs(special.logsumexp(logs)) < 1e-12)
    True
    """
    part = normal_part(log_f, dimension) if dimension >= NORMAL_FROM else None
    if part is None:
        return _on_grids(log_f, dimension)
    if not len(part.outer):
        s, logs = np.zeros((1, 0)), part.log_marginal(np.zeros((1, 0)))
    else:
        s, logs = _on_grids(part.log_marginal, len(part.outer))
    return part.spread(s, logs)


def _on_grids(log_f: LogIntegrand, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """Ever finer grids, until one agrees with itself moved by half a step."""
    if dimension > MOST_DIMENSIONS:
        raise NotJudged(what=f"an integral over {dimension} dimensions")
    mode, scale = _mode(log_f, dimension)
    reach = _reach(log_f, mode, scale)
    for step in STEPS:
        points, logs = _grid(log_f, mode, scale, reach, step)
        _, between = _grid(log_f, mode, scale, reach, step, shift=0.5)
        if abs(special.logsumexp(logs) - special.logsumexp(between)) < CLOSE:
            return points, logs
        if np.prod((reach[0] + reach[1]) / step) > LARGEST:
            break
    raise ArithmeticError("the quadrature did not converge")


def _mode(log_f: LogIntegrand, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """Where f is greatest, and L, by Newton's method with differences."""
    mode = np.zeros(dimension)
    for _ in range(100):
        value, gradient, scale = _shape(log_f, mode)
        step = scale @ (scale.T @ gradient)
        damping = 1.0
        while not log_f((mode + damping * step)[None])[0] >= value - 1e-9 and damping > 1e-12:
            damping /= 2
        mode = mode + damping * step
        if np.linalg.norm(scale.T @ gradient) < 1e-4:
            break
    return mode, _shape(log_f, mode)[2]


def _shape(log_f: LogIntegrand, at: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """log f, its gradient, and L with L L' the inverse of -(log f)'' made positive."""
    size, h = len(at), 1e-3
    unit = h * np.eye(size)
    plus, minus = unit[:, None] + unit[None], unit[:, None] - unit[None]
    around = [np.zeros((1, size)), unit, -unit, plus, -plus, minus, -minus]
    value = log_f(at + np.concatenate([offsets.reshape(-1, size) for offsets in around]))
    gradient = (value[1 : size + 1] - value[size + 1 : 2 * size + 1]) / (2 * h)
    same, back, across, away = value[2 * size + 1 :].reshape(4, size, size)
    hessian = (same + back - across - away) / (4 * h**2)
    curvature, axes = np.linalg.eigh(-(hessian + hessian.T) / 2)
    return float(value[0]), gradient, axes / np.sqrt(np.maximum(np.abs(curvature), 1e-6))


def _grid(
    log_f: LogIntegrand,
    mode: np.ndarray,
    scale: np.ndarray,
    reach: tuple[np.ndarray, np.ndarray],
    step: float,
    shift: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """The points of a grid about the mode, with the logs of f times the volume."""
    lines = [
        step * (np.arange(-np.ceil(below / step), np.ceil(above / step) + 1) + shift)
        for below, above in zip(*reach, strict=True)
    ]
    box = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, len(mode))
    # The corners of the box are further out than its faces, where f is negligible: in four
    # dimensions the ellipsoid has a third of the points.
    inside = np.linalg.norm(np.where(box < 0, box / reach[0], box / reach[1]), axis=1) <= 1
    points = mode + box[inside] @ scale.T
    volume = len(mode) * np.log(step) + np.linalg.slogdet(scale)[1]
    return points, log_f(points) + volume


def _reach(
    log_f: LogIntegrand, mode: np.ndarray, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How far below and above the mode f is no longer negligible, along every axis of the grid."""
    top, sides = log_f(mode[None])[0], []
    for side in (-1.0, 1.0):
        reach = np.full(len(mode), NEAREST)
        while np.any(far := log_f(mode + side * reach[:, None] * scale.T) >= top + NEGLIGIBLE):
            reach[far] *= FURTHER
            if np.max(reach) > FURTHEST:
                raise ArithmeticError("the integrand does not decay")
        sides.append(reach)
    return sides[0], sides[1]
