"""What the statements of an array program read: arrays over named axes, and scalar expressions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

IndexRead: TypeAlias = "str | int | Ref"


@dataclass(frozen=True)
class Ref:
    """An array read over named axes (or at a lookup, or at an integer)."""

    name: str
    axes: tuple[IndexRead, ...] = ()


@dataclass(frozen=True)
class Number:
    value: Fraction | float


@dataclass(frozen=True)
class Position:
    """The 0-based position along an axis, as a number."""

    axis: str


@dataclass(frozen=True)
class Call:
    """An elementwise function; `function` is a key of `functions.FUNCTIONS`.

    add and multiply take any number of arguments; xlogy(x, y) is x log y with 0 log 0 = 0.
    """

    function: str
    arguments: tuple[Scalar, ...]


Scalar: TypeAlias = Ref | Number | Position | Call
