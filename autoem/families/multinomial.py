"""Multinomial(trials n, p):  P(x) = n! prod_i p_i^x_i / x_i!,  x_i counts with sum n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, exp, log, loggamma

from autoem.families.constructor import constructor, distribution
from autoem.families.family import (
    Argument,
    Arrays,
    FreshIndex,
    Indices,
    Readings,
    Size,
    Summand,
    Summands,
    VectorFamily,
    summands,
    times_log,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class MultinomialFamily(VectorFamily):
    """T_i = x_i,  eta_i = log p_i,  A = n log sum_i p_i = 0 on the simplex,  h = n!/prod x_i!."""

    name = "Multinomial"
    arguments = (Argument("trials", "count"), Argument("p", "simplex"))
    support = "cells"
    event_rank = 1
    conjugates = {"p": "Dirichlet"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        i = index()
        counts = Summand(times_log(value(i), arguments["p"](i)), (i,))
        return (counts, *self.log_carrier(value, arguments, index))

    def statistics(self, value: Any, indices: Indices) -> tuple[Expr, ...]:
        return (value(indices[0]),)

    def natural(self, arguments: Readings, indices: Indices) -> Summands:
        return (Summand(log(arguments["p"](indices[0]))),)

    def log_normalizer(self, arguments: Readings, index: FreshIndex) -> Summands:
        return summands(arguments["trials"]() * log(arguments["p"].total()))

    def log_carrier(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        i = index()
        ways = summands(loggamma(arguments["trials"]() + 1))
        return (*ways, Summand(-loggamma(value(i) + 1), (i,)))

    def from_natural(self, eta: Sequence[Any], indices: Indices) -> dict[str, Summand]:
        return {"p": Summand(exp(eta[0](indices[0])))}

    def expectations(self, arguments: Readings, indices: Indices) -> tuple[Expr, ...]:
        return (self.mean(arguments, indices),)

    def mean(self, arguments: Readings, indices: Indices) -> Expr:
        return arguments["trials"]() * arguments["p"](indices[0])

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        trials = np.asarray(args["trials"], dtype=int)
        return np.asarray(generator.multinomial(trials, args["p"], size))

    def maximum_likelihood(
        self, mean_statistics: Sequence[Any], indices: Indices
    ) -> dict[str, Summand]:
        counts = mean_statistics[0]
        return {"p": Summand(counts(indices[0]) / counts.total())}


MULTINOMIAL = MultinomialFamily()


@constructor
def Multinomial(trials: ExpressionLike, p: ExpressionLike) -> Distribution:
    """P(x) = trials! prod_i p_i^x_i / x_i!, for counts x_i along the event axis of p.

    The trials are known counts, the sum of x.  A negative or broken number of them raises
    `BadNumber`.  Source: Bishop (2006), section 2.2.

    >>> Multinomial(5, [1/2, 1/2]).family.event_rank
    1
    """
    return distribution(MULTINOMIAL, trials, p)
