"""Bernoulli(logits=e):  P(x) = exp(e x) / (1 + exp e),  x in {0, 1}."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import expit
from sympy import Expr, exp, log

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


@final
@dataclass(frozen=True)
class BernoulliLogitFamily(ExponentialForm):
    """T = x,  eta = e,  A = log(1 + exp e)."""

    name = "BernoulliLogit"
    arguments = (Argument("logits", "real"),)
    support = "binary"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, e = value(), arguments["logits"]()
        return summands(x * e, -log(1 + exp(e)))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x,)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (args["logits"],)

    def log_normalizer(self, args: Facts) -> Expr:
        e = args["logits"]
        return log(1 + exp(e))

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"logits": eta[0]}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        return (self.mean(args),)

    def mean(self, args: Facts) -> Expr:
        e = args["logits"]
        return 1 / (1 + exp(-e))

    def entropy(self, args: Facts) -> Expr:
        e = args["logits"]
        return log(1 + exp(e)) - e * self.mean(args)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.binomial(1, expit(args["logits"]), size))

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        t = mean_statistics[0]
        return {"logits": log(t) - log(1 - t)}


BERNOULLI_LOGIT = BernoulliLogitFamily()
