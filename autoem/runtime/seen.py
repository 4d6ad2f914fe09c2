"""What is seen is possible: no lower bound above its upper, no value outside, no row of zeros."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autoem.errors.data import OutsideDomain
from autoem.errors.seen import CrossedBounds, ImpossibleRow
from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema, VariableSchema
from autoem.runtime.sparse import empty_lines, is_sparse


def check_seen(schema: Schema, arrays: Arrays) -> None:
    """Bounds and likelihoods that the schema knows by name.

    Errors: `CrossedBounds`, `OutsideDomain`, `ImpossibleRow`.
    """
    for variable in schema.of_kind("observed", "latent"):
        if variable.between:
            _check_between(variable, schema, arrays)
        if variable.table:
            _check_table(variable, schema, arrays)


def _check_between(variable: VariableSchema, schema: Schema, arrays: Arrays) -> None:
    lower, upper = (_placed(bound, variable, schema, arrays) for bound in variable.between)
    crossed = np.argwhere(lower > upper)
    if len(crossed):
        index = tuple(map(int, crossed[0]))
        ends = (np.broadcast_to(end, np.shape(lower > upper))[index] for end in (lower, upper))
        low, high = map(float, ends)
        raise CrossedBounds(
            variable=variable.name, lower=low, upper=high, index=index, axes=variable.plates
        )
    _check_possible(variable, lower, upper)
    if variable.name in arrays:
        _check_inside(variable, arrays[variable.name], lower, upper)


ENDS = {"positive": (0.0, np.inf), "interval": (0.0, 1.0)}
"""Kind of domain to the ends between which a value lies; any finite number in the others."""


def _check_possible(variable: VariableSchema, lower: np.ndarray, upper: np.ndarray) -> None:
    """Some value lies between the bounds."""
    low, high = ENDS.get(variable.domain, (-np.inf, np.inf))
    empty = np.argwhere((upper <= low) | (lower >= high))
    if len(empty):
        index = tuple(map(int, empty[0]))
        ends = (np.broadcast_to(end, np.shape(lower > upper))[index] for end in (lower, upper))
        raise OutsideDomain(
            variable=variable.name,
            index=index,
            axes=variable.plates,
            value="between {:g} and {:g}".format(*ends),
            expected=f"bounds with a value between them that is above {low:g} and below {high:g}",
        )


def _check_inside(
    variable: VariableSchema, value: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> None:
    """The values of a truncated variable lie between its bounds."""
    outside = np.argwhere((value < lower) | (value > upper))
    if len(outside):
        index = tuple(map(int, outside[0]))
        low, high = (np.broadcast_to(end, value.shape)[index] for end in (lower, upper))
        raise OutsideDomain(
            variable=variable.name,
            index=index,
            axes=variable.plates,
            value=value[index].item(),
            expected=f"between {low:g} and {high:g}",
        )


def _placed(
    bound: str | float, variable: VariableSchema, schema: Schema, arrays: Mapping[str, np.ndarray]
) -> np.ndarray:
    """A bound over the plates of what it bounds."""
    if not isinstance(bound, str):
        return np.asarray(bound)
    own = schema[bound].plates
    order = [own.index(plate) for plate in variable.plates if plate in own]
    value = np.transpose(arrays[bound], order)
    lengths = iter(value.shape)
    return value.reshape([next(lengths) if plate in own else 1 for plate in variable.plates])


def _check_table(variable: VariableSchema, schema: Schema, arrays: Arrays) -> None:
    table, states = variable.table
    axes = schema[table].axes
    place = axes.index(states)
    value = arrays[table]
    if is_sparse(value):
        empty = empty_lines(value, place)[:, None]
    else:
        empty = np.argwhere(np.all(value == 0, axis=place))
    if len(empty):
        index = tuple(map(int, empty[0]))
        raise ImpossibleRow(variable=table, index=index, axes=(*axes[:place], *axes[place + 1 :]))
