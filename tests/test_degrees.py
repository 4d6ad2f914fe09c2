"""Degrees of freedom of matrices: fitted, certified, and never below the size of the matrix."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from autoem import (
    Axis,
    Categorical,
    InverseWishart,
    Latent,
    Model,
    Observed,
    Parameter,
    Positive,
    PositiveDefinite,
    Simplex,
    Wishart,
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
