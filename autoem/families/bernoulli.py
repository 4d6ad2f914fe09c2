"""Bernoulli(p):  P(x) = p^x (1-p)^(1-x),  x in {0, 1}."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, exp, log

from autoem.families.bernoulli_logit import BERNOULLI_LOGIT
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
class BernoulliFamily(ExponentialForm):
    """T = x,  eta = log(p/(1-p)),  A = -log(1-p)."""

    name = "Bernoulli"
    arguments = (Argument("p", "probability"),)
    support = "binary"
    conjugates = {"p": "Beta"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, p = value(), arguments["p"]()
        return summands(times_log(x, p), times_log(1 - x, 1 - p))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (x,)

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        p = args["p"]
        return (log(p) - log(1 - p),)

    def log_normalizer(self, args: Facts) -> Expr:
        return -log(1 - args["p"])

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"p": 1 / (1 + exp(-eta[0]))}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        return (args["p"],)

    def mean(self, args: Facts) -> Expr:
        return args["p"]

    def entropy(self, args: Facts) -> Expr:
        p = args["p"]
        return -times_log(p, p) - times_log(1 - p, 1 - p)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.binomial(1, args["p"], size))

    def maximum_likelihood(self, mean_statistics: Sequence[Expr], args: Facts) -> dict[str, Expr]:
        return {"p": mean_statistics[0]}


BERNOULLI = BernoulliFamily()


@constructor
def Bernoulli(
    p: ExpressionLike | None = None, *, logits: ExpressionLike | None = None
) -> Distribution:
    """P(x) = p^x (1 - p)^(1 - x), for a binary x; or log(p / (1 - p)) = logits.

    Both or none of p and logits, or a p outside [0, 1], raise `BadArguments` or `BadNumber`.
    Source: Bishop (2006), appendix B.

    >>> Bernoulli(1/4).family.name, Bernoulli(logits=0).family.name
    ('Bernoulli', 'BernoulliLogit')
    """
    family, main = either((BERNOULLI, p), (BERNOULLI_LOGIT, logits))
    return distribution(family, main)
