"""Entries that are held: the M-step is the constrained maximum, and so the end of the iteration.

The judge is scipy's optimizer on scipy's densities, or a closed form; the planted error is the
maximum without constraints with what is held put back afterward.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy import nan
from scipy import optimize, stats

from autoem import (
    Axis,
    Bernoulli,
    Categorical,
    Dirichlet,
    Gamma,
    Given,
    Latent,
    Model,
    Multinomial,
    MultivariateNormal,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    derive,
    dot,
    fit,
    generate,
    verify,
)
from autoem.derive.m_step import m_step
from autoem.errors.data import OutsideDomain
from autoem.errors.run import OtherFixed
from autoem.program.lower import lower
from autoem.runtime.fixed import hold
from autoem.verify.case import Case
from autoem.verify.obligations.maximizer import maximizer


class Sample(Model):
    """A mean that is known."""

    n = Axis()
    mean, variance = Parameter(Real(), fixed=0), Parameter(Positive())
    x = Observed(Normal(mean, variance=variance), over=n)


class Counts(Model):
    """A share and a rate of three that are known."""

    n, k = Axis("days"), Axis("kinds")
    weight = Parameter(Simplex(k), fixed=[0.3, nan, nan])
    rate = Parameter(Positive(), over=k, fixed=[nan, 6, nan])
    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(rate[z]), over=n)


class Vector(Model):
    """Some entries of the mean and of the covariance known."""

    n, d = Axis("rows"), Axis("features")
    mean = Parameter(Real(d), fixed=[0, nan, nan])
    cov = Parameter(PositiveDefinite(d), fixed=[[1, nan, 0], [nan, nan, nan], [0, nan, nan]])
    x = Observed(MultivariateNormal(mean, cov=cov), over=n)


class Regression(Model):
    """One coefficient known."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p), fixed=[nan, 1, nan])
    variance = Parameter(Positive())
    y = Observed(Normal(dot(v, beta), variance=variance), over=n)


class Logistic(Model):
    """One coefficient known, where there is no closed form."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p), fixed=[nan, 1, nan])
    y = Observed(Bernoulli(logits=dot(v, beta)), over=n)


class Shapes(Model):
    """Shapes and rates, some of them known."""

    n, k = Axis("rows"), Axis("kinds")
    shape = Parameter(Positive(), over=k, fixed=[2, nan, nan])
    rate = Parameter(Positive(), over=k, fixed=[nan, nan, 1])
    x = Observed(Gamma(shape, rate=rate), over=(n, k))


class Cells(Model):
    """One concentration known."""

    n, k = Axis("rows"), Axis("cells")
    a = Parameter(Positive(k), fixed=[1, nan, nan])
    p = Latent(Dirichlet(a), over=n)
    x = Observed(Multinomial(7, p), over=n)


class Mixture(Model):
    """Nothing declared to be known."""

    n, k, d = Axis("rows"), Axis("components"), Axis("features")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=cov[z]), over=n)


CERTIFIED = [Sample, Counts, Vector, Regression, Logistic, Shapes]


@pytest.mark.parametrize(
    "model",
    [*CERTIFIED, pytest.param(Cells, marks=pytest.mark.slow)],
    ids=lambda model: model.__name__,
)
def test_the_certificate_is_of_the_constrained_maximum(model: type[Model]) -> None:
    certificate = verify(model)
    assert certificate, str(certificate)


def test_shares_and_regression_are_proved() -> None:
    proved = {o.name: o.status for model in (Counts, Sample) for o in verify(model).obligations}
    assert proved["M-step of weight"] == proved["M-step of variance"] == "proved"


def test_what_is_put_back_afterward_is_no_maximum() -> None:
    """The planted error: the variance about the sample's mean, where the mean is held at zero."""
    right = derive(Sample)
    case = Case(right, lower(right))
    wrong = Case(derive(Sample), case.program)
    free = m_step(right.surrogate)
    mean, variance = (case.old.array(u.values[0].base) for u in free.updates)
    held = hold({"mean": ("real", 0.0, 0.0)}, {"mean": mean}, right.held)
    vars(wrong)["updated"] = held | {"variance": variance}
    failed = {o.name for o in maximizer(wrong) if o.status == "failed"}
    assert "M-step of variance" in failed and "Q is greatest" in failed
    assert not any(o.status == "failed" for o in maximizer(case))


def test_a_known_mean() -> None:
    x = np.random.default_rng(0).normal(1, 2, 50)
    assert fit(Sample, {"x": x}).parameters["variance"] == pytest.approx(np.mean(x**2), rel=1e-12)


