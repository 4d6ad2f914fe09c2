"""Families that are no plain exponential ones: observed, latent, at an edge or among kinks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Exponential,
    Geometric,
    Given,
    Index,
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
    dot,
    log,
    where,
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
    lower, upper = Parameter(Real()), Parameter(Real())
    x = Observed(Uniform(lower, upper), over=n)


class Tops(Model):
    n, g = Axis(), Axis()
    group = Given(Index(g), over=n)
    upper = Parameter(Positive(), over=g)
    x = Observed(Uniform(0, upper[group]), over=n)


class Middle(Model):
    n = Axis()
    mean, scale = Parameter(Real()), Parameter(Positive())
    x = Observed(Laplace(mean, scale=scale), over=n)


class Slope(Model):
    n = Axis()
    v = Given(Real(), over=n)
    slope, scale = Parameter(Real()), Parameter(Positive())
    y = Observed(Laplace(slope * v, scale=scale), over=n)


def test_ends_are_those_of_the_data() -> None:
    x = RNG.uniform(-3, 7, 60)
    fit = autoem.fit(Ends, {"x": x})
    assert fit.result == "converged"
    assert (fit.parameters["lower"], fit.parameters["upper"]) == (x.min(), x.max())
    assert_allclose(fit.log_likelihood, -60 * np.log(np.ptp(x)), rtol=1e-12)
    assert np.isnan(fit.standard_errors["lower"])
    assert "corner" in fit.information().reasons["lower"]


def test_rows_that_count_nothing_bound_nothing() -> None:
    x, weights = np.array([9.0, 1.0, 2.0, 4.0]), {"n": [0, 1, 2, 1]}
    fit = autoem.fit(Ends, {"x": x}, weights=weights)
    assert (fit.parameters["lower"], fit.parameters["upper"]) == (1.0, 4.0)
    assert_allclose(fit.log_likelihood, -4 * np.log(3), rtol=1e-12)


def test_missing_rows_bound_nothing() -> None:
    fit = autoem.fit(Ends, {"x": np.array([1.0, np.nan, 4.0])})
    assert (fit.parameters["lower"], fit.parameters["upper"]) == (1.0, 4.0)


def test_each_group_has_its_end() -> None:
    group = np.arange(60) % 3
    x = RNG.uniform(0, 1 + group)
    fit = autoem.fit(Tops, {"x": x, "group": group})
    assert_allclose(fit.parameters["upper"], [x[group == g].max() for g in range(3)], rtol=0)


def test_a_pareto_is_fitted_as_scipy_does() -> None:
    x = 2 * (1 + RNG.pareto(3, 100))
    fit = autoem.fit(Threshold, {"x": x}, tol=1e-13)
    shape, _, minimum = stats.pareto.fit(x, floc=0)
    assert_allclose(fit.parameters["minimum"], minimum, rtol=0)
    assert_allclose(fit.parameters["shape"], shape, rtol=1e-10)


def test_a_laplace_is_fitted_as_scipy_does() -> None:
    for number in (100, 101):
        x = RNG.laplace(1, 2, number)
        fit = autoem.fit(Middle, {"x": x}, tol=1e-13)
        mean, scale = stats.laplace.fit(x)
        assert_allclose(fit.parameters["mean"], mean, rtol=1e-12)
        assert_allclose(fit.parameters["scale"], scale, rtol=1e-12)


def test_weights_of_a_median_are_repeated_rows() -> None:
    x, weights = RNG.laplace(0, 1, 41), np.arange(41) % 4
    one = autoem.fit(Middle, {"x": x}, weights={"n": weights})
    assert_allclose(one.parameters["mean"], np.median(np.repeat(x, weights)), rtol=1e-12)


def test_a_slope_is_a_weighted_median_of_ratios() -> None:
    v = RNG.normal(size=50)
    y = 2 * v + RNG.laplace(0, 0.5, 50)
    fit = autoem.fit(Slope, {"v": v, "y": y})
    losses = np.abs(y - np.outer(y / v, v)).mean(axis=1)
    assert_allclose(fit.parameters["slope"], (y / v)[losses.argmin()], rtol=1e-12)
    assert_allclose(fit.parameters["scale"], losses.min(), rtol=1e-12)


@pytest.mark.parametrize("model", [Ends, Tops, Threshold, Middle, Slope])
def test_a_corner_is_certified(model: type[Model]) -> None:
    certificate = autoem.verify(autoem.derive(model))
    assert certificate, str(certificate)


class NoiseEnds(Model):
    n = Axis()
    share, upper = Parameter(Interval(0, 1)), Parameter(Positive())
    z = Latent(Bernoulli(share), over=n)
    x = Observed(where(z, Exponential(rate=1), Uniform(0, upper)), over=n)


class LatentEnds(Model):
    n = Axis()
    upper = Parameter(Positive())
    u = Latent(Uniform(0, upper), over=n)
    x = Observed(Normal(u, variance=1), over=n)


class Shifted(Model):
    n = Axis()
    start, width = Parameter(Real()), Parameter(Positive())
    x = Observed(Uniform(start, start + width), over=n)


class Medians(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta, scale = Parameter(Real(p)), Parameter(Positive())
    y = Observed(Laplace(dot(v, beta), scale=scale), over=n)


class Pulled(Model):
    n = Axis()
    mean = Parameter(Real(), prior=Normal(0, variance=1))
    x = Observed(Laplace(mean, scale=1), over=n)


class Lasso(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    coef = Parameter(Real(p), prior=Laplace(0, scale=2))
    y = Observed(Normal(dot(v, coef), variance=1), over=n)


@pytest.mark.parametrize(
    ("model", "error", "reason"),
    [
        (Lasso, NoUpdate, "make coef a latent, .* posterior=mean_field"),
        (NoiseEnds, NoUpdate, "moves with upper given a latent.* never move upper"),
        (LatentEnds, NoExactPosterior, "moves with upper, which EM would never move.* marginal"),
        (Shifted, NoUpdate, "moves with start and another parameter together"),
        (Medians, NoUpdate, "kinks where beta is one of several.* latent Exponential"),
        (Pulled, NoUpdate, "kinks in mean and more besides"),
    ],
)
def test_a_corner_that_is_no_order_statistic_is_refused(
    model: type[Model], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        autoem.derive(model)


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
