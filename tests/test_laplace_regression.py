"""Least absolute deviations by EM, against statsmodels; rows that are met exactly do no harm."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from scipy import stats

import autoem
from tests.test_models import ROOT, declared

MODEL = declared(ROOT / "models" / "laplace_regression.py")


def rows(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    v = np.column_stack([np.ones(60), rng.normal(size=(60, 2))])
    return v, v @ [1, 2, -1] + rng.laplace(0, 1, 60)


def loss(v: np.ndarray, y: np.ndarray, beta: Any) -> float:
    return float(np.abs(y - v @ beta).sum())


@pytest.mark.parametrize("seed", [0, 1])
def test_it_is_a_median_regression(seed: int) -> None:
    v, y = rows(seed)
    fit = autoem.fit(MODEL, {"v": v, "y": y})
    other = sm.QuantReg(y, v).fit(q=0.5, max_iter=10_000, p_tol=1e-12)
    assert fit.result == "converged"
    assert_allclose(fit.parameters["beta"], other.params, atol=1e-4)
    assert loss(v, y, fit.parameters["beta"]) <= loss(v, y, other.params) + 1e-6
    spread = fit.parameters["scale"]
    assert_allclose(spread, loss(v, y, fit.parameters["beta"]) / 60, rtol=1e-6)
    judged = stats.laplace.logpdf(y, v @ fit.parameters["beta"], spread).sum()
    assert_allclose(fit.log_likelihood, judged, rtol=1e-10)


def test_a_start_that_meets_rows_exactly_leaves_them() -> None:
    v, y = rows(2)
    y[:10], v[:10, 1:] = 0, 0
    start = {"beta": np.zeros(3), "scale": 1.0}
    fit = autoem.fit(MODEL, {"v": v, "y": y}, start=start)
    best = sm.QuantReg(y, v).fit(q=0.5, max_iter=10_000, p_tol=1e-12)
    assert fit.result == "converged" and np.all(np.isfinite(fit.parameters["beta"]))
    assert loss(v, y, fit.parameters["beta"]) <= loss(v, y, best.params) + 1e-6


def test_rows_that_are_all_met_have_no_maximum() -> None:
    v, _ = rows(0)
    fit = autoem.fit(MODEL, {"v": v, "y": v @ [1.0, 2.0, 3.0]})
    assert fit.result == "degenerate" and "scale" in fit.result.advice
    assert_allclose(fit.parameters["beta"], [1, 2, 3], rtol=1e-8)


def test_its_certificate() -> None:
    certificate = autoem.verify(autoem.derive(MODEL))
    assert certificate, str(certificate)
