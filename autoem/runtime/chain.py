"""Smoothing of discrete chains: forward-backward in probability space, rescaled at every step.

    forward    u[t, k] = w[t, k] sum_j u[t-1, j] A[j, k],       c[t] = sum_k u[t, k]
    backward   v[t-1, j] = sum_k A[j, k] w[t, k] v[t, k],       v[T-1] = 1 / c[T-1]

with w[t] = exp(weight - its largest of the step) / c[t-1].  The responsibility of state k at t is
u[t, k] v[t, k], that of j at t - 1 and k at t is u[t-1, j] A[j, k] w[t, k] v[t, k], and the
log-normalizer is sum_t log c[t] with what was taken out of the weights.  Chains run side by side
(`runtime.passes`); where they are few and long, their pieces do (`runtime.pieces`).
Source: Rabiner (1989), Proc. IEEE 77, 257.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autoem.runtime.joint import as_one
from autoem.runtime.passes import Passes, Smoothing
from autoem.runtime.pieces import smooth_in_pieces, worth_pieces


# --- standalone: begin
def forward_backward(
    weight: np.ndarray, step: np.ndarray, first: np.ndarray | None = None
) -> Smoothing:
    """Smooth chains with log weights (steps, states, chains...) and log steps.

    `step` is (before, after), or (steps or 1, before, after, chains or 1 ...) where it varies;
    `first` is added to the weights of the first step.
    The four results are u v, u of the step before, w v, as in the head of this file, and the
    log-normalizers; the second is zero at the first step.

    >>> weight = np.log([[0.5, 0.5], [0.9, 0.1]])
    >>> state, _, _, log_normalizer = forward_backward(weight, np.log([[0.5, 0.5], [0.5, 0.5]]))
    >>> np.round(state, 6), np.round(np.exp(log_normalizer), 6)
    (array([[0.5, 0.5],
           [0.9, 0.1]]), np.float64(0.5))
    """
    move, shape = np.exp(step), weight.shape
    if move.ndim > 2:
        return _possible(_smooth, weight, move, first)
    start = None if first is None else np.broadcast_to(first, shape[1:]).reshape(shape[1], -1)
    side_by_side = weight.reshape(*shape[:2], int(np.prod(shape[2:])))
    smooth = smooth_in_pieces if worth_pieces(side_by_side, move) else _smooth
    *parts, total = _possible(smooth, side_by_side, move, start)
    state, before, after = (part.reshape(shape) for part in parts)
    return state, before, after, total.reshape(shape[2:])


def _possible(
    smooth: Callable[[np.ndarray, np.ndarray, np.ndarray | None], Smoothing],
    weight: np.ndarray,
    move: np.ndarray,
    first: np.ndarray | None,
) -> Smoothing:
    """The result, once more where it is not a number: a state that cannot have been reached may fit
    what follows so well that its v overflows, and then has no weight at all."""
    found = smooth(weight, move, first)
    if not np.isnan(found[0].sum()):
        return found
    reached = np.concatenate([found[1][1:] > 0, np.ones((1, *weight.shape[1:]), dtype=bool)])
    return smooth(np.where(reached, weight, -np.inf), move, first)


def _smooth(weight: np.ndarray, move: np.ndarray, first: np.ndarray | None) -> Smoothing:
    passes = Passes(weight, move)
    passes.weigh(first)
    passes.forward()
    passes.backward()
    return passes.result()


def forward_backward_together(weight: np.ndarray, step: np.ndarray, count: int) -> Smoothing:
    """The same for states over `count` axes (`runtime.joint`).

    >>> weight = np.zeros((2, 2, 3))
    >>> forward_backward_together(weight, np.zeros((2, 3, 2, 3)), 2)[0].shape
    (2, 2, 3)
    """
    shape = weight.shape
    state, before, after, total = forward_backward(*as_one(weight, step, count))
    return state.reshape(shape), before.reshape(shape), after.reshape(shape), total


# --- standalone: end
