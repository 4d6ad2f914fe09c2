"""MultivariateNormal(mean m, cov C):  p(x) = exp(-(x-m)' C^-1 (x-m) / 2) / sqrt(det(2 pi C))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, log, pi

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
    summands,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class MultivariateNormalFamily(VectorFamily):
    """T = (x_i, x_i x_j),  eta = (sum_j P_ij m_j, -P_ij/2),  P = C^-1."""

    name = "MultivariateNormal"
    arguments = (Argument("mean", "vector"), Argument("cov", "matrix"))
    support = "vector"
    event_rank = 1
    conjugates = {"mean": "MultivariateNormal", "cov": "InverseWishart"}
    ranks = (1, 2)

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        i, j, m, cov = index(), index(), arguments["mean"], arguments["cov"]
        square = -cov.inverse(i, j) * (value(i) - m(i)) * (value(j) - m(j)) / 2
        return (Summand(square, (i, j)), *_log_volume(cov, -1))

    def statistics(self, value: Any, indices: Indices) -> tuple[Expr, ...]:
        i, j = indices
        return (value(i), value(i) * value(j))

    def natural(self, arguments: Readings, indices: Indices) -> Summands:
        i, j = indices
        precision = arguments["cov"].inverse(i, j)
        return (Summand(precision * arguments["mean"](j), (j,)), Summand(-precision / 2))

    def log_normalizer(self, arguments: Readings, index: FreshIndex) -> Summands:
        i, j, m, cov = index(), index(), arguments["mean"], arguments["cov"]
        return (Summand(cov.inverse(i, j) * m(i) * m(j) / 2, (i, j)), *_log_volume(cov, 1))

    def from_natural(self, eta: Sequence[Any], indices: Indices) -> dict[str, Summand]:
        i, j = indices
        cov = -eta[1].inverse(i, j) / 2
        return {"mean": Summand(cov * eta[0](j), (j,)), "cov": Summand(cov)}

    def expectations(self, arguments: Readings, indices: Indices) -> tuple[Expr, ...]:
        (i, j), m = indices, arguments["mean"]
        return (m(i), m(i) * m(j) + arguments["cov"](i, j))

    def mean(self, arguments: Readings, indices: Indices) -> Expr:
        return arguments["mean"](indices[0])

    def entropy(self, arguments: Readings, index: FreshIndex) -> Summands:
        cov = arguments["cov"]
        return (*_log_volume(cov, 1), *summands(cov.size / 2))

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        mean, root = np.asarray(args["mean"]), np.linalg.cholesky(np.asarray(args["cov"]))
        plates = drawn_plates(size, mean.shape[:-1], root.shape[:-2])
        noise = generator.standard_normal((*plates, root.shape[-1]))
        return np.asarray(mean + np.einsum("...ij,...j->...i", root, noise))

    def maximum_likelihood(
        self, mean_statistics: Sequence[Any], indices: Indices
    ) -> dict[str, Summand]:
        (i, j), (first, second) = indices, mean_statistics
        return {"mean": Summand(first(i)), "cov": Summand(second(i, j) - first(i) * first(j))}


def _log_volume(cov: Any, sign: int) -> Summands:
    """log det(2 pi C) / 2, times the sign."""
    return summands(sign * cov.log_determinant() / 2, sign * cov.size * log(2 * pi) / 2)


MULTIVARIATE_NORMAL = MultivariateNormalFamily()


@constructor
def MultivariateNormal(mean: ExpressionLike, *, cov: ExpressionLike) -> Distribution:
    """p(x) = exp(-(x - mean)' cov^-1 (x - mean) / 2) / sqrt(det(2 pi cov)), for x of shape (d,).

    The covariance has shape (d, d), in squared units of x; by position it raises `BadArguments`.
    Source: Bishop (2006), section 2.3.

    >>> MultivariateNormal(0, cov=np.eye(2)).family.event_rank
    1
    """
    return distribution(MULTIVARIATE_NORMAL, mean, cov)
