"""Axes, and the formulas that operators make of them: one recursion, for a list makes an axis.

mean[z]            Lookup       a plate of mean is consumed, the plates of z are new
loading @ z        Contraction  summed over the last axis of loading
exp(a + b) * 2     Apply        entry by entry
freq[0]            Entry        taken along the last event axis
[1/2, theta/2]     Listing      entries along an axis of its own
t - start          Position     an axis as a number
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import Any, final

import numpy as np

from autoem.language import agree, shape
from autoem.language.axis import IndexSet
from autoem.language.formula import Expression, ExpressionLike
from autoem.language.number import exact
from autoem.language.operators import Operand, is_number


class _Builder(Operand[Expression]):
    """The three operations behind all operators."""

    def _apply(self, operator: str, *operands: Any) -> Expression:
        return apply(operator, *operands)

    def _look_up(self, index: Any) -> Expression:
        return lookup(self, *index) if isinstance(index, tuple) else lookup(self, index)

    def _contract(self, left: Any, right: Any) -> Expression:
        return matmul(left, right)

    def _compares_with(self, other: object) -> bool:
        mixed = isinstance(other, _Builder) and isinstance(self, Axis) != isinstance(other, Axis)
        return mixed or is_number(other)


@final
class Axis(IndexSet, _Builder):
    """A named index set; used as a number it is the 0-based position along it.

    >>> t = Axis("steps")
    >>> t.label, (t + 1).plates
    ('steps', (Axis('steps'),))
    """


class Node(_Builder, Expression):
    """A formula with its operators."""


@final
@dataclass(frozen=True, eq=False, repr=False)
class Number(Node):
    """An exact number, or an infinity."""

    value: Fraction | float


@final
@dataclass(frozen=True, eq=False, repr=False)
class ArrayConstant(Node):
    """A literal array, over axes of its own."""

    values: np.ndarray
    axes: tuple[Axis, ...]

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.axes


@final
@dataclass(frozen=True, eq=False, repr=False)
class Listing(Node):
    """A literal list, over an axis of its own: the first event axis."""

    entries: tuple[Expression, ...]
    axis: Axis

    @cached_property
    def plates(self) -> tuple[Axis, ...]:
        return shape.plates_beside(self.event, [e.shape for e in self.entries])

    @cached_property
    def event(self) -> tuple[Axis, ...]:
        return (self.axis, *shape.union(*(entry.event for entry in self.entries)))


@final
@dataclass(frozen=True, eq=False, repr=False)
class Position(Node):
    """The 0-based position along an axis."""

    axis: Axis

    @property
    def plates(self) -> tuple[Axis, ...]:
        return (self.axis,)

    @property
    def category(self) -> Axis | None:
        return self.axis

    @property
    def label(self) -> str:
        return str(self.axis)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Apply(Node):
    """A function applied entry by entry."""

    operator: str
    arguments: tuple[Expression, ...]

    @cached_property
    def plates(self) -> tuple[Axis, ...]:
        return shape.broadcast([a.shape for a in self.arguments])[0]

    @cached_property
    def event(self) -> tuple[Axis, ...]:
        return shape.broadcast([a.shape for a in self.arguments])[1]

    @property
    def index_axes(self) -> tuple[Axis, ...]:
        shifts = self.operator in ("add", "subtract")
        return shape.union(*(a.index_axes for a in self.arguments)) if shifts else ()

    @property
    def condition(self) -> bool:
        return agree.is_condition(self.operator, self.arguments)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Contraction(Node):
    """The sum over some axes of a product: of the left side its last, of the right its first."""

    left: Expression
    right: Expression
    axes: tuple[Axis, ...]

    @cached_property
    def rests(self) -> tuple[shape.Shape[Axis], shape.Shape[Axis]]:
        """The plates and the event that each side has left."""
        return shape.rests(self.left.shape, self.right.shape, self.axes)

    @cached_property
    def plates(self) -> tuple[Axis, ...]:
        return shape.plates_beside(self.event, self.rests)

    @cached_property
    def event(self) -> tuple[Axis, ...]:
        (_, left), (_, right) = self.rests
        return (*left, *right)


@dataclass(frozen=True, eq=False, repr=False)
class Part(Node):
    """Some of the values of another expression."""

    base: Expression

    @property
    def plates(self) -> tuple[Axis, ...]:
        return self.base.plates

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.base.event

    @property
    def category(self) -> Axis | None:
        return self.base.category

    @property
    def support(self) -> str | None:
        return self.base.support

    @property
    def label(self) -> str:
        return agree.part_label(self.base, vars(self))


@final
@dataclass(frozen=True, eq=False, repr=False)
class Lookup(Part):
    """An array read at indices; `entries` has the plate of the base that each one consumes."""

    entries: tuple[tuple[Axis, Expression], ...]

    @cached_property
    def plates(self) -> tuple[Axis, ...]:
        left = shape.without(self.base.plates, [axis for axis, _ in self.entries])
        indices = ((index.plates, ()) for _, index in self.entries)
        return shape.plates_beside(self.event, [(left, self.event), *indices])


@final
@dataclass(frozen=True, eq=False, repr=False)
class Entry(Part):
    """One entry, by its position, along the last event axis."""

    position: int

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.base.event[:-1]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Pending(Node):
    """An operation that waits for `previous`, whose axes are not known before it is declared."""

    build: Callable[..., Expression]
    arguments: tuple[Any, ...]

    @property
    def open(self) -> bool:
        return True

    @property
    def event(self) -> tuple[Axis, ...]:
        """As far as it can be told: a lookup has the event of its base."""
        known = [a.event for a in self.arguments if isinstance(a, Expression)]
        return known[0] if self.build is lookup else shape.union(*known)


def lift(value: ExpressionLike) -> Expression:
    """The expression that a Python value stands for.

    >>> lift(0.25).value
    Fraction(1, 4)
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, Axis):
        return Position(value)
    if isinstance(value, np.ndarray) and (value.dtype.kind not in "iufb" or not value.ndim):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return listing(*value)
    if isinstance(value, np.ndarray):
        return ArrayConstant(value, tuple(Axis.anonymous(size) for size in value.shape))
    return Number(exact(value))


