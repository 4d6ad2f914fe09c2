"""A normal variable between two bounds: the log of the probability, and the moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy import special
from sympy import Expr

from autoem.families.between import Between, expected, unbounded


class normal_log_interval(Between):
    """log P(l <= X <= u) of X ~ N(m, v), of (l, u, m, v).

    >>> m, v = sympy.symbols("m v")
    >>> normal_log_interval(0, sympy.oo, m, v).diff(m)
    (-m + normal_interval_moment(1, 0, oo, m, v))/v
    """

    nargs = 4

    @classmethod
    def eval(cls, lower: Expr, upper: Expr, mean: Expr, variance: Expr) -> Expr | None:
        if unbounded(lower, upper):
            return sympy.S.Zero
        half = (lower == mean and upper is sympy.oo) or (upper == mean and lower is -sympy.oo)
        return -sympy.log(2) if half else None

    def slope(self, number: int) -> Expr:
        _, _, m, v = self.args
        shift = normal_interval_moment(1, *self.args) - m
        if number == 0:
            return shift / v
        return (normal_interval_moment(2, *self.args) + shift**2 - v) / (2 * v**2)

    @staticmethod
    def _imp_(lower: Any, upper: Any, mean: Any, variance: Any) -> Any:
        scale = np.sqrt(variance)
        below, above = (lower - mean) / scale, (upper - mean) / scale
        flip = below + above > 0
        below, above = np.where(flip, -above, below), np.where(flip, -below, above)
        with np.errstate(all="ignore"):
            share = np.log(-np.expm1(special.log_ndtr(below) - special.log_ndtr(above)))
            density = -((lower - mean) ** 2) / (2 * variance) - np.log(2 * np.pi * variance) / 2
            return np.where(lower == upper, density, special.log_ndtr(above) + share)


class normal_interval_moment(Between):
    """E[X | l <= X <= u] of X ~ N(m, v), and above order 1 the central moments: (k, l, u, m, v)."""

    nargs = 5
    first = 1

    @classmethod
    def eval(cls, order: Expr, lower: Expr, upper: Expr, mean: Expr, variance: Expr) -> Expr | None:
        if not unbounded(lower, upper):
            return None
        return mean if order == 1 else sympy.S.Zero if order.is_odd else (
            sympy.factorial2(order - 1) * variance ** (order / 2))  # fmt: skip

    def central(self, order: int) -> Expr:
        """The central moment of that order."""
        if order < 2:
            return sympy.Integer(1 - order)
        return normal_interval_moment(order, *self.place)

    def slope(self, number: int) -> Expr:
        k, (_, _, m, v) = int(self.args[0]), self.place
        c, shift = self.central, normal_interval_moment(1, *self.place) - m
        moved = c(2) / v if number == 0 else (c(3) + 2 * shift * c(2)) / (2 * v**2)
        if k == 1:
            return moved
        pulled = c(k + 1) / v
        if number == 1:
            pulled = (c(k + 2) - c(k) * c(2) + 2 * shift * c(k + 1)) / (2 * v**2)
        return pulled - k * c(k - 1) * moved

    @staticmethod
    def _imp_(order: Any, lower: Any, upper: Any, mean: Any, variance: Any) -> Any:
        scale, order = np.sqrt(variance), int(np.max(order))
        a, b = (lower - mean) / scale, (upper - mean) / scale
        flip = np.where(a + b > 0, -1.0, 1.0)
        ends = (
            special.ndtr(np.minimum(a * flip, b * flip)),
            special.ndtr(np.maximum(a * flip, b * flip)),
        )
        quantile = lambda p: mean + flip * scale * special.ndtri(p)  # noqa: E731
        first = np.where(lower == upper, lower, expected(lambda x: x, quantile, *ends))
        if order == 1:
            return first
        above = expected(lambda x: (x - first) ** order, quantile, *ends)
        return np.where(lower == upper, 0.0, above)
