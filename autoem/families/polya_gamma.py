"""Polya-Gamma(count b, tilt c):  p(x) = cosh(c/2)^b exp(-c^2 x / 2) p0(x; b),  x > 0.

    E exp(-s x) = cosh(c/2)^b / cosh(sqrt((c^2/2 + s) / 2))^b ,
    p0(x; b) = 2^(b-1) / Gamma(b) sum_n (-1)^n Gamma(n+b)/n! (2n+b) exp(-(2n+b)^2 / (8x))
               / sqrt(2 pi x^3) .

It makes a logistic likelihood a normal one: with u the logits,

    exp(y u) / (1 + exp u)^b  times  p(x | b, u)  =  exp((y - b/2) u - u^2 x / 2) p0(x; b) / 2^b ,

for log cosh(c/2) = log(1 + exp c) - c/2 - log 2.  So log densities are written, that the logarithms
may cancel.  Source: Biane, Pitman and Yor (2001), Bulletin of the AMS 38; Polson, Scott and Windle
(2013), JASA 108.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import sympy
from scipy import special
from sympy import Expr, exp, gamma, log, pi, sqrt, tanh

from autoem.families.constructor import constructor, distribution
from autoem.families.family import (
    Argument,
    Arrays,
    ExponentialForm,
    Facts,
    FreshIndex,
    Readings,
    Size,
    Summands,
    drawn_plates,
    summands,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike

TERMS, ROUNDING = 200, 1e-14
DRAWN = 32
"""How many of the gammas in the sum that it is are drawn each by itself."""


class log_polya_gamma(sympy.Function):
    """log p0(x; b), of (b, x).

    >>> log_polya_gamma(1, 20).evalf(8)
    -96.858167
    """

    nargs = 2

    def _eval_evalf(self, prec: int) -> Expr:
        b, x = self.args
        parts = [
            (-1) ** n * gamma(n + b) / sympy.factorial(n) * (2 * n + b)
            * exp(-((2 * n + b) ** 2) / (8 * x))
            for n in range(TERMS)
        ]  # fmt: skip
        scale = 2 ** (b - 1) / gamma(b) / sqrt(2 * pi * x**3)
        return log(scale * sympy.Add(*parts))._eval_evalf(prec)

    @staticmethod
    def _imp_(b: Any, x: Any) -> Any:
        """By the series, minus infinity where that is less than its rounding errors."""
        b, x, n = np.asarray(b)[..., None], np.asarray(x)[..., None], np.arange(TERMS)
        ways = special.gammaln(n + b) - special.gammaln(n + 1) - special.gammaln(b)
        sizes = np.exp(ways - n * (n + b) / (2 * x)) * (2 * n + b)
        total, rounding = np.sum((-1.0) ** n * sizes, axis=-1), ROUNDING * sizes.max(axis=-1)
        b, x = b[..., 0], x[..., 0]
        outside = (b - 1) * np.log(2) - np.log(2 * np.pi * x**3) / 2 - b**2 / (8 * x)
        with np.errstate(all="ignore"):
            return np.where(total > rounding, np.log(total) + outside, -np.inf)


class tanh_ratio(sympy.Function):
    """tanh(c/2) / (2 c), which is 1/4 at c = 0: the mean of count one."""

    nargs = 1
    is_positive = True

    def fdiff(self, argindex: int = 1) -> Expr:
        c = self.args[0]
        return (1 - 4 * c**2 * self**2) / (4 * c) - self / c

    def _eval_evalf(self, prec: int) -> Expr:
        c = self.args[0]
        return sympy.Rational(1, 4) if c.is_zero else (tanh(c / 2) / (2 * c))._eval_evalf(prec)

    @staticmethod
    def _imp_(c: Any) -> Any:
        half = np.maximum(np.abs(c) / 2, 1e-150)
        return np.tanh(half) / (4 * half)


POLYA_GAMMA_FUNCTIONS: tuple[Any, ...] = (log_polya_gamma, tanh_ratio)


@final
@dataclass(frozen=True)
class PolyaGammaFamily(ExponentialForm):
    """T = x,  eta = -c^2 / 2,  A = -b log cosh(c/2),  h = p0(x; b)."""

    name = "PolyaGamma"
    arguments = (Argument("count", "count"), Argument("tilt", "real"))
    support = "positive"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, b, c = value(), arguments["count"](), arguments["tilt"]()
        scale = (b * log(1 + exp(c)), -b * c / 2, -b * log(2))
        return summands(-(c**2) * x / 2, *scale, log_polya_gamma(b, x))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x,)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (-(args["tilt"] ** 2) / 2,)

    def log_normalizer(self, args: Facts) -> Expr:
        b, c = args["count"], args["tilt"]
        return -b * (log(1 + exp(c)) - c / 2 - log(2))

    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        return log_polya_gamma(args["count"], x)

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"tilt": sqrt(-2 * eta[0])}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        return (self.mean(args),)

    def mean(self, args: Facts) -> Expr:
        return args["count"] * tanh_ratio(args["tilt"])

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        """sum_k g_k / rate_k, rate_k = 2 pi^2 (k - 1/2)^2 + c^2/2, g_k ~ Gamma(b, rate=1).

        The first 32 are drawn; the rest is a gamma variable of its mean and variance, so that
        these two are right, and the third cumulant to ten digits.
        """
        b, c = np.asarray(args["count"], dtype=float), np.abs(np.asarray(args["tilt"], dtype=float))
        plates = drawn_plates(size, b.shape, c.shape)
        rates = 2 * np.pi**2 * (np.arange(DRAWN) + 0.5) ** 2 + c[..., None] ** 2 / 2
        each = generator.gamma(np.broadcast_to(b, plates)[..., None], 1 / rates, (*plates, DRAWN))
        mean = tanh_ratio._imp_(c) - np.sum(1 / rates, axis=-1)
        t = np.maximum(c / (2 * np.pi * DRAWN), 1e-3)
        variance = (np.arctan(t) / t - 1 / (1 + t**2)) / (8 * np.pi**4 * t**2 * DRAWN**3)
        return each.sum(axis=-1) + generator.gamma(b * mean**2 / variance, variance / mean, plates)


POLYA_GAMMA = PolyaGammaFamily()


@constructor
def PolyaGamma(count: ExpressionLike, *, tilt: ExpressionLike) -> Distribution:
    """p(x) = cosh(tilt/2)^count exp(-tilt^2 x / 2) p0(x; count), for a positive x.

    The mean is count tanh(tilt/2) / (2 tilt), a quarter of the count where the tilt is zero.  With
    the logits of an observed Bernoulli for the tilt (and its trials for the count) it makes their
    likelihood that of a normal, and a logistic regression a weighted least squares.  The tilt by
    position raises `BadArguments`.  Source: Polson, Scott and Windle (2013).

    >>> PolyaGamma(1, tilt=2).argument("tilt").value
    Fraction(2, 1)
    """
    return distribution(POLYA_GAMMA, count, tilt)
