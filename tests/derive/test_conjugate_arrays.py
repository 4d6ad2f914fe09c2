"""Conjugate vectors and matrices against scipy's laws of what is left when they are integrated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from autoem import (
    Axis,
    Categorical,
    Count,
    Dirichlet,
    Given,
    Identity,
    InverseWishart,
    Latent,
    Model,
    Multinomial,
    MultivariateNormal,
    Observed,
    Parameter,
    Positive,
    Real,
    Simplex,
    derive,
    fit,
)
from autoem.errors import NoExactPosterior

GENERATOR = np.random.default_rng(3)


class Scatter(Model):
    """A covariance for each row, from an inverse Wishart."""

    n, d = Axis(), Axis()
    scale = Parameter(Positive())
    mean = Parameter(Real(d))
    cov = Latent(InverseWishart(6, scale=scale * Identity(d)), over=n)
    x = Observed(MultivariateNormal(mean, cov=cov), over=n)


class Shares(Model):
    """Counts with shares from a Dirichlet."""

    n, k = Axis(), Axis()
    trials = Given(Count(), over=n)
    concentration = Parameter(Positive(k))
    share = Latent(Dirichlet(concentration), over=n)
    x = Observed(Multinomial(trials, share), over=n)


def test_a_normal_with_an_inverse_wishart_covariance_is_a_student() -> None:
    """x ~ t with nu - d + 1 degrees of freedom and the scale matrix / (nu - d + 1)."""
    x = GENERATOR.normal(size=(50, 2))
    start = {"scale": 1.7, "mean": np.array([0.2, -0.1])}
    found = fit(Scatter, {"x": x}, start=start, max_iterations=0)
    theirs = stats.multivariate_t.logpdf(x, start["mean"], 1.7 * np.eye(2) / 5, df=5).sum()
    assert found.log_likelihood == pytest.approx(theirs, rel=1e-12)
    other = stats.multivariate_t.logpdf(x, start["mean"], 1.7 * np.eye(2) / 6, df=5).sum()
    assert found.log_likelihood != pytest.approx(other, rel=1e-4)


def test_counts_with_dirichlet_shares_are_dirichlet_multinomial() -> None:
    trials = GENERATOR.integers(3, 20, 40)
    x = np.array([GENERATOR.multinomial(t, GENERATOR.dirichlet([2, 1, 0.5])) for t in trials])
    data = {"x": x, "trials": trials}
    start = {"concentration": np.array([1.5, 2.0, 0.3])}
    at_start = fit(Shares, data, start=start, max_iterations=0)
    theirs = stats.dirichlet_multinomial.logpmf(x, start["concentration"], trials).sum()
    assert at_start.log_likelihood == pytest.approx(theirs, rel=1e-12)
    shares = at_start.posterior()["share"]["mean"]
    weight = start["concentration"].sum()
    expected = (x + start["concentration"]) / (trials + weight)[:, None]
    np.testing.assert_allclose(shares, expected, rtol=1e-12)


def test_what_is_no_statistic_is_refused() -> None:
    class Odd(Model):
        n, k = Axis(), Axis()
        a = Parameter(Positive(k))
        share = Latent(Dirichlet(a), over=n)
        x = Observed(MultivariateNormal(share, cov=Identity(k)), over=n)

    with pytest.raises(NoExactPosterior, match="stands elsewhere than in the statistics"):
        derive(Odd)


def test_states_that_share_a_vector_couple() -> None:
    class Topics(Model):
        n, t, k, v = Axis(), Axis(), Axis(), Axis()
        a, word = Parameter(Positive(k)), Parameter(Simplex(v), over=k)
        share = Latent(Dirichlet(a), over=n)
        z = Latent(Categorical(share), over=(n, t))
        x = Observed(Categorical(word[z]), over=(n, t))

    with pytest.raises(NoExactPosterior, match="share"):
        derive(Topics)
