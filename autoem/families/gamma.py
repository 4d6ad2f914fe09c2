"""Gamma(shape a, rate b):  p(x) = b^a x^(a-1) exp(-b x) / Gamma(a),  x > 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, Integer, digamma, log, loggamma

from autoem.families.family import (
    Argument,
    Arrays,
    Facts,
    Readings,
    ScalarFamily,
    Size,
    Summand,
    summands,
    times_log,
)


@final
@dataclass(frozen=True)
class GammaFamily(ScalarFamily):
    """T = (log x, x),  eta = (a - 1, -b),  A = log Gamma(a) - a log b."""

    name = "Gamma"
    arguments = (Argument("shape", "positive"), Argument("rate", "positive"))
    support = "positive"
    conjugate = "Gamma"  # of the rate

    def log_density(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        x, a, b = value(), arguments["shape"](), arguments["rate"]()
        return summands(times_log(a - 1, x), -b * x, times_log(a, b), -loggamma(a))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (log(x), x)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (args["shape"] - 1, -args["rate"])

    def log_normalizer(self, args: Facts) -> Expr:
        return loggamma(args["shape"]) - args["shape"] * log(args["rate"])

    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        return Integer(0)

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"shape": eta[0] + 1, "rate": -eta[1]}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        a, b = args["shape"], args["rate"]
        return (digamma(a) - log(b), a / b)

    def mean(self, args: Facts) -> Expr:
        return args["shape"] / args["rate"]

    def entropy(self, args: Facts) -> Expr:
        a, b = args["shape"], args["rate"]
        return a - log(b) + loggamma(a) + (1 - a) * digamma(a)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return generator.gamma(args["shape"], 1 / np.asarray(args["rate"]), size)

    def maximum_likelihood(self, mean_statistics: Sequence[Expr]) -> None:
        return None  # digamma(a) - log a = E log x - log E x has no closed root


GAMMA = GammaFamily()
