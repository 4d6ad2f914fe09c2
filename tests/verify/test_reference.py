"""Brute force against closed forms: the judge is right where the answer is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate as scipy_integrate, stats

from autoem.errors.verification import NotJudged
from autoem.families import Categorical, Exponential, Normal, Poisson
from autoem.language import (
    Aggregate,
    Axis,
    Given,
    Index,
    Latent,
    Model,
    Observed,
    Parameter,
    Positive,
    Real,
    Tree,
    previous,
)
from autoem.verify.components import components
from autoem.verify.instance import tiny_instance, with_gaps
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


def test_a_hidden_chain_is_summed_over_all_paths() -> None:
    instance, data, p = tiny("hidden_markov")
    expected = 0.0
    for x in data["x"]:
        forward = p["initial"] * p["emission"][:, x[0]]
        for symbol in x[1:]:
            forward = (forward @ p["transition"]) * p["emission"][:, symbol]
        expected += np.log(forward.sum())
    close(instance, expected)


def test_a_level_that_walks_is_integrated_whole() -> None:
    instance, data, p = tiny("local_level")
    mean, variance, expected = 0.0, 1e9, 0.0
    for x in data["x"]:  # the filter of Kalman: the covariance itself is nearly singular
        total = variance + p["observation_variance"]
        expected += stats.norm.logpdf(x, mean, np.sqrt(total))
        mean += variance / total * (x - mean)
        variance = variance * p["observation_variance"] / total + p["level_variance"]
    close(instance, expected)


class Walk(Model):
    """Values along the branches of a tree."""

    node = Axis()
    parent = Given(Index(node), over=node)
    z = Latent(
        Tree(root=Normal(0, variance=4), then=Normal(previous / 2, variance=1), parent=parent),
        over=node,
    )
    x = Observed(Normal(z, variance=1), over=node)


def test_a_tree_is_read_from_its_parents() -> None:
    x, parent = np.array([0.3, -0.4, 1.2]), np.array([-1, 0, 0])
    instance = Instance(Walk, {Walk.node: 3}, {"x": x, "parent": parent}, {})
    path = np.array([[1, 0, 0], [0.5, 1, 0], [0.5, 0, 1]])
    cov = path @ np.diag([4, 1, 1]) @ path.T + np.eye(3)
    close(instance, stats.multivariate_normal.logpdf(x, np.zeros(3), cov))


@pytest.mark.parametrize("latent_cells", [True, False])
def test_gaps_of_a_vector_are_integrated_or_left_out(latent_cells: bool) -> None:
    instance, _, p = tiny("incomplete_normal")
    names = ("x",) if latent_cells else ()
    gapped = with_gaps(instance, ("x",), names, np.random.default_rng(0), share=0.5)
    expected = 0.0
    for row in gapped.data["x"]:
        seen = ~np.isnan(row)
        cov = p["cov"][np.ix_(seen, seen)]
        expected += stats.multivariate_normal.logpdf(row[seen], p["mean"][seen], cov)
    assert np.isnan(gapped.data["x"]).any()
    close(gapped, expected)


class Coarse(Model):
    """Of a category only the group is seen."""

    n, k = Axis(), Axis(size=3)
    z = Latent(Categorical(np.array([0.2, 0.3, 0.5])), over=n)
    group = Observed(Aggregate(z, groups=[(0, 2), (1,)]), over=n)


def test_a_coarsened_category_has_the_probability_of_its_group() -> None:
    instance = Instance(Coarse, {Coarse.n: 2}, {"group": np.array([0, 1])}, {})
    assert log_likelihood(instance) == pytest.approx(np.log(0.7) + np.log(0.3), rel=1e-12)


class Unbounded(Model):
    """Counts that nothing bounds, of a hidden rate: neither enumerated nor integrated."""

    rate = Parameter(Positive())
    u = Latent(Exponential(rate=rate))
    z = Latent(Poisson(u))
    x = Observed(Exponential(rate=1 + z))


def test_what_cannot_be_judged_is_said() -> None:
    instance = Instance(Unbounded, {}, {"x": np.array(1.0)}, {"rate": np.array(1.0)})
    with pytest.raises(NotJudged, match="counts without end"):
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
