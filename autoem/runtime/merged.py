"""Equal rows as one row of their total weight.

What is computed for a row depends on its data alone, and statistics are sums over weighted rows: so
rows with the same data (response patterns, counts) are one row that counts as often as they do.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autoem.runtime.arrays import Arrays

# --- standalone: begin
LOOKED_AT = 4096
"""Rows that are looked at to tell whether the data repeat themselves."""

FEWER = 4
"""Rows are merged where there are this many times fewer."""


def merged_rows(
    data: Arrays, rows: Mapping[str, int], weights: np.ndarray | None
) -> tuple[Arrays, np.ndarray] | None:
    """The distinct rows, in the order of their values, and their weights; None where they are many.

    `rows` tells which arrays have rows, and along which of their axes.

    >>> data, weight = merged_rows({"x": np.arange(2000) % 3}, {"x": 0}, None)
    >>> data["x"], weight
    (array([0, 1, 2]), array([667., 667., 666.]))
    """
    columns = [
        column
        for name, axis in rows.items()
        for column in np.moveaxis(data[name], axis, -1).reshape(-1, np.shape(data[name])[axis])
    ]
    many = len(columns[0])
    most = many // FEWER
    some = np.linspace(0, many - 1, min(many, LOOKED_AT)).astype(int)
    # Of `most` values, s draws are expected to hit most (1 - exp(-s / most)) different ones.
    expected = most * -np.expm1(-len(some) / most)
    if patterns([column[some] for column in columns], int(expected)) is None:
        return None
    found = patterns(columns, most)
    if found is None:
        return None
    first, pattern = found
    weight = np.bincount(pattern, weights, minlength=len(first)).astype(float)
    return data | {n: _taken(data[n], first, axis) for n, axis in rows.items()}, weight


def _taken(value: np.ndarray, places: np.ndarray, axis: int) -> np.ndarray:
    """The rows at these places, which lie in memory as blocks have them: along the last axis."""
    last = np.ascontiguousarray(np.moveaxis(value, axis, -1)[..., places])
    return np.moveaxis(last, -1, axis)


def patterns(columns: list[np.ndarray], most: int) -> tuple[np.ndarray, np.ndarray] | None:
    """The first row of each pattern, and the pattern of each row; None if there are too many.

    >>> patterns([np.array([5, 5, 7]), np.array([1, 1, 0])], 2)
    (array([0, 2]), array([0, 0, 1]))
    """
    pattern, count = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        if len(values) > most:
            return None
        if count * len(values) > 2**40:
            seen, pattern = np.unique(pattern, return_inverse=True)
            count = len(seen)
        pattern, count = pattern * len(values) + place, count * len(values)
    _, first, pattern = np.unique(pattern, return_index=True, return_inverse=True)
    return (first, pattern) if len(first) <= most else None


# --- standalone: end
