"""Poisson(rate r):  p(x) = r^x exp(-r) / x!,  x = 0, 1, 2, ...;  rate 0 is the point mass at 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, exp, log, loggamma

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
class PoissonFamily(ScalarFamily):
    """T = x,  eta = log r,  A = r,  h = 1/x!."""

    name = "Poisson"
    arguments = (Argument("rate", "positive"),)
    support = "count"
    conjugate = "Gamma"

    def log_density(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
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

    def entropy(self, args: Facts) -> None:
        return None

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return generator.poisson(args["rate"], size)

    def maximum_likelihood(self, mean_statistics: Sequence[Expr]) -> dict[str, Expr]:
        return {"rate": mean_statistics[0]}


POISSON = PoissonFamily()
