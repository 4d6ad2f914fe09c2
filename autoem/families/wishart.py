"""Wishart(df n, scale V):  p(X) = |X|^((n-d-1)/2) exp(-tr(V^-1 X)/2) / c,  X positive definite.

c = 2^(nd/2) |V|^(n/2) Gamma_d(n/2); X is the sum of n squares y y' with y ~ N(0, V).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, log

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
)
from autoem.families.multigamma import log_multigamma, multi_digamma
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class WishartFamily(VectorFamily):
    """T = (log|X|, X_ij),  eta = ((n-d-1)/2, -(V^-1)_ij/2),  A = log c."""

    name = "Wishart"
    arguments = (Argument("df", "positive", beyond="scale"), Argument("scale", "matrix"))
    support = "positive_definite"
    event_rank = 2
    conjugates = {"scale": "InverseWishart"}
    ranks = (0, 2)

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        i, j = index(), index()
        power, weight = self.natural(arguments, (i, j))
        trace = Summand(weight.value * value(i, j), (i, j))
        powers = summands(power.value * value.log_determinant())
        return (trace, *powers, *negative(self.log_normalizer(arguments, index)))

    def statistics(self, value: Any, indices: Indices) -> tuple[Expr, ...]:
        return (value.log_determinant(), value(*indices))

    def natural(self, arguments: Readings, indices: Indices) -> Summands:
        n, scale = arguments["df"](), arguments["scale"]
        return (Summand((n - scale.size - 1) / 2), Summand(-scale.inverse(*indices) / 2))

    def log_normalizer(self, arguments: Readings, index: FreshIndex) -> Summands:
        n, scale = arguments["df"](), arguments["scale"]
        volume = (n * scale.log_determinant() / 2, n * scale.size * log(2) / 2)
        return summands(*volume, log_multigamma(n / 2, scale.size))

    def from_natural(self, eta: Sequence[Any], indices: Indices) -> dict[str, Summand]:
        n = 2 * eta[0]() + eta[1].size + 1
        return {"df": Summand(n), "scale": Summand(-eta[1].inverse(*indices) / 2)}

    def expectations(self, arguments: Readings, indices: Indices) -> tuple[Expr, ...]:
        n, scale = arguments["df"](), arguments["scale"]
        volume = multi_digamma(n / 2, scale.size) + scale.size * log(2) + scale.log_determinant()
        return (volume, self.mean(arguments, indices))

    def mean(self, arguments: Readings, indices: Indices) -> Expr:
        return arguments["df"]() * arguments["scale"](*indices)

    def entropy(self, arguments: Readings, index: FreshIndex) -> Summands:
        n, d = arguments["df"](), arguments["scale"].size
        volume, _ = self.expectations(arguments, (index(), index()))
        slopes = summands(-(n - d - 1) * volume / 2, n * d / 2)
        return (*self.log_normalizer(arguments, index), *slopes)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        root = np.linalg.cholesky(np.asarray(args["scale"]))
        factor = root @ bartlett(generator, np.asarray(args["df"]), root.shape, size)
        return np.asarray(factor @ np.swapaxes(factor, -1, -2))


def bartlett(
    generator: np.random.Generator, df: np.ndarray, shape: tuple[int, ...], size: Size
) -> np.ndarray:
    """A lower triangle A with A A' ~ Wishart(df, scale=I): chi on the diagonal, normal below."""
    plates, d = drawn_plates(size, df.shape, shape[:-2]), shape[-1]
    factor = np.tril(generator.standard_normal((*plates, d, d)), -1)
    degrees = df[..., None] - np.arange(d)
    factor[..., range(d), range(d)] = np.sqrt(generator.chisquare(degrees, (*plates, d)))
    return factor


WISHART = WishartFamily()


@constructor
def Wishart(df: ExpressionLike, *, scale: ExpressionLike) -> Distribution:
    """p(X) = |X|^((df-d-1)/2) exp(-tr(scale^-1 X)/2) / c, for a positive definite X, shape (d, d).

    The mean is df scale, and df > d - 1.  By position the scale raises `BadArguments`.
    Source: Bishop (2006), appendix B.

    >>> Wishart(4, scale=np.eye(2)).family.event_rank
    2
    """
    return distribution(WISHART, df, scale)
