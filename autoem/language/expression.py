"""Expressions: formulas over named axes.

An expression has *plates* (it is repeated over them) and an *event* (the axes of one value).  Both
come from its operands by the identity of axes, never by their position.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias, Union

import numpy as np

from autoem.errors import BadAxes, BadLookup, BadValue
from autoem.language.operators import Operand
from autoem.language.shape import common, contains, minus, union, without


class Axis(Operand["Expression"]):
    """A named index set.

    >>> n = Axis("observations")
    >>> n.label
    'observations'
    """

    def __init__(self, name: str | None = None, *, size: int | None = None) -> None:
        self.name, self.size = name, size
        self.key: str | None = None

    @property
    def label(self) -> str:
        """What a person calls the axis."""
        return self.name or self.key or "anonymous"

    def __repr__(self) -> str:
        return f"Axis({self.label!r})"

    def _apply(self, operator: str, *operands: Any) -> Expression:
        return apply(operator, *operands)

    def _look_up(self, index: Any) -> Expression:
        raise BadLookup(problem=f"{self.label} is an axis and has no entries", write="a parameter")

    def _contract(self, left: Any, right: Any) -> Expression:
        return matmul(left, right)


class Expression(Operand["Expression"]):
    """A formula: plates and event say over which axes it has values."""

    plates: tuple[Axis, ...]
    event: tuple[Axis, ...]

    @property
    def category(self) -> Axis | None:
        """The axis whose positions are the values, where the values are codes."""
        return None

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The expressions that stand directly in this one."""
        return ()

    def _apply(self, operator: str, *operands: Any) -> Expression:
        return apply(operator, *operands)

    def _look_up(self, index: Any) -> Expression:
        return lookup(self, *(index if isinstance(index, tuple) else (index,)))

    def _contract(self, left: Any, right: Any) -> Expression:
        return matmul(left, right)


ExpressionLike: TypeAlias = Union[
    Expression, Axis, float, int, Fraction, Sequence["ExpressionLike"], np.ndarray
]


@dataclass(frozen=True, eq=False)
class Number(Expression):
    """An exact number, or an infinity."""

    value: Fraction | float
    plates = ()
    event = ()


@dataclass(frozen=True, eq=False)
class ArrayConstant(Expression):
    """A literal array, over anonymous axes."""

    values: np.ndarray
    event: tuple[Axis, ...]
    plates = ()


@dataclass(frozen=True, eq=False)
class Listing(Expression):
    """A literal list, over an anonymous axis."""

    entries: tuple[Expression, ...]
    axis: Axis

    @cached_property
    def plates(self) -> tuple[Axis, ...]:
        return minus(union(*(entry.plates for entry in self.entries)), self.event)

    @cached_property
    def event(self) -> tuple[Axis, ...]:
        return (self.axis, *union(*(entry.event for entry in self.entries)))

    @property
    def operands(self) -> tuple[Expression, ...]:
        return self.entries


@dataclass(frozen=True, eq=False)
class Position(Expression):
    """The 0-based position along an axis."""

    axis: Axis
    event = ()

    @property
    def plates(self) -> tuple[Axis, ...]:
        return (self.axis,)


@dataclass(frozen=True, eq=False)
class Constant(Expression):
    """Zeros, ones or the identity."""

    kind: str
    event: tuple[Axis, ...]
    plates = ()


@dataclass(frozen=True, eq=False)
class DiagonalMatrix(Expression):
    """The matrix with a vector on its diagonal."""

    vector: Expression

    @property
    def plates(self) -> tuple[Axis, ...]:
        return self.vector.plates

    @property
    def event(self) -> tuple[Axis, ...]:
        return (*self.vector.event[:-1], self.vector.event[-1], self.vector.event[-1])

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.vector,)


@dataclass(frozen=True, eq=False)
class Apply(Expression):
    """A function applied entry by entry."""

    operator: str
    arguments: tuple[Expression, ...]

    @cached_property
    def plates(self) -> tuple[Axis, ...]:
        return minus(union(*(argument.plates for argument in self.arguments)), self.event)

    @cached_property
    def event(self) -> tuple[Axis, ...]:
        return union(*(argument.event for argument in self.arguments))

    @property
    def operands(self) -> tuple[Expression, ...]:
        return self.arguments


@dataclass(frozen=True, eq=False)
class Contraction(Expression):
    """The sum over some axes of a product."""

    left: Expression
    right: Expression
    axes: tuple[Axis, ...]

    @cached_property
    def plates(self) -> tuple[Axis, ...]:
        left, right = without(self.left.plates, self.axes), without(self.right.plates, self.axes)
        return minus(union(left, right), self.event)

    @cached_property
    def event(self) -> tuple[Axis, ...]:
        left, right = without(self.left.event, self.axes), without(self.right.event, self.axes)
        return (*left, *right)

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, eq=False)
class Lookup(Expression):
    """An array read at indices: each consumes one plate axis of the base."""

    base: Expression
    entries: tuple[tuple[Axis, Expression], ...]

    @cached_property
    def plates(self) -> tuple[Axis, ...]:
        left = without(self.base.plates, (axis for axis, _ in self.entries))
        return union(left, *(index.plates for _, index in self.entries))

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.base.event

    @property
    def category(self) -> Axis | None:
        return self.base.category

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.base, *(index for _, index in self.entries))


@dataclass(frozen=True, eq=False)
class Entry(Expression):
    """One entry, by a literal integer, of the last event axis."""

    base: Expression
    position: int

    @property
    def plates(self) -> tuple[Axis, ...]:
        return self.base.plates

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.base.event[:-1]

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.base,)


