"""LogNormal(mean m, variance v):  p(x) = exp(-(log x - m)^2 / 2v) / (x sqrt(2 pi v)),  x > 0.

The logarithm of x is Normal(m, variance=v).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, exp, log, pi

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
    summands,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class LogNormalFamily(ExponentialForm):
    """T = (log x, log^2 x),  eta = (m/v - 1, -1/2v),  A = m^2/2v + log(v)/2 + log(2 pi)/2."""

    name = "LogNormal"
    arguments = (Argument("mean", "real"), Argument("variance", "positive"))
    support = "positive"
    conjugates = {"mean": "Normal", "variance": "InverseGamma"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, m, v = value(), arguments["mean"](), arguments["variance"]()
        return summands(-((log(x) - m) ** 2) / (2 * v), -log(v) / 2, -log(x), -log(2 * pi) / 2)

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (log(x), log(x) ** 2)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        m, v = args["mean"], args["variance"]
        return (m / v - 1, -1 / (2 * v))

    def log_normalizer(self, args: Facts) -> Expr:
        m, v = args["mean"], args["variance"]
        return m**2 / (2 * v) + log(v) / 2 + log(2 * pi) / 2

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"mean": -(eta[0] + 1) / (2 * eta[1]), "variance": -1 / (2 * eta[1])}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        m, v = args["mean"], args["variance"]
        return (m, m**2 + v)

    def mean(self, args: Facts) -> Expr:
        m, v = args["mean"], args["variance"]
        return exp(m + v / 2)

    def entropy(self, args: Facts) -> Expr:
        m, v = args["mean"], args["variance"]
        return m + (1 + log(2 * pi) + log(v)) / 2

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.lognormal(args["mean"], np.sqrt(args["variance"]), size))

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        first, second = mean_statistics
        return {"mean": first, "variance": second - first**2}


LOG_NORMAL = LogNormalFamily()


@constructor
def LogNormal(mean: ExpressionLike, *, variance: ExpressionLike) -> Distribution:
    """p(x) = exp(-(log x - mean)^2 / (2 variance)) / (x sqrt(2 pi variance)), for a positive x.

    Mean and variance are those of log x: x has the median exp(mean) and the mean
    exp(mean + variance / 2).  The variance by position raises `BadArguments`.
    Source: Gelman et al. (2013), appendix A.

    >>> LogNormal(0, variance=1/4).argument("variance").value
    Fraction(1, 4)
    """
    return distribution(LOG_NORMAL, mean, variance)
