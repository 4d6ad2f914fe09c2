"""Binomial(trials n, p):  P(x) = C(n, x) p^x (1-p)^(n-x),  x = 0, ..., n;  n is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Add, Expr, exp, log

from autoem.families.binomial_logit import BINOMIAL_LOGIT, log_choose
from autoem.families.constructor import constructor, distribution, either
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
class BinomialFamily(ExponentialForm):
    """T = x,  eta = log(p/(1-p)),  A = -n log(1-p),  h = C(n, x)."""

    name = "Binomial"
    arguments = (Argument("trials", "count"), Argument("p", "probability"))
    support = "count"
    conjugates = {"p": "Beta"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, n, p = value(), arguments["trials"](), arguments["p"]()
        return summands(times_log(x, p), times_log(n - x, 1 - p), *log_choose(n, x))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x,)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        p = args["p"]
        return (log(p) - log(1 - p),)

    def log_normalizer(self, args: Facts) -> Expr:
        n, p = args["trials"], args["p"]
        return -n * log(1 - p)

    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        return Add(*log_choose(args["trials"], x))

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"p": 1 / (1 + exp(-eta[0]))}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        return (self.mean(args),)

    def mean(self, args: Facts) -> Expr:
        n, p = args["trials"], args["p"]
        return n * p

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        trials = np.asarray(args["trials"], dtype=int)
        return np.asarray(generator.binomial(trials, args["p"], size))

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        return {"p": mean_statistics[0] / args["trials"]}


BINOMIAL = BinomialFamily()


@constructor
def Binomial(
    trials: ExpressionLike,
    p: ExpressionLike | None = None,
    *,
    logits: ExpressionLike | None = None,
) -> Distribution:
    """P(x) = C(trials, x) p^x (1 - p)^(trials - x), for x = 0, ..., trials.

    The trials are known counts; log(p / (1 - p)) = logits.  Both or none of p and logits, or a p
    outside [0, 1], raise `BadArguments` or `BadNumber`.  Source: Bishop (2006), appendix B.

    >>> Binomial(10, 1/4).family.name, Binomial(10, logits=0).family.name
    ('Binomial', 'BinomialLogit')
    """
    family, main = either((BINOMIAL, p), (BINOMIAL_LOGIT, logits))
    return distribution(family, trials, main)
