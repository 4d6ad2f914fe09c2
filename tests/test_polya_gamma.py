"""Polya-Gamma latents: logistic likelihoods as weighted least squares, exactly and by mean field.

The judges are statsmodels, mpmath, and the bound of Jaakkola and Jordan, maximized by scipy."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import optimize, special

from autoem import (
    Axis,
    Bernoulli,
    Binomial,
    Categorical,
    Count,
    Given,
    Latent,
    Model,
    NegativeBinomial,
    Normal,
    Observed,
    Parameter,
    PolyaGamma,
    Positive,
    Real,
    Simplex,
    derive,
    dot,
    exp,
    fit,
    mean_field,
    verify,
)
from autoem.derive import canceling
from autoem.errors import NoExactPosterior
from autoem.families.polya_gamma import POLYA_GAMMA, log_polya_gamma as by_series
from autoem.runtime.polya_gamma import log_polya_gamma, tanh_ratio
from tests.test_models import ROOT, declared
from tests.test_references import regression, table

RNG = np.random.default_rng(1)


class Binomials(Model):
    """Counts of known trials."""

    n, p = Axis(), Axis()
    v, trials = Given(Real(p), over=n), Given(Count(), over=n)
    beta = Parameter(Real(p))
    w = Latent(PolyaGamma(trials, tilt=dot(v, beta)), over=n)
    y = Observed(Binomial(trials, logits=dot(v, beta)), over=n)


class NegativeBinomials(Model):
    """Counts without end, of a known shape: the latent has the count and the shape together."""

    n, p = Axis(), Axis()
    v, shape = Given(Real(p), over=n), Given(Positive())
    beta = Parameter(Real(p))
    y = Observed(NegativeBinomial(shape, mean=shape * exp(dot(v, beta))), over=n)
    w = Latent(PolyaGamma(y + shape, tilt=dot(v, beta)), over=n)


class Classes(Model):
    """A mixture of logistic regressions."""

    n, p, k = Axis(), Axis(), Axis()
    v, trials = Given(Real(p), over=n), Given(Count(), over=n)
    share, beta = Parameter(Simplex(k)), Parameter(Real(p), over=k)
    z = Latent(Categorical(share), over=n)
    w = Latent(PolyaGamma(trials, tilt=dot(v, beta[z])), over=n)
    y = Observed(Binomial(trials, logits=dot(v, beta[z])), over=n)


class Alone(Model):
    """The family observed."""

    n = Axis()
    tilt = Parameter(Positive())
    x = Observed(PolyaGamma(3, tilt=tilt), over=n)


class Apart(Model):
    """Another tilt than the logits: nothing cancels."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    w = Latent(PolyaGamma(1, tilt=2 * dot(v, beta)), over=n)
    y = Observed(Bernoulli(logits=dot(v, beta)), over=n)


def rows(count: int = 80) -> tuple[np.ndarray, np.ndarray]:
    v = np.column_stack([np.ones(count), RNG.normal(size=(count, 2))])
    return v, v @ np.array([0.3, 1.0, -0.7])


@pytest.mark.parametrize("count", [0.4, 1.0, 7.5, 60.0])
def test_the_density_is_the_series_in_many_digits(count: float) -> None:
    for w in np.array([1e-3, 0.1, 0.7, 1.0, 1.4, 4.0]) * count / 4:
        with mpmath.workdps(300):
            b, x = mpmath.mpf(count), mpmath.mpf(w)
            sizes = (
                mpmath.gamma(n + b) / mpmath.factorial(n) * (2 * n + b)
                * mpmath.exp(-((2 * n + b) ** 2) / (8 * x))
                for n in range(400)
            )  # fmt: skip
            total = sum((-1) ** n * size for n, size in enumerate(sizes))
            scale = 2 ** (b - 1) / mpmath.gamma(b) / mpmath.sqrt(2 * mpmath.pi * x**3)
            exact = float(mpmath.log(scale * total))
        assert_allclose(log_polya_gamma(count, w), exact, rtol=1e-13, atol=1e-13)
        if count < 10 and w <= count / 2:
            assert_allclose(by_series._imp_(count, w), exact, rtol=1e-9)


