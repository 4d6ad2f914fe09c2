"""Categorical(p):  P(x = k) = p_k;  with logits e,  P(x = k) = exp(e_k) / sum_j exp(e_j)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, Integer, KroneckerDelta, exp, log

from autoem.families.family import (
    Argument,
    Arrays,
    Readings,
    Size,
    Summand,
    VectorFamily,
    summands,
    times_log,
)


@final
@dataclass(frozen=True)
class CategoricalFamily(VectorFamily):
    """T_k = [x = k],  eta_k = log p_k,  A = 0."""

    name = "Categorical"
    arguments = (Argument("p", "simplex"),)
    support = "category"
    conjugate = "Dirichlet"

    def log_density(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        return (Summand(times_log(Integer(1), arguments["p"](value.index))),)

    def statistics(self, value: Any, indices: Sequence[Any]) -> tuple[Expr, ...]:
        return (KroneckerDelta(value.index, indices[0]),)

    def natural(self, arguments: Readings, indices: Sequence[Any]) -> tuple[Summand, ...]:
        return (Summand(log(arguments["p"](indices[0]))),)

    def log_normalizer(self, arguments: Readings, index: Callable[[], Any]) -> tuple[Summand, ...]:
        return ()

    def log_carrier(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        return ()

    def expectations(self, arguments: Readings, indices: Sequence[Any]) -> tuple[Expr, ...]:
        return (arguments["p"](indices[0]),)

    def mean(self, arguments: Readings, i: Any) -> Expr:
        return arguments["p"](i)

    def entropy(self, arguments: Readings, index: Callable[[], Any]) -> tuple[Summand, ...]:
        i, p = index(), arguments["p"]
        return (Summand(-times_log(p(i), p(i)), (i,)),)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        edges = np.cumsum(np.asarray(args["p"], dtype=float), axis=-1)
        u = generator.random(edges.shape[:-1] if size is None else size) * edges[..., -1]
        return np.asarray((u[..., None] >= edges).sum(axis=-1))


@final
@dataclass(frozen=True)
class CategoricalLogitFamily(VectorFamily):
    """T_k = [x = k],  eta_k = e_k,  A = log sum_j exp(e_j)."""

    name = "CategoricalLogit"
    arguments = (Argument("logits", "vector"),)
    support = "category"

    def log_density(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        logits = arguments["logits"]
        return summands(logits(value.index), -logits.log_sum_exp())

    def statistics(self, value: Any, indices: Sequence[Any]) -> tuple[Expr, ...]:
        return (KroneckerDelta(value.index, indices[0]),)

    def natural(self, arguments: Readings, indices: Sequence[Any]) -> tuple[Summand, ...]:
        return (Summand(arguments["logits"](indices[0])),)

    def log_normalizer(self, arguments: Readings, index: Callable[[], Any]) -> tuple[Summand, ...]:
        return summands(arguments["logits"].log_sum_exp())

    def log_carrier(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        return ()

    def expectations(self, arguments: Readings, indices: Sequence[Any]) -> tuple[Expr, ...]:
        return (self.mean(arguments, indices[0]),)

    def mean(self, arguments: Readings, i: Any) -> Expr:
        logits = arguments["logits"]
        return exp(logits(i) - logits.log_sum_exp())

    def entropy(self, arguments: Readings, index: Callable[[], Any]) -> tuple[Summand, ...]:
        i, logits = index(), arguments["logits"]
        return (
            *summands(logits.log_sum_exp()),
            Summand(-logits(i) * self.mean(arguments, i), (i,)),
        )

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        logits = np.asarray(args["logits"], dtype=float)
        p = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return CATEGORICAL.sample(generator, {"p": p / p.sum(axis=-1, keepdims=True)}, size)


CATEGORICAL = CategoricalFamily()
CATEGORICAL_LOGIT = CategoricalLogitFamily()
