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
    if kind != "simplex":
        return np.where(free, value, fixed)
    left = 1 - np.where(free, 0, fixed).sum(axis=-1, keepdims=True)
    total = np.where(free, value, 0).sum(axis=-1, keepdims=True)
    return np.where(free, value * left / np.where(total > 0, total, 1), fixed)


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