def test_draws_have_the_mean_and_the_variance() -> None:
    for count, tilt in ((1, 0.0), (4, 3.0), (0.5, 40.0)):
        drawn = POLYA_GAMMA.sample(RNG, {"count": count, "tilt": tilt}, 40_000)
        with mpmath.workdps(30):
            mean = -mpmath.diff(lambda s: _cumulant(count, tilt, s), 0)  # noqa: B023
            variance = mpmath.diff(lambda s: _cumulant(count, tilt, s), 0, 2)  # noqa: B023
        assert_allclose(drawn.mean(), float(mean), rtol=0.03)
        assert_allclose(drawn.var(), float(variance), rtol=0.06)
    assert POLYA_GAMMA.sample(RNG, {"count": 0, "tilt": 1.0}, 3).tolist() == [0, 0, 0]
    assert_allclose(tanh_ratio(np.array([0.0, 1e-200, -2.0])), [0.25, 0.25, np.tanh(1) / 4])


def _cumulant(count: float, tilt: float, s: mpmath.mpf) -> mpmath.mpf:
    return -count * mpmath.log(mpmath.cosh(mpmath.sqrt((tilt**2 / 2 + 0.0 + s + 1e-30) / 2)))


def test_logistic_regression_reaches_the_optimum_of_statsmodels() -> None:
    model = declared(ROOT / "models/polya_gamma_regression.py")
    derivation = derive(model)
    assert [u.rule for u in derivation.m_step.updates] == ["linear"] and derivation.exact
    data = regression("spector", "grade", ["gpa", "tuce", "psi"])
    known = sm.Logit(data["y"], data["v"]).fit(disp=False, tol=1e-12)
    found = fit(derivation, data)
    assert_allclose(found.parameters["beta"], known.params, rtol=1e-5)
    assert_allclose(found.log_likelihood, known.llf, rtol=1e-12)
    assert_allclose(found.standard_errors["beta"], known.bse, rtol=1e-4)


def test_outcomes_that_are_separated_are_reported() -> None:
    x = np.linspace(-1, 1, 20)
    data = {"v": np.column_stack([np.ones(20), x]), "y": x > 0}
    found = fit(declared(ROOT / "models/polya_gamma_regression.py"), data)
    assert found.result == "boundary" and "separates" in found.summary()


def test_binomial_and_negative_binomial_counts() -> None:
    v, u = rows()
    trials = RNG.integers(0, 9, len(u))
    y = RNG.binomial(trials, special.expit(u))
    found = fit(Binomials, {"v": v, "trials": trials, "y": y})
    some = trials > 0
    share = np.column_stack([y, trials - y])[some]
    known = sm.GLM(share, v[some], family=sm.families.Binomial()).fit(tol=1e-13)
    assert_allclose(found.parameters["beta"], known.params, atol=1e-6)
    assert_allclose(found.log_likelihood, known.llf, rtol=1e-10)
    shape = 2.5
    y = RNG.negative_binomial(shape, shape / (shape + np.exp(u)))
    found = fit(NegativeBinomials, {"v": v, "shape": shape, "y": y})
    family = sm.families.NegativeBinomial(alpha=1 / shape)
    known = sm.GLM(y, v, family=family).fit(tol=1e-13)
    beta = known.params - np.array([np.log(shape), 0, 0])
    assert_allclose(found.parameters["beta"], beta, atol=1e-5)
    assert_allclose(found.log_likelihood, known.llf, rtol=1e-10)


@pytest.mark.parametrize(
    "model",
    [Binomials, NegativeBinomials, pytest.param(Classes, marks=pytest.mark.slow), Alone],
)
def test_certificates(model: type[Model]) -> None:
    certificate = verify(model)
    assert certificate, str(certificate)


def test_another_tilt_is_another_model() -> None:
    derivation = derive(Apart)
    assert not [u for u in derivation.m_step.updates if u.rule == "linear"]
    assert verify(derivation)


