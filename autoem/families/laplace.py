"""Laplace(mean m, scale s):  p(x) = exp(-|x - m| / s) / (2 s),  x real.

A normal whose variance varies: x | v ~ Normal(m, variance=v) with v ~ Exponential(rate=1/(2 s^2)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Abs, Expr, log

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
class LaplaceFamily(ScalarFamily):
    """An exponential family in the scale alone; the best mean is a median of the data."""

    name = "Laplace"
    arguments = (Argument("mean", "real"), Argument("scale", "positive"))
    support = "real"
    conjugates = {"scale": "InverseGamma"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, m, s = value(), arguments["mean"](), arguments["scale"]()
        return summands(-Abs(x - m) / s, -log(s), -log(2))

    def mean(self, args: Facts) -> Expr:
        return args["mean"]

    def entropy(self, args: Facts) -> Expr:
        return 1 + log(2) + log(args["scale"])

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.laplace(args["mean"], args["scale"], size))


LAPLACE = LaplaceFamily()


@constructor
def Laplace(mean: ExpressionLike, *, scale: ExpressionLike) -> Distribution:
    """p(x) = exp(-|x - mean| / scale) / (2 scale), for a real x.

    The scale is the mean absolute deviation, in units of x; the variance is 2 scale^2.  It is a
    normal whose variance is exponential with that mean.  By position the scale raises
    `BadArguments`.  Source: Kotz, Kozubowski, Podgorski (2001), section 2.2.

    >>> Laplace(0, scale=3).argument("scale").value
    Fraction(3, 1)
    """
    return distribution(LAPLACE, mean, scale)
