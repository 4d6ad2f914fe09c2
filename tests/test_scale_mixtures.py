"""Normals whose variance is a latent that drifts the mean: the posterior is generalized inverse
Gaussian.  The judge is the density without the latent, and mpmath's Bessel functions."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy import optimize, special

from autoem import (
    Axis,
    Gamma,
    InverseGamma,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    derive,
    fit,
    verify,
)
from autoem.runtime.bessel_k import bessel_k_ratio, bessel_k_slope, log_bessel_k


class VarianceGamma(Model):
    """Steps whose variance is a gamma variable."""

    n = Axis("days")
    mean, drift = Parameter(Real()), Parameter(Real())
    shape, rate = Parameter(Positive()), Parameter(Positive())
    v = Latent(Gamma(shape, rate=rate), over=n)
    x = Observed(Normal(mean + drift * v, variance=v), over=n)


class SkewStudent(Model):
    """The same with an inverse gamma variable."""

    n = Axis("days")
    mean, drift = Parameter(Real()), Parameter(Real())
    shape, scale = Parameter(Positive()), Parameter(Positive())
    v = Latent(InverseGamma(shape, scale=scale), over=n)
    x = Observed(Normal(mean + drift * v, variance=v), over=n)


@pytest.mark.parametrize("model", [VarianceGamma, SkewStudent], ids=lambda model: model.__name__)
def test_the_posterior_is_generalized_inverse_gaussian(model: type[Model]) -> None:
    (posterior,) = derive(model).e_step.posteriors
    assert "GeneralizedInverseGaussian" in posterior.reason
    certificate = verify(model)
    assert certificate, str(certificate)


def minus(t: np.ndarray, x: np.ndarray) -> float:
    """Minus the log-likelihood of a variance-gamma law: Madan, Carr and Chang (1998)."""
    mean, drift, shape, rate = t[0], t[1], np.exp(t[2]), np.exp(t[3])
    p, a, r = shape - 0.5, drift**2 + 2 * rate, np.abs(x - mean)
    w = np.sqrt(a) * r
    bessel = np.log(special.kve(p, w)) - w + p * np.log(r / np.sqrt(a))
    whole = shape * np.log(rate) - special.gammaln(shape) + np.log(2 / np.pi) / 2
    return -float(np.sum(whole + bessel + drift * (x - mean)))


def test_variance_gamma_reaches_the_maximum_of_scipy() -> None:
    generator = np.random.default_rng(1)
    v = generator.gamma(2.5, 0.5, 200)
    x = 1 + 0.8 * v + np.sqrt(v) * generator.normal(size=200)
    options = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000, "maxfev": 4000}
    start = np.array([1, 0.8, 1, 0.7])
    best = optimize.minimize(minus, start, (x,), method="Nelder-Mead", options=options)
    found = fit(VarianceGamma, {"x": x})
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    shifted = fit(VarianceGamma, {"x": x + 1e6})
    assert shifted.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-5)


@pytest.mark.parametrize("order", [0.0, 0.5, -0.3, 2.7, -60.0, 200.0])
@pytest.mark.parametrize("w", [1e-10, 1e-2, 1.0, 30.0, 500.0])
def test_bessel_functions_of_every_order(order: float, w: float) -> None:
    with mpmath.workdps(30):
        log_k = mpmath.log(mpmath.besselk(order, w))
        ratio = mpmath.besselk(order + 1, w) / mpmath.besselk(order, w)
        slope = mpmath.diff(lambda p: mpmath.log(mpmath.besselk(p, w)), order)
    assert float(log_bessel_k(order, w)) == pytest.approx(float(log_k), rel=1e-12, abs=1e-12)
    assert float(bessel_k_ratio(order, w)) == pytest.approx(float(ratio), rel=1e-12)
    assert float(bessel_k_slope(order, w)) == pytest.approx(float(slope), rel=1e-12, abs=1e-12)
