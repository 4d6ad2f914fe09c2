"""Systems: exact where regular, of smallest norm where singular, nan only where nan came in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from autoem.runtime.definite import cholesky
from autoem.runtime.linear import ascend, solve


def symmetric(generator: np.random.Generator, *shape: int, rank: int | None = None) -> np.ndarray:
    root = generator.normal(size=(*shape, shape[-1] if rank is None else rank))
    return root @ np.swapaxes(root, -1, -2)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(-8, 8))
def test_regular_systems_in_any_units(seed: int, size: int, power: int) -> None:
    generator = np.random.default_rng(seed)
    a = symmetric(generator, 4, size) + 0.1 * np.eye(size)
    y = generator.normal(size=(4, size))
    units = 10.0 ** (power * np.linspace(-1, 1, size))
    scaled = units[:, None] * a * units
    found = solve(scaled, np.einsum("nij,nj->ni", scaled, y / units)) * units
    np.testing.assert_allclose(found, y, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e200, 1e300])
def test_entries_whose_square_is_no_number(unit: float) -> None:
    """Weights of residuals of 1e-100 are 1e200."""
    a, y = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([3.0, 5.0])
    np.testing.assert_allclose(solve(unit * a, unit * (a @ y)), y, rtol=1e-14)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_singular_systems_have_the_solution_of_smallest_norm(size: int) -> None:
    generator = np.random.default_rng(size)
    a = symmetric(generator, 3, size, rank=size - 1)
    a[1] = symmetric(generator, size)
    right = np.einsum("nij,nj->ni", a, generator.normal(size=(3, size)))
    expected = [np.linalg.lstsq(m, c, rcond=1e-10)[0] for m, c in zip(a, right, strict=True)]
    np.testing.assert_allclose(solve(a, right), expected, rtol=1e-7, atol=1e-9)


def test_the_norm_is_that_of_the_unknowns_not_of_scaled_ones() -> None:
    a = np.outer([1.0, 1e-3], [1.0, 1e-3])
    np.testing.assert_allclose(solve(a, a @ [1.0, 0.0]), np.linalg.pinv(a) @ a @ [1.0, 0.0])


def test_rows_may_be_scaled_apart() -> None:
    a = np.array([[2.0, 1.0], [1e9, 3e9]])
    np.testing.assert_allclose(solve(a, a @ [5.0, 7.0]), [5, 7])


def test_empty_components_and_broken_ones_stay_apart() -> None:
    a = np.array([[[0.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 2.0]], [[np.nan, 0], [0, 1.0]]])
    found = solve(a, np.array([[0.0, 0.0], [3.0, 4.0], [1.0, 1.0]]))
    np.testing.assert_array_equal(found, [[0, 0], [3, 2], [np.nan, np.nan]])
    single = solve(np.array([[[0.0]], [[2.0]], [[0.0]]]), np.array([[0.0], [4.0], [1.0]]))
    np.testing.assert_array_equal(single.ravel(), [0, 2, np.inf])


def test_a_sharp_posterior_keeps_its_digits() -> None:
    hilbert = 1 / (np.arange(6)[:, None] + np.arange(6) + 1.0)
    np.testing.assert_allclose(solve(hilbert, hilbert @ np.ones(6)), np.ones(6), rtol=1e-8)


def test_definite_matrices() -> None:
    a = symmetric(np.random.default_rng(1), 2, 3, 4) + np.eye(4)
    np.testing.assert_allclose(cholesky(a) @ np.swapaxes(cholesky(a), -1, -2), a, atol=1e-12)


def test_what_is_not_definite_is_nan_and_nothing_else() -> None:
    a = np.stack([np.eye(2), -np.eye(2), np.full((2, 2), np.nan), 4 * np.eye(2)])
    assert np.isnan(cholesky(a)).any(axis=(1, 2)).tolist() == [False, True, True, False]
    assert np.isnan(cholesky(-np.eye(3))).all()


def test_an_ascent_in_a_singular_direction_has_the_smallest_norm() -> None:
    """Softmax: the gradient says nothing along the ones, whatever the units of the entries."""
    p = np.array([0.2, 0.3, 0.5])
    matrix, wanted = np.diag(p) - np.outer(p, p), np.array([-4 / 3, -1 / 3, 5 / 3])
    np.testing.assert_allclose(ascend(matrix, matrix @ wanted), wanted, rtol=1e-10)
