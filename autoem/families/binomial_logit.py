"""Binomial(trials n, logits=e):  P(x) = C(n, x) exp(e x) / (1 + exp e)^n,  x = 0, ..., n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import expit
from sympy import Add, Expr, exp, log, loggamma

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


def log_choose(n: Expr, x: Expr) -> tuple[Expr, ...]:
    """log C(n, x), summand by summand."""
    return (loggamma(n + 1), -loggamma(x + 1), -loggamma(n - x + 1))


@final
@dataclass(frozen=True)
class BinomialLogitFamily(ExponentialForm):
    """T = x,  eta = e,  A = n log(1 + exp e),  h = C(n, x)."""

    name = "BinomialLogit"
    arguments = (Argument("trials", "count"), Argument("logits", "real"))
    support = "count"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, n, e = value(), arguments["trials"](), arguments["logits"]()
        return summands(x * e, -n * log(1 + exp(e)), *log_choose(n, x))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x,)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        return (args["logits"],)

    def log_normalizer(self, args: Facts) -> Expr:
        n, e = args["trials"], args["logits"]
        return n * log(1 + exp(e))

    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        return Add(*log_choose(args["trials"], x))

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"logits": eta[0]}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        return (self.mean(args),)

    def mean(self, args: Facts) -> Expr:
        n, e = args["trials"], args["logits"]
        return n / (1 + exp(-e))

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        trials = np.asarray(args["trials"], dtype=int)
        return np.asarray(generator.binomial(trials, expit(args["logits"]), size))

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        t, n = mean_statistics[0], args["trials"]
        return {"logits": log(t) - log(n - t)}


BINOMIAL_LOGIT = BinomialLogitFamily()
