"""MAP-EM: `fit` climbs log p(x | theta) + log p(theta), and ends where scipy's maximum is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Beta,
    Categorical,
    Dirichlet,
    Gamma,
    Given,
    Identity,
    Interval,
    InverseGamma,
    InverseWishart,
    Latent,
    Model,
    MultivariateNormal,
    Normal,
    Observed,
    Ones,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Uniform,
    Wishart,
    Zeros,
    dot,
)
from autoem.errors import NoUpdate

Arrays = dict[str, Any]


class Normals(Model):
    """Normal components."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k), prior=Dirichlet(2 * Ones(k)))
    mean = Parameter(Real(), over=k, prior=Normal(0, variance=9))
    variance = Parameter(Positive(), over=k, prior=InverseGamma(2, scale=1))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance[z]), over=n)


class Counts(Model):
    """Poisson components."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k), prior=Dirichlet(2 * Ones(k)))
    rate = Parameter(Positive(), over=k, prior=Gamma(2, rate=1))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(rate[z]), over=n)


class Answers(Model):
    """Binary items; the uniform prior of the weight says nothing."""

    n, d = Axis(), Axis()
    weight = Parameter(Interval(0, 1), prior=Uniform(0, 1))
    high = Parameter(Interval(0, 1), over=d, prior=Beta(2, 3))
    low = Parameter(Interval(0, 1), over=d, prior=Beta(3, 2))
    z = Latent(Bernoulli(weight), over=n)
    x = Observed(Bernoulli(autoem.where(z, high, low)), over=(n, d))


class Covariance(Model):
    """A covariance with the prior that is conjugate to it."""

    n, d = Axis(), Axis()
    mean = Parameter(Real(d))
    cov = Parameter(PositiveDefinite(d), prior=InverseWishart(5, scale=Identity(d)))
    x = Observed(MultivariateNormal(mean, cov=cov), over=n)


class Clusters(Model):
    """A covariance of each component, with the same prior."""

    n, k, d = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d), over=k, prior=InverseWishart(5, scale=Identity(d)))
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=cov[z]), over=n)


class Slopes(Model):
    """A prior of single numbers is that of every entry of a vector."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p), prior=Normal(0, variance=4))
    y = Observed(Bernoulli(logits=dot(v, beta)), over=n)


