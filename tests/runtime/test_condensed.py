"""Fewer rows with the same sums: the same fit, the posterior of the rows, and a word on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autoem.cli.find import find_model
from autoem.pipeline import _runnable, generate
from autoem.runtime import Fit, fit
from autoem.runtime.arrays import Arrays
from autoem.runtime.condensed import condensed
from autoem.runtime.merged import merged_rows
from autoem.runtime.moments import moment_points, sigma_points, triangle

ROWS = 3000
NAMES = ("factor_analysis", "latent_classes", "poisson_mixture", "hidden_markov")


def case(name: str, generator: np.random.Generator) -> tuple[Arrays, dict[str, int]]:
    """Data of a model that have fewer rows to offer, and sizes."""
    z = generator.integers(2, size=ROWS)
    if name == "factor_analysis":
        factors, loading = generator.normal(size=(ROWS, 2)), generator.normal(size=(2, 6))
        return {"x": 5 + factors @ loading + generator.normal(size=(ROWS, 6))}, {"q": 2}
    if name == "latent_classes":
        p = np.where(z[:, None] == 1, 0.8, [0.1, 0.2, 0.3, 0.4, 0.1, 0.5])
        return {"x": (generator.uniform(size=(ROWS, 6)) < p).astype(float)}, {"k": 2}
    if name == "hidden_markov":
        return {"x": (generator.uniform(size=(ROWS, 4)) < 0.3).astype(int)}, {"k": 2}
    return {"deaths": generator.poisson(np.where(z == 1, 9.0, 2.0)).astype(float)}, {"k": 2}


def program(name: str) -> Any:
    return _runnable(find_model(MODELS.get(name, name)), "numpy")


MODELS = {"poisson_mixture": "death_notices"}


def pair(name: str, weighted: bool, **options: Any) -> tuple[Fit, Fit]:
    """A fit with condensed rows, and one with the rows as they are."""
    generator = np.random.default_rng(5)
    data, sizes = case(name, generator)
    own = program(name)
    row = own.schema.independent[0]
    weights = {row: generator.uniform(0.5, 2, ROWS)} if weighted else None
    plain = replace(own, rows={})
    start = fit(own, data, sizes, seed=2, max_iterations=2).parameters
    first, second = (
        fit(one, data, sizes, weights=weights, start=start, **options) for one in (own, plain)
    )
    return first, second


@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
@pytest.mark.parametrize("name", NAMES)
def test_the_same_fit(name: str, weighted: bool) -> None:
    quick, slow = pair(name, weighted, max_iterations=20, accelerate=None)
    assert quick.condensed and not slow.condensed
    assert quick.iterations == slow.iterations == 20
    np.testing.assert_allclose(quick.trace, slow.trace, rtol=1e-12)
    for parameter, value in slow.parameters.items():
        np.testing.assert_allclose(quick.parameters[parameter], value, rtol=1e-10, atol=1e-10)
    assert quick.condensed in quick.summary()


def test_the_same_fit_of_a_latent_that_all_rows_share() -> None:
    generator = np.random.default_rng(5)
    v = generator.normal(size=(ROWS, 3)) + 10
    data = {"v": v, "y": v @ [1.0, -2.0, 0.5] + generator.normal(size=ROWS)}
    own = program("bayesian_regression")
    start = {"prior": np.array(0.3), "noise": np.array(3.0)}
    quick, slow = (
        fit(one, data, start=start, max_iterations=20, accelerate=None)
        for one in (own, replace(own, rows={}))
    )
    assert quick.condensed == "3000 rows read through their moments, as 9 points"
    np.testing.assert_allclose(quick.trace, slow.trace, rtol=1e-12)
    for parameter, value in slow.parameters.items():
        np.testing.assert_allclose(quick.parameters[parameter], value, rtol=1e-10)
    coefficients = quick.posterior()["beta"]["mean"]
    np.testing.assert_allclose(coefficients, slow.posterior()["beta"]["mean"], rtol=1e-10)


@pytest.mark.parametrize(("shift", "scale"), [(1e9, 1.0), (0.0, 1e-100), (0.0, 1e100)])
def test_the_same_fit_wherever_the_data_are(shift: float, scale: float) -> None:
    data, sizes = case("factor_analysis", np.random.default_rng(5))
    moved = {"x": (data["x"] + shift) * scale}
    own = program("factor_analysis")
    start = fit(own, moved, sizes, seed=2, max_iterations=2).parameters
    quick, slow = (
        fit(one, moved, sizes, start=start, max_iterations=20, accelerate=None)
        for one in (own, replace(own, rows={}))
    )
    assert quick.condensed and not slow.condensed
    for parameter, value in slow.parameters.items():
        np.testing.assert_allclose(quick.parameters[parameter], value, rtol=1e-10)


def test_the_posterior_is_that_of_the_rows() -> None:
    quick, slow = pair("latent_classes", False, max_iterations=20, accelerate=None)
    shares = quick.posterior()["z"]
    assert shares.shape == (ROWS, 2)
    np.testing.assert_allclose(shares, slow.posterior()["z"], atol=1e-9)


def test_the_same_standard_errors() -> None:
    quick, slow = pair("factor_analysis", True, max_iterations=200)
    np.testing.assert_allclose(
        quick.standard_errors["noise"], slow.standard_errors["noise"], rtol=1e-4
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_same_in_a_module_that_stands_alone(name: str) -> None:
    generator = np.random.default_rng(5)
    data, sizes = case(name, generator)
    module = generate(find_model(MODELS.get(name, name))).module
    rows = module.condensed(module.SCHEMA, data)
    assert rows.remark
    theta = module.initialize(data, sizes)
    statistics, value = module.e_step(data, theta)
    same, again = module.e_step(rows.data, theta, rows.weights)
    np.testing.assert_allclose(again, value, rtol=1e-12)
    for key, wanted in statistics.items():
        np.testing.assert_allclose(same[key], wanted, rtol=1e-9, atol=1e-9 * ROWS)
    outcome = module.fit(data, sizes, max_iterations=20)
    np.testing.assert_allclose(
        outcome.objective, module.log_likelihood(data, outcome.parameters), rtol=1e-12
    )


def test_rows_with_gaps_are_told_apart() -> None:
    """What is missing makes rows differ: only rows with the same gaps are one."""
    data, sizes = case("latent_classes", np.random.default_rng(5))
    data["x"][3, 1] = np.nan
    own = program("latent_classes").with_gaps(("x",))
    start = fit(own, data, sizes, seed=2, max_iterations=2).parameters
    quick, slow = (
        fit(one, data, sizes, start=start, max_iterations=20, accelerate=None)
        for one in (own, replace(own, rows={}))
    )
    assert quick.condensed == "3000 rows merged into 65 that differ, weighted"
    np.testing.assert_allclose(quick.trace, slow.trace, rtol=1e-12)


def test_rows_that_differ_are_left_alone() -> None:
    x = np.random.default_rng(0).normal(size=5000)
    told = {"rows": {"arrays": {"x": 0}}}
    assert condensed(told, {"x": x}).data["x"] is x
    assert condensed(told, {"x": np.round(x)}).remark.endswith("that differ, weighted")
    assert condensed(told, {"x": np.round(x[:100])}).remark == ""
    assert condensed({}, {"x": np.round(x)}).remark == ""


def test_rows_are_told_apart_by_all_their_data() -> None:
    """Planted: merged by one array alone, the counts of the other are wrong."""
    generator = np.random.default_rng(0)
    data = {"x": generator.integers(3, size=(2, 4000)), "y": generator.integers(2, size=4000)}
    found = merged_rows(data, {"x": 1, "y": 0}, None)
    assert found is not None
    rows, weight = found
    assert rows["x"].shape == (2, 18)
    for pattern, many in zip(zip(*rows["x"], rows["y"], strict=True), weight, strict=True):
        same = (data["x"][0] == pattern[0]) & (data["x"][1] == pattern[1])
        assert many == np.sum(same & (data["y"] == pattern[2]))
    wrong = merged_rows(data, {"x": 1}, None)
    assert wrong is not None and len(wrong[1]) == 9


def test_the_points_have_the_moments() -> None:
    generator = np.random.default_rng(1)
    x = generator.normal(size=(20_000, 5)) @ generator.normal(size=(5, 5))
    x[:, 3] = 1.0
    w = generator.uniform(size=20_000)
    for offset in (0.0, 1e9):
        total, center, root = triangle([x + offset], w)
        points, weight = sigma_points(total, center, root)
        assert len(points) == 11
        assert np.all(points[:, 3] == 1.0 + offset)
        centered, near = (x + offset) - center, points - center
        np.testing.assert_allclose(weight.sum(), w.sum(), rtol=1e-14)
        scatter = (centered * w[:, None]).T @ centered
        np.testing.assert_allclose((near * weight[:, None]).T @ near, scatter, atol=1e-9)


def test_points_with_other_moments_are_found_out() -> None:
    """Planted: one weight wrong by a part in a million moves the statistics."""
    data, _ = case("factor_analysis", np.random.default_rng(5))
    module = generate(find_model("factor_analysis")).module
    theta = module.initialize(data, {"q": 2})
    found = moment_points(data, {"x": 0}, ["x"], None)
    assert found is not None
    points, weight = found
    weight[1] *= 1 + 1e-6
    value, wrong = (module.e_step(*rows)[1] for rows in ((data, theta), (points, theta, weight)))
    assert abs(wrong - value) > 1e-10 * abs(value)
