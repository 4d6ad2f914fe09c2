"""Recursions that become steady, and linear ones in blocks, against the plain loop."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem.runtime import recursion as module
from autoem.runtime.recursion import each_times, kinds, recursion, steady, times
from autoem.runtime.tridiagonal import smooth_gaussian

Blocks = tuple[np.ndarray, np.ndarray, np.ndarray]


def chain(steps: int, chains: tuple[int, ...], size: int, breaks: tuple[int, ...] = ()) -> Blocks:
    """The precision of a vector autoregression that is seen, but for some steps."""
    rng = np.random.default_rng(steps)
    move, drift = rng.normal(size=(size, size)), np.eye(size) / 2
    move *= 0.95 / np.abs(np.linalg.eigvals(move)).max()
    seen = rng.normal(size=(3, size))
    diagonal, lower = np.empty((2, steps, *chains, size, size))
    diagonal[:] = np.linalg.inv(drift) + move.T @ np.linalg.inv(drift) @ move + seen.T @ seen
    diagonal[-1] = np.linalg.inv(drift) + seen.T @ seen
    for t in breaks:
        diagonal[t] -= seen.T @ seen
    lower[:] = -np.linalg.inv(drift) @ move
    return diagonal, lower, rng.normal(size=(steps, *chains, size))


def dense(diagonal: np.ndarray, lower: np.ndarray, shift: np.ndarray) -> Blocks:
    """One chain as one matrix."""
    steps, size = shift.shape
    whole = np.zeros((steps, size, steps, size))
    for t in range(steps):
        whole[t, :, t] = diagonal[t]
        if t:
            whole[t, :, t - 1], whole[t - 1, :, t] = lower[t], lower[t].T
    matrix = whole.reshape(steps * size, -1)
    blocks = np.linalg.inv(matrix).reshape(whole.shape)
    mean = np.linalg.solve(matrix, shift.ravel()).reshape(steps, size)
    spread = np.array([blocks[t, :, t] for t in range(steps)])
    return mean, spread, np.array(np.linalg.slogdet(matrix)[1])


@pytest.mark.parametrize("breaks", [(), (90, 91, 300)])
def test_a_steady_chain_is_the_whole_matrix(breaks: tuple[int, ...]) -> None:
    blocks = chain(400, (), 2, breaks)
    mean, spread, cross, log_determinant = smooth_gaussian(*blocks)
    wanted_mean, wanted_spread, wanted_determinant = dense(*blocks)
    assert_allclose(mean, wanted_mean, atol=1e-12)
    assert_allclose(spread, wanted_spread, atol=1e-12)
    assert_allclose(log_determinant, wanted_determinant, rtol=1e-12)
    assert not cross[0].any()


@pytest.mark.parametrize("chains", [(), (3,), (2, 2)])
@pytest.mark.parametrize("steps", [1, 2, 70, 500])
def test_chains_side_by_side_are_chains_alone(steps: int, chains: tuple[int, ...]) -> None:
    diagonal, lower, shift = chain(steps, chains, 2, (steps // 2,) if steps > 2 else ())
    found = smooth_gaussian(diagonal, lower, shift)
    for place in np.ndindex(chains):
        own = (slice(None), *place)
        alone = smooth_gaussian(diagonal[own], lower[own], shift[own])
        for one, many in zip(alone, found, strict=True):
            assert_allclose(many[own] if many.ndim > len(chains) else many[place], one, atol=1e-12)


def test_a_steady_value_is_not_computed_again() -> None:
    calls: list[int] = []

    def step(t: int, x: np.ndarray) -> np.ndarray:
        calls.append(t)
        return 1 + x / (10 if t < 500 else 5)

    found, place = steady(step, np.zeros(1), (np.arange(1, 1000) >= 500).astype(int))
    x = np.zeros(1000)
    for t in range(1, 1000):
        x[t] = 1 + x[t - 1] / (10 if t < 500 else 5)
    assert_allclose(found[place][:, 0], x, rtol=1e-14)
    assert len(calls) < 60


def test_blocks_are_the_plain_loop_and_a_planted_length_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    matrix, kind = np.array([[[0.9, 0.3], [-0.2, 0.8]]]), np.zeros(799, dtype=int)
    value = rng.normal(size=(800, 2))
    x = value.copy()
    for t in range(1, 800):
        x[t] += matrix[0] @ x[t - 1]
    assert_allclose(recursion(matrix, kind, value), x, atol=1e-12)
    monkeypatch.setattr(module, "times", lambda a, b: 2 * times(a, b))
    assert np.abs(recursion(matrix, kind, value) - x).max() > 1e-3


@pytest.mark.parametrize("chains", [(), (3,)])
def test_the_steady_gain_gives_what_the_full_recursion_gives(
    chains: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = chain(3000, chains, 3, (700, 2000))
    found = smooth_gaussian(*blocks)
    monkeypatch.setattr(module, "SETTLED", -1.0)
    for one, full in zip(found, smooth_gaussian(*blocks), strict=True):
        assert_allclose(one, full, rtol=1e-12, atol=1e-12)


def test_each_step_has_the_matrix_of_its_kind() -> None:
    rng = np.random.default_rng(0)
    matrix, vector = rng.normal(size=(3, 2, 2)), rng.normal(size=(400, 2))
    kind = np.repeat([0, 1, 2, 0], [50, 200, 100, 50])
    assert_allclose(each_times(matrix, kind, vector), times(matrix[kind], vector), atol=1e-14)


def test_kinds_look_at_every_array() -> None:
    a, b = np.array([1, 1, 1, 2]), np.array([[0], [0], [5], [5]])
    assert kinds(a, b).tolist() == [0, 0, 1, 2]
