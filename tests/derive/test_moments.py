"""Where moments are all that is read of the rows: points that have them give the same sums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from autoem import Axis, Given, Index, Model, Normal, Observed, Parameter, Positive, Real
from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.cli.find import find_model
from autoem.derive.moments import moments
from autoem.derive.stages import derive
from autoem.pipeline import generate
from autoem.program.lower import lower
from autoem.program.lower.names import axis_names
from autoem.program.schema import schema_of
from autoem.runtime.gaps import filled
from autoem.runtime.moments import moment_points
from autoem.verify.instance import random_instance
from tests.derive.test_zoo import FILES
from tests.derive.zoo.case import Case
from tests.derive.zoo.regressions import LinearRegression, MultivariateRegression

ZOO = [case for file in FILES for case in file.CASES if not case.pending]
ROWS = 800
LINEAR = ("factor_analysis", "probabilistic_pca", "incomplete_normal")
OTHERS = ("gaussian_mixture", "student_regression", "logistic_regression", "latent_classes")


def both(
    model: type[Model], sizes: Mapping[str, int], offset: float = 0.0, gaps: tuple[str, ...] = ()
) -> tuple[Any, Any]:
    """E-step and score of weighted rows, and of points with their moments."""
    derivation = derive(model, gaps)
    program = lower(derivation)
    module = load(emit(program, schema_of(derivation, program)), derivation.name)
    told = module.SCHEMA["rows"]
    names = told.get("moments", list(told["arrays"]))
    generator = np.random.default_rng(3)
    found = moments(derivation)
    row = program.row or axis_names(derivation.declaration).of(found.row) if found else program.row
    made = random_instance(model, {**sizes, str(row): ROWS}, generator)
    theta = dict(made.parameters)
    data = {name: np.asarray(value) for name, value in made.data.items()}
    if offset:
        data["x"], theta["mean"] = data["x"] + offset, theta["mean"] + offset
    for name in gaps:
        data[name] = np.where(generator.uniform(size=data[name].shape) < 0.3, np.nan, data[name])
    data = filled(data, gaps)
    weights = generator.uniform(0.5, 2, ROWS)
    condensed = moment_points(data, told["arrays"], names, weights)
    assert condensed is not None
    assert len(condensed[1]) <= ROWS // 4
    several = [(data, weights), condensed]
    if "weight" in told:
        several = [(rows | {told["weight"]: weight}, None) for rows, weight in several]
    first, second = (
        (*module.e_step(rows, theta, weight), module.score(rows, theta, weight))
        for rows, weight in several
    )
    return first, second


def difference(pair: tuple[Any, Any]) -> float:
    """The largest difference of statistics, objective and score, by their own size."""
    worst = 0.0
    (statistics, value, slopes), (same, again, moved) = pair
    numbers = [(statistics[name], same[name]) for name in statistics]
    numbers += [(slopes[name], moved[name]) for name in slopes]
    for left, right in (*numbers, (value, again)):
        size = max(1.0, float(np.max(np.abs(left))))
        worst = max(worst, float(np.max(np.abs(left - right))) / size)
    return worst


@pytest.mark.parametrize("name", LINEAR)
def test_what_is_linear_in_the_data_needs_their_moments_only(name: str) -> None:
    model = find_model(name)
    assert moments(derive(model)) is not None
    sizes = {axis: length for axis, length in (("d", 4), ("q", 2))}
    assert difference(both(model, sizes)) < 1e-12


@pytest.mark.parametrize("model", [LinearRegression, MultivariateRegression])
def test_givens_have_moments_too(model: type[Model]) -> None:
    found = moments(derive(model))
    assert found is not None
    assert [variable.name for variable in found.data] == ["v", "y"]
    assert difference(both(model, {"p": 3, "d": 2})) < 1e-12


def test_an_offset_costs_no_digits() -> None:
    """At 1e9 the data themselves have seven digits left; what is read of them loses none."""
    assert difference(both(find_model("factor_analysis"), {"d": 4, "q": 2}, offset=1e9)) < 1e-7


def test_a_latent_of_all_rows_reads_their_moments() -> None:
    model = find_model("bayesian_regression")
    found = moments(derive(model))
    assert found is not None
    assert [variable.name for variable in found.data] == ["v", "y"]
    assert difference(both(model, {"p": 3})) < 1e-12


@pytest.mark.parametrize("name", OTHERS)
def test_other_rows_tell_more_than_their_moments(name: str) -> None:
    assert moments(derive(find_model(name))) is None


def test_a_mixture_read_through_its_moments_is_found_out() -> None:
    """Planted: the comparison above sees a model that needs its rows."""
    assert difference(both(find_model("gaussian_mixture_diagonal"), {"d": 2, "k": 2})) > 1e-3


@pytest.mark.parametrize("name", ["factor_analysis", "incomplete_normal"])
def test_rows_with_the_same_gaps_have_moments_of_their_own(name: str) -> None:
    found = moments(derive(find_model(name), ("x",)))
    assert found is not None
    assert [variable.name for variable in found.gaps] == ["x"]
    assert difference(both(find_model(name), {"d": 3, "q": 2}, gaps=("x",))) < 1e-12


def test_gaps_that_are_overlooked_are_found_out() -> None:
    """Planted: one set of moments for rows with different cells missing."""
    model = find_model("incomplete_normal")
    module = generate(model, missing=("x",)).module
    x = np.random.default_rng(0).normal(size=(ROWS, 3))
    x[::3, 1] = np.nan
    data, theta = filled({"x": x}, ("x",)), {"mean": np.zeros(3), "cov": np.eye(3) + 0.5}
    value = module.e_step(data, theta)[1]
    for names, same in ((["x"], True), (["x", "seen_x"], False)):
        condensed = moment_points(data, {"x": 0, "seen_x": 0}, names, None)
        assert condensed is not None
        again = module.e_step(condensed[0], theta, condensed[1])[1]
        assert (abs(again / value - 1) < 1e-12) is same


def test_rows_with_the_same_codes_have_moments_of_their_own() -> None:
    """Group means of their own: linear in the data, given the group."""

    class Groups(Model):
        n, g = Axis(), Axis()
        group = Given(Index(g), over=n)
        mean = Parameter(Real(), over=g)
        variance = Parameter(Positive())
        x = Observed(Normal(mean[group], variance=variance), over=n)

    found = moments(derive(Groups))
    assert found is not None
    assert [variable.name for variable in found.codes] == ["group"]
    assert "rows with the same group share" in " ".join(str(derive(Groups)).split())
    assert difference(both(Groups, {"g": 3})) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("case", ZOO, ids=lambda case: case.name)
def test_whatever_is_said_of_the_zoo_is_true(case: Case) -> None:
    if moments(derive(case.model)) is not None:
        assert difference(both(case.model, case.sizes)) < 1e-10
