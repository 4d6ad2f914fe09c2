"""A family that is itself a mixture, observed directly or written with its latent: one likelihood,
that of scipy, and one fit.

    t           N(mean, scale^2 / w),  w ~ Gamma(df / 2, rate = df / 2)
    neg. bin.   Poisson(rate),         rate ~ Gamma(shape, rate = shape / mean)
    Laplace     N(mean, w),            w ~ Exponential(rate = 1 / (2 scale^2))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from autoem import (
    Axis,
    Binomial,
    Categorical,
    Exponential,
    Fit,
    Gamma,
    Interval,
    Laplace,
    Latent,
    Model,
    NegativeBinomial,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    StudentT,
    fit,
)
from tests.test_models import ROOT, declared

RNG = np.random.default_rng(11)


class Tails(Model):
    n = Axis()
    mean, scale, df = Parameter(Real()), Parameter(Positive()), Parameter(Positive())
    x = Observed(StudentT(mean, scale=scale, df=df), over=n)


class TailsByPrecision(Model):
    n = Axis()
    mean, scale, df = Parameter(Real()), Parameter(Positive()), Parameter(Positive())
    w = Latent(Gamma(df / 2, rate=df / 2), over=n)
    x = Observed(Normal(mean, variance=scale**2 / w), over=n)


class Counts(Model):
    n = Axis()
    shape, mean = Parameter(Positive()), Parameter(Positive())
    x = Observed(NegativeBinomial(shape, mean=mean), over=n)


class CountsByRate(Model):
    n = Axis()
    shape, mean = Parameter(Positive()), Parameter(Positive())
    rate = Latent(Gamma(shape, rate=shape / mean), over=n)
    x = Observed(Poisson(rate), over=n)


class Kinks(Model):
    n = Axis()
    mean, scale = Parameter(Real()), Parameter(Positive())
    x = Observed(Laplace(mean, scale=scale), over=n)


class KinksByVariance(Model):
    n = Axis()
    mean, scale = Parameter(Real()), Parameter(Positive())
    w = Latent(Exponential(rate=1 / (2 * scale**2)), over=n)
    x = Observed(Normal(mean, variance=w), over=n)


class Classes(Model):
    n, k = Axis(), Axis(size=2)
    weight, shape = Parameter(Simplex(k)), Parameter(Positive(), over=k)
    mean = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(NegativeBinomial(shape[z], mean=mean[z]), over=n)


class ClassesByRate(Model):
    n, k = Axis(), Axis(size=2)
    weight, shape = Parameter(Simplex(k)), Parameter(Positive(), over=k)
    mean = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    rate = Latent(Gamma(shape[z], rate=shape[z] / mean[z]), over=n)
    x = Observed(Poisson(rate), over=n)


class WrongRate(Model):
    """Planted: the rate of an Exponential variance without its factor of two."""

    n = Axis()
    mean, scale = Parameter(Real()), Parameter(Positive())
    w = Latent(Exponential(rate=1 / scale**2), over=n)
    x = Observed(Normal(mean, variance=w), over=n)


def negative_binomial(x: np.ndarray, shape: Any, mean: Any) -> np.ndarray:
    return np.asarray(stats.nbinom.logpmf(x, shape, shape / (shape + mean)))


def classes(x: np.ndarray, p: dict[str, np.ndarray]) -> np.ndarray:
    each = negative_binomial(x[:, None], p["shape"], p["mean"])
    return np.asarray(np.log(np.exp(each) @ p["weight"]))


@dataclass(frozen=True)
class Pair:
    """Both forms, data, a point, and scipy's log density."""

    direct: type[Model]
    latent: type[Model]
    x: np.ndarray
    point: dict[str, Any]
    judge: Callable[[np.ndarray, Any], np.ndarray]


PAIRS = {
    "StudentT": Pair(
        Tails,
        TailsByPrecision,
        stats.t.rvs(3, 10, 2, size=150, random_state=RNG),
        {"mean": 9.0, "scale": 1.5, "df": 4.0},
        lambda x, p: stats.t.logpdf(x, p["df"], p["mean"], p["scale"]),
    ),
    "NegativeBinomial": Pair(
        Counts,
        CountsByRate,
        RNG.negative_binomial(2, 0.3, size=150),
        {"shape": 1.3, "mean": 4.0},
        lambda x, p: negative_binomial(x, p["shape"], p["mean"]),
    ),
    "Laplace": Pair(
        Kinks,
        KinksByVariance,
        RNG.laplace(1, 2, 151),
        {"mean": 0.5, "scale": 1.7},
        lambda x, p: stats.laplace.logpdf(x, p["mean"], p["scale"]),
    ),
    "a mixture of them": Pair(
        Classes,
        ClassesByRate,
        RNG.negative_binomial(9, np.where(np.arange(300) % 3, 0.8, 0.2)),
        {"weight": [0.4, 0.6], "shape": [3.0, 6.0], "mean": [2.0, 30.0]},
        classes,
    ),
}


