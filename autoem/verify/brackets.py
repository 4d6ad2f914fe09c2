"""Roots of functions of one unknown: the first bracket, each wider, that has a change of sign,
and Brent's method in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from scipy import optimize

from autoem.derive.quantity import Declared, Quantity

Bracket = tuple[float, float]
STRETCHES = 2.0 ** np.arange(60)


def root_in(height: Callable[[float], float], brackets: Iterable[Bracket]) -> float:
    """A root in the first bracket at whose ends the signs differ; nan where there is none.

    >>> round(root_in(lambda t: t**3 - 8, around(0.0)), 6)
    2.0
    """
    for low, high in brackets:
        if height(low) * height(high) <= 0:
            return float(optimize.brentq(height, low, high, xtol=1e-300, rtol=1e-15))
    return math.nan


def around(start: float) -> Iterator[Bracket]:
    """Ever wider brackets on the line."""
    return ((start - stretch, start + stretch) for stretch in STRETCHES)


def within(base: Quantity, start: float) -> Iterator[Bracket]:
    """Ever wider brackets about the value of a quantity, inside of its domain."""
    if isinstance(base, Declared) and base.domain.kind == "interval":
        lower, upper = base.domain.lower, base.domain.upper
        if lower is not None and upper is not None:
            a, b = float(lower), float(upper)
            return ((a + (start - a) / s, b - (b - start) / s) for s in STRETCHES[1:])
    if base.sign == "real":
        return around(start)
    return ((start / stretch, start * stretch) for stretch in STRETCHES[1:])
