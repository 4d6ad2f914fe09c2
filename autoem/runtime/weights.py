"""Weights: how often the entries of an axis count, with all that lies in them.

The entry h of a weighted axis counts w[h] times, and so does row i in the entry school[group[i]].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autoem.errors.data import EmptyData, NoSuchName, NotANumber, SizesDisagree, WrongDimensions
from autoem.errors.weights import BadWeight, NotIndependent
from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema
from autoem.runtime.sequences import of_sequences


def named_weights(
    schema: Schema,
    held: Mapping[str, Any],
    weights: Mapping[str, Any],
    columns: Mapping[str, str | Sequence[str]],
    sequence: str | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Weights, those that are names of columns as the columns; and the columns that are no weights,
    or that a variable takes besides.

    Of a long table a weight of sequences is one value each.  Errors: `NoSuchName`; those of
    `from_rows`.
    """
    found = dict(weights)
    named = {axis: name for axis, name in weights.items() if isinstance(name, str)}
    for axis, name in named.items():
        if name not in held:
            raise NoSuchName(name=name, what="weights", known=tuple(map(str, held)))
        found[axis] = held[name]
        if sequence is not None:
            found[axis] = of_sequences(schema, held, sequence, axis, name)
    wanted = [each for c in columns.values() for each in ([c] if isinstance(c, str) else c)]
    wanted += [variable.name for variable in schema.data]
    taken = [name for name in named.values() if name not in wanted]
    return found, {name: column for name, column in held.items() if name not in taken}


def check_weights(
    schema: Schema, weights: Mapping[str, np.ndarray], sizes: Mapping[str, int]
) -> Arrays:
    """Axis to weights (length of the axis, float64), none negative, not all zero.

    Errors: `NoSuchName`, `NotIndependent`, `NotANumber`, `SizesDisagree`, `BadWeight`, `EmptyData`.
    """
    checked: Arrays = {}
    for axis, raw in weights.items():
        if axis not in schema.axes or axis not in sizes:
            raise NoSuchName(name=axis, what="weights", known=schema.axes)
        if schema.independent is not None and axis not in schema.independent:
            why = dict(zip(("reason", "other"), schema.dependent.get(axis, ()), strict=False))
            raise NotIndependent(axis=axis, allowed=schema.independent, **why)
        name = f"weights of {axis}"
        if raw.ndim != 1:
            raise WrongDimensions(variable=name, axes=(axis,), shape=raw.shape)
        try:
            value = raw.astype(float)
        except (TypeError, ValueError) as error:
            raise NotANumber(variable=name, index=(), axes=(), value=raw[0]) from error
        if len(value) != sizes[axis]:
            raise SizesDisagree(axis=axis, sizes={"weights": len(value), "the data": sizes[axis]})
        wrong = np.flatnonzero(~(np.isfinite(value) & (value >= 0)))
        if len(wrong):
            raise BadWeight(axis=axis, index=(int(wrong[0]),), value=value[wrong[0]].item())
        if not value.any():
            raise EmptyData(variable=name)
        checked[axis] = value
    return checked


def weights_along(
    schema: Schema, arrays: Arrays, weights: Mapping[str, np.ndarray], axis: str | None
) -> np.ndarray | None:
    """How often each entry of an axis counts; None where that does not depend on it.

    >>> school = Schema("M", ("i", "h"), (), within={"h": {"h": (), "i": ("group", "school")}})
    >>> arrays = {"group": np.array([0, 1, 1]), "school": np.array([1, 0])}
    >>> weights_along(school, arrays, {"h": np.array([2.0, 5.0])}, "i")
    array([5., 2., 2.])
    """
    for weighted, weight in weights.items():
        paths = schema.within.get(weighted, {weighted: ()})
        if axis is not None and axis in paths:
            entries: np.ndarray | slice = slice(None)
            for table in paths[axis]:
                entries = arrays[table][entries]
            return weight[entries]
    return None
