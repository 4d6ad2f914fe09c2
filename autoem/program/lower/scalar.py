"""From a sympy expression to an elementwise expression of the program."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy

from autoem.derive.quantity import Element
from autoem.families.bessel_k import BESSEL_FUNCTIONS
from autoem.families.between import at_exact
from autoem.families.family import log_zero, outside
from autoem.families.interval import INTERVAL_FUNCTIONS
from autoem.families.multigamma import log_multigamma, multi_polygamma
from autoem.families.polya_gamma import POLYA_GAMMA_FUNCTIONS
from autoem.families.quantiles import QUANTILES
from autoem.families.von_mises import bessel_ratio, log_bessel_i0
from autoem.families.where import equal, less, where
from autoem.program.ir import Call, Number, Scalar
from autoem.program.lower.logistic import exponent, shares

FUNCTIONS: dict[type, str] = {
    sympy.log: "log",
    sympy.exp: "exp",
    sympy.loggamma: "gammaln",
    log_zero: "log_zero",
    sympy.Abs: "abs",
    sympy.erf: "erf",
    sympy.Max: "maximum",
    sympy.Min: "minimum",
    sympy.sign: "sign",
    sympy.cos: "cos",
    sympy.sin: "sin",
    sympy.atan2: "atan2",
    sympy.gamma: "gamma",
    outside: "outside",
    log_bessel_i0: "log_bessel_i0",
    **{function: function.__name__ for function in (*BESSEL_FUNCTIONS, *POLYA_GAMMA_FUNCTIONS)},
    bessel_ratio: "bessel_ratio",
    log_multigamma: "log_multigamma",
    multi_polygamma: "multi_polygamma",
    where: "where",
    less: "less",
    equal: "equal",
    **{function: function.__name__ for function in (*INTERVAL_FUNCTIONS, *QUANTILES)},
}


def scalar(expression: sympy.Expr, read: Callable[[Element], Scalar]) -> Scalar:
    """The expression with every element read as an array.

    sympy's order of arguments is that of names and of the derivation's own counters, the same on
    every run.
    """
    if isinstance(expression, Element):
        return read(expression)
    if expression.is_Rational:
        return Number(Fraction(int(expression.p), int(expression.q)))
    if (expression.is_number and not expression.args) or _is_constant(expression):
        return Number(float(expression))
    arguments = tuple(scalar(argument, read) for argument in expression.args)
    match expression:
        case sympy.Add():
            return Call("add", arguments)
        case sympy.Mul():
            return _logistic(expression, read)
        case sympy.Pow():
            base, power = arguments
            if exponent(expression.base) is not None:
                return _logistic(expression, read)
            if is_free_power(expression):
                return _exponential((expression,), read)
            if expression.exp == sympy.Rational(1, 2):
                return Call("sqrt", (base,))
            return Call("power", (base, power))
        case sympy.log() if exponent(expression.args[0]) is not None:
            x = exponent(expression.args[0])
            return Call("logaddexp", (Number(Fraction(0)), scalar(x, read)))
        case sympy.polygamma():
            if expression.args[0] == 0:
                return Call("digamma", arguments[1:])
            return Call("polygamma", arguments)
        case at_exact():
            lower, upper, value = arguments
            return Call("where", (Call("equal", (lower, upper)), value, Number(Fraction(0))))
    function = FUNCTIONS.get(type(expression))
    if function is None:
        raise AssertionError(f"no array function for {type(expression).__name__}")
    return Call(function, arguments)


def _is_constant(expression: sympy.Expr) -> bool:
    return bool(expression.is_number) and not expression.has(Element)


def _logistic(expression: sympy.Expr, read: Callable[[Element], Scalar]) -> Scalar:
    """A product whose logistic factors are called by their name."""
    found, left = shares(expression)
    parts: list[Scalar] = [
        each if power == 1 else Call("power", (each, Number(Fraction(power))))
        for share in found
        for x, power in ((share.x, share.up), (-share.x, share.down))
        if power
        for each in (Call("expit", (scalar(x, read),)),)
    ]
    rest = sympy.Mul(*left)
    if found and rest != 1:
        parts.append(scalar(rest, read))
    if not found:
        return _product(expression, read)
    return parts[0] if len(parts) == 1 else Call("multiply", tuple(parts))


def _product(expression: sympy.Mul, read: Callable[[Element], Scalar]) -> Scalar:
    """A product; a logarithm times what may be zero is xlogy, so that 0 log 0 = 0."""
    logs = [f for f in expression.args if isinstance(f, sympy.log) and _may_be_infinite(f)]
    counts = [f for f in expression.args if isinstance(f, Element) and f.is_positive is None]
    powers = tuple(f for f in expression.args if is_free_power(f))
    factors = [f for f in expression.args if f not in powers]
    pairs: list[Scalar] = []
    if logs and counts and counts[0].is_nonnegative:
        factors.remove(logs[0])
        factors.remove(counts[0])
        pairs = [Call("xlogy", (read(counts[0]), scalar(logs[0].args[0], read)))]
    exponentials = [_exponential(powers, read)] if powers else []
    parts = [*(scalar(factor, read) for factor in factors), *pairs, *exponentials]
    return parts[0] if len(parts) == 1 else Call("multiply", tuple(parts))


def _may_be_infinite(logarithm: sympy.log) -> bool:
    return not logarithm.is_number and exponent(logarithm.args[0]) is None


def is_free_power(factor: sympy.Expr) -> bool:
    """Whether the factor is a power b^a with an exponent that is no number."""
    return bool(factor.is_Pow and factor.base.is_positive and not factor.exp.is_number)


def _exponential(powers: tuple[sympy.Expr, ...], read: Callable[[Element], Scalar]) -> Scalar:
    """exp(a log b + ...): x^k s^-k does not overflow where x is near s."""
    logs: dict[sympy.Expr, list[sympy.Expr]] = {}
    for power in powers:
        number, exponent = power.exp.as_coeff_Mul()
        logs.setdefault(exponent, []).append(number * sympy.log(power.base))
    parts = tuple(scalar(exponent * sympy.Add(*each), read) for exponent, each in logs.items())
    return Call("exp", (parts[0] if len(parts) == 1 else Call("add", parts),))
