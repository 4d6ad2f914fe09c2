"""Roots from any start, over nine decades, rising and falling, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import digamma, polygamma

from autoem.runtime.root import root

SHAPES = np.logspace(-3, 6, 37)


def test_gamma_shapes_from_anywhere() -> None:
    target = np.log(SHAPES) - digamma(SHAPES)
    for start in (1e-12, 1e-3, 1.0, 1e6, 1e12, -5.0, np.nan):
        found = root(
            lambda a: np.log(a) - digamma(a) - target,
            lambda a: 1 / a - polygamma(1, a),
            np.full(SHAPES.shape, start),
            lower=0.0,
        )
        np.testing.assert_allclose(found, SHAPES, rtol=1e-8)


def test_a_slope_that_is_not_monotone() -> None:
    """dQ/dv of a variance sqrt(v): it rises again far above its root."""
    for start in (1e-9, 1e-3, 1.0, 1e3, 1e9):
        found = root(
            lambda v: -1 / v + 0.3 * v**-1.5,
            lambda v: 1 / v**2 - 0.45 * v**-2.5,
            np.full(1, start),
            lower=0.0,
        )
        np.testing.assert_allclose(found, 0.09, rtol=1e-10)


@pytest.mark.parametrize(
    ("lower", "upper"), [(-np.inf, np.inf), (-2.0, np.inf), (-np.inf, 9.0), (-2.0, 9.0)]
)
def test_every_kind_of_interval(lower: float, upper: float) -> None:
    wanted = np.array([-1.9, 0.0, 3.0, 8.9])
    found = root(
        lambda x: np.arctan(wanted - x), lambda x: -1 / (1 + (wanted - x) ** 2), 5.0 + 0 * wanted,
        lower, upper,
    )  # fmt: skip
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


def test_few_evaluations_near_the_root() -> None:
    count = 0

    def value(x: np.ndarray) -> np.ndarray:
        nonlocal count
        count += 1
        return np.log(x) - digamma(x) - 0.1

    root(value, lambda x: 1 / x - polygamma(1, x), np.array([5.0]), lower=0.0)
    assert count <= 5


def test_flat_tails_do_not_throw_it_away() -> None:
    found = root(lambda x: np.tanh(300 - x), lambda x: np.tanh(300 - x) ** 2 - 1, np.zeros(1))
    np.testing.assert_allclose(found, 300)


def test_without_a_root_it_goes_to_the_end() -> None:
    assert root(lambda x: 1 / x, lambda x: -1 / x**2, np.ones(1), lower=0.0)[0] > 1e50
    below = root(lambda x: -1 - x, lambda x: -1 + 0 * x, np.ones(1), lower=0.0, upper=2.0)
    assert 0 <= below[0] < 1e-12
    assert np.isnan(root(lambda x: x * np.nan, lambda x: x, np.ones(1))[0])


def test_a_number_is_enough() -> None:
    assert float(root(lambda x: 2 - x, lambda x: -1 + 0 * x, 7.0)) == 2.0
