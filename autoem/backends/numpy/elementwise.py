"""Elementwise expressions: sums print as sums, products as products and quotients.

Terms over few axes are combined first, so that little is computed on the full grid.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from autoem.backends.numpy.scope import Operand, Scope, align, index_operand, read
from autoem.backends.numpy.tree import (
    Binary,
    Expr,
    Literal,
    Name,
    Unary,
    invoke,
    method,
)
from autoem.program.ir import Call, Number, Position, Ref, Scalar

Axes = tuple[str, ...]


def elementwise(scope: Scope, expression: Scalar, order: Axes) -> Operand:
    """The operand that an expression computes; its axes are in the given order."""
    match expression:
        case Ref():
            return _ordered(read(scope, expression), order)
        case Position(axis):
            return index_operand(scope, axis)
        case Number(value):
            return Operand(number(value))
        case Call("add", terms):
            return _sum(scope, terms, order)
        case Call("multiply"):
            return _product(scope, expression, order)
        case Call("power", (base, Number(exponent))):
            return _power(elementwise(scope, base, order), exponent)
        case Call(function, arguments):
            return _function(scope, function, arguments, order)


def _ordered(operand: Operand, order: Axes) -> Operand:
    own = tuple(axis for axis in order if axis in operand.axes)
    return Operand(align(operand, own), own, operand.kind, operand.infinite)


def joined(operands: tuple[Operand, ...], order: Axes) -> tuple[Axes, tuple[Expr, ...]]:
    """The axes of operands together, and each operand as it broadcasts over them."""
    axes = tuple(axis for axis in order if any(axis in operand.axes for operand in operands))
    return axes, tuple(align(operand, axes) for operand in operands)


def number(value: Fraction | float) -> Expr:
    """A number as one would write it: 2, 0.5, 1 / 3, 2 * np.pi."""
    if isinstance(value, float) and not value.is_integer():
        for multiple in (1, 2, 0.5):
            if value == multiple * math.pi:
                pi = Name("np.pi")
                return pi if multiple == 1 else Binary("*", Literal(multiple), pi)
        return Literal(value)
    exact = Fraction(value) if math.isfinite(value) else None
    if exact is None:
        return Literal(float(value))
    if exact.denominator == 1:
        return Literal(int(exact)) if abs(exact) < 2**31 else Literal(float(exact))
    if Fraction(repr(float(exact))) == exact:
        return Literal(float(exact))
    return Binary("/", Literal(exact.numerator), Literal(exact.denominator))


def _numeric(operand: Operand) -> Operand:
    if operand.kind != "bool":
        return operand
    return Operand(method(operand.code, "astype", Name("float")), operand.axes)


def _fold(operator: str, operands: list[Operand], order: Axes) -> Operand:
    """Combine from the left, operands over few axes first."""

    def step(left: Operand, right: Operand) -> Operand:
        axes, (a, b) = joined((left, right), order)
        infinite = left.infinite or right.infinite
        return Operand(Binary(operator, a, b), axes, _arithmetic(left, right), infinite)

    return reduce(step, sorted(map(_numeric, operands), key=lambda operand: len(operand.axes)))


def _arithmetic(left: Operand, right: Operand) -> str:
    return "int" if left.kind == right.kind == "int" else "float"


@dataclass(frozen=True)
class Signed:
    """coefficient * product of the factors / product of the divisors"""

    coefficient: Fraction | float
    factors: tuple[Scalar, ...]
    divisors: tuple[Scalar, ...]


def signed(term: Scalar) -> Signed:
    """A term taken apart."""
    match term:
        case Number(value):
            return Signed(value, (), ())
        case Call("multiply", arguments):
            parts = [signed(argument) for argument in arguments]
            return Signed(
                math.prod((part.coefficient for part in parts), start=Fraction(1)),
                tuple(factor for part in parts for factor in part.factors),
                tuple(divisor for part in parts for divisor in part.divisors),
            )
        case Call("power", (base, Number(exponent))) if exponent < 0:
            positive = Call("power", (base, Number(-exponent)))
            return Signed(Fraction(1), (), (base if exponent == -1 else positive,))
    return Signed(Fraction(1), (term,), ())


def _sum(scope: Scope, terms: tuple[Scalar, ...], order: Axes) -> Operand:
    """Terms with a plus sign first, then the others with a minus sign."""
    parts = [signed(term) for term in terms]
    plus = [_term(scope, part, order) for part in parts if part.coefficient >= 0]
    minus = [
        _term(scope, Signed(-part.coefficient, part.factors, part.divisors), order)
        for part in parts
        if not part.coefficient >= 0
    ]
    if not minus:
        return _fold("+", plus, order)
    below = minus if plus else minus[1:]
    first = _fold("+", plus, order) if plus else _negative(_numeric(minus[0]))
    for operand in sorted(map(_numeric, below), key=lambda operand: len(operand.axes)):
        axes, (a, b) = joined((first, operand), order)
        kind, infinite = _arithmetic(first, operand), first.infinite or operand.infinite
        first = Operand(Binary("-", a, b), axes, kind, infinite)
    return first


def _negative(operand: Operand) -> Operand:
    return Operand(Unary("-", operand.code), operand.axes, operand.kind, operand.infinite)


def _product(scope: Scope, expression: Call, order: Axes) -> Operand:
    part = signed(expression)
    if part.coefficient == -1 and part.factors:
        return _negative(_term(scope, Signed(Fraction(1), part.factors, part.divisors), order))
    return _term(scope, part, order)


def _term(scope: Scope, part: Signed, order: Axes) -> Operand:
    above = [_numeric(elementwise(scope, factor, order)) for factor in part.factors]
    below = [_numeric(elementwise(scope, divisor, order)) for divisor in part.divisors]
    lead = [] if part.coefficient == 1 and above else [Operand(number(part.coefficient))]
    top = _careful(scope, above, order) if above else lead.pop()
    if lead:
        top = _scaled(lead[0], top)
    if not below:
        return top
    bottom = _fold("*", below, order)
    axes, (a, b) = joined((top, bottom), order)
    return Operand(Binary("/", a, b), axes, "float", top.infinite)


def _scaled(factor: Operand, operand: Operand) -> Operand:
    """The number in front of a product: -0.5 * a * b."""

    def inside(code: Expr) -> Expr:
        if isinstance(code, Binary) and code.operator == "*":
            return Binary("*", inside(code.left), code.right)
        return Binary("*", factor.code, code)

    return Operand(inside(operand.code), operand.axes, "float", operand.infinite)


def _careful(scope: Scope, operands: list[Operand], order: Axes) -> Operand:
    """A product in which zero times infinity is zero."""
    finite = [operand for operand in operands if not operand.infinite]
    infinite = [operand for operand in operands if operand.infinite]
    if not infinite or len(operands) == 1:
        return _fold("*", operands, order)

    def step(left: Operand, right: Operand) -> Operand:
        axes, (a, b) = joined((left, right), order)
        return Operand(invoke(scope.helper("times"), a, b), axes, "float", True)

    head = [_fold("*", finite, order)] if finite else []
    return reduce(step, [*head, *infinite])


def _power(base: Operand, exponent: Fraction | float) -> Operand:
    base = _numeric(base)
    if exponent == Fraction(1, 2):
        return Operand(invoke("np.sqrt", base.code), base.axes)
    if exponent < 0:
        below = base.code if exponent == -1 else Binary("**", base.code, number(-exponent))
        return Operand(Binary("/", Literal(1), below), base.axes)
    return Operand(Binary("**", base.code, number(exponent)), base.axes)


def _function(scope: Scope, function: str, arguments: tuple[Scalar, ...], order: Axes) -> Operand:
    operands = tuple(elementwise(scope, argument, order) for argument in arguments)
    axes, codes = joined(operands, order)
    if function in OPERATORS:
        return Operand(Binary(OPERATORS[function], *codes), axes, "bool")
    if function in SPECIAL:
        scope.imports["from scipy import special"] = None
        return Operand(invoke(f"special.{function}", *codes), axes, "float", function == "xlogy")
    if function == "finite_log":
        return Operand(invoke(scope.helper("finite_log"), *codes), axes)
    if function == "log_zero":
        return Operand(LOG_ZERO(codes[0]), axes, "float", True)
    infinite = function == "log" or (function == "where" and any(o.infinite for o in operands[1:]))
    kinds = {operand.kind for operand in operands[1:]} if function == "where" else {"float"}
    kind = "float" if kinds != {"int"} else "int"
    return Operand(invoke(f"np.{function}", *codes), axes, kind, infinite)


OPERATORS = {"equal": "==", "less": "<", "less_equal": "<="}
SPECIAL = (
    "xlogy", "gammaln", "digamma", "polygamma", "betaln", "expit", "erf", "log_ndtr",
)  # fmt: skip
LOG_ZERO: Callable[[Expr], Expr] = lambda x: invoke(  # noqa: E731
    "np.where", Binary("==", x, Literal(0)), Literal(0.0), Literal(float("-inf"))
)