def at(model: type[Model], pair: Pair) -> float:
    return fit(model, {"x": pair.x}, start=pair.point, max_iterations=0).log_likelihood


@pytest.mark.parametrize("name", PAIRS)
def test_both_have_the_likelihood_of_scipy(name: str) -> None:
    pair = PAIRS[name]
    point = {key: np.asarray(value) for key, value in pair.point.items()}
    wanted = float(np.sum(pair.judge(pair.x, point)))
    assert at(pair.direct, pair) == pytest.approx(wanted, rel=1e-11)
    assert at(pair.latent, pair) == pytest.approx(wanted, rel=1e-11)


def test_a_wrong_mixture_has_another_likelihood() -> None:
    pair = PAIRS["Laplace"]
    assert at(WrongRate, pair) != pytest.approx(at(pair.direct, pair), rel=1e-3)


@pytest.mark.parametrize("name", PAIRS)
def test_both_have_one_fit(name: str) -> None:
    """And scipy's log density there is what both say."""
    pair = PAIRS[name]
    found = [fit(model, {"x": pair.x}) for model in (pair.direct, pair.latent)]
    for each in found:
        judged = float(np.sum(pair.judge(pair.x, each.parameters)))
        assert each.log_likelihood == pytest.approx(judged, rel=1e-9)
    assert found[1].log_likelihood == pytest.approx(found[0].log_likelihood, abs=1e-5)
    for key, value in found[0].parameters.items():
        np.testing.assert_allclose(found[1].parameters[key], value, rtol=2e-3, err_msg=key)


def highest(log_density: Callable[[np.ndarray], np.ndarray], start: list[float]) -> float:
    """scipy's maximum of a log-likelihood."""
    options = {"maxiter": 4000, "fatol": 1e-10, "xatol": 1e-8}
    found = optimize.minimize(
        lambda u: -np.sum(log_density(u)), start, method="Nelder-Mead", options=options
    )
    return float(-found.fun)


def shipped(name: str, data: dict[str, Any]) -> Fit:
    return fit(declared(ROOT / f"models/{name}.py"), data)


def test_a_beta_binomial_is_that_of_scipy() -> None:
    """It has no family of its own: its latent is written out."""
    trials = RNG.integers(5, 30, 80)
    x = stats.betabinom.rvs(trials, 2, 5, random_state=RNG)
    found = shipped("beta_binomial", {"x": x, "trials": trials})
    a, b = found.parameters["a"], found.parameters["b"]
    judged = stats.betabinom.logpmf(x, trials, a, b).sum()
    assert found.log_likelihood == pytest.approx(judged, rel=1e-11)
    best = highest(lambda u: stats.betabinom.logpmf(x, trials, *np.exp(u)), [0.0, 0.0])
    assert found.log_likelihood == pytest.approx(best, abs=1e-6)


def test_a_skew_normal_is_that_of_scipy() -> None:
    x = stats.skewnorm.rvs(3, 1, 2, size=200, random_state=RNG)
    found = shipped("skew_normal", {"x": x})
    skew, variance = found.parameters["skew"], found.parameters["variance"]
    law = stats.skewnorm(
        skew / np.sqrt(variance), found.parameters["mean"], np.hypot(skew, np.sqrt(variance))
    )
    assert found.log_likelihood == pytest.approx(law.logpdf(x).sum(), rel=1e-11)
    best = stats.skewnorm.logpdf(x, *stats.skewnorm.fit(x)).sum()
    assert found.log_likelihood >= best - 1e-5


class Shares(Model):
    """Planted: counts of one probability are no beta-binomial ones."""

    n = Axis()
    p = Parameter(Interval(0, 1))
    x = Observed(Binomial(20, p), over=n)


def test_one_probability_for_all_rows_has_less() -> None:
    x = stats.betabinom.rvs(20, 2, 5, size=80, random_state=RNG)
    one = fit(Shares, {"x": x}).log_likelihood
    mixed = shipped("beta_binomial", {"x": x, "trials": np.full(80, 20)}).log_likelihood
    assert mixed > one + 10
