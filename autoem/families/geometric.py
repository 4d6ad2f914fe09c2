"""Geometric(p):  P(x) = p (1-p)^x,  x = 0, 1, 2, ...: the failures before the first success."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, Integer, exp, log

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
    times_log,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class GeometricFamily(ExponentialForm):
    """T = x,  eta = log(1-p),  A = -log p."""

    name = "Geometric"
    arguments = (Argument("p", "probability"),)
    support = "count"
    conjugates = {"p": "Beta"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, p = value(), arguments["p"]()
        return summands(times_log(x, 1 - p), times_log(Integer(1), p))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x,)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (log(1 - args["p"]),)

    def log_normalizer(self, args: Facts) -> Expr:
        return -log(args["p"])

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"p": 1 - exp(eta[0])}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        return (self.mean(args),)

    def mean(self, args: Facts) -> Expr:
        p = args["p"]
        return (1 - p) / p

    def entropy(self, args: Facts) -> Expr:
        p = args["p"]
        return -(times_log(p, p) + times_log(1 - p, 1 - p)) / p

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.geometric(args["p"], size) - 1)

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        return {"p": 1 / (1 + mean_statistics[0])}


GEOMETRIC = GeometricFamily()


@constructor
def Geometric(p: ExpressionLike) -> Distribution:
    """P(x) = p (1 - p)^x, for x = 0, 1, 2, ...: the number of failures before the first success.

    The mean is (1 - p) / p.  The number of trials, which includes the success, is x + 1: subtract
    one from such data.  A p outside [0, 1] raises `BadNumber`.
    Source: Johnson, Kemp, Kotz (2005), section 5.2.

    >>> Geometric(1/4).argument("p").value
    Fraction(1, 4)
    """
    return distribution(GEOMETRIC, p)
