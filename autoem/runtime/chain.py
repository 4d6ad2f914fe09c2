"""Smoothing of discrete chains: forward-backward in probability space, rescaled at every step.

    forward    a[t, k] = b[t, k] sum_j a[t-1, j] A[j, k] / c[t],     c[t] so that sum_k a[t, k] = 1
    backward   m[t, k] = b[t, k] s[t, k] / c[t],   s[t-1, j] = sum_k A[j, k] m[t, k],   s[T-1] = 1

with b = exp(weight - its largest of each step).  The responsibility of state k at t is
a[t, k] s[t, k], that of j at t - 1 and k at t is a[t-1, j] A[j, k] m[t, k], and the log-normalizer
is sum_t log c[t] with what was taken out of the weights.  Chains run side by side along the last
axes, so that a step is one matrix product and stays in the cache; b stands in the place of the
weights, and m in that of b: fresh memory would cost as much as the arithmetic.
Source: Rabiner (1989), Proc. IEEE 77, 257.
"""

from __future__ import annotations

import numpy as np

# --- standalone: begin
Smoothing = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""State responsibilities, the factors before and after a step, log-normalizers."""

LOWEST = -1e300
"""The largest weight of a step at which no state is possible, so that a difference is defined."""


def forward_backward(weight: np.ndarray, step: np.ndarray) -> Smoothing:
    """Smooth chains with log weights (steps, states, chains...) and log steps.

    `step` is (before, after), or (steps or 1, before, after, chains or 1 ...) where it varies.
    The four results are as in the head of this file; `before` is zero at the first step.  `after`
    takes the memory of `weight`.

    >>> weight = np.log([[0.5, 0.5], [0.9, 0.1]])
    >>> state, _, _, log_normalizer = forward_backward(weight, np.log([[0.5, 0.5], [0.5, 0.5]]))
    >>> np.round(state, 6), np.round(np.exp(log_normalizer), 6)
    (array([[0.5, 0.5],
           [0.9, 0.1]]), np.float64(0.5))
    """
    steps, chains = len(weight), weight.shape[2:]
    move = np.exp(step)
    passed = np.zeros((steps + 1, *weight.shape[1:]))
    before, forward = passed[:-1], passed[1:]
    after, state = weight, np.empty(weight.shape)
    peak, scale = np.empty((steps, *chains)), np.empty((steps, *chains))
    for t in range(steps):
        peak[t] = weight[t].max(axis=0)
        peak[t] = np.maximum(weight[t].max(axis=0), LOWEST)
        np.exp(np.subtract(weight[t], peak[t], out=after[t]), out=after[t])
        np.multiply(_forward(move, before[t], t) if t else 1.0, after[t], out=forward[t])
        scale[t] = forward[t].sum(axis=0)
        inverse = 1 / scale[t]
        forward[t] *= inverse
        after[t] *= inverse
    smooth = np.ones(weight.shape[1:])
    for t in range(steps - 1, -1, -1):
        np.multiply(forward[t], smooth, out=state[t])
        after[t] *= smooth
        if t:
            smooth = _backward(move, after[t], t)
    return state, before, after, np.log(scale).sum(axis=0) + peak.sum(axis=0)


def forward_backward_together(weight: np.ndarray, step: np.ndarray, count: int) -> Smoothing:
    """The same for states over several axes: weights (steps, states ..., chains ...), log steps
    (before ..., after ...), with `count` axes of states, which are taken as one.

    >>> weight = np.zeros((2, 2, 3))
    >>> forward_backward_together(weight, np.zeros((2, 3, 2, 3)), 2)[0].shape
    (2, 2, 3)
    """
    shape, size = weight.shape, int(np.prod(weight.shape[1 : 1 + count]))
    flat = weight.reshape(shape[0], size, *shape[1 + count :])
    state, before, after, total = forward_backward(flat, step.reshape(size, size))
    return state.reshape(shape), before.reshape(shape), after.reshape(shape), total


def _forward(move: np.ndarray, state: np.ndarray, t: int) -> np.ndarray:
    """sum_j state[j] move[j, k] for the step into t."""
    if move.ndim == 2:
        return move.T @ state
    at = move[t if len(move) > 1 else 0]
    return np.asarray((at * state[:, None]).sum(axis=0))


def _backward(move: np.ndarray, state: np.ndarray, t: int) -> np.ndarray:
    """sum_k move[j, k] state[k] for the step into t."""
    if move.ndim == 2:
        return move @ state
    at = move[t if len(move) > 1 else 0]
    return np.asarray((at * state[None]).sum(axis=1))


# --- standalone: end
