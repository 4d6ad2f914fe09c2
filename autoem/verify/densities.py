"""The log densities of the judge: a family's name to the density of scipy.stats.

These are not the densities that the families hand to the derivation, and where scipy has one it is
scipy's.  Values and arguments may be arrays of trial values; the event axes stand last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import special, stats

from autoem.runtime.polya_gamma import log_polya_gamma

Arguments = Mapping[str, np.ndarray]
ROUNDING = 1e-9
LogDensity = Callable[[Any, Arguments], np.ndarray]


def _category(x: Any, p: np.ndarray) -> np.ndarray:
    """log p[x]: what the probabilities of a category say themselves."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p[..., int(x)]))


def _vector_normal(x: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """The covariance may differ between trial values; scipy takes one at a time."""
    centered = np.asarray(x) - mean
    if cov.ndim == 2:
        zero = np.zeros(cov.shape[0])
        return np.asarray(stats.multivariate_normal.logpdf(centered, zero, cov))
    shifted = np.linalg.solve(cov, np.broadcast_to(centered, cov.shape[:-1])[..., None])[..., 0]
    log_det = np.linalg.slogdet(2 * np.pi * cov)[1]
    return np.asarray(-(log_det + np.sum(centered * shifted, axis=-1)) / 2)


def _multinomial(x: np.ndarray, trials: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Probabilities that miss a sum of one by rounding are scaled; by more, they are none."""
    total = p.sum(axis=-1, keepdims=True)
    rounded = np.where(np.abs(total - 1) < ROUNDING, p / total, np.nan)
    return np.asarray(stats.multinomial.logpmf(x, trials, rounded))


def _wishart(x: np.ndarray, df: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Many points at once, where scipy takes one at a time.

    >>> x, scale = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([[1.0, 0.2], [0.2, 0.5]])
    >>> bool(np.isclose(_wishart(x, np.array(4.5), scale), stats.wishart.logpdf(x, 4.5, scale)))
    True
    """
    size = scale.shape[-1]
    trace = np.trace(np.linalg.solve(scale, x), axis1=-2, axis2=-1)
    power = (df - size - 1) / 2 * np.linalg.slogdet(x)[1]
    volume = df / 2 * (size * np.log(2) + np.linalg.slogdet(scale)[1])
    return np.asarray(power - trace / 2 - volume - special.multigammaln(df / 2, size))


def _inverse_wishart(x: np.ndarray, df: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """That of the inverse, and the volume that the inverse changes: |x|^-(d + 1).

    >>> x, scale = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([[1.0, 0.2], [0.2, 0.5]])
    >>> theirs = stats.invwishart.logpdf(x, 4.5, scale)
    >>> bool(np.isclose(_inverse_wishart(x, np.array(4.5), scale), theirs))
    True
    """
    slope = (scale.shape[-1] + 1) * np.linalg.slogdet(x)[1]
    return np.asarray(_wishart(np.linalg.inv(x), df, np.linalg.inv(scale)) - slope)


def _dirichlet(x: np.ndarray, concentration: np.ndarray) -> np.ndarray:
    value: np.ndarray = stats.dirichlet.logpdf(np.moveaxis(x, -1, 0), concentration)
    return value


def _polya_gamma(x: Any, count: np.ndarray, tilt: np.ndarray) -> np.ndarray:
    """By the inverse of its Laplace transform, where the family has the series."""
    log_cosh = np.logaddexp(tilt / 2, -tilt / 2) - np.log(2)
    return np.asarray(count * log_cosh - tilt**2 * x / 2 + log_polya_gamma(count, x))


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
    "ReciprocalInverseGaussian": lambda x, a: stats.geninvgauss.logpdf(
        x, 0.5, np.sqrt(a["a"] * a["b"]), scale=np.sqrt(a["b"] / a["a"])
    ),
    "GeneralizedInverseGaussian": lambda x, a: stats.geninvgauss.logpdf(
        x, a["index"], np.sqrt(a["a"] * a["b"]), scale=np.sqrt(a["b"] / a["a"])
    ),
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
    "Wishart": lambda x, a: _wishart(x, a["df"], a["scale"]),
    "InverseWishart": lambda x, a: _inverse_wishart(x, a["df"], a["scale"]),
    "StudentT": lambda x, a: stats.t.logpdf(x, a["df"], a["mean"], a["scale"]),
    "Laplace": lambda x, a: stats.laplace.logpdf(x, a["mean"], a["scale"]),
    "VonMises": lambda x, a: stats.vonmises.logpdf(x, a["concentration"], a["mean"]),
    "Weibull": lambda x, a: stats.weibull_min.logpdf(x, a["shape"], scale=a["scale"]),
    "PolyaGamma": lambda x, a: _polya_gamma(x, a["count"], a["tilt"]),
    "Pareto": lambda x, a: stats.pareto.logpdf(x, a["shape"], scale=a["minimum"]),
    "Uniform": lambda x, a: stats.uniform.logpdf(x, a["lower"], a["upper"] - a["lower"]),
    "DiscreteUniform": lambda x, a: stats.randint.logpmf(x, a["lower"], a["upper"] + 1),
}
"""Family name to log density."""
