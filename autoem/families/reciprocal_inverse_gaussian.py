"""Reciprocal inverse Gaussian(a, b):  p(x) = sqrt(a / (2 pi x)) exp(sqrt(a b) - (a x + b/x) / 2).

1/x is inverse Gaussian; it is the generalized inverse Gaussian of index one half.  No model
declares it: it is the posterior of an exponential variance v of which a residual r = x - m is seen,

    v ~ Exponential(rate=1 / (2 s^2)),  x ~ Normal(m, variance=v):      a = 1/s^2,  b = r^2.

Half an index has elementary functions: no Bessel function stands in its normalizer or its means, as
in the general family, so that a generated program is short, fast and needs no SciPy.  And E[1/x] is
held from infinity where a row is met exactly.  So both families stay, the special before the
general.

Source: Jorgensen (1982), Statistical properties of the generalized inverse Gaussian distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, Max, Pow, Rational, log, pi, sqrt

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

NEAR = Rational(1, 10**10)
"""E[1/x] = sqrt(a/b) is infinite at b = 0, where a row is met exactly: it is held where sqrt(a b),
the residual in units of s, is this small.  So the row is met to ten digits, and can be left."""


@final
@dataclass(frozen=True)
class ReciprocalInverseGaussianFamily(ExponentialForm):
    """T = (x, 1/x),  eta = -(a, b) / 2,  h = 1/sqrt x,  A = log(2 pi / a) / 2 - sqrt(a b)."""

    name = "ReciprocalInverseGaussian"
    arguments = (Argument("a", "positive"), Argument("b", "positive"))
    support = "positive"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, a, b = value(), arguments["a"](), arguments["b"]()
        scale = (log(a) / 2, -log(2 * pi) / 2, sqrt(a * b))
        return summands(-a * x / 2, -b / (2 * x), -log(x) / 2, *scale)

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x, 1 / x)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (-args["a"] / 2, -args["b"] / 2)

    def log_normalizer(self, args: Facts) -> Expr:
        a, b = args["a"], args["b"]
        return log(2 * pi) / 2 - log(a) / 2 - sqrt(a * b)

    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        return -log(x) / 2

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"a": -2 * eta[0], "b": -2 * eta[1]}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        a, b = args["a"], args["b"]
        return (1 / a + sqrt(b / a), a * Pow(Max(sqrt(a * b), NEAR), -1))

    def mean(self, args: Facts) -> Expr:
        return 1 / args["a"] + sqrt(args["b"] / args["a"])

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        a, b = np.asarray(args["a"]), np.asarray(args["b"])
        return np.asarray(1 / generator.wald(np.sqrt(a / b), a, size))


RECIPROCAL_INVERSE_GAUSSIAN = ReciprocalInverseGaussianFamily()
