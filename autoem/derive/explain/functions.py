"""Functions of a sympy expression: one row of a table for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import sympy

from autoem.derive.explain.layout import (
    Call,
    Conditioned,
    Density,
    Derivative,
    Factorial,
    Indicator,
    Math,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Symbol,
    equation,
)
from autoem.families.bessel_k import bessel_k_ratio, bessel_k_slope, bessel_width, log_bessel_k
from autoem.families.between import Between, at_exact
from autoem.families.family import log_zero, outside
from autoem.families.multigamma import log_multigamma, multi_polygamma
from autoem.families.polya_gamma import log_polya_gamma, tanh_ratio
from autoem.families.von_mises import bessel_ratio, log_bessel_i0
from autoem.families.where import equal, less

Inner = Callable[[sympy.Expr], Math]

POLYGAMMA = {0: "digamma", 1: "trigamma"}


def _loggamma(value: sympy.Expr, inner: Inner) -> Math:
    """log Γ(x); of x + 1 for a count x, log x!"""
    (argument,) = value.args
    count = argument - 1
    counted = count.is_nonnegative or all(s.is_nonnegative for s in count.free_symbols)
    if count.free_symbols and counted and argument.as_coeff_Add()[0] == 1:
        return Call("log", Factorial(inner(count)))
    return Call("log", Call("Γ", inner(argument)))


def _polygamma(value: sympy.Expr, inner: Inner) -> Math:
    order, argument = value.args
    return Call(POLYGAMMA.get(int(order), f"polygamma {order}"), inner(argument))


def _multi_polygamma(value: sympy.Expr, inner: Inner) -> Math:
    """The digamma function of dimension d, that of the multivariate gamma function."""
    order, argument, size = value.args
    name = POLYGAMMA.get(int(order), f"polygamma {order}")
    return Call(name, inner(argument), subscript=inner(size))


def _power(value: sympy.Expr, inner: Inner) -> Math:
    if value.exp == sympy.Rational(1, 2):
        return Call("sqrt", inner(value.base))
    base = inner(value.base)
    if isinstance(base, Symbol) and base.superscript == "2" and value.exp.is_Integer:
        return replace(base, superscript=str(2 * value.exp))
    return Power(base, inner(value.exp))


def _between(value: sympy.Expr, inner: Inner) -> Math:
    """log P(l ≤ X ≤ u) of a family, or a moment of it between the bounds."""
    name = type(value).__name__
    family = SHORT.get(name.partition("_")[0], name.partition("_")[0].capitalize())
    before = tuple(map(inner, value.args[: value.first]))
    lower, upper, *arguments = map(inner, value.place)
    law = Density(family, tuple(arguments))
    within = Relation((lower, law, upper), ("≤", "≤"))
    if "_log_" in name:
        return Call("log", Call("P", within))
    return Density("moment", (*before, within))


SHORT, WORDS = {"normal": "N"}, {"chosen": "where", "Max": "max", "Min": "min"}

_TABLE: dict[type, Callable[[sympy.Expr, Inner], Math]] = {
    sympy.exp: lambda value, inner: Call("exp", inner(value.args[0])),
    sympy.log: lambda value, inner: Call("log", inner(value.args[0])),
    log_zero: lambda value, inner: Product((inner(value.args[0]), Call("log", _number(0)))),
    sympy.loggamma: _loggamma,
    sympy.polygamma: _polygamma,
    log_multigamma: lambda value, inner: Call(
        "log", Call("Γ", inner(value.args[0]), subscript=inner(value.args[1]))
    ),
    multi_polygamma: _multi_polygamma,
    sympy.Pow: _power,
    sympy.Abs: lambda value, inner: Call("abs", inner(value.args[0])),
    sympy.sin: lambda value, inner: Call("sin", inner(value.args[0])),
    sympy.cos: lambda value, inner: Call("cos", inner(value.args[0])),
    log_bessel_i0: lambda value, inner: Call("log", Call("I₀", inner(value.args[0]))),
    log_bessel_k: lambda value, inner: Call(
        "log", Call("K", inner(value.args[1]), subscript=inner(value.args[0]))
    ),
    bessel_width: lambda value, inner: Call("sqrt", Product(tuple(map(inner, value.args)))),
    bessel_k_slope: lambda value, inner: Derivative(
        Call("log", Call("K", inner(value.args[1]), subscript=inner(value.args[0]))),
        inner(value.args[0]),
    ),
    bessel_k_ratio: lambda value, inner: Quotient(
        Call("K", inner(value.args[1]), subscript=inner(value.args[0] + 1)),
        Call("K", inner(value.args[1]), subscript=inner(value.args[0])),
    ),
    bessel_ratio: lambda value, inner: Quotient(
        Call("I₁", inner(value.args[0])), Call("I₀", inner(value.args[0]))
    ),
    log_polya_gamma: lambda value, inner: Call(
        "log",
        Density("PG", (Conditioned(inner(value.args[1]), (inner(value.args[0]), _number(0))),)),
    ),
    tanh_ratio: lambda value, inner: Quotient(
        Call("tanh", inner(value.args[0] / 2)), inner(2 * value.args[0])
    ),
    less: lambda value, inner: Indicator(Relation(tuple(map(inner, value.args)), ("<",))),
    equal: lambda value, inner: Indicator(equation(*map(inner, value.args))),
    at_exact: lambda value, inner: Product(
        (Indicator(equation(*map(inner, value.args[:2]))), inner(value.args[2]))
    ),
    outside: lambda value, inner: Call(
        "log", Indicator(Relation(tuple(inner(value.args[i]) for i in (1, 0, 2)), ("≤", "≤")))
    ),
}

_CONSTANTS = {
    sympy.pi: Symbol("π"),
    sympy.E: Symbol("e"),
    sympy.oo: Symbol("∞"),
    -sympy.oo: Symbol("−∞"),
}


def function(value: sympy.Expr, inner: Inner) -> Math:
    """A function, a power or a constant; `inner` reads what stands in it."""
    if isinstance(value, sympy.Rational):
        return _number(Fraction(int(value.p), int(value.q)))
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if isinstance(value, Between):
        return _between(value, inner)
    write = _TABLE.get(value.func)
    if write is not None:
        return write(value, inner)
    name = WORDS.get(type(value).__name__, type(value).__name__.replace("_", " "))
    arguments = tuple(map(inner, value.args))
    return Call(name, arguments[0]) if len(arguments) == 1 else Density(name, arguments)


def _number(value: int | Fraction) -> Number:
    return Number(Fraction(value))
