"""What the refusals advise can be written, and gives what it says: a t and a Laplace about a
latent, and a Laplace prior, as scale mixtures by mean field.  The judge is a coordinate ascent by
hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem import (
    Axis,
    Exponential,
    Gamma,
    Given,
    Index,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    derive,
    dot,
    fit,
    mean_field,
    verify,
)

RNG = np.random.default_rng(4)


class Heavy(Model):
    """A group effect seen through t errors of four degrees of freedom."""

    g, i = Axis("groups"), Axis("rows")
    of = Given(Index(g), over=i)
    tau2, scale2 = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(0, variance=tau2), over=g)
    w = Latent(Gamma(2, rate=2), over=i)
    y = Observed(Normal(b[of], variance=scale2 / w), over=i)


class Kinked(Model):
    """A normal latent seen through Laplace errors."""

    n = Axis("rows")
    scale = Parameter(Positive())
    b = Latent(Normal(0, variance=1), over=n)
    w = Latent(Exponential(rate=1 / (2 * scale**2)), over=n)
    y = Observed(Normal(b, variance=w), over=n)


class Lasso(Model):
    """A regression whose coefficients have a Laplace prior: the Bayesian lasso.

    Park and Casella (2008), JASA 103."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    scale, noise = Given(Positive()), Given(Positive())
    w = Latent(Exponential(rate=1 / (2 * scale**2)), over=p)
    coef = Latent(Normal(0, variance=w), over=p)
    y = Observed(Normal(dot(v, coef), variance=noise), over=n)


@pytest.mark.parametrize("model", [Heavy, Kinked])
def test_the_scale_mixture_has_a_certificate(model: type[Model]) -> None:
    derivation = derive(model, posterior=mean_field())
    rules = {posterior.rule for posterior in derivation.e_step.posteriors}
    assert rules <= {"conjugate", "gaussian", "joint_gaussian"}
    certificate = verify(derivation)
    assert certificate, str(certificate)


def test_the_bayesian_lasso_is_that_of_its_equations() -> None:
    v = RNG.normal(size=(50, 4))
    y = v @ np.array([1.5, 0, 0, -0.5]) + RNG.normal(size=50)
    scale, noise = 0.1, 0.9
    found = fit(
        derive(Lasso, posterior=mean_field()),
        {"v": v, "y": y, "scale": scale, "noise": noise},
        tol=1e-13,
    )
    precision = np.ones(4)
    for _ in range(2000):
        spread = np.linalg.inv(v.T @ v / noise + np.diag(precision))
        mean = spread @ v.T @ y / noise
        precision = 1 / (scale * np.sqrt(mean**2 + np.diag(spread)))
    assert_allclose(found.posterior()["coef"]["mean"], mean, atol=1e-5)
    assert np.all(np.abs(mean[1:3]) < 0.1) and abs(mean[0]) > 1  # shrunk, and hardly so
