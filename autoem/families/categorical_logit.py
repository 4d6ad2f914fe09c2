"""Categorical(logits=e):  P(x = k) = exp(e_k) / sum_j exp(e_j),  x a category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import softmax
from sympy import Expr, KroneckerDelta, exp, log

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
)


def draw_categories(generator: np.random.Generator, p: np.ndarray, size: Size) -> np.ndarray:
    """Categories drawn by inverting the cumulative probabilities along the last axis."""
    edges = np.cumsum(p, axis=-1)
    u = generator.random(edges.shape[:-1] if size is None else size) * edges[..., -1]
    return np.asarray((u[..., None] >= edges).sum(axis=-1))


@final
@dataclass(frozen=True)
class CategoricalLogitFamily(VectorFamily):
    """T_k = [x = k],  eta_k = e_k,  A = log sum_j exp(e_j)."""

    name = "CategoricalLogit"
    arguments = (Argument("logits", "vector"),)
    support = "category"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        logits = arguments["logits"]
        return summands(logits(value.index), -logits.log_sum_exp())

    def statistics(self, value: Any, indices: Indices) -> tuple[Expr, ...]:
        return (KroneckerDelta(value.index, indices[0]),)

    def natural(self, arguments: Readings, indices: Indices) -> Summands:
        return (Summand(arguments["logits"](indices[0])),)

    def log_normalizer(self, arguments: Readings, index: FreshIndex) -> Summands:
        return summands(arguments["logits"].log_sum_exp())

    def from_natural(self, eta: Sequence[Any], indices: Indices) -> dict[str, Summand]:
        return {"logits": Summand(eta[0](indices[0]))}

    def expectations(self, arguments: Readings, indices: Indices) -> tuple[Expr, ...]:
        return (self.mean(arguments, indices),)

    def mean(self, arguments: Readings, indices: Indices) -> Expr:
        logits = arguments["logits"]
        return exp(logits(indices[0]) - logits.log_sum_exp())

    def entropy(self, arguments: Readings, index: FreshIndex) -> Summands:
        i, logits = index(), arguments["logits"]
        expected = Summand(-logits(i) * self.mean(arguments, (i,)), (i,))
        return (*summands(logits.log_sum_exp()), expected)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        p = softmax(np.asarray(args["logits"], dtype=float), axis=-1)
        return draw_categories(generator, p, size)

    def maximum_likelihood(
        self, mean_statistics: Sequence[Any], indices: Indices
    ) -> dict[str, Summand]:
        return {"logits": Summand(log(mean_statistics[0](indices[0])))}


CATEGORICAL_LOGIT = CategoricalLogitFamily()
