"""Poisson(rate r):  P(x) = r^x exp(-r) / x!,  x = 0, 1, 2, ...;  rate 0 is a point mass at 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, exp, log, loggamma

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
class PoissonFamily(ExponentialForm):
    """T = x,  eta = log r,  A = r,  h = 1/x!."""

    name = "Poisson"
    arguments = (Argument("rate", "positive"),)
    support = "count"
    conjugates = {"rate": "Gamma"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, r = value(), arguments["rate"]()
        return summands(times_log(x, r), -r, -loggamma(x + 1))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x,)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (log(args["rate"]),)

    def log_normalizer(self, args: Facts) -> Expr:
        return args["rate"]

    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        return -loggamma(x + 1)

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"rate": exp(eta[0])}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        return (args["rate"],)

    def mean(self, args: Facts) -> Expr:
        return args["rate"]

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.poisson(args["rate"], size))

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        return {"rate": mean_statistics[0]}


POISSON = PoissonFamily()


@constructor
def Poisson(rate: ExpressionLike) -> Distribution:
    """P(x) = rate^x exp(-rate) / x!, for a count x; rate zero is a point mass at zero.

    The rate is the expected count, in counts per unit of exposure.  A negative number raises
    `BadNumber`.  Source: Johnson, Kemp, Kotz (2005), chapter 4.

    >>> Poisson(3).family.name
    'Poisson'
    """
    return distribution(POISSON, rate)
