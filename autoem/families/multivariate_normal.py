"""MultivariateNormal(mean m, cov C):  p(x) = exp(-(x-m)' C^-1 (x-m) / 2) / sqrt(det(2 pi C))."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, log, pi

from autoem.families.family import (
    Argument,
    Arrays,
    Readings,
    Size,
    Summand,
    VectorFamily,
    summands,
)


@final
@dataclass(frozen=True)
class MultivariateNormalFamily(VectorFamily):
    """T = (x_i, x_i x_j),  eta = (sum_j P_ij m_j, -P_ij/2),  P = C^-1."""

    name = "MultivariateNormal"
    arguments = (Argument("mean", "vector"), Argument("cov", "matrix"))
    support = "vector"
    event_rank = 1
    conjugate = "MultivariateNormal"
    ranks = (1, 2)

    def log_density(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        i, j, m, cov = index(), index(), arguments["mean"], arguments["cov"]
        square = -cov.inverse(i, j) * (value(i) - m(i)) * (value(j) - m(j)) / 2
        return (Summand(square, (i, j)), *self._volume(cov))

    def _volume(self, cov: Any) -> tuple[Summand, ...]:
        """-log det(2 pi C) / 2."""
        return summands(-cov.log_determinant() / 2, -cov.size * log(2 * pi) / 2)

    def statistics(self, value: Any, indices: Sequence[Any]) -> tuple[Expr, ...]:
        i, j = indices
        return (value(i), value(i) * value(j))

    def natural(self, arguments: Readings, indices: Sequence[Any]) -> tuple[Summand, ...]:
        i, j = indices
        precision = arguments["cov"].inverse(i, j)
        return (Summand(precision * arguments["mean"](j), (j,)), Summand(-precision / 2))

    def log_normalizer(self, arguments: Readings, index: Callable[[], Any]) -> tuple[Summand, ...]:
        i, j, m, cov = index(), index(), arguments["mean"], arguments["cov"]
        square = Summand(cov.inverse(i, j) * m(i) * m(j) / 2, (i, j))
        return (square, *(Summand(-part.value) for part in self._volume(cov)))

    def log_carrier(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        return ()

    def expectations(self, arguments: Readings, indices: Sequence[Any]) -> tuple[Expr, ...]:
        (i, j), m = indices, arguments["mean"]
        return (m(i), m(i) * m(j) + arguments["cov"](i, j))

    def mean(self, arguments: Readings, i: Any) -> Expr:
        return arguments["mean"](i)

    def entropy(self, arguments: Readings, index: Callable[[], Any]) -> tuple[Summand, ...]:
        cov = arguments["cov"]
        return summands(cov.log_determinant() / 2, cov.size * (1 + log(2 * pi)) / 2)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        mean, root = np.asarray(args["mean"]), np.linalg.cholesky(np.asarray(args["cov"]))
        plates = np.broadcast_shapes(mean.shape[:-1], root.shape[:-2])
        plates = plates if size is None else (size,) if isinstance(size, int) else size
        noise = generator.standard_normal((*plates, mean.shape[-1]))
        return np.asarray(mean + np.einsum("...ij,...j->...i", root, noise))


MULTIVARIATE_NORMAL = MultivariateNormalFamily()
