"""How tightly layouts hold together: what is looser than its place stands in brackets."""

from __future__ import annotations

from fractions import Fraction

from autoem.derive.explain.layout import (
    Add,
    Call,
    Conditioned,
    Density,
    Factorial,
    Indicator,
    Math,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Series,
    Symbol,
    Transpose,
)
from autoem.language.number import powers_of_ten

RELATION, ADD, SERIES, PRODUCT, POSTFIX, ATOM = range(6)

LEVEL: dict[type[Math], int] = {
    Relation: RELATION,
    Conditioned: RELATION,
    Add: ADD,
    Negative: ADD,
    Series: SERIES,
    Product: PRODUCT,
    Quotient: PRODUCT,
    Call: PRODUCT,
    Power: POSTFIX,
    Transpose: POSTFIX,
    Factorial: POSTFIX,
}
"""Everything else is an atom."""


def level(math: Math) -> int:
    """The level of a layout."""
    if isinstance(math, Call) and not is_bare(math):
        return ATOM
    if isinstance(math, Number) and (math.value < 0 or math.value.denominator != 1):
        return PRODUCT
    if isinstance(math, Number):
        digits, zeros = powers_of_ten(math.value)
        return PRODUCT if zeros and digits != 1 else ATOM
    return LEVEL.get(type(math), ATOM)


def is_bare(math: Call) -> bool:
    """Whether the argument stands without brackets: log x, log det C, log ∑_k w_k."""
    match math.function, math.argument:
        case "log" | "det" | "exp", Symbol() | Number() | Factorial():
            return True
        case "log", Call() | Series() | Density() | Indicator():
            return True
        case "det", Power(exponent=Number(value=exponent)):
            return exponent == Fraction(-1)
    return False
