"""Labels in a canonical order: the categories of a latent, most frequent first.

A category axis is ordered by its simplex without plates (the weights of a mixture), largest first;
without one, by the first entry of the first parameter over the axis, smallest first.  Axes whose
categories have a meaning of their own (they are observed, or given by the user) are left alone, and
so is an order on which the objective depends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.edges import Place
from autoem.runtime.schema import Schema


def canonical(
    schema: Schema,
    parameters: Arrays,
    objective: float,
    evaluate: Callable[[Arrays], float],
) -> dict[str, np.ndarray]:
    """Category axis to its canonical order, for the axes that are not in it yet."""
    orders: dict[str, np.ndarray] = {}
    for axis in exchangeable(schema):
        order = _order(schema, parameters, axis)
        if order is None or np.all(order == np.arange(len(order))):
            continue
        permuted = permute(schema, parameters, orders | {axis: order})
        if abs(evaluate(permuted) - objective) <= 1e-9 * (1 + abs(objective)):
            orders[axis] = order
    return orders


def exchangeable(schema: Schema) -> tuple[str, ...]:
    """Category axes of latents that neither data nor fixed parameters mention."""
    named = [axis for v in schema.of_kind("given", "observed") for axis in (*v.axes, v.category)]
    named += [axis for v in schema.of_kind("parameter") if v.fixed is not None for axis in v.axes]
    categories = dict.fromkeys(v.category for v in schema.of_kind("latent"))
    return tuple(axis for axis in categories if axis is not None and axis not in named)


def _order(schema: Schema, parameters: Arrays, axis: str) -> np.ndarray | None:
    over = [v for v in schema.of_kind("parameter") if axis in v.axes]
    for variable in over:
        if variable.domain == "simplex" and variable.axes == (axis,):
            return np.argsort(-parameters[variable.name], kind="stable")
    for variable in over:
        if axis in variable.plates:
            front = np.moveaxis(parameters[variable.name], variable.axes.index(axis), 0)
            return np.argsort(front.reshape(len(front), -1)[:, 0], kind="stable")
    return None


def permute(schema: Schema, parameters: Arrays, orders: Mapping[str, np.ndarray]) -> Arrays:
    """The parameters with the categories of each axis taken in the given order."""
    result = dict(parameters)
    for variable in schema.of_kind("parameter"):
        for place, axis in enumerate(variable.axes):
            if axis in orders:
                result[variable.name] = np.take(result[variable.name], orders[axis], axis=place)
    return result


def permute_place(schema: Schema, place: Place, orders: Mapping[str, np.ndarray]) -> Place:
    """Where an entry of a parameter lies after `permute`."""
    name, index = place
    axes = schema[name].axes
    moved = [
        int(np.flatnonzero(orders[axis] == i)[0]) if axis in orders else i
        for axis, i in zip(axes, index, strict=False)
    ]
    return name, tuple(moved)
