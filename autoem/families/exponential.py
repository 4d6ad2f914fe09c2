"""Exponential(rate b):  p(x) = b exp(-b x),  x > 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, log

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
class ExponentialFamily(ExponentialForm):
    """T = x,  eta = -b,  A = -log b."""

    name = "Exponential"
    arguments = (Argument("rate", "positive"),)
    support = "positive"
    conjugates = {"rate": "Gamma"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, b = value(), arguments["rate"]()
        return summands(log(b), -b * x)

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x,)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (-args["rate"],)

    def log_normalizer(self, args: Facts) -> Expr:
        return -log(args["rate"])

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"rate": -eta[0]}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        return (1 / args["rate"],)

    def mean(self, args: Facts) -> Expr:
        return 1 / args["rate"]

    def entropy(self, args: Facts) -> Expr:
        return 1 - log(args["rate"])

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.exponential(1 / np.asarray(args["rate"]), size))

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        return {"rate": 1 / mean_statistics[0]}


EXPONENTIAL = ExponentialFamily()


@constructor
def Exponential(*, rate: ExpressionLike) -> Distribution:
    """p(x) = rate exp(-rate x), for a positive x.

    The mean is 1 / rate: the rate is in units of 1/x; by position it raises `BadArguments`.
    Source: Gelman et al. (2013), appendix A.

    >>> Exponential(rate=2).family.name
    'Exponential'
    """
    return distribution(EXPONENTIAL, rate)
