"""Likelihoods that another library maximizes: of intervals by scipy, evidence by scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats
from sklearn.linear_model import BayesianRidge

import autoem
from tests.test_models import ROOT, declared

MODELS = ROOT / "models"


def visits() -> tuple[np.ndarray, np.ndarray]:
    """Last visit before, and first visit after, the deterioration: infinite where there is none."""
    rows = np.genfromtxt(ROOT / "examples/data/cosmesis.csv", delimiter=",", names=True)
    left, right = (np.asarray(rows[name], dtype=float) for name in ("left", "right"))
    return left, np.where(np.isnan(right), np.inf, right)


def test_interval_censored_times_are_fitted_as_scipy_does() -> None:
    left, right = visits()
    fit = autoem.fit(
        declared(MODELS / "interval_log_normal.py"), {"lower": left, "upper": right}, tol=1e-13
    )

    def loss(t: np.ndarray) -> float:
        law = stats.lognorm(np.exp(t[1]), scale=np.exp(t[0]))
        return -float(np.log(law.cdf(right) - law.cdf(left)).sum())

    best = optimize.minimize(loss, np.array([3.0, 0.0]), method="Nelder-Mead", tol=1e-12)
    assert fit.result == "converged"
    assert_allclose(fit.log_likelihood, -best.fun, rtol=1e-9)
    assert_allclose(fit.parameters["mean"], best.x[0], rtol=1e-4)
    assert_allclose(fit.parameters["variance"], np.exp(2 * best.x[1]), rtol=1e-4)


def test_an_exact_time_counts_with_its_density() -> None:
    times = np.array([1.0, 2.0, 5.0, 9.0])
    fit = autoem.fit(
        declared(MODELS / "interval_log_normal.py"), {"lower": times, "upper": times}, tol=1e-13
    )
    logs = np.log(times)
    assert_allclose(fit.parameters["mean"], logs.mean(), rtol=1e-9)
    assert_allclose(fit.parameters["variance"], logs.var(), rtol=1e-9)
    best = stats.lognorm.logpdf(times, logs.std(), scale=np.exp(logs.mean())).sum()
    assert_allclose(fit.log_likelihood, best, rtol=1e-10)


def regression() -> dict[str, Any]:
    rng = np.random.default_rng(8)
    v = rng.normal(size=(60, 5))
    return {"v": v, "y": v @ np.array([1.0, -2.0, 0.5, 0.0, 0.0]) + rng.normal(size=60)}


def test_the_evidence_is_maximized_as_scikit_learn_does() -> None:
    data = regression()
    fit = autoem.fit(declared(MODELS / "bayesian_regression.py"), data, tol=1e-13)
    v, y, theta = data["v"], data["y"], fit.parameters
    cov = theta["prior"] * v @ v.T + theta["noise"] * np.eye(60)
    assert_allclose(fit.log_likelihood, stats.multivariate_normal.logpdf(y, cov=cov), rtol=1e-10)
    flat = {"alpha_1": 0.0, "alpha_2": 0.0, "lambda_1": 0.0, "lambda_2": 0.0}
    other = BayesianRidge(fit_intercept=False, tol=1e-12, max_iter=5000, **flat).fit(v, y)
    assert_allclose(theta["noise"], 1 / other.alpha_, rtol=1e-5)
    assert_allclose(theta["prior"], 1 / other.lambda_, rtol=1e-5)
    assert_allclose(fit.posterior()["beta"]["mean"], other.coef_, rtol=1e-5)


@pytest.mark.parametrize("name", ["interval_log_normal", "bayesian_regression"])
@pytest.mark.slow
def test_they_are_certified(name: str) -> None:
    certificate = autoem.verify(autoem.derive(declared(MODELS / f"{name}.py")))
    assert certificate, str(certificate)
