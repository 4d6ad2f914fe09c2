"""A sum over t in which t - k counts inside a window is a sum over the window."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autoem
from autoem import (
    Axis,
    Categorical,
    Given,
    Latent,
    Model,
    Normal,
    Observed,
    Ones,
    Parameter,
    Positive,
    Real,
    Simplex,
    dot,
    where,
)
from autoem.derive import log_joint as stage
from autoem.derive.log_joint import log_joint
from autoem.graph import factor_graph
from tests.derive import judged as judge
from tests.derive.zoo.positions import MotifInSequence, RateSinceChange
from tests.test_models import ROOT, declared


class Backwards(Model):
    """The window is read from its end, and has a part that only some steps have."""

    s, t, k, w = Axis(), Axis(), Axis(), Axis()
    width = dot(Ones(w), Ones(w))
    chance = Given(Simplex(k))
    pulse = Parameter(Real(), over=w)
    level, variance = Parameter(Real()), Parameter(Positive())
    end = Latent(Categorical(chance), over=s)
    inside = (t <= end) * (end - t <= width - 1) * (t > 0)
    x = Observed(Normal(where(inside, pulse[end - t], level), variance=variance), over=(s, t))


SIZES = {
    MotifInSequence: {"s": 4, "t": 5, "p": 5, "w": 3, "v": 2},  # a site may pass the end
    Backwards: {"s": 4, "t": 5, "k": 6, "w": 3},
}


def axes_of(model: Any) -> list[set[str | None]]:
    """The axes that each term sums over."""
    terms = log_joint(factor_graph(model)).terms
    return [{index.axis.key for index in term.bound} for term in terms]


@pytest.mark.parametrize("model", SIZES)
def test_a_window_is_what_is_summed_over(model: Any) -> None:
    summed = axes_of(model)
    assert any("w" in axes and "t" not in axes for axes in summed)


def test_without_both_ends_the_steps_are_summed_over() -> None:
    assert not any("d" in axes for axes in axes_of(RateSinceChange))


@pytest.mark.parametrize("model", SIZES)
def test_brute_force_agrees(model: Any) -> None:
    instance = judge.random_instance(model, SIZES[model], np.random.default_rng(1))
    judge.check_likelihood(judge.judged(model), instance)


@pytest.mark.parametrize("model", SIZES)
def test_it_is_the_sum_over_all_steps(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = judge.random_instance(model, SIZES[model], np.random.default_rng(2))
    sizes, data, theta = SIZES[model], dict(instance.data), dict(instance.parameters)
    found = autoem.fit(model, data, sizes, start=theta, max_iterations=3)
    monkeypatch.setattr(stage, "windowed", lambda term, scope: term)
    dense = autoem.fit(autoem.derive(model), data, sizes, start=theta, max_iterations=3)
    assert_allclose(found.trace, dense.trace, rtol=1e-12)
    for name, value in dense.parameters.items():
        assert_allclose(found.parameters[name], value, rtol=1e-9, atol=1e-12)


def test_a_window_that_is_one_off_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the window moves by one step."""
    right = stage.windowed

    def planted(term: Any, scope: Any) -> Any:
        position = scope.position
        scope.position = lambda read, axis: position(read, axis) + int(axis.key == "w")
        try:
            return right(term, scope)
        finally:
            del scope.position

    monkeypatch.setattr(stage, "windowed", planted)
    model = MotifInSequence
    instance = judge.random_instance(model, SIZES[model], np.random.default_rng(1))
    with pytest.raises(AssertionError):
        judge.check_likelihood(judge.judged(model), instance)


def test_missing_steps_of_a_window_count_for_nothing() -> None:
    """A sequence without its last steps is one whose last steps are missing."""
    x = np.array([[0.3, 1.9, 2.2, -0.1, np.nan], [2.0, 2.1, -0.3, 0.1, np.nan]])
    theta = {"pulse": [2.0, 1.5, 1.0], "level": 0.0, "variance": 0.5}
    chance = np.full(4, 0.25)
    values = [
        autoem.fit(
            Backwards, {"x": seen, "chance": chance}, {"w": 3}, start=theta, max_iterations=1
        ).trace[0]
        for seen in (x, x[:, :-1])
    ]
    assert_allclose(*values, rtol=1e-12)


def test_memory_is_that_of_the_windows() -> None:
    """100 sequences of length 500: width x starts x sequences numbers, and not length times."""
    rng = np.random.default_rng(0)
    x, width = rng.integers(0, 4, (100, 500)), 10
    starts = 500 - width + 1
    model = declared(ROOT / "models" / "motif.py")
    module = judge.judged(model).module
    theta = {"motif": rng.dirichlet(np.ones(4), width), "background": np.full(4, 0.25)}
    tracemalloc.start()
    module.e_step({"x": x, "chance": np.full(starts, 1 / starts)}, theta)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6 < 8 * 100 * 500 * starts
