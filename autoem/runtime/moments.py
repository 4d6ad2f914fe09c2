"""A few points that have the moments of many rows.

Where all that is read of the rows are sums of quadratics, sum_n w_n f(x_n), any points do that have
the same N, mean c and scatter S = sum_n w_n (x_n - c)(x_n - c)'.  With S = R'R these 2 D + 1 have:

    c  of weight  N - D / t^2 ,      c + t R_j  and  c - t R_j  of weight  1 / (2 t^2) .

They do for every t: with t R_j as large as c, an offset of the data costs no digits.  R is gathered
in one pass over blocks of rows by orthogonal triangularization about a fixed origin near the data,
so that S, in which squares would cancel, is never formed.

Source: Julier and Uhlmann (1997), A new extension of the Kalman filter to nonlinear systems;
Chan, Golub and LeVeque (1983), The American Statistician 37.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.blocks import blocks

# --- standalone: begin
MOST_COLUMNS = 256
"""With more, gathering the cross products costs more than the iterations that it spares."""


def moment_points(
    data: Arrays, rows: Mapping[str, int], weights: np.ndarray | None
) -> tuple[Arrays, np.ndarray] | None:
    """Points and weights with the moments of the rows; None where there are not fewer of them.

    `rows` tells which arrays have rows, and along which of their axes.
    """
    many = int(np.prod([np.shape(data[name])[axis] for name, axis in rows.items()][:1]))
    columns = sum(np.size(data[name]) // many for name in rows)
    if columns > MOST_COLUMNS or many <= 4 * (2 * columns + 1):
        return None
    flat = [np.moveaxis(data[name], axis, 0).reshape(many, -1) for name, axis in rows.items()]
    points, weight = sigma_points(*triangle(flat, weights))
    placed, first = dict(data), 0
    for (name, axis), part in zip(rows.items(), flat, strict=True):
        shape = list(np.shape(data[name]))
        event = shape[:axis] + shape[axis + 1 :]
        own = points[:, first : first + part.shape[1]].reshape(len(points), *event)
        placed[name] = np.moveaxis(own, 0, axis)
        first += part.shape[1]
    return placed, weight


def triangle(
    columns: list[np.ndarray], weights: np.ndarray | None
) -> tuple[float, np.ndarray, np.ndarray]:
    """N, the mean c, and R with R'R the scatter about c, of rows in several arrays side by side."""
    first = np.concatenate([column[:8000] for column in columns], axis=1, dtype=float)
    origin, mean = np.median(first, axis=0), np.zeros(first.shape[1])
    total, root = 0.0, np.zeros((1, len(mean)))
    for rows in blocks(len(columns[0]), 8000):
        x = np.concatenate([column[rows] for column in columns], axis=1, dtype=float) - origin
        weight = np.ones(len(x)) if weights is None else np.asarray(weights[rows], dtype=float)
        more = float(weight.sum())
        if more > 0:
            own = weight @ x / more
            pull = np.sqrt(total * more / (total + more)) * (own - mean)
            spread = np.sqrt(weight)[:, None] * (x - own)
            root = np.asarray(np.linalg.qr(np.concatenate([root, pull[None], spread]), mode="r"))
            total += more
            mean += (own - mean) * (more / total)
    return total, origin + mean, root


def sigma_points(
    total: float, center: np.ndarray, root: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The points and their weights.

    >>> points, weight = sigma_points(8.0, np.array([1.0]), np.array([[2.0]]))
    >>> points[:, 0], weight
    (array([ 1.,  3., -1.]), array([7. , 0.5, 0.5]))
    """
    root = root[np.any(root != 0, axis=1)]
    count = len(root)
    spread = np.linalg.norm(root, axis=0)
    ratio = np.abs(center[spread > 0]) / spread[spread > 0] * np.sqrt(count)
    far = max(1.0, np.sqrt(2 * count / total), min(1e12, np.max(ratio, initial=0.0)))
    points = np.concatenate([center[None], center + far * root, center - far * root])
    weight = np.full(len(points), 0.5 / far**2)
    weight[0] = total - count / far**2
    return points, weight


# --- standalone: end
