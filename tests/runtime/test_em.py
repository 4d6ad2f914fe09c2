"""The iteration on problems whose answer is known: rates, verdicts, edges, jumps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.edges import at_edge, most_extreme
from autoem.runtime.em import EStep, MStep, run_em
from autoem.runtime.outcome import advice
from autoem.runtime.squarem import extrapolate, squarem

REAL: dict[str, Domain] = {"x": ("real", -math.inf, math.inf)}
POSITIVE: dict[str, Domain] = {"v": ("positive", 0.0, math.inf)}


def linear(rate: float, level: float = -1000.0) -> tuple[EStep, MStep]:
    """A map that contracts to 1 at a given rate, climbing -(x - 1)^2 / 2."""

    def e_step(p: Arrays) -> tuple[Arrays, float]:
        return {"x": p["x"]}, level - 0.5 * float((p["x"] - 1) ** 2)

    def m_step(s: Arrays, p: Arrays) -> Arrays:
        return {"x": 1 + rate * (s["x"] - 1)}

    return e_step, m_step


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.9, 0.99, 0.999])
def test_slow_maps_are_followed_to_their_limit(rate: float) -> None:
    found = run_em(*linear(rate), {"x": np.array(3.0)}, REAL, max_iterations=50_000)
    assert found.result == "converged"
    assert abs(float(found.parameters["x"]) - 1) < 5e-6
    assert len(found.trace) == found.iterations + 1


def test_acceleration_of_a_linear_map_is_immediate() -> None:
    plain = run_em(*linear(0.99), {"x": np.array(3.0)}, REAL)
    fast = run_em(*linear(0.99), {"x": np.array(3.0)}, REAL, accelerate=squarem(REAL, after=0))
    assert fast.iterations < 10 < plain.iterations
    assert abs(float(fast.parameters["x"]) - 1) < 1e-8


@pytest.mark.parametrize("low", [-1e9, -np.inf, np.nan])
def test_a_jump_that_would_fall_is_not_taken(low: float) -> None:
    e_step, m_step = linear(0.99)

    def trap(p: Arrays) -> tuple[Arrays, float]:
        """The objective is low exactly where the jump leads."""
        statistics, value = e_step(p)
        return statistics, value if abs(float(p["x"]) - 1) > 0.5 else low

    jump = squarem(REAL, after=0)
    found = run_em(
        trap, m_step, {"x": np.array(3.0)}, REAL, max_iterations=50, accelerate=jump
    )  # fmt: skip
    assert np.diff(found.trace).min() >= 0 and float(found.parameters["x"]) > 1.5


def test_limits_on_iterations_are_kept() -> None:
    for accelerate in (None, squarem(REAL, after=0)):
        found = run_em(
            *linear(0.999999), {"x": np.array(3.0)}, REAL, max_iterations=7, accelerate=accelerate
        )
        assert found.result in ("max_iterations", "converged") and found.iterations <= 8
    assert run_em(*linear(0.5), {"x": np.array(3.0)}, REAL, max_iterations=0).iterations == 0


def test_a_fall_is_reported_and_undone() -> None:
    e_step, m_step = linear(1.5)
    found = run_em(e_step, m_step, {"x": np.array(3.0)}, REAL)
    assert found.result == "decreased" and float(found.parameters["x"]) == 3.0


def test_rounding_noise_is_no_fall() -> None:
    generator = np.random.default_rng(0)
    e_step, m_step = linear(0.9)

    def noisy(p: Arrays) -> tuple[Arrays, float]:
        statistics, value = e_step(p)
        return statistics, value + 1e-10 * generator.normal()

    assert run_em(noisy, m_step, {"x": np.array(3.0)}, REAL).result == "converged"


def test_an_objective_that_is_no_number_is_degenerate() -> None:
    found = run_em(lambda p: ({}, math.nan), lambda s, p: p, {"x": np.array(3.0)}, REAL)
    assert found.result == "degenerate" and found.iterations == 0 and found.trace == ()


def test_a_breakdown_of_linear_algebra_is_degenerate() -> None:
    def m_step(statistics: Arrays, parameters: Arrays) -> Arrays:
        return {"x": np.linalg.inv(np.zeros((1, 1)))[0, 0]}

    found = run_em(linear(0.5)[0], m_step, {"x": np.array(3.0)}, REAL)
    assert found.result == "degenerate" and found.places == ()
    assert float(found.parameters["x"]) == 3.0


def shrinking(power: float) -> tuple[EStep, MStep]:
    """v falls tenfold at each map; the objective is -power log v: unbounded if power > 0."""

    def e_step(p: Arrays) -> tuple[Arrays, float]:
        v = p["v"]
        return {"v": v}, float(-power * np.log(v[0]) - v.sum())

    def m_step(s: Arrays, p: Arrays) -> Arrays:
        return {"v": s["v"] * np.array([0.1, 1.0])}

    return e_step, m_step


def test_a_scale_on_its_way_to_zero_with_the_objective_rising_is_degenerate() -> None:
    found = run_em(*shrinking(0.5), {"v": np.ones(2)}, POSITIVE)
    assert found.result == "degenerate" and found.places == (("v", (0,)),)
    assert found.iterations < 20
    assert found.advice.startswith("Collapsed, or without data: v[0] (iteration")


def test_a_scale_whose_optimum_is_zero_is_at_the_boundary() -> None:
    found = run_em(*shrinking(0.0), {"v": np.ones(2)}, POSITIVE)
    assert found.result == "boundary" and found.places == (("v", (0,)),)


def test_covariances_are_judged_in_their_own_units() -> None:
    domains: dict[str, Domain] = {"cov": ("positive_definite", 0.0, math.inf)}
    units = np.array([1e6, 1.0, 1e-6])
    correlation = 0.5 * np.eye(3) + 0.5
    reference = np.stack([units[:, None] * correlation * units] * 2)
    assert most_extreme(domains, {"cov": reference}, {"cov": reference})[1] == pytest.approx(1)
    thin = reference.copy()
    thin[1] *= 1e-5
    at, ratio = most_extreme(domains, {"cov": thin}, {"cov": reference})
    assert at == (("cov", (1,)),) and ratio == pytest.approx(1e-5)


@pytest.mark.parametrize(
    ("domain", "value", "start", "entry"),
    [
        (("simplex", 0.0, 1.0), [0.4, 0.6 - 1e-9, 1e-9], [0.3, 0.3, 0.4], (2,)),
        (("interval", 0.0, 1.0), [0.5, 1.0 - 1e-9], [0.4, 0.6], (1,)),
        (("interval", -1.0, 1.0), [-1.0, 0.3], [0.4, 0.6], (0,)),
        (("positive", 0.0, math.inf), [1e-9, 1.0], [2.0, 2.0], (0,)),
        (("positive", 0.0, math.inf), [1e9, 1.0], [2.0, 2.0], (0,)),
    ],
)
def test_each_domain_has_its_edges(
    domain: Domain, value: list[float], start: list[float], entry: tuple[int, ...]
) -> None:
    now, reference = {"p": np.array(value)}, {"p": np.array(start)}
    flat = at_edge({"p": domain}, reference, now, -5.0, lambda p: -5.0)
    assert flat == ("boundary", (("p", entry),))
    if now["p"][entry] not in (domain[1], domain[2]):
        assert at_edge({"p": domain}, reference, now, -5.0, lambda p: -6.0)[0] != "boundary"
    assert at_edge({"p": domain}, now, now, -5.0, lambda p: -5.0) == ("", ())


def test_advice_names_a_few_entries() -> None:
    many = tuple(("p", (i, 0)) for i in range(7))
    assert "p[0, 0], p[1, 0], p[2, 0], p[3, 0] and 3 more (iteration 9)" in advice(
        "boundary", many, 9
    )
    assert advice("converged", (), 9) == "The objective has reached its limit."


def test_jumps_stay_in_the_domain_and_leave_still_entries_alone() -> None:
    domains: dict[str, Domain] = {
        "p": ("simplex", 0.0, 1.0),
        "v": ("positive", 0.0, math.inf),
        "c": ("positive_definite", 0.0, math.inf),
    }

    def point(t: float) -> Arrays:
        free = np.exp([t, 0.0])
        share = 0.5 * free / free.sum()
        return {
            "p": np.array([0.5, 0.0, *share]),
            "v": np.array([np.exp(t), 3.0]),
            "c": np.array([[2.0, t / 9], [t / 9, 1.0]]),
        }

    moved = extrapolate(domains, point(1.0), point(0.5), point(0.26))
    assert moved is not None
    assert moved["p"][:2].tolist() == [0.5, 0.0] and moved["p"].sum() == pytest.approx(1)
    assert moved["v"][1] == 3.0 and 0 < moved["v"][0] < point(0.26)["v"][0]
    assert np.linalg.eigvalsh(moved["c"]).min() > 0
    assert extrapolate(domains, point(1.0), point(1.0), point(1.0)) is None
