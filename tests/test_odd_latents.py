"""Odd data where latents are shared, coupled or between bounds: groups, chains, raters, intervals.

One row, equal rows, an outlier at 1e12, doubled columns, a group for every row, what cannot be:
a typed error, the right answer, or a fit that says what is wrong.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from autoem.errors.data import OutsideDomain
from tests.test_odd_data import fitted

RNG = np.random.default_rng(5)
N = 30
GROUP = np.arange(N) % 5
LINE = np.column_stack([np.ones(N), RNG.normal(size=N)])
Y = LINE @ [1, 2] + RNG.normal(size=5)[GROUP] + RNG.normal(size=N) / 2
BETWEEN = np.where(np.arange(N) % 3, Y, np.inf)

MODELS: dict[str, tuple[dict[str, Any], str]] = {
    "random_intercept": ({"v": LINE, "group": GROUP, "y": Y}, "y"),
    "local_level": ({"x": np.cumsum(Y)}, "x"),
    "switching_autoregression": ({"y": np.cumsum(Y)}, "y"),
    "skew_normal": ({"x": Y}, "x"),
    "motorettes": ({"v": LINE, "lower": Y, "upper": BETWEEN}, "lower"),
    "bayesian_regression": ({"v": LINE, "y": Y}, "y"),
}
SIZES = {"switching_autoregression": {"k": 2}}


@pytest.mark.parametrize("name", MODELS)
def test_equal_rows_have_no_scale(name: str) -> None:
    data, _ = MODELS[name]
    same = {key: np.repeat(value[:1], N, axis=0) for key, value in data.items()}
    if "upper" in same:
        same["upper"] = same["lower"]
    found = fitted(name, same, SIZES.get(name))
    assert found.result == "degenerate" and "ollapsed" in found.result.advice


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("maps", [0, 1, 300])
def test_a_row_or_two(name: str, rows: int, maps: int) -> None:
    """No warning, no value that is none, and within seconds."""
    data, _ = MODELS[name]
    few = {key: value[:rows] for key, value in data.items()}
    found = fitted(name, few, SIZES.get(name), max_iterations=maps)
    assert found.iterations <= maps and np.isfinite(found.log_likelihood)


def test_an_outlier_among_groups_is_in_the_variances() -> None:
    """The likelihood is that of the normal law of all rows together."""
    y = Y.copy()
    y[4] = 1e12
    found = fitted("random_intercept", {"v": LINE, "group": GROUP, "y": y}, max_iterations=9999)
    p = found.parameters
    same = GROUP[:, None] == GROUP
    cov = p["tau2"] * same + p["sigma2"] * np.eye(N)
    judged = stats.multivariate_normal.logpdf(y, LINE @ p["beta"], cov)
    assert found.result in ("converged", "boundary")
    assert found.log_likelihood == pytest.approx(judged, rel=1e-9)


@pytest.mark.parametrize("extra", [LINE[:, 1], np.zeros(N)])
def test_dependent_covariates_of_groups_change_no_prediction(extra: np.ndarray) -> None:
    data = {"v": LINE, "group": GROUP, "y": Y}
    one = fitted("random_intercept", data)
    two = fitted("random_intercept", data | {"v": np.column_stack([LINE, extra])})
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)
    assert two.information().kind == "not identified" and one.information().kind == "maximum"


def test_one_group_has_no_effect_of_its_own() -> None:
    data = {"v": LINE, "group": np.zeros(N, int), "y": Y}
    found = fitted("random_intercept", data, max_iterations=9999)
    residual = Y - LINE @ np.linalg.lstsq(LINE, Y, rcond=None)[0]
    judged = stats.norm.logpdf(residual, 0, residual.std()).sum()
    assert found.result == "boundary" and "tau2" in found.result.advice
    assert found.log_likelihood == pytest.approx(judged, abs=1e-4)


def test_proportions_that_vary_too_little_are_binomial() -> None:
    """Both shapes run off in step: at the edge together, and neither alone."""
    found = fitted("beta_binomial", {"x": [5] * 9, "trials": [10] * 9}, max_iterations=9999)
    assert found.result == "boundary" and "a, b" in found.result.advice
    assert found.log_likelihood == pytest.approx(9 * stats.binom.logpmf(5, 10, 0.5), abs=1e-3)


def test_no_zeros_are_not_inflated() -> None:
    x = np.array([4, 5, 6, 4])
    found = fitted("zero_inflated_poisson", {"x": x})
    assert found.result == "boundary" and "p (" in found.result.advice
    assert found.log_likelihood == pytest.approx(stats.poisson.logpmf(x, x.mean()).sum())


@pytest.mark.parametrize(("lower", "upper"), [(0, 0), (np.inf, np.inf)])
def test_bounds_without_a_value_between_them(lower: float, upper: float) -> None:
    """A log-normal time is neither zero nor infinite."""
    data = {"lower": np.array([1.0, lower]), "upper": np.array([2.0, upper])}
    with pytest.raises(OutsideDomain, match=r"seen at n = 1 is between .* above 0 and below inf"):
        fitted("interval_log_normal", data)


def test_one_rating_says_nothing() -> None:
    found = fitted("dawid_skene", {"of_item": [0], "by": [0], "answer": [0]}, {"label": 2})
    assert found.log_likelihood == pytest.approx(0, abs=1e-12)


def test_a_rater_without_ratings_is_named() -> None:
    item, by = np.repeat(np.arange(8), 3), np.tile(np.arange(3), 8)
    data = {"of_item": item, "by": 2 * by, "answer": RNG.integers(0, 2, 24)}
    found = fitted("dawid_skene", data)
    assert "Without data: confusion[1], confusion[3]" in found.result.advice
