"""Functions that have a name on paper and are a quotient of exponentials in sympy."""

from __future__ import annotations

from itertools import combinations

import sympy


class logistic(sympy.Function):
    """exp(x) / (1 + exp(x)).

    >>> x, y = sympy.symbols("x y")
    >>> with_links(y - sympy.exp(x) / (1 + sympy.exp(x)))
    y - logistic(x)
    """

    nargs = 1


def with_links(value: sympy.Expr) -> sympy.Expr:
    """The expression with logistic(x) in place of exp(x) / (1 + exp(x)).

    Those of x and of 2 x are no short functions of each other: then it stays as it is.
    """
    found = sorted((e for e in value.atoms(sympy.exp) if value.has(1 + e)), key=str)
    if any(a.free_symbols & b.free_symbols for a, b in combinations(found, 2)):
        return value
    for exponential in found:
        value = _with_logistic(value, exponential.args[0])
    return value


def _with_logistic(value: sympy.Expr, x: sympy.Expr) -> sympy.Expr:
    """The expression in s = logistic(x), where x = log(s / (1 − s))."""
    share = sympy.Dummy("share", positive=True)
    symbol = sorted(x.free_symbols, key=str)[0]
    inverse = sympy.solve(x - sympy.log(share / (1 - share)), symbol)[0]
    factored = sympy.factor(sympy.cancel(sympy.expand_power_exp(value.subs(symbol, inverse))))
    coefficient, factors = factored.as_coeff_mul()
    # A difference that begins with the share is turned around, and takes a sign with it.
    sign, turned = sympy.Integer(1), []
    for factor in factors:
        backward = factor.is_Add and factor.coeff(share) == 1
        sign, factor = (-sign, -factor) if backward else (sign, factor)
        turned.append(factor)
    if sign * coefficient < 0 and any(factor.is_Add for factor in turned):
        first = next(i for i, factor in enumerate(turned) if factor.is_Add)
        sign, turned[first] = -sign, -turned[first]
    return sympy.Mul(sign * coefficient, *turned).xreplace({share: logistic(x)})
