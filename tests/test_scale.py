"""Numbers that survive: data in other units, or about another origin, give the same fit.

A model of location and scale is equivariant: from c + s x come c + s mean, s^2 variance, and the
log-likelihood less log s for every number that was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from autoem import (
    Axis,
    Fit,
    Latent,
    Markov,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    fit,
    generate,
    previous,
)
from autoem.backends.program import Program
from autoem.runtime import initial
from tests.test_models import ROOT, declared

RNG = np.random.default_rng(8)
N = 90
LINE = np.stack([np.ones(N), np.linspace(-1, 1, N)], axis=1)
LOADING = np.kron(np.eye(2), [2, 2, 2])
PLANE = RNG.normal(size=(N, 2)) @ LOADING + RNG.normal(size=(N, 6)) + 3
POINTS = RNG.normal(size=(N, 3)) * [1, 2, 3] + 6 * (np.arange(N) % 3 == 0)[:, None]
NOISE = RNG.standard_t(2, size=N)
SLOPES = np.where(np.arange(N) % 5 < 2, LINE @ [1, 2], LINE @ [-3, -2])
TWO_LINES = SLOPES + 0.3 * RNG.normal(size=N)
GAPS = np.where(RNG.random(POINTS.shape) < 0.1, np.nan, POINTS)
FAILED = np.arange(N) % 3 < 2
HOURS = LINE @ [1, 2] + RNG.normal(size=N)
GROUP = np.arange(N) % 9
EFFECTS = LINE @ [1, 2] + RNG.normal(size=9)[GROUP] + RNG.normal(size=N) / 2
PUSHED = RNG.normal(size=N) / 2 + 2 * np.abs(RNG.normal(size=N))
STATES = np.repeat(RNG.integers(0, 2, 18), 5)
STEPS = np.cumsum(RNG.normal(size=N)) + RNG.normal(size=N)


class Walk(Model):
    """A random walk that starts anywhere, seen with noise."""

    t = Axis("steps")
    start = Parameter(Real())
    drift, noise = Parameter(Positive()), Parameter(Positive())
    level = Latent(
        Markov(first=Normal(start, variance=drift), then=Normal(previous, variance=drift)), over=t
    )
    x = Observed(Normal(level, variance=noise), over=t)


@dataclass(frozen=True)
class Law:
    """Arrays that are moved and scaled, and others; powers of s of the parameters, and where in
    them c is added."""

    moved: Mapping[str, np.ndarray]
    powers: Mapping[str, int]
    location: Mapping[str, Any]
    still: Mapping[str, np.ndarray]
    sizes: Mapping[str, int]
    numbers: int
    movable: bool = True

    def data(self, scale: float, origin: float) -> dict[str, Any]:
        return {**self.still, **{n: origin + scale * x for n, x in self.moved.items()}}

    def expected(self, parameters: Mapping[str, Any], scale: float) -> dict[str, np.ndarray]:
        """Without the origin, which would hide digits."""
        return {n: np.asarray(parameters[n]) * scale**p for n, p in self.powers.items()}

    def found(self, parameters: Mapping[str, Any], origin: float) -> dict[str, np.ndarray]:
        result = {n: np.array(parameters[n]) for n in self.powers}
        for name, place in self.location.items():
            result[name][place] -= origin
        return result


ALL, FIRST = ..., (..., 0)
MIXTURE = {"weight": 0, "mean": 1, "variance": 2}


def clusters(x: np.ndarray, powers: Mapping[str, int], **sizes: int) -> Law:
    return Law({"x": x}, powers, {"mean": ALL}, {}, sizes, int(np.isfinite(x).sum()))


def regression(y: np.ndarray, powers: Mapping[str, int], **sizes: int) -> Law:
    return Law({"y": y}, powers, {"beta": FIRST}, {"v": LINE}, sizes, N)


LAWS: dict[str, Law] = {
    "gaussian_mixture": clusters(POINTS, {"weight": 0, "mean": 1, "cov": 2}, k=2),
    "gaussian_mixture_diagonal": clusters(POINTS, MIXTURE, k=2),
    "gaussian_mixture_spherical": clusters(POINTS, MIXTURE, k=2),
    "gaussian_mixture_tied": clusters(POINTS, {"weight": 0, "mean": 1, "cov": 2}, k=2),
    "normal_mixture": clusters(POINTS[:, 0], MIXTURE, k=2),
    "normal_mixture_equal": clusters(POINTS[:, 0], MIXTURE, k=2),
    "student_mixture": clusters(NOISE, {"mean": 1, "scale2": 2, "nu": 0}, k=1),
    "factor_analysis": clusters(PLANE, {"loading": 1, "mean": 1, "noise": 2}, q=2),
    "probabilistic_pca": clusters(PLANE, {"loading": 1, "mean": 1, "variance": 2}, q=2),
    "mixture_of_factor_analyzers": clusters(
        PLANE + 9 * (np.arange(N) % 2)[:, None],
        {"weight": 0, "loading": 1, "mean": 1, "noise": 2},
        k=2,
        q=2,
    ),
    "incomplete_normal": clusters(GAPS, {"mean": 1, "cov": 2}),
    "student_regression": regression(LINE @ [1, 2] + NOISE, {"beta": 1, "scale2": 2, "nu": 0}),
    "regression_mixture": regression(TWO_LINES, {"weight": 0, "beta": 1, "variance": 2}, k=2),
    "mixture_of_experts": regression(TWO_LINES, {"beta": 1, "variance": 2}, k=2),
    "motorettes": Law(
        {"lower": HOURS, "upper": np.where(FAILED, HOURS, np.inf)},
        {"beta": 1, "sigma2": 2},
        {"beta": FIRST},
        {"v": LINE},
        {},
        int(FAILED.sum()),
    ),
    "random_intercept": Law(
        {"y": EFFECTS},
        {"beta": 1, "tau2": 2, "sigma2": 2},
        {"beta": FIRST},
        {"v": LINE, "group": GROUP},
        {},
        N,
    ),
    "skew_normal": Law(
        {"x": PUSHED}, {"mean": 1, "skew": 1, "variance": 2}, {}, {}, {}, N, movable=False
    ),
    "laplace_regression": regression(LINE @ [1, 2] + NOISE, {"beta": 1, "scale": 1}),
    "gaussian_hidden_markov": clusters(
        (POINTS + 9 * STATES[:, None]).reshape(3, -1, 3),
        {"initial": 0, "transition": 0, "mean": 1, "cov": 2},
        k=2,
    ),
    "walk": Law({"x": STEPS}, {"start": 1, "drift": 2, "noise": 2}, {"start": ALL}, {}, {}, N),
    "bayesian_regression": Law(
        {"y": EFFECTS}, {"prior": 2, "noise": 2}, {}, {"v": LINE}, {}, N, movable=False
    ),
    "switching_autoregression": Law(
        {"y": np.where(STATES == 1, 4, 0) + RNG.normal(size=N)},
        {"initial": 0, "transition": 0, "level": 1, "persistence": 0, "variance": 2},
        {},
        {},
        {"k": 2},
        N,
        movable=False,
    ),
}
"""Models of location and scale, or of scale alone.  A skew begins at the mean, which moves.  Not
local_level, whose first level is in units of x."""

EXACT = ((1e-100, 0.0), (1e-8, 0.0), (1e100, 0.0))
MOVED = ((1.0, 1e9), (1.0, -1e9), (1e100, 1e109), (1e-8, 10.0))
each_law = pytest.mark.parametrize("name", LAWS)


@cache
def program(name: str) -> Program:
    if name == "walk":
        return generate(Walk)
    gaps = ("x",) if name == "incomplete_normal" else ()
    return generate(declared(ROOT / f"models/{name}.py"), missing=gaps)


def fitted(name: str, scale: float = 1.0, origin: float = 0.0) -> Fit:
    law = LAWS[name]
    return fit(program(name), law.data(scale, origin), law.sizes, seed=0, progress=False)


unmoved: Callable[[str], Fit] = cache(fitted)


def check(name: str, scale: float, origin: float, digits: float) -> None:
    """The same verdict, trace and parameters, and nearly as many maps."""
    law, one, other = LAWS[name], unmoved(name), fitted(name, scale, origin)
    assert other.result == one.result and one.result in ("converged", "boundary")
    assert other.iterations <= 2 + 2 * one.iterations
    trace = np.array(other.trace) + law.numbers * np.log(scale)
    both = min(len(trace), len(one.trace), 9)  # those before an acceleration
    np.testing.assert_allclose(trace[:both], one.trace[:both], rtol=digits, atol=10 * digits)
    assert abs(trace[-1] - one.trace[-1]) <= digits * (1 + abs(one.trace[-1]))
    expected = law.expected(one.parameters, scale)
    for key, value in law.found(other.parameters, origin).items():
        size = np.abs(expected[key]).max()
        # At an optimum a share of the objective is the square of one of the parameters.
        np.testing.assert_allclose(value, expected[key], rtol=0, atol=20 * digits**0.5 * size)


@each_law
@pytest.mark.parametrize(("scale", "origin"), EXACT)
def test_another_unit_gives_the_same_fit(name: str, scale: float, origin: float) -> None:
    check(name, scale, origin, 1e-11)


@pytest.mark.parametrize("name", [name for name, law in LAWS.items() if law.movable])
@pytest.mark.parametrize(("scale", "origin"), MOVED)
def test_another_origin_gives_the_same_fit(name: str, scale: float, origin: float) -> None:
    """Of nine digits before the spread, seven are left after it, and the likelihood has as many."""
    check(name, scale, origin, 1e-6)


def test_the_law_is_broken_by_a_level_in_units_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a random walk whose first level has a variance of 10^9 in whatever unit."""
    law = Law({"x": STEPS}, {"level_variance": 2, "observation_variance": 2}, {}, {}, {}, N)
    monkeypatch.setitem(LAWS, "local_level", law)
    with pytest.raises(AssertionError):
        check("local_level", 1e-8, 0.0, 1e-11)


