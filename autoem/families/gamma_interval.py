"""Exponential and Gamma variables between two bounds: logs of probabilities, and moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy import special
from sympy import Expr, exp

from autoem.families.between import Between, at_exact, expected


class exponential_log_interval(Between):
    """log P(l <= X <= u) of X ~ Exponential(rate b), of (l, u, b)."""

    nargs = 3

    def slope(self, number: int) -> Expr:
        return 1 / self.args[2] - exponential_interval_moment(1, *self.args)

    def at_end(self, end: int) -> Expr:
        """The bounds of a Weibull variable move with its shape."""
        share = end_share(end, *self.args)
        return share if end else at_exact(*self.args[:2], -self.args[2]) - share

    @staticmethod
    def _imp_(lower: Any, upper: Any, rate: Any) -> Any:
        lower = np.maximum(lower, 0.0)
        with np.errstate(all="ignore"):
            mass = np.log(-np.expm1(-rate * (upper - lower)))
            return -rate * lower + np.where(lower == upper, np.log(rate), mass)


def end_share(end: int, *place: Expr) -> Expr:
    """p(l) / P or p(u) / P of an Exponential; both are one where the bounds are equal."""
    rate = place[2]
    return rate * exp(-rate * place[end] - exponential_log_interval(*place))


class exponential_interval_moment(Between):
    """E[X | l <= X <= u] of X ~ Exponential(b), above order 1 central moments, of (k, l, u, b)."""

    nargs = 4
    first = 1

    def slope(self, number: int) -> Expr:
        k = int(self.args[0])
        c = [sympy.Integer(1), sympy.Integer(0)]
        c += [exponential_interval_moment(order, *self.place) for order in range(2, k + 2)]
        return -c[2] if k == 1 else -c[k + 1] + k * c[k - 1] * c[2]

    def at_end(self, end: int) -> Expr:
        k, place = int(self.args[0]), self.place
        mean, share = exponential_interval_moment(1, *place), end_share(end, *place)
        sign = 2 * end - 1
        first = sign * share * (place[end] - mean)
        if k == 1:
            return first if end else first + at_exact(*place[:2], 1)
        below = exponential_interval_moment(k - 1, *place) if k > 2 else sympy.S.Zero
        return sign * share * ((place[end] - mean) ** k - self) - k * below * first

    @staticmethod
    def _imp_(order: Any, lower: Any, upper: Any, rate: Any) -> Any:
        lower, order = np.maximum(lower, 0.0), int(np.max(order))
        width = -np.expm1(-rate * (upper - lower))
        quantile = lambda p: lower - np.log1p(-p) / rate  # noqa: E731
        first = expected(lambda x: x, quantile, 0.0, width)
        if order == 1:
            return first
        return expected(lambda x: (x - first) ** order, quantile, 0.0, width)


class gamma_log_interval(Between):
    """log P(l <= X <= u) of X ~ Gamma(shape a, rate b), of (l, u, a, b)."""

    nargs = 4

    def slope(self, number: int) -> Expr:
        _, _, a, b = self.args
        if number == 0:
            return gamma_interval_moment(0, 1, *self.args) - sympy.digamma(a) + sympy.log(b)
        return a / b - gamma_interval_moment(1, 0, *self.args)

    @staticmethod
    def _imp_(lower: Any, upper: Any, shape: Any, rate: Any) -> Any:
        lower = np.maximum(lower, 0.0)
        with np.errstate(all="ignore"):
            low = special.gammainc(shape, rate * upper) - special.gammainc(shape, rate * lower)
            high = special.gammaincc(shape, rate * lower) - special.gammaincc(shape, rate * upper)
            mass = np.log(np.where(rate * lower > shape, high, low))
            density = special.xlogy(shape - 1, lower) - rate * lower - special.gammaln(shape)
            return np.where(lower == upper, density + shape * np.log(rate), mass)


class gamma_interval_moment(Between):
    """E[X^j log(X)^k | l <= X <= u] of X ~ Gamma(shape a, rate b), of (j, k, l, u, a, b)."""

    nargs = 6
    first = 2

    def slope(self, number: int) -> Expr:
        power, logs = self.args[:2]
        if number == 0:
            more, alone = (power, logs + 1), (0, 1)
            return gamma_interval_moment(*more, *self.place) - self * (
                gamma_interval_moment(*alone, *self.place))  # fmt: skip
        more, alone = (power + 1, logs), (1, 0)
        return self * gamma_interval_moment(*alone, *self.place) - (
            gamma_interval_moment(*more, *self.place))  # fmt: skip

    @staticmethod
    def _imp_(power: Any, logs: Any, lower: Any, upper: Any, shape: Any, rate: Any) -> Any:
        j, k, lower = int(np.max(power)), int(np.max(logs)), np.maximum(lower, 0.0)
        high = rate * lower > shape
        function, inverse = special.gammainc, special.gammaincinv
        other, reverse = special.gammaincc, special.gammainccinv

        def quantile(p: Any) -> Any:
            return np.where(high, reverse(shape, p), inverse(shape, p)) / rate

        with np.errstate(all="ignore"):
            ends = [
                np.where(high, other(shape, rate * end), function(shape, rate * end))
                for end in (lower, upper)
            ]
            moment = expected(lambda x: x**j * np.log(x) ** k, quantile, *ends)
            return np.where(lower == upper, lower**j * np.log(lower) ** k, moment)