class Ridge(Model):
    """A joint prior of the coefficients, and one of the variance that is not conjugate to it."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p), prior=MultivariateNormal(Zeros(p), cov=2 * Identity(p)))
    variance = Parameter(Positive(), prior=Gamma(3, rate=2))
    y = Observed(Normal(dot(v, beta), variance=variance), over=n)


def weighted(weight: np.ndarray, logs: np.ndarray) -> float:
    return float(special.logsumexp(np.log(weight) + logs, axis=-1).sum())


def normals(x: np.ndarray, a: Arrays) -> float:
    logs = stats.norm.logpdf(x[:, None], a["mean"], np.sqrt(a["variance"]))
    prior = stats.norm.logpdf(a["mean"], 0, 3) + stats.invgamma.logpdf(a["variance"], 2, scale=1)
    return weighted(a["weight"], logs) + prior.sum() + dirichlet(a["weight"])


def counts(x: np.ndarray, a: Arrays) -> float:
    logs = stats.poisson.logpmf(x[:, None], a["rate"])
    prior = stats.gamma.logpdf(a["rate"], 2).sum()
    return weighted(a["weight"], logs) + prior + dirichlet(a["weight"])


def answers(x: np.ndarray, a: Arrays) -> float:
    p = np.stack([a["low"], a["high"]])
    logs = stats.bernoulli.logpmf(x[:, None], p).sum(axis=-1)
    prior = stats.beta.logpdf(a["high"], 2, 3) + stats.beta.logpdf(a["low"], 3, 2)
    return weighted(np.array([1 - a["weight"], a["weight"]]), logs) + prior.sum()


def dirichlet(weight: np.ndarray) -> float:
    return float(stats.dirichlet.logpdf(weight / weight.sum(), np.full(len(weight), 2.0)))


RNG = np.random.default_rng(0)
TWO = {"k": 2}
MIXED = np.r_[RNG.normal(-2, 1, 80), RNG.normal(2, 0.7, 120)]
COUNTED = np.r_[RNG.poisson(2, 80), RNG.poisson(9, 120)].astype(float)
SIDES = RNG.integers(0, 2, 200)[:, None]
ANSWERED = (RNG.uniform(size=(200, 5)) < np.where(SIDES, 0.25, 0.75)).astype(float)

MODELS: dict[str, tuple[Any, np.ndarray, dict[str, int], Callable[..., float]]] = {
    "normals": (Normals, MIXED, TWO, normals),
    "counts": (Counts, COUNTED, TWO, counts),
    "answers": (Answers, ANSWERED, {}, answers),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_fit_maximizes_the_log_posterior(name: str) -> None:
    model, x, sizes, log_posterior = MODELS[name]
    fit = autoem.fit(model, {"x": x}, sizes=sizes, seed=0, tol=1e-12)
    assert fit.result == "converged"
    assert_allclose(fit.objective, log_posterior(x, fit.parameters), rtol=1e-11)
    assert_allclose(fit.trace[-1], fit.objective, rtol=1e-12)
    assert np.all(np.diff(fit.trace) >= -1e-9)
    names, start = list(fit.parameters), [free(n, v) for n, v in fit.parameters.items()]
    ends = np.cumsum([np.size(part) for part in start])[:-1]

    def loss(t: np.ndarray) -> float:
        parts = zip(names, np.split(t, ends), strict=True)
        return -log_posterior(x, {n: bound(n, part, fit.parameters[n]) for n, part in parts})

    best = optimize.minimize(loss, np.concatenate(start) + 0.02, tol=1e-9)
    assert -best.fun < fit.objective + 1e-6


REAL, POSITIVE = ("mean",), ("variance", "rate")


def free(name: str, value: np.ndarray) -> np.ndarray:
    """The value without bounds: itself, its logarithm, or its logit."""
    if name in REAL:
        return np.ravel(value)
    return np.ravel(np.log(value) if name in POSITIVE else special.logit(value))


def bound(name: str, t: np.ndarray, like: np.ndarray) -> np.ndarray:
    """The inverse of `free`; weights are scaled to a sum of one."""
    if name in REAL:
        return t.reshape(np.shape(like))
    value = (np.exp(t) if name in POSITIVE else special.expit(t)).reshape(np.shape(like))
    return value / value.sum() if name == "weight" and np.ndim(like) else value


COVARIATES = RNG.normal(size=(60, 2))
GRADES = (RNG.uniform(size=60) < special.expit(COVARIATES @ [2.0, -1.0])).astype(float)
YIELDS = COVARIATES @ [2.0, -1.0] + RNG.normal(size=60)


def slopes(beta: np.ndarray) -> float:
    likelihood = stats.bernoulli.logpmf(GRADES, special.expit(COVARIATES @ beta)).sum()
    return float(likelihood + stats.norm.logpdf(beta, 0, 2).sum())


def ridge(t: np.ndarray) -> float:
    beta, variance = t[:2], np.exp(t[2])
    likelihood = stats.norm.logpdf(YIELDS, COVARIATES @ beta, np.sqrt(variance)).sum()
    prior = stats.norm.logpdf(beta, 0, np.sqrt(2)).sum() + stats.gamma.logpdf(
        variance, 3, scale=0.5
    )
    return float(likelihood + prior)


def test_priors_of_coefficients_are_those_of_scipy() -> None:
    fit = autoem.fit(Slopes, {"v": COVARIATES, "y": GRADES}, tol=1e-13)
    best = optimize.minimize(lambda t: -slopes(t), np.zeros(2), tol=1e-10)
    assert_allclose(fit.objective, -best.fun, rtol=1e-9)
    assert_allclose(fit.parameters["beta"], best.x, atol=1e-4)
    fit = autoem.fit(Ridge, {"v": COVARIATES, "y": YIELDS}, tol=1e-13)
    best = optimize.minimize(lambda t: -ridge(t), np.zeros(3), tol=1e-10)
    assert_allclose(fit.objective, -best.fun, rtol=1e-9)
    assert_allclose(fit.parameters["variance"], np.exp(best.x[2]), rtol=1e-4)
    assert np.all(np.diff(fit.trace) >= -1e-9)


def test_pseudo_counts_are_on_the_page() -> None:
    page = str(autoem.derive(Counts))
    assert "(1 + ∑_n r_nk) / (K + N)" in page, page
    assert "(1 + ∑_n r_nk x_n) / (1 + ∑_n r_nk)" in page, page


def test_an_inverse_wishart_prior_adds_to_scatter_and_count() -> None:
    x = RNG.multivariate_normal([1, 2], [[2, 0.5], [0.5, 1]], 30)
    fit = autoem.fit(Covariance, {"x": x}, seed=0)
    scatter = 30 * np.cov(x.T, bias=True)
    assert_allclose(fit.parameters["cov"], (scatter + np.eye(2)) / (30 + 5 + 2 + 1), rtol=1e-8)
    prior = stats.invwishart.logpdf(fit.parameters["cov"], 5, np.eye(2))
    assert_allclose(fit.objective - fit.log_likelihood, prior, rtol=1e-10)


def test_a_wishart_prior_of_a_covariance_is_refused() -> None:
    class Refused(Model):
        n, d = Axis(), Axis()
        cov = Parameter(PositiveDefinite(d), prior=Wishart(5, scale=Identity(d)))
        x = Observed(MultivariateNormal(autoem.Zeros(d), cov=cov), over=n)

    with pytest.raises(NoUpdate, match="not linear in the inverse of cov"):
        autoem.derive(Refused)


@pytest.mark.parametrize("model", [Normals, Counts, Covariance, Clusters, Slopes, Ridge])
def test_a_posterior_mode_is_certified(model: Any) -> None:
    certificate = autoem.verify(autoem.derive(model))
    assert certificate, str(certificate)
