"""Elementwise expressions: sums print as sums, products as products and quotients.

Terms over few axes are combined first, so that little is computed on the full grid.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from autoem.backends.numpy.carried import SECTIONS
from autoem.backends.numpy.cases import cases
from autoem.backends.numpy.numerals import number
from autoem.backends.numpy.operands import (
    chain,
    combine,
    joined,
    negative,
    numeric,
    ordered,
    product,
    scaled,
)
from autoem.backends.numpy.scope import Operand, Scope, index_operand, read
from autoem.backends.numpy.tree import Binary, Expr, Literal, Sequence, invoke
from autoem.backends.numpy.written import INFINITE, NUMPY_NAMES, SCIPY, WRITTEN
from autoem.program import terms
from autoem.program.ir import Call, Number, Position, Ref, Scalar
from autoem.program.terms import Product

Axes = tuple[str, ...]


def elementwise(scope: Scope, expression: Scalar, order: Axes) -> Operand:
    """The operand that an expression computes; its axes are in the given order."""
    match expression:
        case Ref():
            return ordered(read(scope, expression), order)
        case Position(axis):
            return index_operand(scope, axis)
        case Number(value):
            return Operand(number(value))
        case Call("add", summands):
            return _sum(scope, summands, order)
        case Call("multiply"):
            return _signed(scope, terms.product(expression), order)
        case Call("power", (base, Number(exponent))):
            return _power(numeric(elementwise(scope, base, order)), exponent)
        case Call(function, arguments):
            return _function(scope, function, arguments, order)


def _sum(scope: Scope, summands: tuple[Scalar, ...], order: Axes) -> Operand:
    """Terms with a plus sign first, then the others with a minus sign."""
    axis, entries, rest = cases(summands, scope.entries)
    plus = [_cases(scope, axis, entries, order)] if entries else []
    minus: list[Operand] = []
    for summand in rest:
        parts = terms.product(summand)
        if parts.coefficient < 0:
            minus.append(_term(scope, parts.scaled(-1), order))
        else:
            plus.append(_term(scope, parts, order))
    if not plus:
        plus = [negative(minus.pop(0))]
    whole = chain("+", plus, order)
    for operand in sorted(minus, key=lambda operand: len(operand.axes)):
        whole = combine("-", whole, operand, order)
    return whole


def _cases(scope: Scope, axis: str, entries: list[Scalar], order: Axes) -> Operand:
    """An array by its entries along one axis."""
    inner = tuple(other for other in order if other != axis)
    operands = tuple(numeric(elementwise(scope, entry, inner)) for entry in entries)
    axes = tuple(a for a in inner if any(a in operand.axes for operand in operands))
    codes = tuple(scope.full(operand, axes) for operand in operands)
    code = invoke("np.stack" if axes else "np.array", Sequence("[]", codes))
    infinite = any(operand.infinite for operand in operands)
    return ordered(Operand(code, (axis, *axes), "float", infinite), order)


def _signed(scope: Scope, parts: Product, order: Axes) -> Operand:
    if parts.coefficient == -1 and parts.factors:
        return negative(_term(scope, parts.scaled(-1), order))
    return _term(scope, parts, order)


def _term(scope: Scope, parts: Product, order: Axes) -> Operand:
    """coefficient * factors / divisors"""
    above = [elementwise(scope, factor, order) for factor in parts.factors]
    below = [elementwise(scope, divisor, order) for divisor in parts.divisors]
    if not above:
        whole = Operand(number(parts.coefficient))
    else:
        whole = product(scope, above, order)
        if parts.coefficient != 1:
            whole = scaled(number(parts.coefficient), whole)
    return combine("/", whole, chain("*", below, order), order) if below else whole


def _power(base: Operand, exponent: Fraction | float) -> Operand:
    if exponent == Fraction(1, 2):
        code: Expr = invoke("np.sqrt", base.code)
    elif exponent == -1:
        code = Binary("/", Literal(1), base.code)
    elif exponent < 0:
        code = Binary("/", Literal(1), Binary("**", base.code, number(-exponent)))
    else:
        code = Binary("**", base.code, number(exponent))
    return Operand(code, base.axes)


def _function(scope: Scope, function: str, arguments: tuple[Scalar, ...], order: Axes) -> Operand:
    identity = _identity(scope, function, arguments)
    if identity:
        return ordered(identity, order)
    operands = tuple(elementwise(scope, argument, order) for argument in arguments)
    axes, codes = joined(operands, order)
    if function in OPERATORS:
        return _comparison(OPERATORS[function], axes, codes)
    infinite = function in INFINITE
    if function in SPECIAL or function in SCIPY:
        scope.imports["from scipy import special"] = None
    if function in WRITTEN:
        return Operand(WRITTEN[function](codes), axes, "float", infinite)
    if function in SPECIAL:
        return Operand(invoke(f"special.{function}", *codes), axes, "float", infinite)
    if function == "index_of":
        return Operand(invoke(scope.helper(function), *codes), axes, "int")
    if function == "finite_log" or function in SECTIONS:
        return Operand(invoke(scope.helper(function), *codes), axes)
    name = NUMPY_NAMES.get(function, function)
    result = Operand(invoke(f"np.{name}", *codes), axes, "float", infinite)
    if function == "where":
        integers = all(operand.kind == "int" for operand in operands[1:])
        infinite = any(operand.infinite for operand in operands[1:])
        return replace(result, kind="int" if integers else "float", infinite=infinite)
    return result


def _comparison(operator: str, axes: Axes, codes: tuple[Expr, ...]) -> Operand:
    left, right = codes
    if operator == "==" and isinstance(left, Literal):
        left, right = right, left
    return Operand(Binary(operator, left, right), axes, "bool")


def _identity(scope: Scope, function: str, arguments: tuple[Scalar, ...]) -> Operand | None:
    """1 where two positions are equal, else 0: the identity matrix."""
    match function, arguments:
        case "where", (Call("equal", (Position(a), Position(b))), Number(yes), Number(no)):
            if yes == 1 and no == 0 and scope.sizes[a] == scope.sizes[b] and a != b:
                return Operand(invoke("np.eye", scope.size(a)), (a, b))
    return None


OPERATORS = {"equal": "==", "less": "<", "less_equal": "<="}
SPECIAL = (
    "xlogy", "gammaln", "digamma", "polygamma", "betaln", "expit", "erf", "log_ndtr",
    "gamma",
)  # fmt: skip
