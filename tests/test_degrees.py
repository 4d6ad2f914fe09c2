"""Degrees of freedom of matrices: fitted, certified, and never below the size of the matrix."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from autoem import (
    Axis,
    Categorical,
    Given,
    Index,
    InverseWishart,
    Latent,
    Model,
    MultivariateNormal,
    Observed,
    Parameter,
    Positive,
    PositiveDefinite,
    Simplex,
    Wishart,
    Zeros,
    derive,
    fit,
    verify,
)
from autoem.errors.data import OutsideDomain
from autoem.families.degrees import degrees

SCALE = np.array([[2.0, 0.3, 0.0], [0.3, 1.0, 0.2], [0.0, 0.2, 1.0]])


class Scatter(Model):
    """Scatter matrices of an unknown number of observations each."""

    n, d = Axis("samples"), Axis("features")
    df, scale = Parameter(Positive()), Parameter(PositiveDefinite(d))
    x = Observed(Wishart(df, scale=scale), over=n)


class Covariances(Model):
    """Covariance matrices about a common one."""

    n, d = Axis("samples"), Axis("features")
    df, scale = Parameter(Positive()), Parameter(PositiveDefinite(d))
    x = Observed(InverseWishart(df, scale=scale), over=n)


class Kinds(Model):
    """Scatter matrices of several kinds."""

    n, k, d = Axis("samples"), Axis("kinds"), Axis("features")
    weight = Parameter(Simplex(k))
    df, scale = Parameter(Positive(), over=k), Parameter(PositiveDefinite(d), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Wishart(df[z], scale=scale[z]), over=n)


class Groups(Model):
    """Covariances of groups, which are seen through their rows, about a common one."""

    g, i, d = Axis("groups"), Axis("rows"), Axis("features")
    of = Given(Index(g), over=i)
    scale = Parameter(PositiveDefinite(d))
    cov = Latent(InverseWishart(7, scale=scale), over=g)
    x = Observed(MultivariateNormal(Zeros(d), cov=cov[of]), over=i)


def test_a_scale_that_covariances_share() -> None:
    """The rows of a group are t vectors with the covariance summed out; the maximum is scipy's."""
    generator = np.random.default_rng(8)
    common = np.array([[2.0, 0.5], [0.5, 1.0]])
    spread = stats.invwishart(7, 4 * common).rvs(30, random_state=generator)
    of = np.repeat(np.arange(30), 4)
    x = np.stack([generator.multivariate_normal([0, 0], spread[g]) for g in of])
    scatter = np.stack([x[of == g].T @ x[of == g] for g in range(30)])

    def minus(t: np.ndarray) -> float:
        """-log of the ratio of the normalizers of InverseWishart(7, S) and (11, S + x'x)."""
        root = np.array([[np.exp(t[0]), 0], [t[1], np.exp(t[2])]])
        scale = root @ root.T
        after = np.linalg.slogdet(scale + scatter)[1].sum()
        return -float(30 * 7 / 2 * np.linalg.slogdet(scale)[1] - 11 / 2 * after)

    best = optimize.minimize(minus, np.zeros(3), method="Nelder-Mead", options={"fatol": 1e-12}).x
    root = np.array([[np.exp(best[0]), 0], [best[1], np.exp(best[2])]])
    found = fit(Groups, {"x": x, "of": of})
    assert found.result == "converged" and np.min(np.diff(found.trace)) > -1e-9
    np.testing.assert_allclose(found.parameters["scale"], root @ root.T, rtol=1e-4)


def test_covariances_reach_the_maximum_that_scipy_finds() -> None:
    """Given df the scale is df times the harmonic mean; the rest is a function of one number."""
    x = stats.invwishart(7.5, SCALE).rvs(150, random_state=1)
    mean = np.linalg.inv(np.mean(np.linalg.inv(x), axis=0))

    def profile(df: float) -> float:
        return -float(stats.invwishart(df, df * mean).logpdf(np.moveaxis(x, 0, -1)).sum())

    best = optimize.minimize_scalar(profile, bounds=(2.1, 50), method="bounded")
    found = fit(Covariances, {"x": x})
    assert found.parameters["df"] == pytest.approx(best.x, rel=1e-4)
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-6)


def test_the_degrees_of_a_model_are_found() -> None:
    for model in (Scatter, Covariances, Kinds):
        found = degrees(model.declaration.variables)
        assert {p.name: axis.key for p, axis in found.items()} == {"df": "d"}


def test_a_wishart_law_reaches_the_maximum_that_scipy_finds() -> None:
    """Given df the scale is the mean over df; what is left is a function of one number."""
    x = stats.wishart(7.5, SCALE).rvs(150, random_state=1)

    def profile(df: float) -> float:
        return -float(stats.wishart(df, x.mean(axis=0) / df).logpdf(np.moveaxis(x, 0, -1)).sum())

    best = optimize.minimize_scalar(profile, bounds=(2.1, 50), method="bounded")
    found = fit(Scatter, {"x": x})
    assert found.result == "converged"
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    assert found.parameters["df"] == pytest.approx(best.x, rel=1e-4)


@pytest.mark.parametrize("model", [Scatter, Kinds], ids=lambda model: model.__name__)
def test_free_degrees_are_certified(model: type[Model]) -> None:
    certificate = verify(derive(model))
    assert certificate, str(certificate)


def test_a_start_below_the_size_of_the_matrix_is_refused() -> None:
    x = stats.wishart(7.5, SCALE).rvs(5, random_state=1)
    with pytest.raises(OutsideDomain, match=r"df is 1\.5; expected a number above 2, the length"):
        fit(Scatter, {"x": x}, start={"df": 1.5})
