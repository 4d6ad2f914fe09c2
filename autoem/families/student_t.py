"""StudentT(mean m, scale s, df n):  p(x) = c (1 + (x-m)^2 / (n s^2))^(-(n+1)/2) / s,  x real.

A normal whose precision varies: x | w ~ Normal(m, variance=s^2/w) with w ~ Gamma(n/2, rate=n/2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, digamma, log, loggamma, pi

from autoem.families.constructor import constructor, distribution
from autoem.families.family import (
    Argument,
    Arrays,
    Facts,
    FreshIndex,
    Readings,
    ScalarFamily,
    Size,
    Summands,
    summands,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class StudentTFamily(ScalarFamily):
    """No exponential family: the residual stands inside a logarithm."""

    name = "StudentT"
    arguments = (
        Argument("mean", "real"),
        Argument("scale", "positive"),
        Argument("df", "positive"),
    )
    support = "real"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, m, s, n = value(), arguments["mean"](), arguments["scale"](), arguments["df"]()
        tail = -(n + 1) / 2 * log(1 + (x - m) ** 2 / (n * s**2))
        ratio = (loggamma((n + 1) / 2), -loggamma(n / 2))
        return summands(tail, -log(s), *ratio, -log(n) / 2, -log(pi) / 2)

    def mean(self, args: Facts) -> Expr:
        return args["mean"]

    def entropy(self, args: Facts) -> Expr:
        s, n = args["scale"], args["df"]
        half, more = n / 2, (n + 1) / 2
        beta = loggamma(half) - loggamma(more) + log(pi) / 2
        return log(s) + log(n) / 2 + beta + more * (digamma(more) - digamma(half))

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        m, s, n = (np.asarray(args[name]) for name in ("mean", "scale", "df"))
        plates = np.broadcast_shapes(m.shape, s.shape, n.shape) if size is None else size
        return np.asarray(m + s * generator.standard_t(n, plates))


STUDENT_T = StudentTFamily()


@constructor
def StudentT(mean: ExpressionLike, *, scale: ExpressionLike, df: ExpressionLike) -> Distribution:
    """p(x) = c (1 + (x - mean)^2 / (df scale^2))^(-(df + 1) / 2) / scale, for a real x.

    The mean exists for df > 1; the variance, scale^2 df / (df - 2), for df > 2.  It is a normal
    whose precision is Gamma(df/2, rate=df/2) over scale^2, to which it tends for a large df.
    The scale, in units of x, or df by position raises `BadArguments`.
    Source: Gelman et al. (2013), appendix A; Lange, Little, Taylor (1989).

    >>> StudentT(0, scale=2, df=4).argument("df").value
    Fraction(4, 1)
    """
    return distribution(STUDENT_T, mean, scale, df)
