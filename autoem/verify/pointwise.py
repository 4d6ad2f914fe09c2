"""The value of an expression at one place: the declaration read literally.

Nothing is broadcast and nothing is derived: `mean[z]` at n = 3 looks up z at 3, then the mean
there, and `A @ B` is a loop over the axis that is summed.  Slow, short, and shared with no other
reading of the language, so that it can judge them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from autoem.errors.verification import NotJudged
from autoem.language import expression
from autoem.language.chain import Tree
from autoem.language.declaration import Variable
from autoem.language.expression import Axis, Expression

Place = Mapping[Axis, int]
Values = Callable[[Variable, tuple[int, ...], tuple[int, ...]], Any]

OPERATORS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": lambda x, y: np.power(np.asarray(x, dtype=float), y),
    "negative": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "equal": np.equal,
    "where": np.where,
}
"""What each operator of the language means."""


@dataclass(frozen=True)
class Pointwise:
    """Reads expressions where `values(variable, place, event)` are the entries of variables.

    An entry may be an array of trial values (a quadrature grid); the result has its shape.
    """

    sizes: Mapping[Axis, int]
    values: Values

    def event(self, node: Expression, at: Place) -> np.ndarray:
        """The whole event at a place; its axes stand last.

        >>> from autoem.language import lift
        >>> Pointwise({}, lambda variable, place, event: 0.0).event(lift([1, 0.5]), {})
        array([1. , 0.5])
        """
        if not node.event:
            return np.asarray(self(node, at))
        shape = tuple(size_of(axis, self.sizes) for axis in node.event)
        entries = [self(node, at, place) for place in np.ndindex(shape)]
        if not any(map(np.ndim, entries)):
            return np.reshape(entries, shape)
        stacked = np.stack(np.broadcast_arrays(*entries), axis=-1)
        return stacked.reshape((*stacked.shape[:-1], *shape))

    def __call__(self, node: Expression, at: Place, event: tuple[int, ...] = ()) -> Any:
        """The entry `event` of the expression at a place."""
        # A plate that a lookup has consumed keeps its place where an event has the same axis.
        known = {**dict(zip(node.event, event, strict=True)), **at}
        match node:
            case Variable():
                return self.values(node, tuple(known[axis] for axis in node.plates), event)
            case expression.Number(value):
                return float(value)
            case expression.ArrayConstant(values):
                return float(values[event])
            case expression.Constant(kind):
                return float(event[0] == event[1]) if kind == "identity" else float(kind == "ones")
            case expression.DiagonalMatrix(vector):
                *outer, i, j = event
                return self(vector, known, (*outer, i)) if i == j else 0.0
            case expression.Listing(entries):
                entry = entries[event[0]]
                return self(entry, known, assigned(entry.event, node.event[1:], event[1:]))
            case expression.Entry(base, position):
                return self(base, known, (*event, position))
            case expression.Position(axis):
                return known[axis]
            case expression.Apply():
                return self._apply(node, known, event)
            case expression.Previous(variable=Variable() as variable):
                return self.values(variable, earlier(node, known, self), event)
            case expression.Lookup():
                return self._lookup(node, known, event)
            case expression.Contraction():
                return self._contraction(node, known, event)
        raise NotJudged(what=f"an expression of kind {type(node).__name__}")

    def _apply(self, node: expression.Apply, known: Place, event: tuple[int, ...]) -> Any:
        """The operator of its operands; of a choice only the branch that is taken is read, the
        other may look up what is not there."""
        events = [assigned(argument.event, node.event, event) for argument in node.arguments]
        arguments = list(zip(node.arguments, events, strict=True))
        if node.operator == "where":
            holds = self(node.arguments[0], known, events[0])
            if np.ndim(holds) == 0:
                branch, own = arguments[1 if holds else 2]
                return self(branch, known, own)
        operands = [self(argument, known, own) for argument, own in arguments]
        with np.errstate(all="ignore"):
            return OPERATORS[node.operator](*operands)

    def _lookup(self, node: expression.Lookup, known: Place, event: tuple[int, ...]) -> Any:
        """Each index in turn takes the first plate of its axis that is left."""
        found = [(axis, int(self(index, known))) for axis, index in node.entries]
        if not isinstance(node.base, Variable):
            return self(node.base, {**known, **dict(found)}, event)
        place = []
        for axis in node.base.plates:
            taken = next((pair for pair in found if pair[0] is axis), None)
            if taken is None:
                place.append(known[axis])
            else:
                found.remove(taken)
                place.append(taken[1])
        return self.values(node.base, tuple(place), event)

    def _contraction(
        self, node: expression.Contraction, known: Place, event: tuple[int, ...]
    ) -> Any:
        """The last of an axis on the left against the first of it on the right."""
        own = len(node.left.event) - sum(axis in node.left.event for axis in node.axes)
        total = 0.0
        for position in product(*(range(size_of(axis, self.sizes)) for axis in node.axes)):
            summed = dict(zip(node.axes, position, strict=True))
            left = _with_summed(node.left.event, event[:own], summed, last=True)
            right = _with_summed(node.right.event, event[own:], summed, last=False)
            at = {**known, **summed}
            total = total + self(node.left, at, left) * self(node.right, at, right)
        return total


def earlier(node: expression.Previous, at: Place, read: Pointwise) -> tuple[int, ...]:
    """The place of the value before: one step back, or at the parent of the node of a tree."""
    variable: Any = node.variable
    *plates, last = (at[axis] for axis in variable.plates)
    if isinstance(node, expression.ParentValue) or isinstance(variable.distribution, Tree):
        return (*plates, int(read(variable.distribution.parent, at)))
    return (*plates, last - 1)


def size_of(axis: Axis, sizes: Mapping[Axis, int]) -> int:
    """The length of an axis, told or part of the model."""
    return sizes[axis] if axis.size is None else axis.size


def assigned(
    inner: tuple[Axis, ...], outer: tuple[Axis, ...], event: tuple[int, ...]
) -> tuple[int, ...]:
    """The entries of an operand's event: the j-th of an axis takes the j-th of it outside.

    >>> d, q = Axis("d"), Axis("q")
    >>> assigned((d, d), (d, q, d), (0, 1, 2))
    (0, 2)
    """
    found = []
    for position, axis in enumerate(inner):
        same = [entry for other, entry in zip(outer, event, strict=True) if other is axis]
        found.append(same[inner[:position].count(axis)])
    return tuple(found)


def _with_summed(
    axes: tuple[Axis, ...], rest: tuple[int, ...], summed: Place, last: bool
) -> tuple[int, ...]:
    """The event of an operand: the position of a summed axis, and the rest in order."""
    order = range(len(axes))
    taken: dict[int, int] = {}
    for axis, position in summed.items():
        places = [i for i in order if axes[i] is axis]
        if places:
            taken[places[-1 if last else 0]] = position
    remaining: Iterator[int] = iter(rest)
    return tuple(taken[i] if i in taken else next(remaining) for i in order)
