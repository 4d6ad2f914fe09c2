"""Beta(a, b):  p(x) = x^(a-1) (1-x)^(b-1) Gamma(a+b) / (Gamma(a) Gamma(b)),  0 < x < 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Add, Expr, digamma, log, loggamma

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


def _log_beta(a: Expr, b: Expr) -> tuple[Expr, ...]:
    """log B(a, b) = log Gamma(a) + log Gamma(b) - log Gamma(a + b), summand by summand."""
    return (loggamma(a), loggamma(b), -loggamma(a + b))


@final
@dataclass(frozen=True)
class BetaFamily(ExponentialForm):
    """T = (log x, log(1-x)),  eta = (a - 1, b - 1),  A = log B(a, b)."""

    name = "Beta"
    arguments = (Argument("a", "positive"), Argument("b", "positive"))
    support = "unit"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, a, b = value(), arguments["a"](), arguments["b"]()
        return summands(
            times_log(a - 1, x), times_log(b - 1, 1 - x), *(-part for part in _log_beta(a, b))
        )

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (log(x), log(1 - x))

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        a, b = args["a"], args["b"]
        return (a - 1, b - 1)

    def log_normalizer(self, args: Facts) -> Expr:
        a, b = args["a"], args["b"]
        return Add(*_log_beta(a, b))

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        return {"a": eta[0] + 1, "b": eta[1] + 1}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        a, b = args["a"], args["b"]
        return (digamma(a) - digamma(a + b), digamma(b) - digamma(a + b))

    def mean(self, args: Facts) -> Expr:
        a, b = args["a"], args["b"]
        return a / (a + b)

    def entropy(self, args: Facts) -> Expr:
        a, b = args["a"], args["b"]
        slopes = (1 - a) * digamma(a) + (1 - b) * digamma(b) + (a + b - 2) * digamma(a + b)
        return Add(*_log_beta(a, b), slopes)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.beta(args["a"], args["b"], size))


BETA = BetaFamily()


@constructor
def Beta(a: ExpressionLike, b: ExpressionLike) -> Distribution:
    """p(x) = x^(a - 1) (1 - x)^(b - 1) / B(a, b), for x between 0 and 1.

    The mean is a / (a + b); as a prior, a - 1 successes and b - 1 failures.  A negative number
    raises `BadNumber`.  Source: Bishop (2006), appendix B.

    >>> Beta(2, 3).argument("b").value
    Fraction(3, 1)
    """
    return distribution(BETA, a, b)
