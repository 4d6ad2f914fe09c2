"""The log densities of the judge: a family's name to the density of scipy.stats.

These are not the densities that the families hand to the derivation, and where scipy has one it is
scipy's.  Values and arguments may be arrays of trial values; the event axes stand last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import special, stats

Arguments = Mapping[str, np.ndarray]
ROUNDING = 1e-9
LogDensity = Callable[[Any, Arguments], np.ndarray]


def _category(x: Any, p: np.ndarray) -> np.ndarray:
    """log p[x]: what the probabilities of a category say themselves."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p[..., int(x)]))


def _vector_normal(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """The covariance may differ between trial values."""
    if cov.ndim == 2:
        centered = np.asarray(x) - mean
        zero = np.zeros(cov.shape[0])
        return np.asarray(stats.multivariate_normal.logpdf(centered, zero, cov))
    size = cov.shape[-1]
    x, mean = (np.broadcast_to(part, (*cov.shape[:-2], size)) for part in (x, mean))
    each = zip(
        x.reshape(-1, size), mean.reshape(-1, size), cov.reshape(-1, size, size), strict=True
    )
    values = [stats.multivariate_normal.logpdf(a, m, c) for a, m, c in each]
    return np.array(values).reshape(cov.shape[:-2])


def _multinomial(x: np.ndarray, trials: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Probabilities that miss a sum of one by rounding are scaled; by more, they are none."""
    total = p.sum(axis=-1, keepdims=True)
    rounded = np.where(np.abs(total - 1) < ROUNDING, p / total, np.nan)
    return np.asarray(stats.multinomial.logpmf(x, trials, rounded))


def _matrices(
    log_density: Callable[..., float], x: np.ndarray, df: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """scipy's densities of matrices take one point at a time."""
    size = scale.shape[-1]
    plates = np.broadcast_shapes(np.shape(df), scale.shape[:-2], np.shape(x)[:-2])
    points = np.broadcast_to(x, (*plates, size, size)).reshape(-1, size, size)
    scales = np.broadcast_to(scale, (*plates, size, size)).reshape(-1, size, size)
    each = zip(points, np.broadcast_to(df, plates).ravel(), scales, strict=True)
    return np.array([log_density(point, n, s) for point, n, s in each]).reshape(plates)


def _dirichlet(x: np.ndarray, concentration: np.ndarray) -> np.ndarray:
    value: np.ndarray = stats.dirichlet.logpdf(np.moveaxis(x, -1, 0), concentration)
    return value


DENSITIES: dict[str, LogDensity] = {
    "Bernoulli": lambda x, a: stats.bernoulli.logpmf(x, a["p"]),
    "BernoulliLogit": lambda x, a: stats.bernoulli.logpmf(x, special.expit(a["logits"])),
    "Binomial": lambda x, a: stats.binom.logpmf(x, a["trials"], a["p"]),
    "BinomialLogit": lambda x, a: stats.binom.logpmf(x, a["trials"], special.expit(a["logits"])),
    "Categorical": lambda x, a: _category(x, a["p"]),
    "CategoricalLogit": lambda x, a: _category(x, special.softmax(a["logits"], axis=-1)),
    "Multinomial": lambda x, a: _multinomial(x, a["trials"], a["p"]),
    "Poisson": lambda x, a: stats.poisson.logpmf(x, a["rate"]),
    "Normal": lambda x, a: stats.norm.logpdf(x, a["mean"], np.sqrt(a["variance"])),
    "MultivariateNormal": lambda x, a: _vector_normal(x, a["mean"], a["cov"]),
    "Gamma": lambda x, a: stats.gamma.logpdf(x, a["shape"], scale=1 / a["rate"]),
    "InverseGamma": lambda x, a: stats.invgamma.logpdf(x, a["shape"], scale=a["scale"]),
    "Exponential": lambda x, a: stats.expon.logpdf(x, scale=1 / a["rate"]),
    "Beta": lambda x, a: stats.beta.logpdf(x, a["a"], a["b"]),
    "Dirichlet": lambda x, a: _dirichlet(x, a["concentration"]),
    "Geometric": lambda x, a: stats.geom.logpmf(x, a["p"], loc=-1),
    "NegativeBinomial": lambda x, a: stats.nbinom.logpmf(
        x, a["shape"], a["shape"] / (a["shape"] + a["mean"])
    ),
    "LogNormal": lambda x, a: stats.lognorm.logpdf(
        x, np.sqrt(a["variance"]), scale=np.exp(a["mean"])
    ),
    "Wishart": lambda x, a: _matrices(stats.wishart.logpdf, x, a["df"], a["scale"]),
    "InverseWishart": lambda x, a: _matrices(stats.invwishart.logpdf, x, a["df"], a["scale"]),
    "StudentT": lambda x, a: stats.t.logpdf(x, a["df"], a["mean"], a["scale"]),
    "Laplace": lambda x, a: stats.laplace.logpdf(x, a["mean"], a["scale"]),
    "VonMises": lambda x, a: stats.vonmises.logpdf(x, a["concentration"], a["mean"]),
    "Weibull": lambda x, a: stats.weibull_min.logpdf(x, a["shape"], scale=a["scale"]),
    "Pareto": lambda x, a: stats.pareto.logpdf(x, a["shape"], scale=a["minimum"]),
    "Uniform": lambda x, a: stats.uniform.logpdf(x, a["lower"], a["upper"] - a["lower"]),
    "DiscreteUniform": lambda x, a: stats.randint.logpmf(x, a["lower"], a["upper"] + 1),
}
"""Family name to log density."""
