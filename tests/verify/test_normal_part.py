"""Integrals that are normal in some coordinates, against known ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from autoem.errors.verification import NotJudged
from autoem.verify.normal_part import normal_part
from autoem.verify.quadrature import integrate


def funnel(points: np.ndarray) -> np.ndarray:
    """exp t is Gamma(3), and u given it N(1, 1 / exp t) in three dimensions."""
    t, u = points[:, 1], points[:, [0, 2, 3]] - 1
    normal = 1.5 * t - 1.5 * np.log(2 * np.pi) - np.exp(t) * np.sum(u**2, axis=1) / 2
    return np.asarray(stats.gamma(3).logpdf(np.exp(t)) + t + normal)


def test_a_funnel_has_its_integral_and_its_moments() -> None:
    points, logs = integrate(funnel, 4)
    weight = np.exp(logs)
    assert weight.sum() == pytest.approx(1, abs=1e-10)
    np.testing.assert_allclose(weight @ points[:, [0, 2, 3]], 1, atol=1e-10)
    # E[1 / w] of a Gamma(3) is one half.
    variance = weight @ (points[:, [0, 2, 3]] - 1) ** 2
    np.testing.assert_allclose(variance, 0.5, rtol=1e-9)


def test_the_normal_coordinates_are_found() -> None:
    found = normal_part(funnel, 4)
    assert found is not None
    assert found.inner.tolist() == [0, 2, 3]


def test_one_coordinate_that_is_nearly_normal_is_left_to_the_grid() -> None:
    def log_f(points: np.ndarray) -> np.ndarray:
        return np.asarray(-np.sum(points**2, axis=1) / 2 - 1e-4 * points[:, 0] ** 4)

    _, logs = integrate(log_f, 6)
    line = np.linspace(-12, 12, 4001)
    known = np.trapezoid(np.exp(-(line**2) / 2 - 1e-4 * line**4), line)
    expected = np.log(known) + 2.5 * np.log(2 * np.pi)
    assert special.logsumexp(logs) == pytest.approx(expected, abs=1e-10)


def test_too_many_that_are_nearly_normal_are_refused() -> None:
    def log_f(points: np.ndarray) -> np.ndarray:
        return np.asarray(-np.sum(points**2, axis=1) / 2 - 1e-4 * np.sum(points**4, axis=1))

    with pytest.raises(NotJudged, match="6 dimensions"):
        integrate(log_f, 6)
