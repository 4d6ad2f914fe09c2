"""The meaning of a linear system of the M-step: all batches, rows and columns written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import sympy

from autoem.derive.index import Index
from autoem.derive.quantity import LinearSystem
from autoem.language.expression import Axis
from autoem.verify.pointwise import size_of

At = Mapping[Index, int]
Value = Callable[[sympy.Expr, At], float]
Unknown = tuple[int, tuple[int, ...]]


def batches(system: LinearSystem) -> tuple[Index, ...]:
    """The indices that rows and columns share: each of their positions is a system of its own."""
    return tuple(i for i in system.rows[0] if all(i in column for column in system.columns))


def solved(
    system: LinearSystem, batch: At, sizes: Mapping[Axis, int], value: Value
) -> dict[Unknown, float]:
    """The solution of one batch: number of the unknown, and its place, to its value."""
    rows = [_places(indices, batch, sizes) for indices in system.rows]
    columns = [_places(indices, batch, sizes) for indices in system.columns]
    matrix = [
        [
            0.0 if entry is None else value(entry, {**row, **column})
            for entry, places in zip(line, columns, strict=True)
            for column in places
        ]
        for line, places in zip(system.matrix, rows, strict=True)
        for row in places
    ]
    right = [value(e, row) for e, places in zip(system.right, rows, strict=True) for row in places]
    unknowns = [
        (number, tuple(row[i] for i in system.rows[number] if i not in batch))
        for number, places in enumerate(rows)
        for row in places
    ]
    return dict(zip(unknowns, _solution(system, np.array(matrix), np.array(right)), strict=True))


def _solution(system: LinearSystem, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The solution of smallest norm; an ascent takes eigenvalues by their absolute values, once
    the diagonal is of ones, so that no unit decides what they are."""
    if system.method == "ascend":
        diagonal = np.sqrt(np.abs(np.diag(matrix)))
        unit = np.where(diagonal > 0, diagonal, 1.0)
        values, vectors = np.linalg.eigh((matrix + matrix.T) / (2 * np.outer(unit, unit)))
        matrix, right = (vectors * np.abs(values)) @ vectors.T, right / unit
        return np.asarray(np.linalg.lstsq(matrix, right, rcond=1e-13)[0] / unit)
    return np.linalg.lstsq(matrix, right, rcond=1e-13)[0]


def _places(indices: tuple[Index, ...], batch: At, sizes: Mapping[Axis, int]) -> list[At]:
    """All positions of the indices, those of the batch held."""
    free = [index for index in indices if index not in batch]
    ranges = [range(size_of(index.axis, sizes)) for index in free]
    return [{**batch, **dict(zip(free, place, strict=True))} for place in product(*ranges)]
