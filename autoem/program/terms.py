"""An elementwise product taken apart: coefficient, factors, divisors."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from autoem.program.ir import Call, Number, Scalar

Coefficient = Fraction | float


@dataclass(frozen=True)
class Product:
    """coefficient * product of the factors / product of the divisors"""

    coefficient: Coefficient = Fraction(1)
    factors: tuple[Scalar, ...] = ()
    divisors: tuple[Scalar, ...] = ()

    @property
    def body(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What it is but for the coefficient, whatever the order of its factors."""
        return tuple(sorted(map(repr, self.factors))), tuple(sorted(map(repr, self.divisors)))

    def scaled(self, factor: Coefficient) -> Product:
        return replace(self, coefficient=factor * self.coefficient)


def product(term: Scalar) -> Product:
    """A term taken apart: -2 a / b has coefficient -2, factors (a,), divisors (b,)."""
    match term:
        case Number(value):
            return Product(value)
        case Call("multiply", arguments):
            parts = [product(argument) for argument in arguments]
            return Product(
                math.prod((part.coefficient for part in parts), start=Fraction(1)),
                tuple(factor for part in parts for factor in part.factors),
                tuple(divisor for part in parts for divisor in part.divisors),
            )
        case Call("power", (base, Number(exponent))) if exponent < 0:
            positive = base if exponent == -1 else Call("power", (base, Number(-exponent)))
            return Product(divisors=(positive,))
    return Product(factors=(term,))


def scalar(parts: Product) -> Scalar:
    """The expression that a product stands for."""
    below = tuple(_inverse(divisor) for divisor in parts.divisors)
    factors = (*parts.factors, *below)
    if not factors or parts.coefficient == 0:
        return Number(parts.coefficient)
    if parts.coefficient != 1:
        factors = (Number(parts.coefficient), *factors)
    return factors[0] if len(factors) == 1 else Call("multiply", factors)


def _inverse(divisor: Scalar) -> Scalar:
    match divisor:
        case Call("power", (base, Number(exponent))) if exponent > 0:
            return Call("power", (base, Number(-exponent)))
    return Call("power", (divisor, Number(Fraction(-1))))
