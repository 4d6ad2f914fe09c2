"""Uniform(lower l, upper u):  p(x) = 1 / (u - l),  l <= x <= u."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, log

from autoem.families.constructor import check_width, constructor, distribution
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
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class UniformFamily(ScalarFamily):
    """No exponential family: the best ends are the least and the greatest of the data."""

    name = "Uniform"
    arguments = (Argument("lower", "real"), Argument("upper", "real"))
    support = "real"
    ends = {"lower": "least", "upper": "greatest"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, lower, upper = value(), arguments["lower"](), arguments["upper"]()
        return summands(-log(upper - lower), outside(x, lower, upper))

    def mean(self, args: Facts) -> Expr:
        return (args["lower"] + args["upper"]) / 2

    def entropy(self, args: Facts) -> Expr:
        return log(args["upper"] - args["lower"])

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.uniform(args["lower"], args["upper"], size))


UNIFORM = UniformFamily()


@constructor
def Uniform(lower: ExpressionLike, upper: ExpressionLike) -> Distribution:
    """p(x) = 1 / (upper - lower), for x from lower to upper, both in units of x.

    Numbers with upper <= lower raise `BadBounds`, infinite ones `BadNumber`.
    Source: Gelman et al. (2013), appendix A.

    >>> Uniform(0, 1/2).argument("upper").value
    Fraction(1, 2)
    """
    law = distribution(UNIFORM, lower, upper)
    check_width(law, 0)
    return law
