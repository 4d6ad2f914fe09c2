"""The value of an expression, given the values of its variables: the only numeric reading.

An array of values has the axes `expression.plates`, then `expression.event`.  Codes are 0-based
integers, binary values 0 or 1.  Every node is read at full extent, so shapes follow by induction.
An index that runs over the end, as `x[t - 1]` does at the start, is moved to the nearest entry: it
stands under a `where` that does not look there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from autoem.language.arithmetic import (
    Apply,
    ArrayConstant,
    Axis,
    Contraction,
    Entry,
    Listing,
    Lookup,
    Number,
    Position,
    apply,
)
from autoem.language.constants import Constant, DiagonalMatrix
from autoem.language.formula import Expression
from autoem.language.previous import ParentValue, Previous
from autoem.language.shape import Shape, contains, count

Array: TypeAlias = np.ndarray
Values: TypeAlias = Mapping[Any, Any]
Sizes: TypeAlias = Mapping[Axis, int]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": np.power,
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


def evaluate(expression: Expression, values: Values, sizes: Sizes) -> Array:
    """The array of an expression; `values` has those of its variables, or of any other node.

    >>> from autoem.language import Given, Index, Parameter, Real
    >>> i, g = Axis("rows"), Axis("groups")
    >>> b, group = Parameter(Real(), over=g), Given(Index(g), over=i)
    >>> evaluate(2 * b[group] + i, {b: [10, 20], group: [1, 0, 1]}, {i: 3, g: 2})
    array([40., 21., 42.])
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return _value(expression, values, sizes)


def _value(node: Expression, values: Values, sizes: Sizes) -> Array:
    if node in values:
        return np.asarray(values[node])
    match node:
        case Apply():
            return _applied(node, values, sizes)
        case Lookup():
            return _looked_up(node, values, sizes)
        case Contraction():
            return _contracted(node, values, sizes)
        case Listing():
            return _listed(node, values, sizes)
        case Entry(base=base, position=position):
            return np.asarray(_value(base, values, sizes)[..., position])
        case DiagonalMatrix(vector=vector):
            entries = _value(vector, values, sizes)
            return entries[..., None] * np.eye(entries.shape[-1])
        case ParentValue() | Previous():
            return _value(_earlier(node), values, sizes)
    return _leaf(node, sizes)


def _leaf(node: Expression, sizes: Sizes) -> Array:
    match node:
        case Number(value=value):
            return np.asarray(float(value))
        case ArrayConstant(values=values):
            return values
        case Position(axis=axis):
            return np.arange(length(axis, sizes))
        case Constant(kind="identity", axes=(axis, _)):
            return np.eye(length(axis, sizes))
        case Constant(kind=kind, axes=axes):
            fill = 1.0 if kind == "ones" else 0.0
            return np.full([length(axis, sizes) for axis in axes], fill)
    raise KeyError(node)


def length(axis: Axis, sizes: Sizes) -> int:
    """The length of an axis, of the model itself or told."""
    return sizes[axis] if axis.size is None else axis.size


def _applied(node: Apply, values: Values, sizes: Sizes) -> Array:
    arrays = [_value(argument, values, sizes) for argument in node.arguments]
    operands = zip(arrays, node.arguments, strict=True)
    aligned = [align(array, argument.shape, node.shape) for array, argument in operands]
    return np.asarray(FUNCTIONS[node.operator](*aligned), dtype=float)


def _listed(node: Listing, values: Values, sizes: Sizes) -> Array:
    target = (node.plates, node.event[1:])
    entries = [align(_value(e, values, sizes), e.shape, target) for e in node.entries]
    return np.stack(np.broadcast_arrays(*entries), axis=len(node.plates))


