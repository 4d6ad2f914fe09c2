"""The numbers that an expression stands for: arrays over its plates, then its event.

An array is laid out by the identity of its axes.  Where an axis of an operand is a plate or the
j-th of that axis in its event, it meets the plate, or the j-th in the event, of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autoem.errors import BadValue
from autoem.language import expression
from autoem.language.expression import Axis, Expression
from autoem.language.shape import contains

Values = Mapping[Any, np.ndarray]
Sizes = Mapping[Axis, int]

OPERATORS: dict[str, Callable[..., np.ndarray]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": lambda x, y: np.power(x, y, dtype=float),
    "negative": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "equal": np.equal,
    "where": lambda c, a, b: np.where(c != 0, a, b),
}
"""What each operator of the language means."""


def evaluate(node: Expression, values: Values, sizes: Sizes) -> np.ndarray:
    """The array of the expression, with axes `plates + event`.

    `values` are the arrays of the variables that it reads, `sizes` the lengths of its axes.

    >>> d, q = Axis("d", size=2), Axis("q", size=3)
    >>> from autoem.language.functions import Identity, Ones
    >>> evaluate(Ones(d, q) @ Ones(q) + 1, {}, {})
    array([4., 4.])
    """
    if node in values:
        return np.asarray(values[node])
    match node:
        case expression.Number(value):
            return np.asarray(float(value))
        case expression.ArrayConstant(array):
            return np.asarray(array, dtype=float)
        case expression.Constant(kind, event):
            if kind == "identity":
                return np.eye(length(event[0], sizes))
            return np.full([length(axis, sizes) for axis in event], float(kind == "ones"))
        case expression.DiagonalMatrix(vector):
            entries = evaluate(vector, values, sizes)
            return entries[..., :, None] * np.eye(entries.shape[-1])
        case expression.Position(axis):
            return np.arange(length(axis, sizes))
        case expression.Entry(base, position):
            return evaluate(base, values, sizes)[..., position]
        case expression.Listing(entries):
            inner = node.event[1:]
            parts = [laid(e, evaluate(e, values, sizes), node.plates, inner) for e in entries]
            return np.stack(np.broadcast_arrays(*parts), axis=len(node.plates))
        case expression.Apply(operator, arguments):
            operands = (
                laid(a, evaluate(a, values, sizes), node.plates, node.event) for a in arguments
            )
            return np.asarray(OPERATORS[operator](*operands))
        case expression.Lookup():
            return _lookup(node, values, sizes)
        case expression.Contraction():
            return _contraction(node, values, sizes)
    raise BadValue(problem=f"{type(node).__name__} has no value here", write="a variable")


def length(axis: Axis, sizes: Sizes) -> int:
    """The length of an axis, of the model or told."""
    return sizes[axis] if axis.size is None else axis.size


def slots(
    node: Expression, plates: tuple[Axis, ...], event: tuple[Axis, ...]
) -> tuple[int, ...]:
    """Where each axis of a node stands in the layout `plates + event`.

    >>> d, n = Axis("d"), Axis("n")
    >>> from autoem.language.functions import Identity, Ones
    >>> slots(Identity(d), (n,), (d, d)), slots(Ones(d), (n,), (d, d))
    ((1, 2), (1,))
    """
    found = []
    for axis in node.plates:
        found.append(_places((*plates, *event), axis)[0])
    for position, axis in enumerate(node.event):
        nth = len(_places(node.event[:position], axis))
        found.append(len(plates) + _places(event, axis)[nth])
    return tuple(found)


def _places(axes: tuple[Axis, ...], axis: Axis) -> list[int]:
    return [place for place, other in enumerate(axes) if other is axis]


def laid(
    node: Expression, array: np.ndarray, plates: tuple[Axis, ...], event: tuple[Axis, ...]
) -> np.ndarray:
    """The array of a node in the layout `plates + event`, of length one where it has no axis."""
    where = slots(node, plates, event)
    ordered = np.transpose(array, np.argsort(where))
    shape = [1] * (len(plates) + len(event))
    for place, size in zip(sorted(where), ordered.shape, strict=True):
        shape[place] = size
    return ordered.reshape(shape)


def _lookup(node: expression.Lookup, values: Values, sizes: Sizes) -> np.ndarray:
    """Each index in turn takes the first plate of its axis that is left."""
    indices = [
        (axis, laid(index, evaluate(index, values, sizes), node.plates, ()))
        for axis, index in node.entries
    ]
    read = []
    for axis in node.base.plates:
        taken = next((pair for pair in indices if pair[0] is axis), None)
        if taken is None:
            (place, *_) = _places(node.plates, axis)
            shape = [-1 if i == place else 1 for i in range(len(node.plates))]
            read.append(np.arange(length(axis, sizes)).reshape(shape))
        else:
            indices = [pair for pair in indices if pair is not taken]
            read.append(taken[1].astype(int))
    return evaluate(node.base, values, sizes)[tuple(read)]


def _contraction(node: expression.Contraction, values: Values, sizes: Sizes) -> np.ndarray:
    """The last of an axis on the left against the first of it on the right."""
    outer = len(node.plates) + len(node.event)
    summed = {axis: outer + i for i, axis in enumerate(node.axes)}
    split = len(node.left.event) - sum(contains(node.left.event, axis) for axis in node.axes)
    first = len(node.plates)
    left = _labels(node, node.left, summed, first, last=True)
    right = _labels(node, node.right, summed, first + split, last=False)
    a, b = (evaluate(operand, values, sizes) for operand in (node.left, node.right))
    return np.asarray(np.einsum(a, left, b, right, list(range(outer))))


def _labels(
    node: expression.Contraction,
    operand: Expression,
    summed: Mapping[Axis, int],
    first: int,
    last: bool,
) -> list[int]:
    """The labels of an operand's axes in the Einstein sum; its own event starts at `first`."""
    contracted = {
        _places(operand.event, axis)[-1 if last else 0]: label
        for axis, label in summed.items()
        if contains(operand.event, axis)
    }
    inside = [axis for axis in summed if not contains(operand.event, axis)]
    everything = (*node.plates, *node.event)
    labels = [
        summed[axis] if contains(inside, axis) else _places(everything, axis)[0]
        for axis in operand.plates
    ]
    free = iter(range(first, first + len(operand.event)))
    return labels + [contracted.get(i, -1) if i in contracted else next(free)
                     for i in range(len(operand.event))]  # fmt: skip
