"""Normal(mean m, variance v):  p(x) = exp(-(x - m)^2 / 2v) / sqrt(2 pi v),  x real."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, Integer, log, pi

from autoem.families.family import (
    Argument,
    Arrays,
    Facts,
    Readings,
    ScalarFamily,
    Size,
    Summand,
    summands,
)


@final
@dataclass(frozen=True)
class NormalFamily(ScalarFamily):
    """T = (x, x^2),  eta = (m/v, -1/2v),  A = m^2/2v + log(v)/2 + log(2 pi)/2."""

    name = "Normal"
    arguments = (Argument("mean", "real"), Argument("variance", "positive"))
    support = "real"
    conjugate = "Normal"

    def log_density(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        x, m, v = value(), arguments["mean"](), arguments["variance"]()
        return summands(-((x - m) ** 2) / (2 * v), -log(v) / 2, -log(2 * pi) / 2)

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x, x**2)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        m, v = args["mean"], args["variance"]
        return (m / v, -1 / (2 * v))

    def log_normalizer(self, args: Facts) -> Expr:
        m, v = args["mean"], args["variance"]
        return m**2 / (2 * v) + log(v) / 2 + log(2 * pi) / 2

    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        return Integer(0)

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"mean": -eta[0] / (2 * eta[1]), "variance": -1 / (2 * eta[1])}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        m, v = args["mean"], args["variance"]
        return (m, m**2 + v)

    def mean(self, args: Facts) -> Expr:
        return args["mean"]

    def entropy(self, args: Facts) -> Expr:
        return (1 + log(2 * pi) + log(args["variance"])) / 2

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return generator.normal(args["mean"], np.sqrt(args["variance"]), size)

    def maximum_likelihood(self, mean_statistics: Sequence[Expr]) -> dict[str, Expr]:
        first, second = mean_statistics
        return {"mean": first, "variance": second - first**2}


NORMAL = NormalFamily()