@dataclass(frozen=True, eq=False)
class Pending(Expression):
    """A step that waits for `previous` to be bound to its variable."""

    build: Callable[..., Expression]
    arguments: tuple[Any, ...]

    @property
    def plates(self) -> tuple[Axis, ...]:
        raise BadValue(problem="previous stands outside Markov or Tree", write="Markov(then=...)")

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.plates


@dataclass(frozen=True, eq=False)
class Previous(Expression):
    """The variable that is being declared, one step earlier."""

    variable: Expression | None = None

    @property
    def plates(self) -> tuple[Axis, ...]:
        return () if self.variable is None else self.variable.plates

    @property
    def event(self) -> tuple[Axis, ...]:
        return () if self.variable is None else self.variable.event

    @property
    def category(self) -> Axis | None:
        return None if self.variable is None else self.variable.category


@dataclass(frozen=True, eq=False)
class ParentValue(Previous):
    """The value of the parent, in a tree."""


previous: Expression = Previous()


def is_open(value: object) -> bool:
    """Whether the value waits for `previous` to be bound."""
    return isinstance(value, Pending) or (isinstance(value, Previous) and value.variable is None)


def bind(value: Any, binding: Expression) -> Any:
    """The value with `previous` replaced by its binding, and every pending step taken."""
    if not is_open(value):
        return value
    if isinstance(value, Previous):
        return binding
    return value.build(*(bind(argument, binding) for argument in value.arguments))


def lift(value: Any) -> Expression:
    """The expression that a Python value stands for.

    >>> lift(0.25).value
    Fraction(1, 4)
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, Axis):
        return Position(value)
    if isinstance(value, (list, tuple)):
        return listing(*value)
    if isinstance(value, np.ndarray) and value.ndim:
        return ArrayConstant(value, tuple(Axis(size=size) for size in value.shape))
    return Number(exact(value))


def exact(value: Any) -> Fraction | float:
    """A number as the fraction that its decimal digits say."""
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.item()
    if isinstance(value, (bool, str)) or not isinstance(value, (int, float, Fraction)):
        raise BadValue(problem=f"{value!r} is no expression", write="a number or an expression")
    if isinstance(value, float):
        if math.isnan(value):
            raise BadValue(problem="nan is no number", write="a number")
        return value if math.isinf(value) else Fraction(repr(value))
    return Fraction(value)


def listing(*entries: Any) -> Expression:
    """A list over an anonymous axis."""
    if any(is_open(entry) for entry in entries):
        return Pending(listing, entries)
    return Listing(tuple(lift(entry) for entry in entries), Axis(size=len(entries)))


def apply(operator: str, *operands: Any) -> Expression:
    """The operator applied entry by entry."""
    if any(is_open(operand) for operand in operands):
        return Pending(lambda *bound: apply(operator, *bound), operands)
    return Apply(operator, tuple(lift(operand) for operand in operands))


def lookup(base: Any, *indices: Any) -> Expression:
    """`base[indices]`: integers take entries, expressions consume plates."""
    if is_open(base) or any(is_open(index) for index in indices):
        return Pending(lookup, (base, *indices))
    entries: list[tuple[Axis, Expression]] = []
    positions: list[int] = []
    for index in indices:
        if isinstance(index, int):
            positions.append(index)
        else:
            left = without(base.plates, (axis for axis, _ in entries))
            entries.append((consumed(base, left, lift(index)), lift(index)))
    result = Lookup(base, tuple(entries)) if entries else base
    for position in positions:
        if not result.event:
            raise BadLookup(problem="an integer takes an entry of an event axis", write="an index")
        result = Entry(result, position)
    return result


def consumed(base: Expression, left: tuple[Axis, ...], index: Expression) -> Axis:
    """The plate of the base that the index consumes."""
    axis = index_axis(index)
    if axis is not None and contains(left, axis):
        return axis
    if index.category is None and isinstance(index, Apply) and len(left) == 1:
        return left[0]
    raise BadLookup(
        problem=f"the index runs over {axis.label if axis else 'no axis'}, "
        f"but the plates left are ({', '.join(a.label for a in left)})",
        write=f"over={axis.label if axis else 'an axis'} in the declaration",
    )


def index_axis(index: Expression) -> Axis | None:
    """The axis whose positions an index gives."""
    if isinstance(index, Position):
        return index.axis
    if isinstance(index, Apply) and index.operator in ("add", "subtract"):
        return next((a for a in map(index_axis, index.arguments) if a is not None), None)
    return index.category


def matmul(left: Any, right: Any) -> Expression:
    """`left @ right`: the last axis of the left with the first of the same identity of the right."""
    if is_open(left) or is_open(right):
        return Pending(matmul, (left, right))
    left, right = lift(left), lift(right)
    last = (left.event or left.plates)[-1:]
    if not last or not contains((*right.event, *right.plates), last[0]):
        raise BadAxes(problem="@ finds no common axis", write="a @ b with a common axis")
    return Contraction(left, right, last)


def dot(u: ExpressionLike, v: ExpressionLike) -> Expression:
    """The sum of products over the event axes of `u`."""
    if is_open(u) or is_open(v):
        return Pending(dot, (u, v))
    left, right = lift(u), lift(v)
    axes = common(left.event, (*right.event, *right.plates))
    if not axes:
        raise BadAxes(problem="dot finds no common event axis", write="dot(u, v) of one axis")
    return Contraction(left, right, axes)


def subexpressions(expression: Expression) -> Mapping[Expression, None]:
    """The expression and all that stands in it, each once, operands first."""
    found: dict[Expression, None] = {}

    def visit(node: Expression) -> None:
        if node not in found:
            for operand in node.operands:
                visit(operand)
            found[node] = None

    visit(expression)
    return found
