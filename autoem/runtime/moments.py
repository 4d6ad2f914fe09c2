"""A few points that have the moments of many rows.

Where all that is read of the rows are sums of quadratics, sum_n w_n f(x_n), any points do that have
the same N, mean c and scatter S = sum_n w_n (x_n - c)(x_n - c)'.  With S = R'R these 2 D + 1 have:

    c  of weight  N - D / t^2 ,      c + t R_j  and  c - t R_j  of weight  1 / (2 t^2) .

They do for every t: with t R_j as large as c, an offset of the data costs no digits.  Where rows
with other codes, or other cells missing, are read otherwise, each group has its own points.  R is
gathered in one pass over blocks of rows by orthogonal triangularization about a fixed origin near
the data, so that S, in which squares would cancel, is never formed.

Source: Julier and Uhlmann (1997), A new extension of the Kalman filter to nonlinear systems;
Chan, Golub and LeVeque (1983), The American Statistician 37.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.blocks import blocks
from autoem.runtime.merged import FEWER, patterns

# --- standalone: begin
MOST_COLUMNS = 256
"""With more, gathering the cross products costs more than the iterations that it spares."""


def moment_points(
    data: Arrays, rows: Mapping[str, int], names: Sequence[str], weights: np.ndarray | None
) -> tuple[Arrays, np.ndarray] | None:
    """Points and weights with the moments of the rows; None where these are not much fewer.

    `rows` tells which arrays have rows, and along which of their axes; `names` are those that are
    read through their moments, among rows that agree in the others.
    """
    many = next(np.shape(data[name])[axis] for name, axis in rows.items())
    flat = {n: np.moveaxis(data[n], axis, 0).reshape(many, -1) for n, axis in rows.items()}
    own = [flat[name] for name in names]
    columns = sum(part.shape[1] for part in own)
    groups = alike([column for n in rows if n not in names for column in flat[n].T], many)
    if groups is None or columns > MOST_COLUMNS or many <= FEWER * (2 * columns + 1):
        return None
    pieces = [_piece([part[group] for part in own], weights, group) for group in groups]
    lengths = [len(weight) for _, weight in pieces]
    if sum(lengths) > many // FEWER:
        return None
    points = np.concatenate([points for points, _ in pieces])
    ends = np.cumsum([part.shape[1] for part in own])[:-1]
    whole = dict(zip(names, np.split(points, ends, axis=1), strict=True))
    first = np.repeat([np.arange(many)[group][0] for group in groups], lengths)
    placed = dict(data)
    for name, axis in rows.items():
        event = np.moveaxis(data[name], axis, 0).shape[1:]
        value = whole[name] if name in whole else flat[name][first]
        placed[name] = np.moveaxis(value.reshape(len(points), *event), 0, axis)
    return placed, np.concatenate([weight for _, weight in pieces])


def alike(columns: list[np.ndarray], many: int) -> list[slice] | list[np.ndarray] | None:
    """The rows of each pattern of the columns: all rows where there are none, None if too many."""
    if not columns:
        return [slice(None)]
    found = patterns(columns, many // FEWER)
    if found is None:
        return None
    order, counts = np.argsort(found[1], kind="stable"), np.bincount(found[1])
    return np.split(order, np.cumsum(counts)[:-1])


def _piece(
    columns: list[np.ndarray], weights: np.ndarray | None, group: slice | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The points of one group; its rows themselves where they are fewer."""
    count = len(columns[0])
    own = np.ones(count) if weights is None else np.asarray(weights[group], dtype=float)
    if count > 2 * sum(column.shape[1] for column in columns) + 1:
        return sigma_points(*triangle(columns, own))
    return np.concatenate(columns, axis=1, dtype=float), own


def triangle(
    columns: list[np.ndarray], weights: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """N, the mean c, and R with R'R the scatter about c, of rows in several arrays side by side."""
    first = np.concatenate([column[:8000] for column in columns], axis=1, dtype=float)
    origin, mean = np.median(first, axis=0), np.zeros(first.shape[1])
    total, root = 0.0, np.zeros((1, len(mean)))
    for rows in blocks(len(columns[0]), 8000):
        x = np.concatenate([column[rows] for column in columns], axis=1, dtype=float) - origin
        weight = weights[rows]
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
    far = max(
        1.0, np.sqrt(2 * count / total) if count else 0.0, min(1e12, np.max(ratio, initial=0.0))
    )
    points = np.concatenate([center[None], center + far * root, center - far * root])
    weight = np.full(len(points), 0.5 / far**2)
    weight[0] = total - count / far**2
    return points, weight


# --- standalone: end
