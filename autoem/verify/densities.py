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
    "Multinomial": lambda x, a: stats.multinomial.logpmf(x, a["trials"], a["p"]),
    "Poisson": lambda x, a: stats.poisson.logpmf(x, a["rate"]),
    "Normal": lambda x, a: stats.norm.logpdf(x, a["mean"], np.sqrt(a["variance"])),
    "MultivariateNormal": lambda x, a: _vector_normal(x, a["mean"], a["cov"]),
    "Gamma": lambda x, a: stats.gamma.logpdf(x, a["shape"], scale=1 / a["rate"]),
    "InverseGamma": lambda x, a: stats.invgamma.logpdf(x, a["shape"], scale=a["scale"]),
    "Exponential": lambda x, a: stats.expon.logpdf(x, scale=1 / a["rate"]),
    "Beta": lambda x, a: stats.beta.logpdf(x, a["a"], a["b"]),
    "Dirichlet": lambda x, a: _dirichlet(x, a["concentration"]),
}
"""Family name to log density."""
