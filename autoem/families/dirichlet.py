"""Dirichlet(concentration a):  p(x) = Gamma(sum a) prod_i x_i^(a_i - 1) / Gamma(a_i),  x a simplex.

The density is with respect to all entries of x but one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import softmax
from sympy import Expr, digamma, log, loggamma

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
    drawn_plates,
    negative,
    summands,
    times_log,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class DirichletFamily(VectorFamily):
    """T_i = log x_i,  eta_i = a_i - 1,  A = sum_i log Gamma(a_i) - log Gamma(sum a)."""

    name = "Dirichlet"
    arguments = (Argument("concentration", "vector"),)
    support = "simplex"
    event_rank = 1

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        i, a = index(), arguments["concentration"]
        powers = Summand(times_log(a(i) - 1, value(i)), (i,))
        return (powers, *negative(self.log_normalizer(arguments, index)))

    def statistics(self, value: Any, indices: Indices) -> tuple[Expr, ...]:
        return (log(value(indices[0])),)

    def natural(self, arguments: Readings, indices: Indices) -> Summands:
        return (Summand(arguments["concentration"](indices[0]) - 1),)

    def log_normalizer(self, arguments: Readings, index: FreshIndex) -> Summands:
        i, a = index(), arguments["concentration"]
        return (Summand(loggamma(a(i)), (i,)), *summands(-loggamma(a.total())))

    def from_natural(self, eta: Sequence[Any], indices: Indices) -> dict[str, Summand]:
        return {"concentration": Summand(eta[0](indices[0]) + 1)}

    def expectations(self, arguments: Readings, indices: Indices) -> tuple[Expr, ...]:
        a = arguments["concentration"]
        return (digamma(a(indices[0])) - digamma(a.total()),)

    def mean(self, arguments: Readings, indices: Indices) -> Expr:
        a = arguments["concentration"]
        return a(indices[0]) / a.total()

    def entropy(self, arguments: Readings, index: FreshIndex) -> Summands:
        i, a = index(), arguments["concentration"]
        slopes = Summand((1 - a(i)) * digamma(a(i)), (i,))
        whole = summands((a.total() - a.size) * digamma(a.total()))
        return (*self.log_normalizer(arguments, index), slopes, *whole)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        """Normalized gammas, in logarithms so that no small concentration underflows.

        If g ~ Gamma(a + 1) and u is uniform then g u^(1/a) ~ Gamma(a) (Marsaglia, Tsang 2000).
        """
        a = np.asarray(args["concentration"], dtype=float)
        shape = (*drawn_plates(size, a.shape[:-1]), a.shape[-1])
        g = np.log(generator.standard_gamma(a + 1, shape)) - generator.exponential(1 / a, shape)
        return np.asarray(softmax(g, axis=-1))


DIRICHLET = DirichletFamily()


@constructor
def Dirichlet(concentration: ExpressionLike) -> Distribution:
    """p(x) = Gamma(sum a) prod_i x_i^(a_i - 1) / Gamma(a_i), for x in a simplex, a = concentration.

    The mean is a_i / sum a; as a prior, a_i - 1 counts of each category; one number stands for
    all of them.  Source: Bishop (2006), section 2.2.1.

    >>> Dirichlet(2).argument("concentration").value
    Fraction(2, 1)
    """
    return distribution(DIRICHLET, concentration)
