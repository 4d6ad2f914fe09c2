"""Entries held fixed: nan where free; and the number of what is left to estimate."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema, VariableSchema


def hold(schema: Schema, parameters: Arrays, fixed: Arrays) -> Arrays:
    """The parameters with fixed entries in place; the free ones of a simplex share the rest.

    >>> simplex = VariableSchema("p", "parameter", "simplex", (), ("k",))
    >>> schema = Schema("S", ("k",), (simplex,))
    >>> held = {"p": np.array([0.5, np.nan, np.nan])}
    >>> hold(schema, {"p": np.array([0.2, 0.2, 0.6])}, held)["p"]
    array([0.5  , 0.125, 0.375])
    """
    return parameters | {
        name: _hold(schema[name], parameters[name], value) for name, value in fixed.items()
    }


def _hold(variable: VariableSchema, value: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    free = np.isnan(fixed)
    if variable.domain != "simplex":
        return np.where(free, value, fixed)
    left = 1 - np.where(free, 0, fixed).sum(axis=-1, keepdims=True)
    total = np.where(free, value, 0).sum(axis=-1, keepdims=True)
    return np.where(free, value * left / np.where(total > 0, total, 1), fixed)


def declared_fixed(schema: Schema) -> dict[str, np.ndarray]:
    """Entries that the declaration fixes, as arrays with nan where free."""
    return {
        parameter.name: np.array(parameter.fixed, dtype=float)
        for parameter in schema.of_kind("parameter")
        if parameter.fixed is not None
    }


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
