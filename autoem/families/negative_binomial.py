"""NegativeBinomial(shape r, mean m):  P(x) = C(x+r-1, x) r^r m^x / (r+m)^(x+r),  x = 0, 1, ...

A Poisson count whose rate varies: x | g ~ Poisson(g) with g ~ Gamma(r, rate=r/m).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, log, loggamma

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
class NegativeBinomialFamily(ScalarFamily):
    """No exponential family where the shape is free: log Gamma(x+r) mixes them."""

    name = "NegativeBinomial"
    arguments = (Argument("shape", "positive"), Argument("mean", "positive"))
    support = "count"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, r, m = value(), arguments["shape"](), arguments["mean"]()
        ways = (loggamma(x + r), -loggamma(r), -loggamma(x + 1))
        return summands(*ways, times_log(r, r), times_log(x, m), -(x + r) * log(r + m))

    def mean(self, args: Facts) -> Expr:
        return args["mean"]

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        r, m = np.asarray(args["shape"]), np.asarray(args["mean"])
        return np.asarray(generator.negative_binomial(r, r / (r + m), size))


NEGATIVE_BINOMIAL = NegativeBinomialFamily()


@constructor
def NegativeBinomial(shape: ExpressionLike, *, mean: ExpressionLike) -> Distribution:
    """P(x) = C(x + shape - 1, x) (shape / s)^shape (mean / s)^x, s = shape + mean, for a count x.

    The variance is mean + mean^2 / shape: a Poisson whose rate is Gamma(shape, rate=shape/mean), to
    which it tends for a large shape.  The mean by position raises `BadArguments`.
    Source: Johnson, Kemp, Kotz (2005), section 5.1; Hilbe (2011), NB2.

    >>> NegativeBinomial(2, mean=5).argument("mean").value
    Fraction(5, 1)
    """
    return distribution(NEGATIVE_BINOMIAL, shape, mean)