def test_a_logarithm_that_should_stay_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: logarithms are left out whatever their coefficients are."""
    monkeypatch.setattr(canceling, "_adds_to_zero", lambda found: True)
    assert not verify(Apart)


def bound(theta: np.ndarray, v: np.ndarray, group: np.ndarray, y: np.ndarray) -> float:
    """The greatest bound in xi: Jaakkola and Jordan (2000), equations 11 to 13, with a = v beta."""
    a, tau2, count = v @ theta[:-1], np.exp(theta[-1]), group.max() + 1
    xi = np.ones(len(y))
    for _ in range(400):
        slope = np.tanh(xi / 2) / (4 * xi)
        precision = 1 / tau2 + 2 * np.bincount(group, slope, count)
        shift = np.bincount(group, y - 0.5 - 2 * slope * a, count)
        xi = np.sqrt((a + (shift / precision)[group]) ** 2 + (1 / precision)[group])
    slope = np.tanh(xi / 2) / (4 * xi)
    precision = 1 / tau2 + 2 * np.bincount(group, slope, count)
    shift = np.bincount(group, y - 0.5 - 2 * slope * a, count)
    row = special.log_expit(xi) - xi / 2 + slope * (xi**2 - a**2) + (y - 0.5) * a
    return float(row.sum() + np.sum(shift**2 / precision - np.log(precision * tau2)) / 2)


def test_a_mean_field_is_the_bound_of_jaakkola_and_jordan() -> None:
    v, u = rows(160)
    group = np.arange(160) % 20
    y = RNG.binomial(1, special.expit(u + RNG.normal(size=20)[group]))
    model = declared(ROOT / "models/mixed_logistic.py")
    derivation = derive(model, posterior=mean_field())
    rules = [p.rule for p in derivation.e_step.posteriors]
    assert rules == ["conjugate", "gaussian"]
    assert [u.rule for u in derivation.m_step.updates[:2]] == ["linear", "stationary"]
    found = fit(derivation, {"v": v, "group": group, "y": y}, tol=1e-12)
    best = optimize.minimize(lambda t: -bound(t, v, group, y), np.zeros(4), tol=1e-9)
    assert_allclose(found.parameters["beta"], best.x[:-1], atol=2e-4)
    assert_allclose(found.parameters["tau2"], np.exp(best.x[-1]), rtol=2e-4)
    assert_allclose(found.objective, -best.fun, rtol=1e-8)
    theta = np.append(found.parameters["beta"], np.log(found.parameters["tau2"]))
    assert_allclose(bound(theta, v, group, y), found.objective, rtol=1e-9)


class Followed(Model):
    """Rasch's model as the error says."""

    n, j = Axis(), Axis()
    slope, ease = Parameter(Positive()), Parameter(Real(), over=j)
    ability = Latent(Normal(0, variance=1), over=n)
    w = Latent(PolyaGamma(1, tilt=slope * ability + ease), over=(n, j))
    right = Observed(Bernoulli(logits=slope * ability + ease), over=(n, j))


def test_what_the_error_says_can_be_written() -> None:
    with pytest.raises(NoExactPosterior) as error:
        derive(declared(ROOT / "models/rasch.py"))
    assert "w = Latent(PolyaGamma(count, tilt=logits)) over the plates of right" in str(error.value)
    derivation = derive(Followed, posterior=mean_field())
    assert {u.rule for u in derivation.m_step.updates} == {"stationary", "linear", "coordinate"}
    right = table("lsat").to_numpy()
    found = fit(derivation, {"right": right})
    # Five answers are few: no slope has a higher bound than none, where it is the log-likelihood of
    # independent items.  A fit reports the edge.
    share = right.mean(axis=0)
    assert found.result == "boundary" and found.parameters["slope"] < 1e-6
    assert_allclose(found.objective, -len(right) * np.sum(special.entr([share, 1 - share])))


def test_the_certificate_of_the_mean_field() -> None:
    derivation = derive(declared(ROOT / "models/mixed_logistic.py"), posterior=mean_field())
    certificate = verify(derivation)
    assert certificate, str(certificate)
