"""Brute force against closed forms: the judge is right where the answer is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate as scipy_integrate, stats

from autoem.errors.verification import NotJudged
from autoem.families import Categorical, Exponential, Normal, Poisson
from autoem.language import Aggregate, Axis, Latent, Model, Observed, Parameter, Positive, Real
from autoem.verify.components import components
from autoem.verify.instance import tiny_instance
from autoem.verify.quadrature import integrate
from autoem.verify.reference import clouds, expected_log_joint, log_joint, log_likelihood
from autoem.verify.sites import Instance, Site
from tests.test_models import ROOT, declared


def tiny(name: str) -> tuple[Instance, Any, Any]:
    instance = tiny_instance(declared(ROOT / "models" / f"{name}.py"))
    return instance, instance.data, instance.parameters


def close(instance: Instance, expected: float) -> None:
    assert log_likelihood(instance) == pytest.approx(expected, rel=1e-12)


def test_factor_analysis_is_a_normal_vector() -> None:
    instance, data, p = tiny("factor_analysis")
    cov = p["loading"] @ p["loading"].T + np.diag(p["noise"])
    close(instance, stats.multivariate_normal.logpdf(data["x"], p["mean"], cov).sum())


def test_mixture_of_factor_analyzers_is_a_mixture_of_normal_vectors() -> None:
    instance, data, p = tiny("mixture_of_factor_analyzers")
    each = [
        w * stats.multivariate_normal.pdf(data["x"], m, a @ a.T + np.diag(p["noise"]))
        for w, m, a in zip(p["weight"], p["mean"], p["loading"], strict=True)
    ]
    close(instance, np.log(np.sum(each, axis=0)).sum())


def test_a_poisson_with_gamma_rates_is_negative_binomial() -> None:
    instance, data, p = tiny("negative_binomial")
    share = p["shape"] / (p["shape"] + p["mean"])
    close(instance, stats.nbinom.logpmf(data["x"], p["shape"], share).sum())


def test_a_normal_with_gamma_precisions_is_student() -> None:
    instance, data, p = tiny("student_regression")
    mean, scale = data["v"] @ p["beta"], np.sqrt(p["scale2"])
    close(instance, stats.t.logpdf(data["y"], p["nu"], mean, scale).sum())


def test_cells_that_are_counted_together_are_multinomial() -> None:
    instance, data, p = tiny("linkage")
    t = p["theta"]
    cells = np.array([2 + t, 1 - t, 1 - t, t]) / 4
    close(instance, stats.multinomial.logpmf(data["y"], data["animals"], cells))


def test_a_posterior_is_a_cloud_of_weights() -> None:
    instance, data, p = tiny("negative_binomial")
    (first, *_) = clouds(instance)
    (site,) = first.component.hidden
    shape, rate = p["shape"] + data["x"][0], p["shape"] / p["mean"] + 1
    assert first.expectation(lambda z: z[site]) == pytest.approx(shape / rate, rel=1e-11)
    assert first.expectation(lambda z: np.log(z[site])) == pytest.approx(
        stats.gamma.expect(np.log, (shape,), scale=1 / rate), rel=1e-7
    )


def test_q_at_the_posterior_is_likelihood_less_entropy() -> None:
    instance, _, p = tiny("two_coins")
    posterior = clouds(instance)
    entropy = 0.0
    for cloud in posterior:
        logs = np.array([float(logs) for _, logs in cloud.parts]) - cloud.log_likelihood
        entropy -= float(np.sum(np.exp(logs) * logs))
    q = expected_log_joint(posterior, instance.at(p))
    assert q + entropy == pytest.approx(log_likelihood(instance), rel=1e-12)


class Shared(Model):
    """Rows that share an effect are one component; the likelihood is a normal vector's."""

    i, g = Axis(), Axis()
    tau2, s2 = Parameter(Positive()), Parameter(Positive())
    mean = Parameter(Real())
    b = Latent(Normal(0, variance=tau2), over=g)
    y = Observed(Normal(mean + b, variance=s2), over=(i, g))


def test_rows_that_share_an_effect_are_integrated_together() -> None:
    theta = {"tau2": 0.7, "s2": 0.4, "mean": 0.3}
    y = np.random.default_rng(0).normal(size=(3, 2))
    instance = Instance(Shared, {Shared.i: 3, Shared.g: 2}, {"y": y}, theta)  # type: ignore[arg-type]
    assert [len(c.factors) for c in components(instance)] == [4, 4, 0]
    cov = 0.7 * np.ones((3, 3)) + 0.4 * np.eye(3)
    expected = stats.multivariate_normal.logpdf(y.T, np.full(3, 0.3), cov).sum()
    assert log_likelihood(instance) == pytest.approx(expected, rel=1e-12)
    at_zero = {site: 0.0 for site in instance.sites(Latent)}
    residuals = stats.norm.logpdf(y, 0.3, np.sqrt(0.4)).sum()
    assert log_joint(instance, at_zero) == pytest.approx(
        residuals + 2 * stats.norm.logpdf(0, 0, np.sqrt(0.7)), rel=1e-12
    )


class Coarse(Model):
    """Of a category only the group is seen."""

    n, k = Axis(), Axis(size=3)
    z = Latent(Categorical(np.array([0.2, 0.3, 0.5])), over=n)
    group = Observed(Aggregate(z, groups=[(0, 2), (1,)]), over=n)


def test_a_coarsened_category_has_the_probability_of_its_group() -> None:
    instance = Instance(Coarse, {Coarse.n: 2}, {"group": np.array([0, 1])}, {})
    assert log_likelihood(instance) == pytest.approx(np.log(0.7) + np.log(0.3), rel=1e-12)


class Unbounded(Model):
    """Counts that nothing bounds cannot be enumerated."""

    rate = Parameter(Positive())
    z = Latent(Poisson(rate))
    x = Observed(Exponential(rate=1 + z))


def test_what_cannot_be_judged_is_said() -> None:
    instance = Instance(Unbounded, {}, {"x": np.array(1.0)}, {"rate": np.array(1.0)})
    with pytest.raises(NotJudged, match="unbounded counts z"):
        log_likelihood(instance)


@pytest.mark.parametrize("shape", [0.3, 1.0, 40.0])
def test_quadrature_of_a_log_gamma_density(shape: float) -> None:
    points, logs = integrate(lambda t: (shape * t - np.exp(t))[:, 0], 1)
    assert np.exp(logs).sum() == pytest.approx(
        np.exp(stats.gamma.logpdf(1, shape) * 0) * _gamma(shape)
    )
    assert points.shape == (len(logs), 1)


def _gamma(shape: float) -> float:
    value, _ = scipy_integrate.quad(lambda u: u ** (shape - 1) * np.exp(-u), 0, np.inf)
    return float(value)


def test_sites_are_named_by_variable_and_place() -> None:
    instance, _, _ = tiny("two_coins")
    coin = instance.model.declaration.latents[0]
    assert list(instance.sites(Latent))[2] == Site(coin, (2,))
