"""The interpreter against the same computations in plain NumPy and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem.program.check import check
from autoem.program.interpret import interpret
from autoem.program.interpret_scalar import Scope, product, scalar
from tests.program.all_cases import CASES
from tests.program.build import call, over, times
from tests.program.cases import Case

each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@each
def test_programs_are_well_typed(case: Case) -> None:
    assert check(case.program) is case.program


@each
def test_e_step(case: Case) -> None:
    expected, statistics, log_likelihood = case.e_step(case.data, case.parameters, case.weights)
    program = interpret(case.program)
    found, objective = program.e_step(case.data, case.parameters, case.weights)
    assert_allclose(objective, log_likelihood, rtol=1e-12)
    assert found.keys() == statistics.keys()
    for name, value in statistics.items():
        assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=name)
    posterior = program.posterior(case.data, case.parameters)
    for name, value in expected.items():
        assert_allclose(posterior[name], value, rtol=1e-12, atol=1e-12, err_msg=name)
    total = program.log_likelihood(case.data, case.parameters, case.weights)
    assert_allclose(total, log_likelihood, rtol=1e-12)


@each
def test_m_step(case: Case) -> None:
    _, statistics, _ = case.e_step(case.data, case.parameters, case.weights)
    found = interpret(case.program).m_step(statistics, case.parameters)
    for name, value in case.m_step(statistics, case.parameters).items():
        assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=name)


def test_zero_times_infinity_is_zero_and_zero_over_zero_is_not() -> None:
    values = {"a": np.array([0.0, 2.0, np.nan]), "b": np.array([-np.inf, -np.inf, -np.inf])}
    assert_allclose(product(list(values.values())), [0.0, -np.inf, np.nan])
    scope = Scope({**values, "c": np.zeros(3)}, {"i": 3})
    assert_allclose(scalar(scope, times("a[i]", "b[i]"), ("i",)), [0.0, -np.inf, np.nan])
    assert_allclose(scalar(scope, over("a[i]", "c[i]"), ("i",)), [np.nan, np.inf, np.nan])
    assert_allclose(scalar(scope, call("xlogy", "c[i]", "c[i]"), ("i",)), np.zeros(3))
