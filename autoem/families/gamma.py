"""Gamma(shape a, rate b):  p(x) = b^a x^(a-1) exp(-b x) / Gamma(a),  x > 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, digamma, log, loggamma

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
class GammaFamily(ExponentialForm):
    """T = (log x, x),  eta = (a - 1, -b),  A = log Gamma(a) - a log b."""

    name = "Gamma"
    arguments = (Argument("shape", "positive"), Argument("rate", "positive"))
    support = "positive"
    conjugates = {"rate": "Gamma"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, a, b = value(), arguments["shape"](), arguments["rate"]()
        return summands(times_log(a - 1, x), -b * x, times_log(a, b), -loggamma(a))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (log(x), x)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        a, b = args["shape"], args["rate"]
        return (a - 1, -b)

    def log_normalizer(self, args: Facts) -> Expr:
        a, b = args["shape"], args["rate"]
        return loggamma(a) - a * log(b)

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"shape": eta[0] + 1, "rate": -eta[1]}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        a, b = args["shape"], args["rate"]
        return (digamma(a) - log(b), a / b)

    def mean(self, args: Facts) -> Expr:
        a, b = args["shape"], args["rate"]
        return a / b

    def entropy(self, args: Facts) -> Expr:
        a, b = args["shape"], args["rate"]
        return a - log(b) + loggamma(a) + (1 - a) * digamma(a)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.gamma(args["shape"], 1 / np.asarray(args["rate"]), size))


GAMMA = GammaFamily()


@constructor
def Gamma(shape: ExpressionLike, *, rate: ExpressionLike) -> Distribution:
    """p(x) = rate^shape x^(shape - 1) exp(-rate x) / Gamma(shape), for a positive x.

    The mean is shape / rate: the rate is in units of 1/x and is not the scale; by position it
    raises `BadArguments`.  Source: Bishop (2006), appendix B.

    >>> Gamma(2, rate=1/2).argument("rate").value
    Fraction(1, 2)
    """
    return distribution(GAMMA, shape, rate)
