"""Functions of a variable that lies between two bounds, and their derivatives.

With p the density of a family and L = log P(l <= X <= u),

    dL / d theta  =  E[ d log p(X) / d theta | l <= X <= u ],

so that logs of probabilities and moments under the truncation are closed under derivatives.  Where
the bounds are equal, L is the log density of the exact value, and every derivative follows it.

What a function means here is the definition by distribution function and quantile; the stable forms
that programs use are `autoem/runtime/normal_interval.py` and its neighbors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy
from scipy.special import expit
from sympy import Expr
from sympy.core.function import ArgumentIndexError

NODES = np.arange(-3.1, 3.1001, 0.05)
SHARES = expit(np.pi * np.sinh(NODES))
WEIGHTS = 0.05 * np.pi * np.cosh(NODES) * SHARES * (1 - SHARES)
"""Nodes and weights on [0, 1] of the double exponential rule (Takahasi and Mori 1974)."""

Quantile = Callable[[Any], Any]


def expected(function: Quantile, quantile: Quantile, below: Any, above: Any) -> Any:
    """E[g(X) | l <= X <= u], the integral of g(Q(F(l) + s (F(u) - F(l)))) over s from 0 to 1."""
    total = np.zeros(np.broadcast(below, above).shape)
    for share, weight in zip(SHARES, WEIGHTS, strict=True):
        total = total + weight * function(quantile(below + share * (above - below)))
    return total


class Between(sympy.Function):
    """A function whose last arguments are the bounds l and u, and what the family takes."""

    is_extended_real = True
    first = 0
    """Where the bounds stand."""

    @property
    def place(self) -> tuple[Expr, ...]:
        """The bounds and what follows them."""
        return tuple(self.args[self.first :])

    def fdiff(self, argindex: int = 1) -> Expr:
        number = argindex - self.first - 3
        if argindex <= self.first:
            raise ArgumentIndexError(self, argindex)
        return self.slope(number) if number >= 0 else self.at_end(number + 2)

    def at_end(self, end: int) -> Expr:
        """The derivative by the lower bound (0) or the upper (1), where a family needs them."""
        raise ArgumentIndexError(self, self.first + 1 + end)

    def _eval_evalf(self, prec: int) -> Expr | None:
        """To the digits of a float."""
        if not all(argument.is_number for argument in self.args):
            return None
        return sympy.Float(float(self._imp_(*(np.float64(float(a)) for a in self.args))))

    def slope(self, number: int) -> Expr:
        """The derivative by the argument of that number after the bounds."""
        raise NotImplementedError


def unbounded(lower: Expr, upper: Expr) -> bool:
    """Whether the bounds are literally nowhere."""
    return lower is sympy.S.NegativeInfinity and upper is sympy.S.Infinity


class at_exact(sympy.Function):
    """at_exact(l, u, value): the value where the bounds are equal, else zero.

    >>> at_exact(0, 1, sympy.Symbol("c"))
    0
    """

    nargs = 3

    @classmethod
    def eval(cls, lower: Expr, upper: Expr, value: Expr) -> Expr | None:
        apart = lower.is_number and upper.is_number and lower != upper
        return sympy.S.Zero if apart or lower.is_infinite or upper.is_infinite else None

    def fdiff(self, argindex: int = 3) -> Expr:
        if argindex != 3:
            raise ArgumentIndexError(self, argindex)
        return at_exact(self.args[0], self.args[1], 1)

    @staticmethod
    def _imp_(lower: Any, upper: Any, value: Any) -> Any:
        return np.where(lower == upper, value, 0.0)