def _looked_up(node: Lookup, values: Values, sizes: Sizes) -> Array:
    """base[i, j, ...] with an index for every axis: positions where consumed, else all in order."""
    base, rank = _value(node.base, values, sizes), len((*node.plates, *node.event))
    taken = consumed_places(node)
    index: dict[int, Array] = {}
    for place, entry in taken.items():
        positions = np.clip(_value(entry, values, sizes).astype(int), 0, base.shape[place] - 1)
        index[place] = align(positions, entry.shape, node.shape)
    rest = [place for place in range(base.ndim) if place not in taken]
    plates = tuple(axis for place, axis in enumerate(node.base.plates) if place in rest)
    for place, target in zip(rest, places((plates, node.event), node.shape), strict=True):
        shape = [1] * rank
        shape[target] = base.shape[place]
        index[place] = np.arange(base.shape[place]).reshape(shape)
    return np.asarray(base[tuple(index[place] for place in range(base.ndim))])


def consumed_places(node: Lookup) -> dict[int, Expression]:
    """The places among the plates of the base that are looked up, with their indices."""
    taken: dict[int, Expression] = {}
    for axis, index in node.entries:
        plates = enumerate(node.base.plates)
        place = next(p for p, other in plates if other is axis and p not in taken)
        taken[place] = index
    return taken


def _contracted(node: Contraction, values: Values, sizes: Sizes) -> Array:
    """An Einstein sum: the axes of the result are labeled in order, then those summed over."""
    (_, left_event), _ = node.rests
    result = list(range(len((*node.plates, *node.event))))
    operands: list[Any] = []
    for side, rest, last in zip((node.left, node.right), node.rests, (True, False), strict=True):
        kept = places(rest, node.shape)
        if not last:  # its event stands behind that of the left side
            behind = len(node.plates) + len(left_event)
            kept[len(rest[0]) :] = result[behind:]
        summed = summed_places(side, node.axes, last)
        labels = iter(kept)
        own = range(len((*side.plates, *side.event)))
        operands.append(_value(side, values, sizes))
        operands.append([len(result) + summed[p] if p in summed else next(labels) for p in own])
    return np.asarray(np.einsum(*operands, result))


def summed_places(side: Expression, axes: tuple[Axis, ...], last: bool) -> dict[int, int]:
    """The places of one side of a product that are summed over, with the number of the axis.

    The left side gives the last of an axis in its event, the right side the first; either gives a
    plate where its event does not have the axis.
    """
    own = (*side.plates, *side.event)
    plates, event = list(range(len(side.plates))), list(range(len(side.plates), len(own)))
    order = [*(event[::-1] if last else event), *plates]
    numbered = list(enumerate(axes))
    summed: dict[int, int] = {}
    for number, axis in numbered[::-1] if last else numbered:
        place = next(p for p in order if own[p] is axis and p not in summed)
        summed[place] = number
    return summed


def _earlier(node: Previous) -> Expression:
    """The variable looked up at its parent, or one step earlier."""
    variable: Any = node.variable
    if isinstance(node, ParentValue):
        above = variable.distribution.parent
        return Lookup(variable, ((above.category, above),))
    step = variable.plates[-1]
    return Lookup(variable, ((step, apply("subtract", step, 1)),))


def places(own: Shape[Axis], target: Shape[Axis]) -> list[int]:
    """Where each axis of an operand stands among the axes of the result.

    The n-th of a name in an event is the n-th in the other; a plate is a plate, or, where the
    result has it in its event only, the first there.
    """
    found = []
    for place, axis in enumerate((*own[0], *own[1])):
        event = place >= len(own[0]) or not contains(target[0], axis)
        among = target[1] if event else target[0]
        before = own[1][: place - len(own[0])] if place >= len(own[0]) else ()
        nth = [p for p, other in enumerate(among) if other is axis][count(before, axis)]
        found.append(nth + len(target[0]) * event)
    return found


def align(array: Array, own: Shape[Axis], target: Shape[Axis]) -> Array:
    """The array with the axes of the result: its own moved to their places, the others of one."""
    found = places(own, target)
    order = sorted(range(len(found)), key=found.__getitem__)
    shape = [1] * len((*target[0], *target[1]))
    for place, where in enumerate(found):
        shape[where] = array.shape[place]
    return np.transpose(array, order).reshape(shape)
