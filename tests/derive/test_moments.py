"""Where moments are all that is read of the rows: points that have them give the same sums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.cli.find import find_model
from autoem.derive.moments import moments
from autoem.derive.stages import derive
from autoem.language.model import ModelType
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from autoem.runtime.moments import moment_points
from autoem.verify.instance import random_instance
from tests.derive.test_zoo import FILES
from tests.derive.zoo.case import Case
from tests.derive.zoo.regressions import LinearRegression, MultivariateRegression

ZOO = [case for file in FILES for case in file.CASES if not case.pending]
LINEAR = ("factor_analysis", "probabilistic_pca", "incomplete_normal")
OTHERS = ("gaussian_mixture", "student_regression", "logistic_regression", "latent_classes")


def both(model: ModelType, sizes: Mapping[str, int], offset: float = 0.0) -> tuple[Any, Any]:
    """E-step and score of weighted rows, and of points with their moments."""
    derivation = derive(model)
    program = lower(derivation)
    module = load(emit(program, schema_of(derivation, program)), derivation.name)
    assert program.row is not None
    places = module.SCHEMA["rows"]["arrays"]
    generator = np.random.default_rng(3)
    made = random_instance(model, {**sizes, program.row: 400}, generator)
    theta = dict(made.parameters)
    data = {name: np.asarray(value) for name, value in made.data.items()}
    if offset:
        data["x"], theta["mean"] = data["x"] + offset, theta["mean"] + offset
    weights = generator.uniform(0.5, 2, 400)
    condensed = moment_points(data, places, weights)
    assert condensed is not None
    assert len(condensed[1]) < 100
    return tuple(
        (*module.e_step(rows, theta, weight), module.score(rows, theta, weight))
        for rows, weight in ((data, weights), condensed)
    )  # type: ignore[return-value]


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
def test_givens_have_moments_too(model: ModelType) -> None:
    found = moments(derive(model))
    assert found is not None
    assert [variable.name for variable in found.data] == ["v", "y"]
    assert difference(both(model, {"p": 3, "d": 2})) < 1e-12


def test_an_offset_costs_no_digits() -> None:
    """At 1e9 the data themselves have seven digits left; what is read of them loses none."""
    assert difference(both(find_model("factor_analysis"), {"d": 4, "q": 2}, offset=1e9)) < 1e-7


@pytest.mark.parametrize("name", OTHERS)
def test_other_rows_tell_more_than_their_moments(name: str) -> None:
    assert moments(derive(find_model(name))) is None


def test_a_mixture_read_through_its_moments_is_found_out() -> None:
    """Planted: the comparison above sees a model that needs its rows."""
    assert difference(both(find_model("gaussian_mixture_diagonal"), {"d": 2, "k": 2})) > 1e-3


def test_gaps_have_no_moments() -> None:
    assert moments(derive(find_model("factor_analysis"), ("x",))) is None
    assert moments(derive(find_model("incomplete_normal"), ("x",))) is None


@pytest.mark.slow
@pytest.mark.parametrize("case", ZOO, ids=lambda case: case.name)
def test_whatever_is_said_of_the_zoo_is_true(case: Case) -> None:
    if moments(derive(case.model)) is not None:
        assert difference(both(case.model, case.sizes)) < 1e-10