def listing(*values: ExpressionLike) -> Expression:
    """The values along an axis of their own; the rows of a matrix share the axis of columns."""
    entries = tuple(map(lift, values))
    if any(entry.open for entry in entries):
        return Pending(listing, entries)
    if entries and isinstance(entries[0], Listing):
        axis = entries[0].axis
        entries = tuple(replace(e, axis=axis) if isinstance(e, Listing) else e for e in entries)
    return Listing(entries, Axis.anonymous(len(entries)))


def apply(operator: str, *values: Any) -> Expression:
    """The operator applied entry by entry."""
    arguments = tuple(map(lift, values))
    if any(argument.open for argument in arguments):
        return Pending(partial(apply, operator), arguments)
    made = Apply(operator, arguments)
    agree.check_one_way(made.event, arguments)
    return made


def lookup(value: Any, *values: Any) -> Expression:
    """`base[indices]`: expressions consume plates, then whole numbers take entries."""
    base, indices = lift(value), tuple(lift(v) for v in values if not agree.is_entry(v))
    if base.open or any(index.open for index in indices):
        return Pending(lookup, (base, *values))
    entries: list[tuple[Axis, Expression]] = []
    for index in indices:
        left = shape.without(base.plates, [axis for axis, _ in entries])
        entries.append((agree.consumed(base, left, index), index))
    result = Lookup(base, tuple(entries)) if entries else base
    for position in (int(v) for v in reversed(values) if agree.is_entry(v)):
        agree.check_entry(result, position)
        result = Entry(result, position)
    return result


def matmul(a: Any, b: Any) -> Expression:
    """`a @ b`: summed over the last axis of a, which b has too."""
    left, right = lift(a), lift(b)
    if left.open or right.open:
        return Pending(matmul, (left, right))
    return Contraction(left, right, agree.contracted(left, right))
