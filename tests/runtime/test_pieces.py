"""Long chains in pieces, against the plain recursion step by step."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem.runtime import pieces
from autoem.runtime.chain import forward_backward
from autoem.runtime.passes import Smoothing

Chain = tuple[np.ndarray, np.ndarray, np.ndarray]


def chain(steps: int, chains: tuple[int, ...]) -> Chain:
    """States that are seldom left, one that is never entered again, and steps far from likely."""
    rng = np.random.default_rng(steps)
    weight = 5 * np.log(rng.random((steps, 3, *chains)))
    weight[::7] -= 1000.0
    move = np.array([[0.9, 0.1, 0.0], [0.0, 0.5, 0.5], [0.0, 0.2, 0.8]])
    with np.errstate(divide="ignore"):
        return weight, np.log(move), np.log(rng.random((3, *[1] * len(chains))))


def both(found: Chain, monkeypatch: pytest.MonkeyPatch) -> tuple[Smoothing, Smoothing]:
    """In pieces, and as one."""
    with np.errstate(divide="ignore"):
        split = forward_backward(*found)
        monkeypatch.setattr(pieces, "LONG", 10**9)
        return split, forward_backward(*found)


def joint(found: Smoothing, step: np.ndarray) -> np.ndarray:
    """The responsibilities of neighbors."""
    _, before, after, _ = found
    move = np.exp(step).reshape(*step.shape, *[1] * (before.ndim - 2))
    return np.asarray(before[1:, :, None] * move * after[1:, None])


@pytest.mark.parametrize("chains", [(), (2,), (2, 3)])
@pytest.mark.parametrize("steps", [512, 530, 1000])
def test_pieces_are_the_whole(
    steps: int, chains: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = chain(steps, chains)
    assert pieces.worth_pieces(found[0].reshape(steps, 3, -1), found[1])
    split, whole = both(found, monkeypatch)
    assert_allclose(split[0], whole[0], atol=1e-12)
    assert_allclose(joint(split, found[1]), joint(whole, found[1]), atol=1e-12)
    assert_allclose(split[3], whole[3], rtol=1e-12)
    assert not split[1][0].any()


def test_a_state_that_nothing_leaves_may_be_the_less_likely_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a factor of exp(-1000) in every piece: no state is where another may have been."""
    weight = np.zeros((600, 2))
    weight[:, 0] = -50.0
    with np.errstate(divide="ignore"):
        found = weight, np.log(np.eye(2)), np.log([1.0, 0.0])
    with np.errstate(over="ignore", invalid="ignore"):
        results = both(found, monkeypatch)
    for state, _, _, log_normalizer in results:
        assert_allclose(state, [[1.0, 0.0]] * 600, atol=1e-12)
        assert_allclose(log_normalizer, -50.0 * 600, rtol=1e-12)


def test_a_planted_scale_of_a_row_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    matrices = pieces._matrices

    def planted(weight: np.ndarray, move: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        matrix, scale = matrices(weight, move)
        return matrix, np.zeros(scale.shape)

    monkeypatch.setattr(pieces, "_matrices", planted)
    split, whole = both(chain(1000, ()), monkeypatch)
    assert np.abs(split[0] - whole[0]).max() > 1e-3
