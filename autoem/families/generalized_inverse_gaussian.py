"""Generalized inverse Gaussian(index p, a, b):  p(x) = c x^(p-1) exp(-(a x + b/x) / 2),  x > 0.

c = (a/b)^(p/2) / (2 K_p(w)),  w = sqrt(a b).  No model declares it: it is the posterior of a
variance v of which a residual x - m - beta v is seen,

    v ~ Gamma(s, rate=l),         x ~ Normal(m + beta v, variance=v):      p = s - 1/2,
    v ~ InverseGamma(s, scale=l)  likewise:                                p = -s - 1/2,

with a = beta^2 (+ 2 l) and b = (x - m)^2 (+ 2 l): the variance-gamma and the skew t law.

Source: Jorgensen (1982), Statistical properties of the generalized inverse Gaussian distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy import stats
from sympy import Expr, log

from autoem.families.bessel_k import bessel_k_ratio, bessel_k_slope, bessel_width, log_bessel_k
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


@final
@dataclass(frozen=True)
class GeneralizedInverseGaussianFamily(ExponentialForm):
    """T = (log x, x, 1/x),  eta = (p - 1, -a/2, -b/2),  A = log 2 K_p(w) - p log(a/w)."""

    name = "GeneralizedInverseGaussian"
    arguments = (
        Argument("index", "real"),
        Argument("a", "positive"),
        Argument("b", "positive"),
    )
    support = "positive"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, args = value(), {name: read() for name, read in arguments.items()}
        p, a, b = args["index"], args["a"], args["b"]
        powers, w = (times_log(p - 1, x), -a * x / 2, -b / (2 * x)), bessel_width(a, b)
        return summands(*powers, p * log(a / w), -log_bessel_k(p, w), -log(2))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (log(x), x, 1 / x)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (args["index"] - 1, -args["a"] / 2, -args["b"] / 2)

    def log_normalizer(self, args: Facts) -> Expr:
        p, a, w = args["index"], args["a"], bessel_width(args["a"], args["b"])
        return log(2) + log_bessel_k(p, w) - p * log(a / w)

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"index": eta[0] + 1, "a": -2 * eta[1], "b": -2 * eta[2]}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        p, a, w = args["index"], args["a"], bessel_width(args["a"], args["b"])
        log_mean = bessel_k_slope(p, w) - log(a / w)
        return (log_mean, w / a * bessel_k_ratio(p, w), a / w * bessel_k_ratio(-p, w))

    def mean(self, args: Facts) -> Expr:
        return self.expectations(args)[1]

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        p, a, b = (np.asarray(args[name]) for name in ("index", "a", "b"))
        law = stats.geninvgauss(p, np.sqrt(a * b), scale=np.sqrt(b / a))
        return np.asarray(law.rvs(size, random_state=generator))


GENERALIZED_INVERSE_GAUSSIAN = GeneralizedInverseGaussianFamily()
