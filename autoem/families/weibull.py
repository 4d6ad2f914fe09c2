"""Weibull(shape k, scale s):  p(x) = (k/s) (x/s)^(k-1) exp(-(x/s)^k),  x > 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import EulerGamma, Expr, gamma, log

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
    times_log,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class WeibullFamily(ScalarFamily):
    """An exponential family in s^-k where the shape is known: then T = x^k."""

    name = "Weibull"
    arguments = (Argument("shape", "positive"), Argument("scale", "positive"))
    support = "positive"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, k, s = value(), arguments["shape"](), arguments["scale"]()
        return summands(log(k), -k * log(s), times_log(k - 1, x), -(x**k) * s ** (-k))

    def mean(self, args: Facts) -> Expr:
        k, s = args["shape"], args["scale"]
        return s * gamma(1 + 1 / k)

    def entropy(self, args: Facts) -> Expr:
        k, s = args["shape"], args["scale"]
        return EulerGamma * (1 - 1 / k) + log(s) - log(k) + 1

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        k, s = np.asarray(args["shape"]), np.asarray(args["scale"])
        plates = np.broadcast_shapes(k.shape, s.shape) if size is None else size
        return np.asarray(s * generator.weibull(k, plates))


WEIBULL = WeibullFamily()


@constructor
def Weibull(shape: ExpressionLike, *, scale: ExpressionLike) -> Distribution:
    """p(x) = (shape / scale) (x / scale)^(shape - 1) exp(-(x / scale)^shape), for a positive x.

    The scale is in units of x: P(x > scale) = 1/e.  The hazard falls with x for a shape below one
    and rises above.  By position the scale raises `BadArguments`.
    Source: Johnson, Kotz, Balakrishnan (1994), chapter 21.

    >>> Weibull(3/2, scale=10).argument("scale").value
    Fraction(10, 1)
    """
    return distribution(WEIBULL, shape, scale)