def test_known_coefficients_move_to_the_other_side() -> None:
    generator = np.random.default_rng(1)
    v, y = generator.normal(size=(40, 3)), generator.normal(size=40)
    found = fit(Regression, {"v": v, "y": y}).parameters["beta"]
    others = np.linalg.lstsq(v[:, [0, 2]], y - v[:, 1])[0]
    np.testing.assert_allclose(found, [others[0], 1, others[1]], rtol=1e-10)


def _falls(trace: tuple[float, ...]) -> bool:
    return bool(np.min(np.diff(trace)) < -1e-9)


def test_shares_that_are_left() -> None:
    x = np.random.default_rng(2).poisson(np.repeat([1, 6, 15], [60, 50, 90]))

    def minus(t: np.ndarray) -> float:
        shares = np.array([0.3, 0.7 * t[0], 0.7 * (1 - t[0])])
        densities = stats.poisson(np.array([t[1], 6, t[2]])[:, None]).pmf(x)
        return -float(np.log(shares @ densities).sum())

    bounds = [(0.01, 0.99), (0.1, 40), (0.1, 40)]
    starts = ([0.5, 1, 15], [0.5, 15, 1], [0.2, 6, 15], [0.5, 12, 16])
    least = min(optimize.minimize(minus, s, bounds=bounds, tol=1e-12).fun for s in starts)
    found = fit(Counts, {"x": x}, restarts=2)
    assert found.log_likelihood == pytest.approx(-least, abs=1e-6) and not _falls(found.trace)
    assert found.parameters["weight"][0] == 0.3 and found.parameters["rate"][1] == 6
    assert found.parameters["weight"].sum() == pytest.approx(1, abs=1e-14)


def test_a_patterned_covariance() -> None:
    generator = np.random.default_rng(3)
    spread = [[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 2]]
    x = generator.multivariate_normal([0, 1, 0], spread, 100)

    def minus(t: np.ndarray) -> float:
        cov = np.array([[1, t[2], 0], [t[2], np.exp(t[3]), t[4]], [0, t[4], np.exp(t[5])]])
        if np.linalg.eigvalsh(cov).min() <= 0:
            return np.inf
        return -float(stats.multivariate_normal([0, t[0], t[1]], cov).logpdf(x).sum())

    options = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 20_000, "maxfev": 20_000}
    best = optimize.minimize(minus, np.zeros(6), method="Nelder-Mead", options=options)
    found = fit(Vector, {"x": x})
    assert found.result == "converged" and not _falls(found.trace)
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-8)
    np.testing.assert_allclose(found.parameters["mean"], [0, *best.x[:2]], atol=1e-5)
    assert found.parameters["cov"][0, 0] == 1 and found.parameters["cov"][0, 2] == 0
    assert found.free_parameters == 6


def test_at_fit_as_declared() -> None:
    generator = np.random.default_rng(4)
    x = np.concatenate([generator.normal(0, 1, (60, 2)), generator.normal(4, 1, (60, 2))])
    mean, weight = [[0, nan], [nan, 4]], [0.4, nan]

    found = fit(Mixture, {"x": x}, {"k": 2}, fixed={"mean": mean, "weight": weight})
    again = fit(derive(Mixture), {"x": x}, {"k": 2}, fixed={"mean": mean, "weight": weight})
    assert found.trace == again.trace and not _falls(found.trace)
    np.testing.assert_array_equal(found.parameters["weight"], [0.4, 0.6])
    assert found.parameters["mean"][0, 0] == 0 and found.parameters["mean"][1, 1] == 4
    with pytest.raises(OtherFixed, match="generated without fixed entries of weight"):
        fit(generate(Mixture), {"x": x}, {"k": 2}, fixed={"weight": weight})


@pytest.mark.parametrize(
    "cov", [[[1, 2, nan], [2, 1, nan], [nan] * 3], [[1, 0.5, nan], [0.4, 1, nan], [nan] * 3]]
)
def test_held_entries_of_no_covariance_are_refused(cov: list[list[float]]) -> None:
    x = np.random.default_rng(5).normal(size=(20, 3))
    with pytest.raises(OutsideDomain, match="expected a symmetric positive definite matrix"):
        fit(Vector, {"x": x}, fixed={"cov": cov})


def test_the_page_says_what_is_held() -> None:
    page = str(derive(Counts))
    assert "s = 1 − ∑_k′ [weight_k′ held] weight_k′" in page
    assert "weightˆ_k = [weight_k held] weight_k + [weight_k free] s ∑_n r_nk /" in page
    assert "Held at given numbers: mean." in str(derive(Sample))
    assert "cov⁻¹ (covˆ − M) cov⁻¹ = 0" in str(derive(Vector))
