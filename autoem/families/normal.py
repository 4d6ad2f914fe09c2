"""Normal(mean m, variance v):  p(x) = exp(-(x - m)^2 / 2v) / sqrt(2 pi v),  x real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, log, pi

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
class NormalFamily(ExponentialForm):
    """T = (x, x^2),  eta = (m/v, -1/2v),  A = m^2/2v + log(v)/2 + log(2 pi)/2."""

    name = "Normal"
    arguments = (Argument("mean", "real"), Argument("variance", "positive"))
    support = "real"
    conjugates = {"mean": "Normal", "variance": "InverseGamma"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, m, v = value(), arguments["mean"](), arguments["variance"]()
        return summands(-((x - m) ** 2) / (2 * v), -log(v) / 2, -log(2 * pi) / 2)

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x, x**2)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        m, v = args["mean"], args["variance"]
        return (m / v, -1 / (2 * v))

    def log_normalizer(self, args: Facts) -> Expr:
        m, v = args["mean"], args["variance"]
        return m**2 / (2 * v) + log(v) / 2 + log(2 * pi) / 2

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"mean": -eta[0] / (2 * eta[1]), "variance": -1 / (2 * eta[1])}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        m, v = args["mean"], args["variance"]
        return (m, m**2 + v)

    def mean(self, args: Facts) -> Expr:
        return args["mean"]

    def entropy(self, args: Facts) -> Expr:
        v = args["variance"]
        return (1 + log(2 * pi) + log(v)) / 2

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.normal(args["mean"], np.sqrt(args["variance"]), size))

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        first, second = mean_statistics
        return {"mean": first, "variance": second - first**2}


NORMAL = NormalFamily()


@constructor
def Normal(mean: ExpressionLike, *, variance: ExpressionLike) -> Distribution:
    """p(x) = exp(-(x - mean)^2 / (2 variance)) / sqrt(2 pi variance), for a real x.

    The second argument is the variance, in squared units of x, never the standard deviation;
    given by position it raises `BadArguments`.  Source: Bishop (2006), appendix B.

    >>> Normal(0, variance=4).argument("variance").value
    Fraction(4, 1)
    """
    return distribution(NORMAL, mean, variance)
