"""Constant arrays over named axes, and the diagonal matrix of a vector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

from autoem.errors import NoEvent
from autoem.language.arithmetic import Axis, Node, Pending, lift
from autoem.language.domain import axes_of
from autoem.language.formula import Expression, ExpressionLike


@final
@dataclass(frozen=True, eq=False, repr=False)
class Constant(Node):
    """An array of zeros, of ones, or the identity; `kind` is zeros, ones or identity."""

    kind: str
    axes: tuple[Axis, ...]

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.axes


@final
@dataclass(frozen=True, eq=False, repr=False)
class DiagonalMatrix(Node):
    """The matrix with a vector on its diagonal."""

    vector: Expression

    @property
    def plates(self) -> tuple[Axis, ...]:
        return self.vector.plates

    @cached_property
    def event(self) -> tuple[Axis, ...]:
        return (*self.vector.event, self.vector.event[-1])


def Zeros(*axes: Axis) -> Expression:
    """An array of zeros.

    >>> d = Axis("features")
    >>> Zeros(d).event
    (Axis('features'),)
    """
    return Constant("zeros", axes_of("Zeros", axes))


def Ones(*axes: Axis) -> Expression:
    """An array of ones.

    >>> k = Axis("components")
    >>> (Ones(k) / 3).event
    (Axis('components'),)
    """
    return Constant("ones", axes_of("Ones", axes))


def Identity(axis: Axis) -> Expression:
    """The identity matrix over an axis.

    >>> d = Axis("features")
    >>> (0.5 * Identity(d)).event
    (Axis('features'), Axis('features'))
    """
    return Constant("identity", axes_of("Identity", (axis, axis)))


def Diagonal(vector: ExpressionLike) -> Expression:
    """The matrix with a vector on its diagonal.

    >>> d = Axis("features")
    >>> Diagonal(Ones(d)).event
    (Axis('features'), Axis('features'))
    """
    value = lift(vector)
    if value.open:
        return Pending(Diagonal, (value,))
    if not value.event:
        raise NoEvent(family="Diagonal")
    return DiagonalMatrix(value)
