"""Constants folded: 0 + x, 1 * x, 2 * (3 * x), x + x, a - a, where(true, x, y)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from autoem.program.ir import Call, Function, Let, Map, Maximize, Number, Root, Scalar
from autoem.program.simplify.context import Context
from autoem.program.terms import Product, product, scalar
from autoem.program.walk import replace_scalar

ZERO = Number(Fraction(0))


def fold_constants(function: Function, context: Context) -> Function:
    """Every elementwise expression in its folded form."""
    return replace(function, body=tuple(map(_fold, function.body)))


def _fold(let: Let) -> Let:
    operation = let.operation
    if isinstance(operation, Map):
        return replace(let, operation=Map(folded(operation.expression)))
    if isinstance(operation, Root):
        value, slope = folded(operation.value), folded(operation.slope)
        body = tuple(map(_fold, operation.body))
        return replace(let, operation=replace(operation, value=value, slope=slope, body=body))
    if isinstance(operation, Maximize):
        body = tuple(map(_fold, operation.body))
        return replace(let, operation=replace(operation, body=body))
    return let


def folded(expression: Scalar) -> Scalar:
    """The expression with constants folded, innermost first."""
    return replace_scalar(expression, _node)


def _node(expression: Scalar) -> Scalar:
    match expression:
        case Call("add", terms):
            return _sum(terms)
        case Call("multiply"):
            return scalar(product(expression))
        case Call("power", (base, Number(exponent))) if exponent == 1:
            return base
        case Call("power", (Number(Fraction() as base), Number(Fraction() as exponent))):
            return _power(base, exponent) or expression
        case Call("where", (Call("equal", (Number(a), Number(b))), yes, no)):
            return yes if a == b else no
        case Call("where", (_, yes, no)) if yes == no:
            return yes
    return expression


def _power(base: Fraction, exponent: Fraction) -> Number | None:
    if exponent.denominator == 1 and abs(exponent) < 16 and (base != 0 or exponent > 0):
        return Number(base ** int(exponent))
    return None


def _sum(terms: tuple[Scalar, ...]) -> Scalar:
    """Nested sums opened, like terms collected in order of first occurrence."""
    found: dict[object, Product] = {}
    for term in opened(terms):
        parts = product(term)
        known = found.get(parts.body)
        total = parts.coefficient + (known.coefficient if known else 0)
        found[parts.body] = replace(known or parts, coefficient=total)
    kept = tuple(scalar(parts) for parts in found.values() if parts.coefficient != 0)
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Call("add", kept)


def opened(terms: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """a + (b + c) as a + b + c."""
    result: list[Scalar] = []
    for term in terms:
        match term:
            case Call("add", inner):
                result += opened(inner)
            case _:
                result.append(term)
    return tuple(result)
