"""Pareto(shape a, minimum m):  p(x) = a m^a / x^(a+1),  x >= m."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, log, oo

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
    outside,
    summands,
    times_log,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class ParetoFamily(ScalarFamily):
    """An exponential family in the shape alone; the best minimum is the least of the data."""

    name = "Pareto"
    arguments = (Argument("shape", "positive"), Argument("minimum", "positive"))
    support = "positive"
    ends = {"minimum": "least"}
    conjugates = {"shape": "Gamma"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, a, m = value(), arguments["shape"](), arguments["minimum"]()
        powers = (log(a), times_log(a, m), -times_log(a + 1, x))
        return summands(*powers, outside(x, m, oo))

    def mean(self, args: Facts) -> Expr:
        a, m = args["shape"], args["minimum"]
        return a * m / (a - 1)

    def entropy(self, args: Facts) -> Expr:
        a, m = args["shape"], args["minimum"]
        return log(m) - log(a) + 1 + 1 / a

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        a, m = np.asarray(args["shape"]), np.asarray(args["minimum"])
        plates = np.broadcast_shapes(a.shape, m.shape) if size is None else size
        return np.asarray(m * (1 + generator.pareto(a, plates)))


PARETO = ParetoFamily()


@constructor
def Pareto(shape: ExpressionLike, *, minimum: ExpressionLike) -> Distribution:
    """p(x) = shape minimum^shape / x^(shape + 1), for x from the minimum up.

    P(x > t) = (minimum / t)^shape; the mean shape minimum / (shape - 1) exists for shape > 1.  The
    minimum, in units of x, by position raises `BadArguments`.
    Source: Johnson, Kotz, Balakrishnan (1994), chapter 20.

    >>> Pareto(2, minimum=1/2).argument("minimum").value
    Fraction(1, 2)
    """
    return distribution(PARETO, shape, minimum)
