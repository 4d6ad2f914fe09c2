"""A step that is too long is shortened; a right one is left alone."""

import numpy as np

from autoem.runtime.em import run_em
from autoem.runtime.shorten import rising


def objective(parameters):
    """log cosh has curvature near zero far out, where Newton's step is far too long."""
    x = parameters["x"]
    return {"g": -np.tanh(x), "h": 1 / np.cosh(x) ** 2}, -float(np.log(np.cosh(x)))


def newton(statistics, parameters):
    return {"x": parameters["x"] + statistics["g"] / statistics["h"]}


START = {"x": np.array(3.0)}
DOMAINS = {"x": ("real", -np.inf, np.inf)}


def test_a_long_step_is_halved_until_the_objective_rises():
    outcome = run_em(*rising(objective, newton), START, DOMAINS, tol=1e-12)
    assert outcome.result == "converged"
    assert abs(float(outcome.parameters["x"])) < 1e-6
    assert np.all(np.diff(outcome.trace) >= -1e-15)


def test_without_it_the_iteration_runs_away():
    outcome = run_em(objective, newton, START, DOMAINS, tol=1e-12)
    assert outcome.result in ("decreased", "degenerate")


def test_a_step_that_rises_is_not_touched():
    expect, maximize = rising(objective, lambda s, p: {"x": p["x"] / 2})
    statistics, _ = expect(START)
    assert float(maximize(statistics, START)["x"]) == 1.5
