"""The sign of an expression, from the signs of its symbols.

A sum of terms that are not negative is not negative; an even power of anything real is not; a
product has the product of the signs.  Sympy's own assumptions leave most of these unknown.
"""

from __future__ import annotations

import sympy


def is_nonpositive(expression: sympy.Expr) -> bool:
    """Whether the expression is provably not positive, wherever it is defined.

    >>> s, n = sympy.symbols("s n", nonnegative=True)
    >>> x = sympy.Symbol("x", real=True)
    >>> is_nonpositive(-(n * x**2 + s) / (x + 1) ** 2), is_nonpositive(x - s)
    (True, False)
    """
    return _sign(expression) in (-1, 0) or _sign(sympy.together(expression)) in (-1, 0)


def _sign(expression: sympy.Expr) -> int | None:
    """1, -1 or 0 for not negative, not positive, zero; None where it is not known."""
    if expression.is_zero:
        return 0
    if expression.is_nonnegative:
        return 1
    if expression.is_nonpositive:
        return -1
    if isinstance(expression, sympy.Mul):
        signs = [_sign(factor) for factor in expression.args]
        if None in signs:
            return None
        return int(sympy.prod(signs))
    if isinstance(expression, sympy.Pow):
        return _power(expression)
    if isinstance(expression, sympy.Add):
        return _sum(expression)
    return None


def _power(expression: sympy.Pow) -> int | None:
    base, exponent = expression.args
    if exponent.is_integer and exponent.is_even and base.is_real:
        return 1
    inner = _sign(base)
    if exponent.is_integer and exponent.is_odd:
        return inner
    return 1 if inner == 1 else None


def _sum(expression: sympy.Add) -> int | None:
    """The sign that all terms share, each of them simplified by itself."""
    signs = [_sign(term) for term in expression.args]
    if None in signs:
        simpler = (sympy.cancel(term) for term in expression.args)
        signs = [None if term.is_Add else _sign(term) for term in simpler]
    kinds = list(dict.fromkeys(sign for sign in signs if sign != 0))
    return kinds[0] if len(kinds) == 1 else None
