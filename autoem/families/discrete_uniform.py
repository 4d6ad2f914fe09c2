"""DiscreteUniform(lower l, upper u):  P(x) = 1 / (u - l + 1),  x = l, l + 1, ..., u."""

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
class DiscreteUniformFamily(ScalarFamily):
    """No exponential family: the best ends are the least and the greatest of the data."""

    name = "DiscreteUniform"
    arguments = (Argument("lower", "integer"), Argument("upper", "integer"))
    support = "integer"
    ends = {"lower": "least", "upper": "greatest"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, lower, upper = value(), arguments["lower"](), arguments["upper"]()
        return summands(-log(upper - lower + 1), outside(x, lower, upper))

    def mean(self, args: Facts) -> Expr:
        return (args["lower"] + args["upper"]) / 2

    def entropy(self, args: Facts) -> Expr:
        return log(args["upper"] - args["lower"] + 1)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        lower, upper = (np.asarray(args[name]).astype(int) for name in ("lower", "upper"))
        return np.asarray(generator.integers(lower, upper, size, endpoint=True))


DISCRETE_UNIFORM = DiscreteUniformFamily()


@constructor
def DiscreteUniform(lower: ExpressionLike, upper: ExpressionLike) -> Distribution:
    """P(x) = 1 / (upper - lower + 1), for the whole numbers x from lower to upper, both included.

    Broken numbers raise `BadNumber`, and numbers with upper < lower `BadBounds`.
    Source: Johnson, Kemp, Kotz (2005), section 6.10.

    >>> DiscreteUniform(1, 6).family.support
    'integer'
    """
    law = distribution(DISCRETE_UNIFORM, lower, upper)
    check_width(law, 1)
    return law
