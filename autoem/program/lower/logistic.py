"""Logistic functions of a sympy expression, found so that nothing overflows.

log(1 + exp x)                  =  logaddexp(0, x)
exp(m x) / (1 + exp x)^n        =  s(x)^m s(-x)^(n - m),      s(x) = 1 / (1 + exp -x),  m <= n
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy


def exponent(base: sympy.Expr) -> sympy.Expr | None:
    """x of 1 + exp(x).

    >>> x = sympy.Symbol("x")
    >>> exponent(1 + sympy.exp(2 * x)), exponent(2 + sympy.exp(x))
    (2*x, None)
    """
    if not base.is_Add or len(base.args) != 2 or sympy.S.One not in base.args:
        return None
    (other,) = (part for part in base.args if part != 1)
    return other.args[0] if isinstance(other, sympy.exp) else None


@dataclass(frozen=True)
class Share:
    """s(x)^up s(-x)^down."""

    x: sympy.Expr
    up: int
    down: int


def shares(product: sympy.Expr) -> tuple[tuple[Share, ...], tuple[sympy.Expr, ...]]:
    """The logistic factors of a product, and the factors that are left.

    >>> x, y = sympy.symbols("x y")
    >>> shares(y * sympy.exp(x) / (1 + sympy.exp(x)) ** 2)
    ((Share(x=x, up=1, down=1),), (y,))
    """
    found: list[Share] = []
    factors = list(sympy.Mul.make_args(product))
    for factor in tuple(factors):
        base, power = factor.as_base_exp()
        x = exponent(base)
        if x is None or not power.is_Integer or power >= 0:
            continue
        size = -int(power)
        up, left = _taken(x, size, factors)
        found.append(Share(x, up, size - up))
        factors = [each for each in left if each != factor]
    return tuple(found), tuple(factors)


def _taken(x: sympy.Expr, most: int, factors: list[sympy.Expr]) -> tuple[int, list[sympy.Expr]]:
    """The largest m for which exp(m x) is in the product, and the factors without it."""
    for position, factor in enumerate(factors):
        if isinstance(factor, sympy.exp):
            whole = sympy.expand(factor.args[0])
            for m in range(most, 0, -1):
                rest = sympy.expand(whole - m * x)
                if _length(rest) < _length(whole):
                    others = [*factors[:position], *factors[position + 1 :]]
                    return m, others if rest == 0 else [*others, sympy.exp(rest)]
    return 0, factors


def _length(terms: sympy.Expr) -> int:
    return 0 if terms == 0 else len(sympy.Add.make_args(terms))
