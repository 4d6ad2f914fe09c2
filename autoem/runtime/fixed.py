"""Entries held fixed: nan where free; and the number of what is left to estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.schema import Schema


# --- standalone: begin
def hold(domains: Mapping[str, Domain], parameters: Arrays, fixed: Arrays) -> Arrays:
    """The parameters with fixed entries in place; the free ones of a simplex share the rest.

    >>> held = {"p": np.array([0.5, np.nan, np.nan])}
    >>> hold({"p": ("simplex", 0.0, 1.0)}, {"p": np.array([0.2, 0.2, 0.6])}, held)["p"]
    array([0.5  , 0.125, 0.375])
    """
    return parameters | {
        name: _hold(domains[name][0], parameters[name], value) for name, value in fixed.items()
    }


def _hold(kind: str, value: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    free = np.isnan(fixed)
    if kind == "positive_definite":
        matrices = zip(*(m.reshape(-1, *m.shape[-2:]) for m in (value, fixed)), strict=True)
        return np.array([completed(*each) for each in matrices]).reshape(value.shape)
    if kind != "simplex":
        return np.where(free, value, fixed)
    left = 1 - np.where(free, 0, fixed).sum(axis=-1, keepdims=True)
    total = np.where(free, value, 0).sum(axis=-1, keepdims=True)
    return np.where(free, value * left / np.where(total > 0, total, 1), fixed)


FLOORS = (0.1, 1e-3, 1e-6)
"""The least eigenvalues that are tried for, relative to the largest held or free entry."""


def completed(value: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """A positive definite matrix with the entries of `fixed` in place, near `value`; nan if none is
    found.

    Projections on the definite matrices and on those with these entries, in turn.

    >>> held = np.array([[1, 0.9, np.nan], [0.9, 1, 0.9], [np.nan, 0.9, 1]])
    >>> bool(np.linalg.eigvalsh(completed(np.eye(3), held)).min() > 0)
    True
    """
    free = np.isnan(fixed)
    start = np.where(free, value, fixed)
    scale = np.abs(start).max(initial=0.0)
    for floor in FLOORS:
        matrix = start
        for _ in range(200):
            values, vectors = np.linalg.eigh(matrix)
            if values[0] > floor * scale / 2 or (matrix is start and values[0] > 0):
                return matrix
            near = (vectors * np.maximum(values, floor * scale)) @ vectors.T
            matrix = np.where(free, near, fixed)
    return np.full(value.shape, np.nan)


def declared_fixed(schema: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Entries that a schema as plain data fixes, as arrays with nan where free."""
    return {
        variable["name"]: np.array(variable["fixed"], dtype=float)
        for variable in schema["variables"]
        if variable.get("fixed") is not None
    }


# --- standalone: end


def free_parameters(schema: Schema, sizes: Mapping[str, int], fixed: Arrays) -> int:
    """Numbers to estimate: k - 1 of a simplex, d (d + 1) / 2 of a covariance, fixed ones not.

    Directions in which the model does not change (a rotation of factors) are counted.
    """
    total = 0
    for variable in schema.own_parameters:
        shape = tuple(sizes[axis] for axis in variable.axes)
        free = np.isnan(fixed[variable.name]) if variable.name in fixed else np.ones(shape, bool)
        if variable.domain == "simplex":
            total += int(np.maximum(free.sum(axis=-1) - 1, 0).sum())
        elif variable.domain == "positive_definite":
            total += int(np.tril(free).sum())
        else:
            total += int(free.sum())
    return total
