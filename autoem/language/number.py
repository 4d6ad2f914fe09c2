"""Exact numbers: what a literal in a declaration means.

>>> exact(0.25), exact(1 / 3), exact(3)
(Fraction(1, 4), Fraction(1, 3), Fraction(3, 1))
"""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Rational
from typing import Any

from autoem.errors import NotAnExpression
from autoem.language.operators import is_number

SIMPLE = 1000
"""Denominators up to here are tried before the decimal digits are taken as they stand."""


def exact(value: Any) -> Fraction | float:
    """The number that was meant: a fraction, or an infinity.

    A float is the fraction with a small denominator that rounds to it, if there is one (1/3, 0.1),
    and the decimal number that Python prints for it otherwise (0.12345).
    """
    if not is_number(value) or math.isnan(value):
        raise NotAnExpression(value=value)
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    number = float(value)
    return number if math.isinf(number) else _fraction(number)


def _fraction(number: float) -> Fraction:
    simple = Fraction(number).limit_denominator(SIMPLE)
    return simple if float(simple) == number else Fraction(repr(number))


def powers_of_ten(value: Fraction) -> tuple[Fraction, int]:
    """A number as digits and zeros, where it has six zeros or more; one over such a power too.

    >>> powers_of_ten(Fraction(2_000_000)), powers_of_ten(Fraction(2_000))
    ((Fraction(2, 1), 6), (Fraction(2000, 1), 0))
    >>> powers_of_ten(Fraction(1, 10**9))
    (Fraction(1, 1), -9)
    """
    if value.numerator == 1 and value.denominator > 1:
        digits, zeros = powers_of_ten(1 / value)
        return (digits, -zeros) if zeros and digits == 1 else (value, 0)
    zeros = 0
    while value and value.denominator == 1 and value.numerator % 10 ** (zeros + 1) == 0:
        zeros += 1
    return (value / 10**zeros, zeros) if zeros > 5 else (value, 0)
