"""where(c, a, b): a where the condition c holds, else b.

A choice between numbers is the sum c a + (1 - c) b; where one of them is infinite it is this.
A comparison is 1 where it holds and 0 where it does not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from sympy import Expr


class where(sympy.Function):
    """a where c is not zero, else b.

    >>> c = sympy.Symbol("c")
    >>> where(1, 2, sympy.oo), where(c, 0, sympy.oo)
    (2, where(c, 0, oo))
    """

    nargs = 3
    is_extended_real = True

    @classmethod
    def eval(cls, condition: Expr, yes: Expr, no: Expr) -> Expr | None:
        if condition.is_number:
            return yes if condition != 0 else no
        return yes if yes == no else None

    def fdiff(self, argindex: int = 1) -> Expr:
        condition = self.args[0]
        return (sympy.S.Zero, condition, 1 - condition)[argindex - 1]

    @staticmethod
    def _imp_(condition: Any, yes: Any, no: Any) -> Any:
        return np.where(condition != 0, yes, no)


class less(sympy.Function):
    """1 where a < b, else 0.

    >>> less(1, 2), less(2, 2)
    (1, 0)
    """

    nargs = 2
    is_nonnegative = True
    is_integer = True

    @classmethod
    def eval(cls, a: Expr, b: Expr) -> Expr | None:
        return sympy.Integer(bool(a < b)) if (a - b).is_number else None

    @staticmethod
    def _imp_(a: Any, b: Any) -> Any:
        return np.where(a < b, 1.0, 0.0)


class equal(sympy.Function):
    """1 where a = b, else 0.

    >>> equal(1, 2), equal(2, 2)
    (0, 1)
    """

    nargs = 2
    is_nonnegative = True
    is_integer = True

    @classmethod
    def eval(cls, a: Expr, b: Expr) -> Expr | None:
        return sympy.Integer(a == b) if (a - b).is_number else None

    @staticmethod
    def _imp_(a: Any, b: Any) -> Any:
        return np.where(a == b, 1.0, 0.0)


def choice(condition: Expr, yes: Expr, no: Expr) -> Expr:
    """The choice as a sum where both are finite, which is affine in each.

    >>> choice(*sympy.symbols("c a b"))
    a*c + b*(1 - c)
    """
    if yes.is_infinite or no.is_infinite or yes.has(where) or no.has(where):
        return where(condition, yes, no)
    return condition * yes + (1 - condition) * no
