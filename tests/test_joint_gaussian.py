"""Effects that rows share, nested and crossed, against the dense joint Gaussian and statsmodels.

y = V beta + Z u + e,   u ~ N(0, G):   y ~ N(V beta, Z G Z' + s I),
E[u | y] = G Z' S^-1 (y - V beta),   Cov[u | y] = G - G Z' S^-1 Z G .
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM

from autoem import (
    Axis,
    Categorical,
    Given,
    Identity,
    Latent,
    Model,
    MultivariateNormal,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Total,
    Within,
    Zeros,
    derive,
    fit,
)  # fmt: skip
from autoem.derive.stages import derive as derive_with_gaps
from autoem.errors import NoExactPosterior
from autoem.errors.data import TooLargeMatrix
from tests.test_references import program

THETA = {
    "beta": np.array([1.0, -0.5]),
    "omega2": np.array(1.7),
    "tau2": np.array(0.6),
    "sigma2": np.array(0.8),
}


@dataclass(frozen=True)
class Dense:
    """The joint Gaussian of the effects and the rows, as one matrix."""

    y: np.ndarray
    v: np.ndarray
    design: np.ndarray
    prior: np.ndarray

    @property
    def spread(self) -> np.ndarray:
        return self.design * self.prior @ self.design.T + THETA["sigma2"] * np.eye(len(self.y))

    @property
    def residual(self) -> np.ndarray:
        return self.y - self.v @ THETA["beta"]

    def log_likelihood(self) -> float:
        return float(stats.multivariate_normal.logpdf(self.residual, cov=self.spread))

    def mean(self) -> np.ndarray:
        back = np.linalg.solve(self.spread, self.residual)
        return self.prior * (self.design.T @ back)

    def covariance(self) -> np.ndarray:
        turned = self.design * self.prior
        return np.diag(self.prior) - turned.T @ np.linalg.solve(self.spread, turned)


def rows(crossed: bool) -> tuple[dict[str, np.ndarray], Dense, tuple[np.ndarray, np.ndarray]]:
    """Data of 90 rows, 12 elements of one set and 5 of the other."""
    generator = np.random.default_rng(5)
    first = generator.permutation(np.arange(90) % 12)
    second = generator.permutation(np.arange(90) % 5) if crossed else (np.arange(12) % 5)[first]
    v = np.column_stack([np.ones(90), generator.normal(size=90)])
    y = v @ [1.0, -0.5] + generator.normal(size=12)[first] + generator.normal(size=5)[second]
    y = y + generator.normal(size=90)
    one, other = np.eye(12)[first], np.eye(5)[second]
    if crossed:
        data = {"v": v, "y": y, "subject": first, "item": second}
        prior = np.repeat([THETA["omega2"], THETA["tau2"]], [12, 5])
    else:
        data = {"v": v, "y": y, "group": first, "school": np.arange(12) % 5}
        prior = np.repeat([THETA["tau2"], THETA["omega2"]], [12, 5])
    return data, Dense(y, v, np.hstack([one, other]), prior), (first, second)


@pytest.mark.parametrize("crossed", [False, True], ids=["nested", "crossed"])
def test_the_posterior_is_that_of_the_dense_joint_gaussian(crossed: bool) -> None:
    data, dense, _ = rows(crossed)
    module = program("crossed_effects" if crossed else "nested_effects").module
    assert abs(module.log_likelihood(data, THETA) - dense.log_likelihood()) < 1e-10
    found = module.posterior(data, THETA)
    names = ("a", "b") if crossed else ("b", "a")
    np.testing.assert_allclose(
        np.concatenate([found[f"mean_{name}"] for name in names]), dense.mean(), atol=1e-12
    )
    spread = dense.covariance()
    if crossed:
        np.testing.assert_allclose(found["covariance_a"], np.diag(spread)[:12], atol=1e-12)
        np.testing.assert_allclose(found["covariance_a_b"], spread[:12, 12:], atol=1e-12)
        np.testing.assert_allclose(found["spread_b"], spread[12:, 12:], atol=1e-12)
    else:
        own = np.arange(12), 12 + data["school"]
        np.testing.assert_allclose(found["covariance_b"], np.diag(spread)[:12], atol=1e-12)
        np.testing.assert_allclose(found["covariance_b_a"], spread[own], atol=1e-12)
        np.testing.assert_allclose(found["spread_a"], np.diag(spread)[12:], atol=1e-12)


def test_crossed_effects_have_the_maximum_of_statsmodels() -> None:
    data, _, (first, second) = rows(crossed=True)
    one, other = np.eye(12)[first], np.eye(5)[second]
    found = fit(program("crossed_effects"), data, progress=False)
    assert found.result == "converged", found.result
    parts: Any = {"a": {1: one}, "b": {1: other}}
    mixed = MixedLM(data["y"], data["v"], np.ones(90), exog_vc=parts)
    known = mixed.fit(reml=False, method="lbfgs")
    assert abs(found.log_likelihood - known.llf) < 1e-5
    np.testing.assert_allclose(found.parameters["beta"], known.fe_params, atol=1e-4)
    sizes = [found.parameters["omega2"], found.parameters["tau2"]]
    np.testing.assert_allclose(sizes, known.vcomp, rtol=2e-3)


def test_a_user_is_told_means_and_covariances() -> None:
    data, _, _ = rows(crossed=True)
    told = fit(program("crossed_effects"), data, start=THETA, max_iterations=3).posterior()
    assert told["a"]["mean"].shape == told["a"]["variance"].shape == (12,)
    assert told["b"]["covariance"].shape == (5, 5)


def test_a_count_of_two_effects_is_refused_with_reasons() -> None:
    class Counts(Model):
        n = Axis()
        t2 = Parameter(Positive())
        a = Latent(Normal(0, variance=t2), over=n)
        b = Latent(Normal(a, variance=1), over=n)
        x = Observed(Poisson(b**2), over=n)

    with pytest.raises(NoExactPosterior, match="joint_gaussian: the log joint is not quadratic"):
        derive(Counts)


def test_a_matrix_that_is_too_large_is_named_with_its_axis() -> None:
    rows = 5000
    data = {
        "v": np.ones((rows, 1)), "y": np.arange(rows) % 7.0,
        "subject": np.arange(rows) % 3, "item": np.arange(rows),
    }  # fmt: skip
    with pytest.raises(TooLargeMatrix, match="axis h with 5000 entries"):
        fit(program("crossed_effects"), data)


class PartlySeen(Model):
    """Factors with a full noise covariance, some cells missing."""

    n, d, q = Axis(), Axis(), Axis()
    loading, cov = Parameter(Real(d, q)), Parameter(PositiveDefinite(d))
    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(loading @ z, cov=cov), over=n)


class Censored(Model):
    """An effect behind a value of which a bound is seen."""

    n = Axis()
    low, s2 = Given(Real(), over=n), Parameter(Positive())
    a = Latent(Normal(0, variance=1), over=n)
    b = Latent(Normal(a, variance=s2), over=n)
    y = Observed(Within(b, lower=low), over=n)


class Summed(Model):
    """An effect behind values of which the sum is seen."""

    n, j = Axis(), Axis()
    s2 = Parameter(Positive())
    a = Latent(Normal(0, variance=1), over=n)
    b = Latent(Normal(a, variance=s2), over=(n, j))
    y = Observed(Total(b, over=j), over=n)


class Switched(Model):
    """Two effects of the row whose scale switches with a class."""

    n, k = Axis(), Axis()
    weight, t2 = Parameter(Simplex(k)), Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    a = Latent(Normal(0, variance=t2[z]), over=n)
    b = Latent(Normal(a, variance=1), over=n)
    y = Observed(Normal(a + b, variance=1), over=n)


@pytest.mark.parametrize(
    ("model", "gaps", "reason"),
    [
        (PartlySeen, ("x",), "x is seen in part"),
        (Censored, (), "b lies between bounds"),
        (Summed, (), "sums of b are observed"),
        (Switched, (), "switches with z"),
    ],
)
def test_what_is_no_plain_gaussian_set_is_refused(
    model: type[Model], gaps: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(NoExactPosterior, match=reason):
        derive_with_gaps(model, gaps)
