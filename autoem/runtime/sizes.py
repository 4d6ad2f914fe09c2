"""Lengths of axes, read from the data or told by the user, that must agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from autoem.errors.axis import TooFewEntries
from autoem.errors.data import (
    BadSize,
    NoSuchName,
    SizesDisagree,
    SizeUnknown,
)
from autoem.errors.tables import TooManyStates
from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema


def plate_size(schema: Schema, arrays: Arrays, axis: str) -> int | None:
    """The length of the axis in the first array that has it; None if none has."""
    for variable in schema.data:
        if axis in variable.axes:
            return int(arrays[variable.name].shape[variable.axes.index(axis)])
    return None


def axis_sizes(
    schema: Schema,
    arrays: Arrays,
    told: Mapping[str, int],
    levels: Mapping[str, list],
) -> dict[str, int]:
    """Axis to length, for every axis of the model that an array or a parameter has.

    Lengths are those told (`sizes=`), of the arrays, of the levels; codes alone give the largest
    plus one.  Errors: `NoSuchName`, `BadSize`, `SizesDisagree`, `SizeUnknown`.
    """
    for axis, size in told.items():
        if axis not in schema.axes:
            raise NoSuchName(name=axis, what="sizes", known=schema.axes)
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise BadSize(axis=axis, size=size)
    claims: dict[str, dict[str, int]] = {axis: {} for axis in schema.axes}
    for axis, size in told.items():
        claims[axis]["sizes="] = int(size)
    for axis, size in schema.sizes.items():
        claims.setdefault(axis, {})["the declaration"] = size
    for variable in schema.data:
        for axis, size in zip(variable.axes, arrays[variable.name].shape, strict=True):
            claims.setdefault(axis, {})[variable.name] = int(size)
    for variable in schema.data:
        axis = variable.category or ""
        if axis and not claims.setdefault(axis, {}):
            alike = (v.name for v in schema.data if v.category == axis)
            largest = 1 + max(int(arrays[name].max(initial=0)) for name in alike)
            claims[axis][variable.name] = len(levels.get(axis, ())) or largest
    sizes = {axis: _agreed(axis, claim) for axis, claim in claims.items() if claim}
    _check_known(schema, sizes)
    return sizes


def _agreed(axis: str, claims: dict[str, int]) -> int:
    if len(dict.fromkeys(claims.values())) > 1:
        raise SizesDisagree(axis=axis, sizes=claims)
    return next(iter(claims.values()))


def _check_known(schema: Schema, sizes: Mapping[str, int]) -> None:
    """Parameters and plates of latents need every length, and entries read by number are there."""
    needed: dict[str, list[str]] = {}
    for variable in schema.of_kind("parameter", "latent"):
        axes = variable.axes if variable.kind == "parameter" else variable.plates
        for axis in axes:
            needed.setdefault(axis, []).append(variable.name)
    for axis, users in needed.items():
        if axis not in sizes:
            raise SizeUnknown(axis=axis, used_by=tuple(dict.fromkeys(users)))
    for v in schema.variables:
        if v.least and (size := sizes.get(v.event[-1], v.least)) < v.least:
            raise TooFewEntries(variable=v.name, position=v.least - 1, axis=v.event[-1], size=size)


MOST_STATES = 1_000_000
"""Joint states of discrete latents that an exact posterior keeps for one row."""


def check_tables(tables: Mapping[str, Sequence[str]], sizes: Mapping[str, int]) -> None:
    """Raise `TooManyStates` for the first latent whose joint states with others are too many."""
    for latent, axes in tables.items():
        lengths = tuple(sizes.get(axis, 1) for axis in axes)
        if math.prod(lengths) > MOST_STATES:
            raise TooManyStates(latent=latent, axes=tuple(axes), sizes=lengths, limit=MOST_STATES)
