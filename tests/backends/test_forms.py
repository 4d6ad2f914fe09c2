"""The two forms of the E-step agree, and the one that loses digits is not taken."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem.backends.load import load
from autoem.backends.numpy import emit
from tests.program.all_cases import CASES
from tests.program.cases.gaussian import e_step

CASE = CASES["gaussian"]


@pytest.fixture
def module() -> ModuleType:
    return load(emit(CASE.program), "gaussians")


def taken(module: ModuleType, data: dict[str, np.ndarray], parameters: object) -> list[bool]:
    """For every block, whether residuals are multiplied out."""
    found = []
    honest = module._gather

    def watched(*arguments: dict[str, np.ndarray]) -> object:
        found.append(any(name.startswith("centered") for name in arguments[-1]))
        return honest(*arguments)

    module._gather = watched
    module.e_step(data, parameters)
    module._gather = honest
    return found


def test_both_forms_agree(module: ModuleType) -> None:
    results = []
    for near in (0.0, np.inf):
        module.CANCELS = near
        assert taken(module, CASE.data, CASE.parameters) == [near > 0]
        results.append(module.e_step(CASE.data, CASE.parameters, CASE.weights))
        results[-1] = (results[-1], module.posterior(CASE.data, CASE.parameters)["r"])
    ((factored, one), r), ((expanded, two), s) = results
    assert_allclose(one, two, rtol=1e-12)
    assert_allclose(r, s, rtol=1e-10, atol=1e-13)
    for name, value in factored.items():
        assert_allclose(expanded[name], value, rtol=1e-10, atol=1e-10, err_msg=name)


def test_a_common_offset_does_no_harm(module: ModuleType) -> None:
    data = {"x": CASE.data["x"] + 2.0**30}
    parameters = {**CASE.parameters, "mean": CASE.parameters["mean"] + 2.0**30}
    there = {"x": data["x"] - 2.0**30}
    back = {**parameters, "mean": parameters["mean"] - 2.0**30}
    assert taken(module, data, parameters) == [True]
    _, wanted, log_likelihood = e_step(there, back, np.ones(len(data["x"])))
    statistics, objective = module.e_step(data, parameters)
    assert_allclose(objective, log_likelihood, rtol=1e-12)
    for name, value in wanted.items():
        assert_allclose(statistics[name], value, rtol=1e-9, atol=1e-9, err_msg=name)


def test_components_far_apart_are_factored(module: ModuleType) -> None:
    shift = np.zeros((3, 4))
    shift[0] = 1e7
    parameters = {**CASE.parameters, "mean": CASE.parameters["mean"] + shift}
    rng = np.random.default_rng(0)
    member = rng.integers(0, 3, 40)
    data = {"x": parameters["mean"][member] + rng.normal(size=(40, 4))}
    assert taken(module, data, parameters) == [False]
    _, wanted, log_likelihood = e_step(data, parameters, np.ones(40))
    statistics, objective = module.e_step(data, parameters)
    assert_allclose(objective, log_likelihood, rtol=1e-12)
    for name, value in wanted.items():
        assert_allclose(statistics[name], value, rtol=1e-9, atol=1e-9, err_msg=name)


def test_only_the_block_with_an_outlier_is_factored(module: ModuleType) -> None:
    data = {"x": np.tile(CASE.data["x"], (3, 1))}
    data["x"][40] = 1e12
    module.BLOCK = len(CASE.data["x"])
    assert taken(module, data, CASE.parameters) == [True, False, True]


def test_not_a_number_is_factored(module: ModuleType) -> None:
    data = {"x": CASE.data["x"].copy()}
    data["x"][0, 0] = np.nan
    assert taken(module, data, CASE.parameters) == [False]
