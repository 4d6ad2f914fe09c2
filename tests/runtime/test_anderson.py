"""Anderson acceleration: exact on affine maps, never a fall, free of units, and much faster."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from autoem import fit, generate
from autoem.runtime.anderson import anderson, combined
from autoem.runtime.arrays import Arrays
from autoem.runtime.em import run_em
from autoem.runtime.outcome import Outcome
from tests.test_models import ROOT, declared

REFERENCES = json.loads((ROOT / "tests/references/references.json").read_text())
DOMAINS = {"x": ("real", -np.inf, np.inf), "s": ("positive", 0.0, np.inf)}
RATES = np.array([0.999, 0.9, 0.5])


def affine(theta: Arrays) -> Arrays:
    """A map with the limits x = (1, 2, 3) and log s = 2, and four rates."""
    x = np.array([1.0, 2, 3]) + RATES * (theta["x"] - np.array([1.0, 2, 3]))
    return {"x": x, "s": np.exp(2 + 0.99 * (np.log(theta["s"]) - 2))}


def height(theta: Arrays) -> tuple[Arrays, float]:
    gaps = np.array([*(theta["x"] - [1, 2, 3]), np.log(theta["s"]) - 2])
    return dict(theta), -float(gaps @ gaps)


START = {"x": np.array([5.0, -3, 1]), "s": np.array(0.1)}


def run(unit: float = 1.0, origin: float = 0.0, accelerate: Any = None) -> Outcome:
    """EM on the affine map, its parameter x measured in another unit from another origin."""

    def inner(theta: Arrays) -> Arrays:
        return {"x": (theta["x"] - origin) / unit, "s": theta["s"]}

    def step(statistics: Arrays, theta: Arrays) -> Arrays:
        moved = affine(inner(theta))
        return {"x": origin + unit * moved["x"], "s": moved["s"]}

    start = {"x": origin + unit * START["x"], "s": START["s"]}
    e_step = lambda theta: height(inner(theta))  # noqa: E731
    return run_em(e_step, step, start, DOMAINS, accelerate=accelerate, max_iterations=20_000)


def test_an_affine_map_ends_after_as_many_steps_as_it_has_rates() -> None:
    points = [START]
    for _ in range(5):
        points.append(affine(points[-1]))
    found = combined(DOMAINS, tuple(pairwise(points)))
    assert found is not None
    np.testing.assert_allclose(found["x"], [1, 2, 3], rtol=1e-4)
    assert found["s"] == pytest.approx(np.exp(2), rel=1e-4)


def test_two_points_are_the_secant_method() -> None:
    pairs = [{"x": np.array([x])} for x in (4.0, 2.5, 1.75)]
    domains = {"x": DOMAINS["x"]}
    found = combined(domains, ((pairs[0], pairs[1]), (pairs[1], pairs[2])))
    assert found is not None and found["x"] == pytest.approx(1.0)


@pytest.mark.parametrize(("unit", "origin"), [(1.0, 0.0), (1e-100, 0.0), (1e100, 0.0), (1.0, 1e3)])
def test_it_is_as_fast_in_every_unit_and_never_falls(unit: float, origin: float) -> None:
    slow, fast = run(unit, origin), run(unit, origin, anderson(DOMAINS))
    assert fast.result == "converged" and fast.jumps > 0 == slow.jumps
    assert fast.iterations < 60 < slow.iterations / 50
    assert np.all(np.diff(fast.trace) >= 0)
    np.testing.assert_allclose((fast.parameters["x"] - origin) / unit, [1, 2, 3], atol=1e-5)


def test_entries_that_stand_still_stay() -> None:
    """Fixed entries and structural zeros."""
    shares = [np.array([0.0, 0.5 + 0.3 * 0.9**i, 0.5 - 0.3 * 0.9**i]) for i in range(4)]
    points = [{"p": each} for each in shares]
    found = combined({"p": ("simplex", 0.0, 1.0)}, tuple(pairwise(points)))
    assert found is not None and found["p"][0] == 0
    assert found["p"].sum() == pytest.approx(1)


def test_death_notices_in_a_hundred_maps() -> None:
    """Plain EM takes 2909; a hundred are asked for."""
    data = pd.read_csv(ROOT / "examples/data/death_notices.csv")
    program = generate(declared(ROOT / "models/death_notices.py"))
    options: dict[str, Any] = {"weights": {"n": data["days"]}, "progress": False}
    found = fit(program, {"deaths": data["deaths"]}, {"k": 2}, **options)
    known = REFERENCES["death_notices"]
    assert found.log_likelihood == pytest.approx(known["log_likelihood"], abs=1e-8)
    assert found.iterations <= 100 < known["evaluations"]["em"]
    assert found.jumps > 0 and f"{found.jumps} of them accelerated" in found.summary()
    start = {"weight": [0.5, 0.5], "rate": [1.0, 2.0]}
    from_there = fit(program, {"deaths": data["deaths"]}, start=start, **options)
    assert from_there.iterations <= 100 and from_there.result == "converged"
    assert np.diff(from_there.trace).min() > -1e-9
