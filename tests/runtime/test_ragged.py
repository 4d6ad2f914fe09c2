"""Sequences of different lengths, group by group, against all of them with their tails."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autoem import Axis, Model, Normal, Observed, Parameter, Positive, Real
from autoem.pipeline import generate
from autoem.runtime import ragged
from autoem.runtime.condensed import Condensed
from autoem.runtime.data import read_data
from autoem.runtime.program import Program
from autoem.runtime.ragged import by_groups, groups, summed
from tests.runtime.test_sequences import Counts

LENGTHS = (7, 1, 30, 6, 28, 3, 7)
POINT = {
    "initial": np.array([0.7, 0.3]),
    "transition": np.array([[0.9, 0.1], [0.4, 0.6]]),
    "rate": np.array([2.0, 6.0]),
    "level": np.array(0.5),
}


def program_and_data() -> tuple[Program, Any]:
    rng = np.random.default_rng(1)
    data = {
        "x": [rng.poisson(4, size=n).astype(float) for n in LENGTHS],
        "dose": [rng.normal(size=n) for n in LENGTHS],
        "age": rng.uniform(1, 2, size=len(LENGTHS)),
        "y": [rng.normal(size=n) for n in LENGTHS],
    }
    program = Program.from_module(generate(Counts, missing=("x", "y")).module)
    return program, read_data(program.schema, data, {"k": 2})


def test_groups_have_the_objective_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ragged, "CALLS", 1)
    program, data = program_and_data()
    whole = Condensed(program.arrays(data), np.arange(1.0, 1 + len(LENGTHS)))
    parts = by_groups(program.schema, program.rows, data.lengths, whole)
    assert len(parts) > 1
    _, wanted = summed(program.e_step, (whole,), POINT)
    assert summed(program.e_step, parts, POINT)[1] == pytest.approx(wanted, abs=1e-11)
    planted = (data.lengths[0], data.lengths[1], data.lengths[2] - 1)
    short = by_groups(program.schema, program.rows, planted, whole)
    assert abs(summed(program.e_step, short, POINT)[1] - wanted) > 0.1


def test_groups_are_the_cheapest_cuts() -> None:
    lengths = np.array([1, 1, 2, 5, 5, 6, 9])
    assert len(groups(lengths * 1000)) == 1
    many = np.repeat(lengths, 2000)
    found = groups(many)
    assert sorted(np.concatenate(found).tolist()) == list(range(len(many)))
    assert len(found) > 2


def test_steps_with_parameters_of_their_own_are_not_cut() -> None:
    class Steps(Model):
        s, t = Axis(), Axis()
        mean = Parameter(Real(), over=t)
        variance = Parameter(Positive())
        x = Observed(Normal(mean, variance=variance), over=(s, t))

    assert "apart" not in Program.from_module(generate(Steps).module).rows
