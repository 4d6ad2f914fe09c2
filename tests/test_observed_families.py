"""Families that are no plain exponential ones: observed, latent, refused where Q has no slope."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import autoem
from autoem import (
    Axis,
    Geometric,
    Given,
    Interval,
    Laplace,
    Latent,
    LogNormal,
    Model,
    Normal,
    Observed,
    Parameter,
    Pareto,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    StudentT,
    Uniform,
    VonMises,
    Weibull,
    Wishart,
    log,
)
from autoem.errors import NoExactPosterior, NoUpdate

RNG = np.random.default_rng(5)


class Angles(Model):
    n = Axis()
    mean, concentration = Parameter(Real()), Parameter(Positive())
    x = Observed(VonMises(mean, concentration=concentration), over=n)


class Lifetimes(Model):
    n = Axis()
    shape, scale = Parameter(Positive()), Parameter(Positive())
    x = Observed(Weibull(shape, scale=scale), over=n)


class Tails(Model):
    n = Axis()
    mean, scale, df = Parameter(Real()), Parameter(Positive()), Parameter(Positive())
    x = Observed(StudentT(mean, scale=scale, df=df), over=n)


class Incomes(Model):
    n = Axis()
    minimum = Given(Positive())
    shape = Parameter(Positive())
    x = Observed(Pareto(shape, minimum=minimum), over=n)


class Errors(Model):
    n = Axis()
    mean = Given(Real())
    scale = Parameter(Positive())
    x = Observed(Laplace(mean, scale=scale), over=n)


class Scatters(Model):
    n, d = Axis(), Axis()
    scale = Parameter(PositiveDefinite(d))
    x = Observed(Wishart(7, scale=scale), over=n)


def test_a_single_angle_is_fitted_as_scipy_does() -> None:
    x = stats.vonmises.rvs(3, 1, size=200, random_state=RNG)
    fit = autoem.fit(Angles, {"x": x}, tol=1e-13)
    concentration, mean, _ = stats.vonmises.fit(x, fscale=1)
    assert_allclose(fit.parameters["mean"], mean, rtol=1e-8)
    assert_allclose(fit.parameters["concentration"], concentration, rtol=1e-6)


def test_lifetimes_are_fitted_as_scipy_does() -> None:
    x = stats.weibull_min.rvs(1.7, scale=1e3, size=200, random_state=RNG)
    fit = autoem.fit(Lifetimes, {"x": x}, tol=1e-13)
    shape, _, scale = stats.weibull_min.fit(x, floc=0)
    best = stats.weibull_min.logpdf(x, shape, scale=scale).sum()
    assert_allclose(fit.log_likelihood, best, rtol=1e-9)
    assert_allclose(fit.parameters["shape"], shape, rtol=1e-3)


def test_heavy_tails_are_fitted_as_scipy_does() -> None:
    x = stats.t.rvs(3, 10, 2, size=300, random_state=RNG)
    fit = autoem.fit(Tails, {"x": x}, tol=1e-13)
    assert fit.log_likelihood >= stats.t.logpdf(x, *stats.t.fit(x)).sum() - 1e-7


def test_known_edges_and_centers_leave_closed_forms() -> None:
    x = 2 * (1 + RNG.pareto(3, 100))
    fit = autoem.fit(Incomes, {"x": x, "minimum": 2.0})
    assert_allclose(fit.parameters["shape"], 1 / np.log(x / 2).mean(), rtol=1e-10)
    x = RNG.laplace(1, 2, 100)
    fit = autoem.fit(Errors, {"x": x, "mean": 1.0})
    assert_allclose(fit.parameters["scale"], np.abs(x - 1).mean(), rtol=1e-10)


def test_matrices_are_observed() -> None:
    x = stats.wishart.rvs(7, np.array([[2, 0.5], [0.5, 1]]), size=50, random_state=RNG)
    fit = autoem.fit(Scatters, {"x": x})
    assert_allclose(fit.parameters["scale"], x.mean(axis=0) / 7, rtol=1e-10)
    judged = stats.wishart.logpdf(np.moveaxis(x, 0, -1), 7, fit.parameters["scale"]).sum()
    assert_allclose(fit.log_likelihood, judged, rtol=1e-10)


class Threshold(Model):
    n = Axis()
    shape, minimum = Parameter(Positive()), Parameter(Positive())
    x = Observed(Pareto(shape, minimum=minimum), over=n)


class Ends(Model):
    n = Axis()
    upper = Parameter(Positive())
    x = Observed(Uniform(0, upper), over=n)


class Median(Model):
    n = Axis()
    mean, scale = Parameter(Real()), Parameter(Positive())
    x = Observed(Laplace(mean, scale=scale), over=n)


@pytest.mark.parametrize(
    ("model", "parameter", "reason"),
    [
        (Threshold, "minimum", "the support moves with minimum.* minimum of the data"),
        (Ends, "upper", "the support moves with upper.* maximum of the data"),
        (Median, "mean", "a kink in mean at every row.* weighted median"),
    ],
)
def test_a_parameter_without_a_slope_is_refused(
    model: type[Model], parameter: str, reason: str
) -> None:
    with pytest.raises(NoUpdate, match=reason) as caught:
        autoem.derive(model)
    assert caught.value.parameters == (parameter,)


def test_a_geometric_latent_is_no_poisson() -> None:
    class Failures(Model):
        n = Axis()
        p, noise = Parameter(Interval(0, 1)), Parameter(Positive())
        u = Latent(Geometric(p), over=n)
        x = Observed(Normal(0, variance=noise), over=n)

    (posterior,) = autoem.derive(Failures).e_step.posteriors
    assert posterior.family == "Geometric"


def test_two_counting_carriers_belong_to_no_family() -> None:
    class Twice(Model):
        n = Axis()
        rate = Parameter(Positive())
        u = Latent(Poisson(rate), over=n)
        x = Observed(Poisson(u + 1), over=n)

    with pytest.raises(NoExactPosterior):
        autoem.derive(Twice)


def test_a_log_normal_latent_has_a_log_normal_posterior() -> None:
    class Sizes(Model):
        n = Axis()
        mean = Parameter(Real())
        u = Latent(LogNormal(mean, variance=2), over=n)
        x = Observed(LogNormal(log(u), variance=1), over=n)

    derivation = autoem.derive(Sizes)
    assert derivation.e_step.posteriors[0].family == "LogNormal"
    x = RNG.lognormal(3, np.sqrt(3), 100)
    fit = autoem.fit(derivation, {"x": x}, tol=1e-13)
    assert_allclose(fit.parameters["mean"], np.log(x).mean(), rtol=1e-6)
    judged = stats.lognorm.logpdf(x, np.sqrt(3), scale=np.exp(fit.parameters["mean"])).sum()
    assert_allclose(fit.log_likelihood, judged, rtol=1e-10)
