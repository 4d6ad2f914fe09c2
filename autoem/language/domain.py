"""Domains: the sets in which values lie, and the axes of one value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from autoem.errors import BadAxes
from autoem.language.expression import Axis, exact


@dataclass(frozen=True)
class Domain:
    """A set of values; `event` are the axes of one of them."""

    kind: str
    event: tuple[Axis, ...] = ()
    lower: Fraction | float | None = None
    upper: Fraction | float | None = None
    axis: Axis | None = None

    def __post_init__(self) -> None:
        for axis in (*self.event, *(() if self.axis is None else (self.axis,))):
            if not isinstance(axis, Axis):
                raise BadAxes(problem=f"{axis!r} is no axis", write="an Axis()")


def Real(*axes: Axis) -> Domain:
    """All real arrays."""
    return Domain("real", axes)


def Positive(*axes: Axis) -> Domain:
    """Positive arrays."""
    return Domain("positive", axes)


def NonNegative(*axes: Axis) -> Domain:
    """Arrays without a negative entry."""
    return Domain("nonnegative", axes)


def Interval(a: float, b: float, *axes: Axis) -> Domain:
    """Arrays with entries between two numbers."""
    return Domain("interval", axes, exact(a), exact(b))


def Simplex(axis: Axis) -> Domain:
    """Probabilities that sum to one along the axis."""
    return Domain("simplex", (axis,))


def PositiveDefinite(axis: Axis) -> Domain:
    """Symmetric positive definite matrices."""
    return Domain("positive_definite", (axis, axis))


def Count(*axes: Axis) -> Domain:
    """Whole numbers from zero."""
    return Domain("count", axes)


def Index(axis: Axis) -> Domain:
    """Positions along the axis."""
    return Domain("index", (), axis=axis)


def Binary(*axes: Axis) -> Domain:
    """Zeros and ones."""
    return Domain("binary", axes)
