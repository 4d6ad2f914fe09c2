"""Domains: the sets in which values lie.

A domain is a kind of set and the axes of one of its values, its event:

    Real(d, q)            arrays over d and q          PositiveDefinite(d)   matrices over d and d
    Simplex(k)            vectors over k, sum one      Index(g)              positions along g
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, final

from autoem.errors import BadBounds, NotAnAxis
from autoem.language.arithmetic import Axis
from autoem.language.number import exact


@final
@dataclass(frozen=True)
class Domain:
    """A set of values; `event` has the axes of one of them.

    `kind` is real, positive, nonnegative, interval, simplex, positive_definite, count, index or
    binary; an interval has bounds, an index the axis that it is a position of.

    >>> Interval(0, 1) == Domain("interval", lower=Fraction(0), upper=Fraction(1))
    True
    """

    kind: str
    event: tuple[Axis, ...] = ()
    lower: Fraction | float | None = None
    upper: Fraction | float | None = None
    axis: Axis | None = None


def axes_of(where: str, axes: Any) -> tuple[Axis, ...]:
    """An axis or a tuple of axes, as a tuple."""
    found = axes if isinstance(axes, tuple) else (axes,)
    for axis in found:
        if not isinstance(axis, Axis):
            raise NotAnAxis(where=where, came=axis)
    return found


def Real(*axes: Axis) -> Domain:
    """All real numbers, or arrays of them.

    >>> Real(Axis("features")).event
    (Axis('features'),)
    """
    return Domain("real", axes_of("Real", axes))


def Positive(*axes: Axis) -> Domain:
    """Numbers above zero, or arrays of them.

    >>> Positive().kind
    'positive'
    """
    return Domain("positive", axes_of("Positive", axes))


def NonNegative(*axes: Axis) -> Domain:
    """Numbers from zero up, or arrays of them.

    >>> NonNegative().kind
    'nonnegative'
    """
    return Domain("nonnegative", axes_of("NonNegative", axes))


def Interval(a: float, b: float, *axes: Axis) -> Domain:
    """Numbers between a and b, or arrays of them.

    >>> Interval(0, 0.25).upper
    Fraction(1, 4)
    """
    lower, upper = exact(a), exact(b)
    if lower >= upper:
        raise BadBounds(what="Interval", lower=a, upper=b)
    return Domain("interval", axes_of("Interval", axes), lower, upper)


def Simplex(axis: Axis) -> Domain:
    """Probabilities along an axis: not negative, with sum one.

    >>> Simplex(Axis("components")).event
    (Axis('components'),)
    """
    return Domain("simplex", axes_of("Simplex", (axis,)))


def PositiveDefinite(axis: Axis) -> Domain:
    """Symmetric matrices C over an axis with x'Cx > 0 for all x but zero: covariances.

    >>> PositiveDefinite(Axis("features")).event
    (Axis('features'), Axis('features'))
    """
    return Domain("positive_definite", axes_of("PositiveDefinite", (axis, axis)))


def Count(*axes: Axis) -> Domain:
    """Whole numbers 0, 1, 2, ..., or arrays of them.

    >>> Count().kind
    'count'
    """
    return Domain("count", axes_of("Count", axes))


def Index(axis: Axis) -> Domain:
    """Positions along an axis: `b[group]` with `group = Given(Index(g), over=i)`.

    >>> Index(Axis("groups")).axis
    Axis('groups')
    """
    return Domain("index", axis=axes_of("Index", (axis,))[0])


def Binary(*axes: Axis) -> Domain:
    """Zero or one, or arrays of them.

    >>> Binary().kind
    'binary'
    """
    return Domain("binary", axes_of("Binary", axes))