def test_the_law_is_broken_by_a_wrong_power(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a variance that is to scale as a deviation."""
    walk = replace(LAWS["walk"], powers={"start": 1, "drift": 2, "noise": 1})
    monkeypatch.setitem(LAWS, "walk", walk)
    with pytest.raises(AssertionError):
        check("walk", 1e-8, 0.0, 1e-11)


def test_the_law_is_broken_where_a_start_is_in_no_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: deviations of one, whatever the data."""
    monkeypatch.setattr(initial, "_size", lambda case: np.ones(()))
    with pytest.raises(AssertionError):
        check("random_intercept", 1e-8, 0.0, 1e-11)


@each_law
def test_single_precision_and_whole_numbers_are_added_in_double(name: str) -> None:
    law = LAWS[name]
    whole = {key: np.round(8 * value) for key, value in law.data(1.0, 0.0).items()}
    if name in ("incomplete_normal", "motorettes"):
        kinds: tuple[Any, ...] = (np.float32,)  # a gap and an infinite bound are no integers
    else:
        kinds = (np.float32, np.int16)
    start = unmoved(name).parameters | law.expected(unmoved(name).parameters, 8.0)
    wanted = fit(program(name), whole, law.sizes, start=start, max_iterations=3)
    for kind in kinds:
        narrow = {key: np.asarray(value).astype(kind) for key, value in whole.items()}
        other = fit(program(name), narrow, law.sizes, start=start, max_iterations=3)
        np.testing.assert_allclose(other.trace, wanted.trace, rtol=1e-13)
        for key, value in other.parameters.items():
            assert value.dtype == np.float64
            np.testing.assert_allclose(value, wanted.parameters[key], rtol=1e-9)


APART = (
    "gaussian_mixture gaussian_mixture_diagonal gaussian_mixture_spherical gaussian_mixture_tied "
    "normal_mixture normal_mixture_equal"
)


@pytest.mark.parametrize("name", APART.split())
def test_components_ten_thousand_deviations_apart_keep_their_digits(name: str) -> None:
    """Then every row is sure of its component: the means are those of the groups."""
    rows = np.random.default_rng(3).normal(size=(60, 3))
    group = np.arange(60) % 3 == 0
    x = (rows + 1e4 * group[:, None]) if "gaussian" in name else rows[:, 0] + 1e4 * group
    found = fit(program(name), {"x": x}, {"k": 2}, seed=0)
    assert found.result == "converged"
    means = np.stack([x[~group].mean(axis=0), x[group].mean(axis=0)])
    np.testing.assert_allclose(found.parameters["weight"], [2 / 3, 1 / 3], rtol=1e-12)
    np.testing.assert_allclose(found.parameters["mean"], means, rtol=1e-11)
    variances = np.stack([x[~group].var(axis=0), x[group].var(axis=0)])
    if name in ("normal_mixture", "gaussian_mixture_diagonal"):
        np.testing.assert_allclose(found.parameters["variance"], variances, rtol=1e-8)
    if name == "gaussian_mixture":
        inner = np.diagonal(found.parameters["cov"], axis1=1, axis2=2)
        np.testing.assert_allclose(inner, variances, rtol=1e-8)
