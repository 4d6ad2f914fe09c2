"""Newton's method for the maximum of Q over parameters without a closed update (a GEM step)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autoem.runtime.arrays import Domain
from autoem.runtime.transforms import curvature, domain_of, from_line, jacobian, to_line

# --- standalone: begin
Values = tuple[np.ndarray, ...]
Triple = tuple[float, Values, tuple[tuple[np.ndarray | None, ...], ...]]

LONGEST = 20.0
"""A step of a coordinate in which x bends (a logarithm) is no longer than this."""
NOISE = 1e-9
"""A gain below this share of the objective may be hidden by rounding errors: such a step is judged
by the gradient."""
GONE = 1e-150
"""An entry of a simplex below this stays where it is: nothing is left of it that could move."""
STILL = 1e-100
"""The root of a curvature below this is that of an entry that is gone."""
FLAT = 1e-11
"""A direction whose curvature is below this share of the largest is redundant, not flat."""


def maximize(
    evaluate: Callable[[Values], Triple],
    start: Values,
    domains: tuple[Domain | str, ...],
    steps: int = 100,
) -> Values:
    """Unknown arrays at which `evaluate` is greatest, from `start`, each within its domain.

    `evaluate(values)` gives the objective, its gradient (an array like each unknown) and its
    Hessian: block i, j has the axes of unknown i, then those of unknown j; None is a zero block.
    Newton steps are taken in unconstrained coordinates on |Hessian| (its eigenvalues made
    negative), so they climb where Q is not concave; redundant directions (softmax) are left alone,
    the step of smallest norm; a step is halved until the objective does not fall.
    Source: Nocedal and Wright, Numerical Optimization, 3.4.

    >>> def evaluate(values):
    ...     x = values[0]
    ...     return float(np.log(x) - x), (1 / x - 1,), ((-1 / x**2,),)
    >>> maximize(evaluate, (np.array(30.0),), ("positive",))[0].round(9)
    np.float64(1.0)
    """
    kinds = tuple(domain_of(domain) for domain in domains)
    shapes = tuple(np.shape(value) for value in start)
    values = tuple(np.asarray(value, dtype=float) for value in start)
    lines = tuple(to_line(kind, value) for kind, value in zip(kinds, values, strict=True))
    found, before = evaluate(values), np.inf
    for _ in range(steps):
        found = _without_gone(kinds, values, found)
        gradient, hessian = _on_the_line(kinds, lines, shapes, found)
        step = ascent_step(gradient, hessian)
        promised, size = float(gradient @ step), 1 + abs(found[0])
        unseen = promised <= NOISE * size
        if promised <= 1e-30 * size or (unseen and promised > before / 4):
            break  # Newton's method squares its error, or it is at that of rounding
        least = -np.inf if unseen else found[0]
        reached = _climb(evaluate, kinds, lines, shapes, least, step)
        if reached is None:
            break
        lines, values, found = reached
        before = promised
    return values


def _without_gone(kinds: tuple[Domain, ...], values: Values, found: Triple) -> Triple:
    """The derivatives without those by entries of a simplex that are gone."""
    left = [
        np.where((kind[0] == "simplex") & (value < GONE), 0.0, 1.0)
        for kind, value in zip(kinds, values, strict=True)
    ]
    if all(mask.all() for mask in left):
        return found
    objective, gradients, blocks = found
    slopes = tuple(np.where(m > 0, g, 0.0) for m, g in zip(left, gradients, strict=True))
    bends = tuple(
        tuple(
            None if block is None else np.where(np.multiply.outer(m, other) > 0, block, 0.0)
            for other, block in zip(left, line, strict=True)
        )
        for m, line in zip(left, blocks, strict=True)
    )
    return objective, slopes, bends


def ascent_step(gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray:
    """|H|^-1 g for gradient g (m,) and Hessian H (m, m), zero along redundant directions.

    >>> ascent_step(np.array([2.0, 0.0]), np.array([[-4.0, 0.0], [0.0, 0.0]]))
    array([0.5, 0. ])
    """
    scale = np.sqrt(np.abs(np.diagonal(hessian)))
    scale = np.where(scale > STILL, scale, 1.0)
    curvatures, directions = np.linalg.eigh(hessian / np.outer(scale, scale))
    size = np.abs(curvatures)
    useful = size > FLAT * size.max(initial=0.0)
    along = directions.T @ (gradient / scale)
    step = directions @ np.where(useful, along / np.where(useful, size, 1.0), 0.0) / scale
    redundant = directions[:, ~useful] / scale[:, None]
    return step - redundant @ np.linalg.lstsq(redundant, step)[0]


def _on_the_line(
    kinds: tuple[Domain, ...], lines: Values, shapes: tuple[tuple[int, ...], ...], found: Triple
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and Hessian in the coordinates: J' g, and J' H J + sum_i g_i d^2 x_i / du du."""
    speeds, gradients, bends = [], [], []
    for kind, u, shape, gradient in zip(kinds, lines, shapes, found[1], strict=True):
        speed = jacobian(kind, u, shape[-1] if shape else 1)
        slope = np.broadcast_to(gradient, shape).reshape(len(u), -1)
        speeds.append(_diagonal_blocks(speed))
        bends.append(_diagonal_blocks(curvature(kind, u, slope)))
        gradients.append(np.einsum("nij,ni->nj", speed, slope).ravel())
    blocks = [
        [
            speeds[i].T @ _matrix(block, shapes[i], shapes[j]) @ speeds[j]
            + (bends[i] if i == j else 0)
            for j, block in enumerate(row)
        ]
        for i, row in enumerate(found[2])
    ]
    hessian = np.block(blocks)
    return np.concatenate(gradients), (hessian + hessian.T) / 2


def _matrix(
    block: np.ndarray | None, rows: tuple[int, ...], columns: tuple[int, ...]
) -> np.ndarray:
    if block is None:
        return np.zeros((int(np.prod(rows)), int(np.prod(columns))))
    return np.broadcast_to(block, rows + columns).reshape(int(np.prod(rows)), -1)


def _diagonal_blocks(batch: np.ndarray) -> np.ndarray:
    """The block-diagonal matrix of a batch (n, i, j)."""
    count, rows, columns = batch.shape
    full = np.zeros((count, rows, count, columns))
    full[np.arange(count), :, np.arange(count), :] = batch
    return full.reshape(count * rows, count * columns)


def _climb(
    evaluate: Callable[[Values], Triple],
    kinds: tuple[Domain, ...],
    lines: Values,
    shapes: tuple[tuple[int, ...], ...],
    objective: float,
    step: np.ndarray,
) -> tuple[Values, Values, Triple] | None:
    """The point along the step, halved until the objective does not fall; None if there is none."""
    ends = np.cumsum([u.size for u in lines])[:-1]
    parts = [part.reshape(u.shape) for part, u in zip(np.split(step, ends), lines, strict=True)]
    longest = max(_bent_length(kind, part) for kind, part in zip(kinds, parts, strict=True))
    share = min(1.0, LONGEST / longest)
    while share > 1e-12:
        moved = tuple(u + share * part for u, part in zip(lines, parts, strict=True))
        with np.errstate(all="ignore"):
            values = tuple(map(from_line, kinds, moved, shapes))
            found = evaluate(values)
        if found[0] >= objective:
            return moved, values, found
        share /= 2
    return None


def _bent_length(kind: Domain, part: np.ndarray) -> float:
    return 1e-300 if kind[0] == "real" else float(np.max(np.abs(part), initial=1e-300))


# --- standalone: end
