"""InverseGamma(shape a, scale b):  p(x) = b^a x^(-a-1) exp(-b/x) / Gamma(a),  x > 0."""

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
class InverseGammaFamily(ExponentialForm):
    """T = (log x, 1/x),  eta = (-a - 1, -b),  A = log Gamma(a) - a log b."""

    name = "InverseGamma"
    arguments = (Argument("shape", "positive"), Argument("scale", "positive"))
    support = "positive"
    conjugates = {"scale": "Gamma"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, a, b = value(), arguments["shape"](), arguments["scale"]()
        return summands(-times_log(a + 1, x), -b / x, times_log(a, b), -loggamma(a))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (log(x), 1 / x)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        a, b = args["shape"], args["scale"]
        return (-a - 1, -b)

    def log_normalizer(self, args: Facts) -> Expr:
        a, b = args["shape"], args["scale"]
        return loggamma(a) - a * log(b)

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"shape": -eta[0] - 1, "scale": -eta[1]}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        a, b = args["shape"], args["scale"]
        return (log(b) - digamma(a), a / b)

    def mean(self, args: Facts) -> Expr:
        a, b = args["shape"], args["scale"]
        return b / (a - 1)

    def entropy(self, args: Facts) -> Expr:
        a, b = args["shape"], args["scale"]
        return a + log(b) + loggamma(a) - (1 + a) * digamma(a)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(np.asarray(args["scale"]) / generator.gamma(args["shape"], 1.0, size))


INVERSE_GAMMA = InverseGammaFamily()


@constructor
def InverseGamma(shape: ExpressionLike, *, scale: ExpressionLike) -> Distribution:
    """p(x) = scale^shape x^(-shape - 1) exp(-scale / x) / Gamma(shape), for a positive x.

    1/x is Gamma(shape, rate=scale); the scale is in units of x and the mean scale / (shape - 1)
    exists for shape > 1.  By position the scale raises `BadArguments`.
    Source: Gelman et al. (2013), appendix A.

    >>> InverseGamma(3, scale=2).argument("scale").value
    Fraction(2, 1)
    """
    return distribution(INVERSE_GAMMA, shape, scale)
