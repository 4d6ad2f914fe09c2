"""Categorical(p):  P(x = k) = p_k,  x a category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, Integer, KroneckerDelta, exp, log

from autoem.families.categorical_logit import CATEGORICAL_LOGIT, draw_categories
from autoem.families.constructor import constructor, distribution, either
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
class CategoricalFamily(VectorFamily):
    """T_k = [x = k],  eta_k = log p_k,  A = log sum_k p_k, which is zero on the simplex."""

    name = "Categorical"
    arguments = (Argument("p", "simplex"),)
    support = "category"
    conjugates = {"p": "Dirichlet"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        return (Summand(times_log(Integer(1), arguments["p"](value.index))),)

    def statistics(self, value: Any, indices: Indices) -> tuple[Expr, ...]:
        return (KroneckerDelta(value.index, indices[0]),)

    def natural(self, arguments: Readings, indices: Indices) -> Summands:
        return (Summand(log(arguments["p"](indices[0]))),)

    def log_normalizer(self, arguments: Readings, index: FreshIndex) -> Summands:
        return summands(log(arguments["p"].total()))

    def from_natural(self, eta: Sequence[Any], indices: Indices) -> dict[str, Summand]:
        return {"p": Summand(exp(eta[0](indices[0])))}

    def expectations(self, arguments: Readings, indices: Indices) -> tuple[Expr, ...]:
        return (arguments["p"](indices[0]),)

    def mean(self, arguments: Readings, indices: Indices) -> Expr:
        return arguments["p"](indices[0])

    def entropy(self, arguments: Readings, index: FreshIndex) -> Summands:
        i, p = index(), arguments["p"]
        return (Summand(-times_log(p(i), p(i)), (i,)),)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return draw_categories(generator, np.asarray(args["p"], dtype=float), size)

    def maximum_likelihood(
        self, mean_statistics: Sequence[Any], indices: Indices
    ) -> dict[str, Summand]:
        return {"p": Summand(mean_statistics[0](indices[0]))}


CATEGORICAL = CategoricalFamily()


@constructor
def Categorical(
    p: ExpressionLike | None = None, *, logits: ExpressionLike | None = None
) -> Distribution:
    """P(x = k) = p_k, or exp(logits_k) / sum_j exp(logits_j), for a category x.

    x is a 0-based code along the category axis: the event axis of p, or the one axis of the logits
    that is no plate.  Both or none of p and logits raise `BadArguments`.
    Source: Bishop (2006), section 2.2.

    >>> Categorical([1/4, 3/4]).family.name
    'Categorical'
    """
    family, main = either((CATEGORICAL, p), (CATEGORICAL_LOGIT, logits))
    return distribution(family, main)
