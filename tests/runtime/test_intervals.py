"""Variables between two bounds, against forty digits: narrow intervals, tails, exact values."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest

from autoem.runtime.gamma_interval import (
    exponential_interval_moment,
    exponential_log_interval,
    gamma_interval_moment,
    gamma_log_interval,
)
from autoem.runtime.normal_interval import normal_interval_moment, normal_log_interval
from autoem.runtime.poisson_interval import poisson_log_interval

INF = np.inf


def integral(log_density: Any, lower: float, upper: float, top: Any, step: Any) -> Any:
    """g to the integral of g times the density, that at its highest point one, outward from there.

    (The quadrature of mpmath judges its error against one.)
    """

    def edges(end: Any, sign: int) -> list:
        found, stride = [top], step
        while sign * (end - found[-1]) > 0 and log_density(found[-1]) > log_density(top) - 100:
            found.append(sign * min(sign * end, sign * (found[-1] + sign * stride)))
            stride *= 1.5
        return found[::sign] if len(found) > 1 else [top, top]

    panels = [edges(mp.mpf(upper), 1), edges(mp.mpf(lower), -1)]
    return lambda g: sum(mp.quad(lambda x: g(x) * mp.exp(log_density(x)), e) for e in panels)


def close(found: Any, expected: Any, digits: float = 1e-13) -> None:
    gap = abs(mp.mpf(float(np.asarray(found).item())) - expected)
    assert gap <= digits * (abs(expected) + mp.mpf(1e-2)), (found, expected)


def row(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


NORMAL = [
    (0, INF, 0, 1), (-INF, 0, 0, 1), (-1, 2, 0.5, 2), (-5, 30, 0, 1), (3.9, INF, 0, 1),
    (4.1, INF, 0, 1), (40, INF, 0, 1), (-INF, -40, 0, 1), (40, 41, 0, 1), (40, 40.001, 0, 1),
    (1e4, INF, 0, 1), (-1e5, -1e4, 0, 1), (-1e-9, 1e-9, 0, 1), (1e9, 1e9 + 1, 1e9 + 0.3, 1),
    (-20, 100, 0, 1), (-9.5, 0.1, 0, 1), (5, 9, 1, 0.3), (-INF, INF, 1, 2),
]  # fmt: skip


@pytest.mark.parametrize("case", NORMAL, ids=str)
def test_a_normal_variable_between_bounds(case: tuple[float, ...]) -> None:
    with mp.workdps(40):
        lower, upper, mean, variance = map(mp.mpf, case)
        top, scale = min(max(mean, lower), upper), mp.sqrt(variance)
        step = scale / max(1, abs(top - mean) / scale)
        curve = lambda x: -(x - top) * (x + top - 2 * mean) / (2 * variance)  # noqa: E731
        area = integral(curve, lower, upper, top, step)
        mass = area(lambda x: 1)
        peak = -((top - mean) ** 2) / (2 * variance) - mp.log(2 * mp.pi * variance) / 2
        close(normal_log_interval(*row(*case)), peak + mp.log(mass))
        centre = area(lambda x: x) / mass
        close(normal_interval_moment(1, *row(*case)), centre)
        unit = min(upper - lower, step)
        for order in (2, 3, 4):
            found = normal_interval_moment(order, *row(*case)) / float(unit) ** order
            expected = area(lambda x, k=order: ((x - centre) / unit) ** k) / mass
            close(found, expected, 2e-12)


GAMMA = [
    (0, INF, 2, 1), (500, INF, 2, 1), (1, 2, 3, 1), (1, 1 + 1e-9, 3, 1), (1, INF, 1e-3, 1),
    (0, 0.5, 0.01, 2), (0, 1, 30, 1), (100, 101, 30, 1), (1.001e6, INF, 1e6, 1),
    (0, 9.9e5, 1e6, 1), (1e-3, 1e3, 0.5, 0.1),
]  # fmt: skip


@pytest.mark.parametrize("case", GAMMA, ids=str)
def test_a_gamma_variable_between_bounds(case: tuple[float, ...]) -> None:
    with mp.workdps(40):
        lower, upper, shape, rate = map(mp.mpf, case)
        top = mp.log(min(max(shape / rate, lower), upper))
        slope, bend = abs(shape - rate * mp.exp(top)), rate * mp.exp(top)
        step = 1 / max(mp.sqrt(max(shape, bend)), slope, 1)
        curve = lambda t: shape * (t - top) - bend * mp.expm1(t - top)  # noqa: E731
        ends = (mp.log(lower) if lower else -mp.inf, mp.log(upper))
        area = integral(curve, *ends, top, step)
        mass = area(lambda t: 1)
        peak = shape * mp.log(bend) - bend - mp.loggamma(shape)
        close(gamma_log_interval(*row(*case)), peak + mp.log(mass))
        for power, logs in ((1, 0), (0, 1), (2, 0), (1, 1), (0, 2)):
            expected = area(lambda t, p=power, k=logs: mp.exp(p * t) * t**k) / mass
            close(gamma_interval_moment(power, logs, *row(*case)), expected)


@pytest.mark.parametrize(
    "case",
    [(0, INF, 2), (5, INF, 2), (1, 2, 3), (0, 0.1, 4), (1, 1 + 1e-9, 3), (1e5, 1e5 + 1, 1e-3)],
)
def test_an_exponential_variable_between_bounds(case: tuple[float, ...]) -> None:
    lower, upper, rate = case
    gamma = row(lower, upper, 1.0, rate)
    np.testing.assert_allclose(
        exponential_log_interval(*row(*case)), gamma_log_interval(*gamma), rtol=1e-13, atol=1e-14
    )
    first, second = (gamma_interval_moment(power, 0, *gamma) for power in (1, 2))
    np.testing.assert_allclose(exponential_interval_moment(1, *row(*case)), first, rtol=1e-14)
    spread = exponential_interval_moment(2, *row(*case))
    np.testing.assert_allclose(spread, second - first**2, atol=1e-15 * float(second[0]) * 4)


@pytest.mark.parametrize(
    "case",
    [
        (1, INF, 2),
        (500, 501, 2),
        (2, INF, 1e-8),
        (0, 3, 1000),
        (990, 1010, 1000),
        (2000, INF, 1000),
    ],
)
def test_a_count_between_bounds(case: tuple[float, ...]) -> None:
    lower, upper, rate = case
    last = int(upper if upper < INF else max(lower, rate) + 300)
    with mp.workdps(40):
        logs = (k * mp.log(rate) - rate - mp.loggamma(k + 1) for k in range(int(lower), last + 1))
        expected = mp.log(mp.fsum(map(mp.exp, logs)))
    close(poisson_log_interval(*row(*case)), expected, 1e-12)


def test_equal_bounds_are_exact_values() -> None:
    at = row(1.5, 1.5)
    densities = {
        "normal": (normal_log_interval(*at, 1.0, 2.0), -np.log(4 * np.pi) / 2 - 0.0625),
        "exponential": (exponential_log_interval(*at, 2.0), np.log(2) - 3),
        "gamma": (gamma_log_interval(*at, 3.0, 2.0), np.log(4) + 2 * np.log(1.5) - 3),
        "poisson": (poisson_log_interval(*row(2, 2), 3.0), np.log(4.5) - 3),
    }
    for found, expected in densities.values():
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert (
        normal_interval_moment(1, *at, 7.0, 0.1) == exponential_interval_moment(1, *at, 2.0) == 1.5
    )
    assert gamma_interval_moment(2, 0, *at, 3.0, 2.0) == 2.25
    assert normal_interval_moment(2, *at, 7.0, 0.1) == exponential_interval_moment(2, *at, 2.0) == 0


def test_rows_of_every_kind_in_one_column() -> None:
    lower, upper = np.array([-INF, 0.0, 2.0, -INF, 3.0]), np.array([1.0, 0.0, 5.0, INF, INF])
    whole = normal_interval_moment(1, lower, upper, 0.5, 2.0)
    each = [
        normal_interval_moment(1, *row(a, b), 0.5, 2.0)[0]
        for a, b in zip(lower, upper, strict=True)
    ]
    np.testing.assert_array_equal(whole, each)
    assert np.all((lower <= whole) & (whole <= upper))
