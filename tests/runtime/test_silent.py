"""Entries of which no data speak keep their value; one that is lost otherwise is none of these."""

from __future__ import annotations

import numpy as np
import pytest

from autoem.runtime.arrays import Arrays
from autoem.runtime.em import run_em
from autoem.runtime.silent import carried

SHARES = {"p": ("simplex", 0.0, 1.0)}


def test_whole_rows_and_matrices_are_one_place() -> None:
    old = {"cov": np.ones((3, 2, 2)), "p": np.full((2, 2, 2), 0.5), "mean": np.zeros(2)}
    new = {name: value.copy() for name, value in old.items()}
    new["cov"][1], new["p"][0, 1], new["mean"][:] = np.nan, np.nan, [2.0, np.nan]
    filled, silent = carried(new, old)
    assert silent == (("cov", (1,)), ("p", (0, 1)), ("mean", (1,)))
    assert filled["mean"].tolist() == [2.0, 0.0] and not np.isnan(filled["cov"]).any()


@pytest.mark.parametrize(("step", "result"), [(0.0, "converged"), (0.1, "degenerate")])
def test_the_objective_must_not_fall_where_a_value_is_kept(step: float, result: str) -> None:
    def e_step(parameters: Arrays) -> tuple[Arrays, float]:
        return {}, -float(parameters["p"][0])

    def m_step(statistics: Arrays, parameters: Arrays) -> Arrays:
        return {"p": np.array([parameters["p"][0] + step, np.nan])}

    found = run_em(e_step, m_step, {"p": np.array([0.5, 0.5])}, SHARES)
    assert found.result == result
    assert ("Without data: p[1]" in found.advice) == (result == "converged")
