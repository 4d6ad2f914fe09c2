"""Odd data over many models: the right answer, or a fit that says what is wrong and of what.

One row, fewer rows than components, equal rows, constant and duplicate columns, more columns than
rows, an outlier at 1e12, symmetric starts.
"""

from __future__ import annotations

import time
import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest

from autoem import (
    Axis,
    Beta,
    Dirichlet,
    Fit,
    Given,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    dot,
    fit,
    generate,
)
from autoem.backends.program import Program
from autoem.errors.run import BadOption
from autoem.runtime import em
from tests.test_models import ROOT, declared

RNG = np.random.default_rng(4)
N = 40
TWO = np.where(np.arange(N) < N // 2, 0.0, 6.0)
ONE = RNG.normal(size=N) + TWO
BOX = RNG.normal(size=(N, 3)) + TWO[:, None]
ONES = np.ones(N)
LINE = np.stack([ONES, RNG.normal(size=N)], axis=1)
Y = np.where(np.arange(N) % 3 > 0, 1, -2) * (LINE @ [1.0, 2.0]) + RNG.standard_t(1.5, size=N) / 2
COUNTS = RNG.poisson(3 + TWO)

VECTORS: dict[str, dict[str, int]] = {
    "gaussian_mixture": {"k": 2},
    "gaussian_mixture_diagonal": {"k": 2},
    "gaussian_mixture_spherical": {"k": 2},
    "gaussian_mixture_tied": {"k": 2},
    "mixture_of_factor_analyzers": {"k": 2, "q": 1},
    "incomplete_normal": {},
    "factor_analysis": {"q": 1},
    "probabilistic_pca": {"q": 1},
}
FULL = ("gaussian_mixture", "gaussian_mixture_tied", "incomplete_normal")
REGRESSIONS: dict[str, dict[str, int]] = {
    "student_regression": {},
    "regression_mixture": {"k": 2},
    "mixture_of_experts": {"k": 2},
}
SCALARS: dict[str, tuple[str, np.ndarray, int]] = {
    "normal_mixture": ("x", ONE, 2),
    "normal_mixture_equal": ("x", ONE, 2),
    "student_mixture": ("x", ONE, 2),
    "log_normal_mixture": ("x", np.exp(ONE), 2),
    "gamma_mixture": ("x", np.exp(ONE / 4), 2),
    "weibull_mixture": ("x", np.exp(ONE / 4), 2),
    "von_mises_mixture": ("x", ONE / 4, 2),
    "death_notices": ("deaths", COUNTS, 2),
    "poisson_hidden_markov": ("x", COUNTS, 2),
}
CONTINUOUS = tuple(SCALARS)[:7]


@cache
def program(name: str) -> Program:
    return generate(declared(ROOT / f"models/{name}.py"))


def fitted(name: str, data: Any, sizes: Any = None, **options: Any) -> Fit:
    """The fit within seconds, without a warning of NumPy, all its numbers finite."""
    built, start = program(name), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = fit(
            built, data, sizes, progress=False, **{"seed": 0, "max_iterations": 300} | options
        )
        found.summary()
    assert time.process_time() - start < 10
    assert all(np.all(np.isfinite(value)) for value in found.parameters.values())
    return found


def check_collapse(found: Fit, name: str = "") -> None:
    """It is said, and of which parameter."""
    assert found.result == "degenerate", found.result
    assert "ollapsed" in found.result.advice and name in found.result.advice


@pytest.mark.parametrize("name", SCALARS)
@pytest.mark.parametrize("rows", [1, 3, 4])
def test_rows_as_few_as_components(name: str, rows: int) -> None:
    """A density with a scale has no maximum then; counts have one."""
    key, x, _ = SCALARS[name]
    found = fitted(name, {key: x[15 : 15 + rows]}, {"k": 4 if rows > 1 else 2})
    if name not in CONTINUOUS:
        assert found.result in ("converged", "boundary", "degenerate")
        return
    if rows == 1:
        assert found.result in ("degenerate", "boundary")
    local = rows == 4 and found.result in ("converged", "max_iterations")
    assert local or found.result in ("degenerate", "boundary")


@pytest.mark.parametrize("name", CONTINUOUS)
def test_equal_rows_have_no_scale(name: str) -> None:
    key, x, _ = SCALARS[name]
    check_collapse(fitted(name, {key: np.full(N, x[0])}, {"k": 2}))


def test_equal_rows_look_converged_to_who_does_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: without the questions at the edge no collapse is seen."""
    monkeypatch.setattr(em, "collapsing", lambda *_: ())
    monkeypatch.setattr(em, "below", lambda *_: ())
    monkeypatch.setattr(em, "at_edge", lambda *_: ("", ()))
    monkeypatch.setattr(em, "running_off", lambda *_: ())
    with pytest.raises(AssertionError):
        check_collapse(fitted("gamma_mixture", {"x": np.full(N, 2.0)}, {"k": 2}))


class Shares(Model):
    """Shares of a whole."""

    n = Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    x = Observed(Beta(a, b), over=n)


class Compositions(Model):
    """Shares of three."""

    n, k = Axis(), Axis()
    a = Parameter(Positive(k))
    x = Observed(Dirichlet(a), over=n)


@pytest.mark.parametrize(
    ("model", "x"), [(Shares, np.full(N, 0.3)), (Compositions, np.tile([0.2, 0.3, 0.5], (N, 1)))]
)
def test_equal_shares_are_no_optimum(model: type[Model], x: np.ndarray) -> None:
    """All parameters run off together, and none of them alone."""
    found = fit(model, {"x": x})
    assert found.result == "degenerate" and "Collapsed, or without data: a" in found.result.advice


class Weighed(Model):
    """A regression whose rows have scales of their own."""

    n, p = Axis(), Axis()
    v, s = Given(Real(p), over=n), Given(Positive(), over=n)
    beta, variance = Parameter(Real(p)), Parameter(Positive())
    y = Observed(Normal(dot(v, beta), variance=variance * s), over=n)


@pytest.mark.parametrize("apart", [1e-3, 1e-6])
def test_columns_that_are_nearly_dependent(apart: float) -> None:
    generator = np.random.default_rng(0)
    one, two = generator.normal(size=(2, 200))
    v = np.column_stack([np.ones(200), one, one + apart * two])
    s, y = np.exp(generator.normal(size=200)), v @ [1, 2, 3] + 0.1 * generator.normal(size=200)
    root = np.sqrt(s)
    best = np.linalg.lstsq(v / root[:, None], y / root)[0]
    found = fit(Weighed, {"v": v, "s": s, "y": y})
    assert found.result == "converged"
    np.testing.assert_allclose(found.parameters["beta"], best, rtol=1e-6)


@pytest.mark.parametrize("name", ["death_notices", "poisson_hidden_markov"])
def test_equal_counts_are_one_component(name: str) -> None:
    found = fitted(name, {SCALARS[name][0]: np.full(N, 3)}, {"k": 2})
    np.testing.assert_allclose(found.parameters["rate"], 3, rtol=1e-6)


@pytest.mark.parametrize("name", VECTORS)
def test_one_row_and_equal_rows_of_a_vector(name: str) -> None:
    for x in (BOX[:1], np.repeat(BOX[:1], N, axis=0)):
        check_collapse(fitted(name, {"x": x}, VECTORS[name]))


@pytest.mark.parametrize("name", REGRESSIONS)
def test_equal_rows_of_a_regression(name: str) -> None:
    v, y = np.repeat(LINE[:1], N, axis=0), np.full(N, Y[0])
    assert fitted(name, {"v": v, "y": y}, REGRESSIONS[name]).result in ("degenerate", "boundary")


@pytest.mark.parametrize("name", VECTORS)
def test_a_constant_column(name: str) -> None:
    """Only a model with one variance for all columns has a maximum."""
    x = BOX.copy()
    x[:, 1] = 7.0
    found = fitted(name, {"x": x}, VECTORS[name])
    if name in ("gaussian_mixture_spherical", "probabilistic_pca"):
        assert found.result == "converged"
        np.testing.assert_allclose(np.atleast_2d(found.parameters["mean"])[:, 1], 7, rtol=1e-9)
    else:
        check_collapse(found)


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("kind", ["twice", "a sum of others", "more than rows"])
def test_a_full_covariance_of_dependent_columns(name: str, kind: str) -> None:
    x = BOX.copy()
    x[:, 1] = x[:, 0] if kind == "twice" else 1 - 2 * x[:, 0] + x[:, 2]
    if kind == "more than rows":
        x = np.random.default_rng(0).normal(size=(8, 20))
    check_collapse(fitted(name, {"x": x}, VECTORS[name]), "cov")


@pytest.mark.parametrize("name", REGRESSIONS)
@pytest.mark.parametrize("extra", ["constant", "twice", "zero"])
def test_dependent_covariates_change_no_prediction(name: str, extra: str) -> None:
    column = {"constant": 3 * ONES, "twice": LINE[:, 1], "zero": 0 * ONES}[extra]
    options: dict[str, Any] = {"max_iterations": 10_000}
    one = fitted(name, {"v": LINE, "y": Y}, REGRESSIONS[name], **options)
    two = fitted(name, {"v": np.column_stack([LINE, column]), "y": Y}, REGRESSIONS[name], **options)
    assert two.result == one.result == "converged"
    assert two.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-5)
    assert two.information().kind == "not identified"
    assert one.information().kind == "maximum" or name == "mixture_of_experts"


def test_an_outlier_has_a_component_of_its_own() -> None:
    """Two normals of one variance: the outlier alone, and the sample of the others."""
    x = RNG.normal(size=N)
    x[4] = 1e12
    found = fitted("normal_mixture_equal", {"x": x}, {"k": 2})
    rest = np.delete(x, 4)
    wanted = -0.5 * N * (np.log(2 * np.pi * rest.var() * (N - 1) / N) + 1)
    wanted += (N - 1) * np.log((N - 1) / N) + np.log(1 / N)
    assert found.result == "converged"
    assert found.log_likelihood == pytest.approx(wanted, rel=1e-9)
    np.testing.assert_allclose(found.parameters["mean"], [rest.mean(), 1e12], rtol=1e-9)


def test_an_outlier_leaves_the_rest_to_a_heavy_tail() -> None:
    y = Y.copy()
    y[4] = 1e12
    found = fitted("student_regression", {"v": LINE, "y": y}, max_iterations=10_000)
    without = fit(
        declared(ROOT / "models/student_regression.py"),
        {"v": np.delete(LINE, 4, 0), "y": np.delete(Y, 4)},
        fixed={"nu": found.parameters["nu"]},
    )
    assert found.result == "converged"
    np.testing.assert_allclose(found.parameters["beta"], without.parameters["beta"], atol=0.15)


def test_an_outlier_in_a_covariance_is_its_variance() -> None:
    x = BOX.copy()
    x[3, 1] = 1e12
    found = fitted("incomplete_normal", {"x": x})
    assert found.result == "converged"
    np.testing.assert_allclose(found.parameters["cov"], np.cov(x.T, bias=True), rtol=1e-9)


@pytest.mark.parametrize("name", ["normal_mixture", "gaussian_mixture_diagonal"])
def test_an_outlier_with_a_variance_of_its_own_collapses(name: str) -> None:
    x = (ONE if name == "normal_mixture" else BOX).copy()
    x[3] = 1e12
    check_collapse(fitted(name, {"x": x}, {"k": 2}), "variance")


SYMMETRIC: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "normal_mixture": ({"x": ONE}, {"weight": [0.5] * 2, "mean": [0.0] * 2, "variance": [1.0] * 2}),
    "death_notices": ({"deaths": COUNTS}, {"weight": [0.5] * 2, "rate": [2.0] * 2}),
    "two_coins": ({"heads": [5, 9, 8, 4, 7], "tosses": 10}, {"bias": [0.5] * 2}),
    "factor_analysis": (
        {"x": BOX},
        {"loading": np.zeros((3, 1)), "mean": np.zeros(3), "noise": np.ones(3)},
    ),
    "regression_mixture": (
        {"v": LINE, "y": np.where(np.arange(N) % 2, Y, -Y)},
        {"weight": [0.5] * 2, "beta": np.zeros((2, 2)), "variance": np.ones(2)},
    ),
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_a_symmetric_start_is_reported_and_left(name: str) -> None:
    data, start = SYMMETRIC[name]
    found = fitted(name, data, start=start, max_iterations=10_000)
    free = fitted(name, data, VECTORS.get(name, {} if name == "two_coins" else {"k": 2}))
    assert "no maximum, which was left along" in found.result.advice
    assert found.log_likelihood >= free.log_likelihood - 1e-4


@pytest.mark.parametrize("name", [*SCALARS, *VECTORS])
@pytest.mark.parametrize("maps", [0, 1])
def test_no_map_and_one(name: str, maps: int) -> None:
    key, x, _ = SCALARS.get(name, ("x", BOX, 0))
    found = fitted(name, {key: x}, VECTORS.get(name, {"k": 2}), max_iterations=maps)
    assert found.result == "max_iterations" and found.iterations == maps
    assert len(found.trace) == maps + 1 and "raise max_iterations" in found.result.advice
    assert np.isfinite(found.log_likelihood)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("restarts", "a"),
        ("restarts", True),
        ("max_iterations", 2.5),
        ("max_iterations", None),
        ("tol", "x"),
        ("tol", float("nan")),
        ("seed", 1.5),
        ("seed", -1),
    ],
)
def test_an_option_of_another_kind_is_named(option: str, value: Any) -> None:
    with pytest.raises(BadOption, match=f"{option}=.*expected"):
        fitted("normal_mixture", {"x": ONE}, {"k": 2}, **{option: value})
