"""Positions as numbers: change points and motifs on simulated data, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import autoem
from autoem import (
    Axis,
    Categorical,
    Given,
    Latent,
    Model,
    NonNegative,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    where,
)
from autoem.derive.told import Told
from autoem.errors import NotDerivable, OutsideAxis
from tests.derive import judged as judge
from tests.derive.zoo.positions import MotifInSequence
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]
LETTERS, WIDTH = 4, 8


def change(y: np.ndarray, early: float, late: float) -> float:
    """log p(y), the step of the change summed out."""
    before = np.concatenate([[0], np.cumsum(stats.poisson.logpmf(y, early))[:-1]])
    after = np.cumsum(stats.poisson.logpmf(y, late)[::-1])[::-1]
    return float(special.logsumexp(before + after) - np.log(len(y)))


def test_the_rates_about_a_change_point_are_the_greatest() -> None:
    rng = np.random.default_rng(5)
    y = np.concatenate([rng.poisson(3.1, 41), rng.poisson(0.9, 71)])
    found = autoem.fit(
        declared(ROOT / "models" / "change_point.py"), {"y": y, "chance": np.full(112, 1 / 112)}
    )
    best = optimize.minimize(
        lambda u: -change(y, *np.exp(u)), np.log([2, 1]), method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12},
    )  # fmt: skip
    assert_allclose(found.log_likelihood, -best.fun, rtol=1e-10)
    assert_allclose([found.parameters["early"], found.parameters["late"]], np.exp(best.x), 1e-6)
    year = found.posterior()["tau"]
    assert abs(int(np.argmax(year)) - 41) <= 3


def planted(share: float, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sequences with a motif, where it starts (-1: nowhere), and its letters."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, LETTERS, (60, 40))
    motif = rng.permutation(np.arange(WIDTH) % LETTERS)
    starts = np.where(rng.random(60) < share, rng.integers(0, 33, 60), -1)
    for row, start in enumerate(starts):
        if start >= 0:
            site = np.where(rng.random(WIDTH) < 0.9, motif, rng.integers(0, LETTERS, WIDTH))
            x[row, start : start + WIDTH] = site
    return x, starts, motif


def search(name: str, x: np.ndarray) -> autoem.Fit:
    data = {"x": x, "chance": np.full(33, 1 / 33)}
    model = declared(ROOT / "models" / f"{name}.py")
    return autoem.fit(model, data, {"w": WIDTH, "v": LETTERS}, restarts=2, seed=1)


def test_a_planted_motif_is_found_from_random_starts() -> None:
    x, starts, motif = planted(1.0)
    found = search("motif", x)
    assert list(found.parameters["motif"].argmax(axis=1)) == list(motif)
    where_found = found.posterior()["start"].argmax(axis=1)
    assert np.mean(where_found == starts) > 0.9


@pytest.mark.slow
def test_a_motif_that_some_sequences_lack_is_found() -> None:
    x, starts, motif = planted(0.6)
    found = search("motif_or_none", x)
    assert list(found.parameters["motif"].argmax(axis=1)) == list(motif)
    assert_allclose(found.parameters["share"], np.mean(starts >= 0), atol=0.12)


@pytest.mark.slow
def test_a_motif_is_found_among_windows() -> None:
    x, _, motif = planted(1.0)
    windows = np.lib.stride_tricks.sliding_window_view(x, WIDTH, axis=1).reshape(-1, WIDTH)
    model = declared(ROOT / "models" / "motif_windows.py")
    found = autoem.fit(model, {"x": windows}, {"v": LETTERS}, restarts=8, seed=1)
    heads = [list(found.parameters[name].argmax(axis=-1)) for name in ("motif",)]
    assert heads[0] == list(motif)
    assert 0.01 < float(found.parameters["share"]) < 0.06


class TooNarrow(Model):
    """The condition lets the index leave the motif."""

    t, p, w = Axis(), Axis(), Axis()
    chance = Given(Simplex(p))
    rate = Parameter(Positive(), over=w)
    start = Latent(Categorical(chance))
    y = Observed(Poisson(where(start <= t, rate[t - start], 1)), over=t)


def test_an_index_that_leaves_its_axis_is_refused() -> None:
    data = {"y": [1, 2, 3, 4], "chance": [0.5, 0.5]}
    with pytest.raises(OutsideAxis, match="TooNarrow: an index is 3, and its axis has 3 entries"):
        autoem.fit(TooNarrow, data, {"w": 3})
    assert np.isfinite(autoem.fit(TooNarrow, data, {"w": 4}).log_likelihood)


class FreeChange(Model):
    """A change at a parameter: the likelihood is no smooth function of it."""

    t = Axis()
    tau = Parameter(Real())
    early, late = Parameter(Positive()), Parameter(Positive())
    y = Observed(Poisson(where(t < tau, early, late)), over=t)


class HiddenNumber(Model):
    """A comparison with a count that has no bound."""

    s, t = Axis(), Axis()
    rate = Parameter(Positive())
    tau = Latent(Poisson(rate), over=s)
    y = Observed(Poisson(where(t < tau, 1, 2)), over=(s, t))


@pytest.mark.parametrize("model", [FreeChange, HiddenNumber])
def test_a_comparison_of_what_is_not_known_is_refused(model: Any) -> None:
    with pytest.raises(NotDerivable, match="a comparison that mentions tau"):
        autoem.derive(model)


def test_data_may_be_compared() -> None:
    class Threshold(Model):
        n = Axis()
        dose = Given(NonNegative(), over=n)
        low, high = Parameter(Positive()), Parameter(Positive())
        y = Observed(Poisson(where(dose < 2, low, high)), over=n)

    found = autoem.fit(Threshold, {"dose": [1, 1.5, 2, 3], "y": [1, 2, 5, 8]})
    assert_allclose([found.parameters["low"], found.parameters["high"]], [1.5, 6.5])


def test_a_wrong_position_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brute force notices where a sequence is read backwards."""
    case_sizes = {"s": 4, "t": 5, "p": 3, "w": 4, "v": 2}
    instance = judge.random_instance(MotifInSequence, case_sizes, np.random.default_rng(1))
    judge.check_likelihood(judge.judged(MotifInSequence), instance)
    right = Told.number.fget  # type: ignore[attr-defined]
    off = property(
        lambda told: right(told) if told.along is None else 4 * told.inside - right(told)
    )
    monkeypatch.setattr(Told, "number", off)
    with pytest.raises(AssertionError):
        judge.check_likelihood(judge.judged(MotifInSequence), instance)
