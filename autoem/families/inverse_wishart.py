"""InverseWishart(df n, scale S):  p(X) = |X|^(-(n+d+1)/2) exp(-tr(S X^-1)/2) / c,  X pos. definite.

c = 2^(nd/2) |S|^(-n/2) Gamma_d(n/2); the inverse of X is Wishart(n, scale=S^-1).
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
    negative,
    summands,
)
from autoem.families.multigamma import log_multigamma, multi_digamma
from autoem.families.wishart import bartlett
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


@final
@dataclass(frozen=True)
class InverseWishartFamily(VectorFamily):
    """T = (log|X|, (X^-1)_ij),  eta = (-(n+d+1)/2, -S_ij/2),  A = log c."""

    name = "InverseWishart"
    arguments = (Argument("df", "positive", beyond="scale"), Argument("scale", "matrix"))
    support = "positive_definite"
    event_rank = 2
    conjugates = {"scale": "Wishart"}
    ranks = (0, 2)

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        i, j = index(), index()
        power, weight = self.natural(arguments, (i, j))
        trace = Summand(weight.value * value.inverse(i, j), (i, j))
        powers = summands(power.value * value.log_determinant())
        return (trace, *powers, *negative(self.log_normalizer(arguments, index)))

    def statistics(self, value: Any, indices: Indices) -> tuple[Expr, ...]:
        return (value.log_determinant(), value.inverse(*indices))

    def natural(self, arguments: Readings, indices: Indices) -> Summands:
        n, scale = arguments["df"](), arguments["scale"]
        return (Summand(-(n + scale.size + 1) / 2), Summand(-scale(*indices) / 2))

    def log_normalizer(self, arguments: Readings, index: FreshIndex) -> Summands:
        n, scale = arguments["df"](), arguments["scale"]
        volume = (-n * scale.log_determinant() / 2, n * scale.size * log(2) / 2)
        return summands(*volume, log_multigamma(n / 2, scale.size))

    def from_natural(self, eta: Sequence[Any], indices: Indices) -> dict[str, Summand]:
        n = -2 * eta[0]() - eta[1].size - 1
        return {"df": Summand(n), "scale": Summand(-2 * eta[1](*indices))}

    def expectations(self, arguments: Readings, indices: Indices) -> tuple[Expr, ...]:
        n, scale = arguments["df"](), arguments["scale"]
        volume = scale.log_determinant() - scale.size * log(2) - multi_digamma(n / 2, scale.size)
        return (volume, n * scale.inverse(*indices))

    def mean(self, arguments: Readings, indices: Indices) -> Expr:
        scale = arguments["scale"]
        return scale(*indices) / (arguments["df"]() - scale.size - 1)

    def entropy(self, arguments: Readings, index: FreshIndex) -> Summands:
        n, d = arguments["df"](), arguments["scale"].size
        volume, _ = self.expectations(arguments, (index(), index()))
        slopes = summands((n + d + 1) * volume / 2, n * d / 2)
        return (*self.log_normalizer(arguments, index), *slopes)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        root = np.linalg.cholesky(np.asarray(args["scale"]))
        factor = np.linalg.inv(bartlett(generator, np.asarray(args["df"]), root.shape, size))
        factor = root @ np.swapaxes(factor, -1, -2)
        return np.asarray(factor @ np.swapaxes(factor, -1, -2))


INVERSE_WISHART = InverseWishartFamily()


@constructor
def InverseWishart(df: ExpressionLike, *, scale: ExpressionLike) -> Distribution:
    """p(X) = |X|^(-(df+d+1)/2) exp(-tr(scale X^-1)/2) / c, for a positive definite X, shape (d, d).

    The prior of a covariance: the mean scale / (df - d - 1) exists for df > d + 1, the mode is
    scale / (df + d + 1), and df > d - 1.  By position the scale raises `BadArguments`.
    Source: Gelman et al. (2013), appendix A.

    >>> InverseWishart(4, scale=np.eye(2)).family.event_rank
    2
    """
    return distribution(INVERSE_WISHART, df, scale)
