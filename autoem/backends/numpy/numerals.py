"""Numbers as one would write them."""

from __future__ import annotations

import math
from fractions import Fraction

from autoem.backends.numpy.tree import Binary, Expr, Literal, Name, Unary, invoke

PI = Name("np.pi")
CONSTANTS: tuple[tuple[float, Expr], ...] = (
    (math.pi, PI),
    (math.log(2 * math.pi), invoke("np.log", Binary("*", Literal(2), PI))),
    (math.log(math.pi), invoke("np.log", PI)),
    (math.log(2), invoke("np.log", Literal(2))),
)
MULTIPLES = (1, 2, 0.5)


def number(value: Fraction | float) -> Expr:
    """2, 0.5, 1 / 3, 0.5 * np.log(2 * np.pi)."""
    if not math.isfinite(value):
        return Literal(float(value))
    if isinstance(value, float) and (known := _known(value)):
        return known
    exact = Fraction(value)
    if exact.denominator == 1:
        return Literal(int(exact)) if abs(exact) < 2**31 else Literal(float(exact))
    if isinstance(value, float) or Fraction(repr(float(exact))) == exact:
        return Literal(float(value))
    return Binary("/", Literal(exact.numerator), Literal(exact.denominator))


def _known(value: float) -> Expr | None:
    """A multiple of a constant of mathematics."""
    for constant, code in CONSTANTS:
        for multiple in MULTIPLES:
            if abs(abs(value) - multiple * constant) <= 2e-16 * abs(value):
                whole = code if multiple == 1 else Binary("*", Literal(multiple), code)
                return whole if value > 0 else Unary("-", whole)
    return None
