"""Parameters that are natural together: their gradient is zero, from 1e-3 to 1e6.

The mean log of a Dirichlet is digamma(a_k) - digamma(sum a): at the maximum, that of the data.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import autoem
from autoem import (
    Axis,
    Beta,
    Categorical,
    Dirichlet,
    Gamma,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    Simplex,
    VonMises,
)

RNG = np.random.default_rng(12)


class Shares(Model):
    n = Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    x = Observed(Beta(a, b), over=n)


class Compositions(Model):
    n, k = Axis(), Axis()
    a = Parameter(Positive(k))
    x = Observed(Dirichlet(a), over=n)


class MixedShares(Model):
    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    a, b = Parameter(Positive(), over=k), Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Beta(a[z], b[z]), over=n)


@pytest.mark.parametrize("a", [(2.0, 5.0), (1e-3, 2e-3), (1e6, 3e6), (1e-3, 1e3), (1e5, 0.1)])
def test_two_shapes_are_exact_from_small_to_large(a: tuple[float, float]) -> None:
    x = np.clip(RNG.beta(*a, 400), 1e-300, 1 - 1e-16)
    fit = autoem.fit(Shares, {"x": x})
    found = np.array([fit.parameters["a"], fit.parameters["b"]])
    logs = np.array([np.log(x).mean(), np.log1p(-x).mean()])
    slope = logs - special.digamma(found) + special.digamma(found.sum())
    assert fit.result == "converged"
    assert_allclose(found * slope, 0, atol=1e-8)
    assert_allclose(fit.log_likelihood, stats.beta.logpdf(x, *found).sum(), rtol=1e-9)


@pytest.mark.parametrize(
    "a", [(1.0, 2.0, 3.0), (0.01, 0.02, 0.1), (1e5, 2e5, 1e4), (1e-3, 1e3, 1.0)]
)
def test_concentrations_are_exact_from_small_to_large(a: tuple[float, ...]) -> None:
    x = np.clip(RNG.dirichlet(a, 300), 1e-300, 1)
    x /= x.sum(axis=1, keepdims=True)
    fit = autoem.fit(Compositions, {"x": x})
    found = fit.parameters["a"]
    slope = np.log(x).mean(axis=0) - special.digamma(found) + special.digamma(found.sum())
    assert fit.result == "converged"
    assert_allclose(found * slope, 0, atol=1e-8)


@pytest.mark.parametrize("model", [Shares, Compositions])
def test_the_maximum_is_certified_and_its_second_order_proved(model: type[Model]) -> None:
    derivation = autoem.derive(model)
    (update,) = derivation.m_step.updates
    assert (update.rule, update.exact) == ("concave", True)
    certificate = autoem.verify(derivation)
    assert certificate, str(certificate)
    assert any("second order" in found.name for found in certificate.of("proved"))


def test_a_mixture_maximizes_all_components_at_once() -> None:
    x = np.r_[RNG.beta(2, 8, 200), RNG.beta(20, 5, 200)]
    fit = autoem.fit(MixedShares, {"x": x}, sizes={"k": 2})
    a, b, w = (fit.parameters[name] for name in ("a", "b", "weight"))
    judged = np.log(stats.beta.pdf(x[:, None], a, b) @ w).sum()
    assert_allclose(fit.log_likelihood, judged, rtol=1e-10)
    assert np.abs(fit.standard_errors["a"]).max() < 5


class Angle(Model):
    n = Axis()
    concentration = Parameter(Positive())
    x = Observed(VonMises(0, concentration=concentration), over=n)


class Rates(Model):
    n = Axis()
    shape, rate = Parameter(Positive()), Parameter(Positive())
    x = Observed(Gamma(shape, rate=rate), over=n)


class Pulled(Model):
    n = Axis()
    a = Parameter(Positive(), prior=Gamma(2, rate=1))
    b = Parameter(Positive())
    x = Observed(Beta(a, b), over=n)


class Plain(Model):
    n = Axis()
    mean, variance = Parameter(Real()), Parameter(Positive())
    x = Observed(Normal(mean, variance=variance), over=n)


@pytest.mark.parametrize(
    ("model", "rules"),
    [
        (Angle, ["root"]),
        (Rates, ["root", "stationary"]),
        (Pulled, ["root", "root"]),
        (Plain, ["linear", "stationary"]),
    ],
)
def test_one_equation_and_what_is_not_proved_stay_with_other_rules(
    model: type[Model], rules: list[str]
) -> None:
    assert [update.rule for update in autoem.derive(model).m_step.updates] == rules
