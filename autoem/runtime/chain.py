"""Smoothing of discrete chains: forward-backward in probability space, rescaled at every step.

    forward    u[t, k] = w[t, k] sum_j u[t-1, j] A[j, k],       c[t] = sum_k u[t, k]
    backward   v[t-1, j] = sum_k A[j, k] w[t, k] v[t, k],       v[T-1] = 1 / c[T-1]

with w[t] = exp(weight - its largest of the step) / c[t-1], so that c is of the size of the weights.
The responsibility of state k at t is u[t, k] v[t, k], that of j at t - 1 and k at t is
u[t-1, j] A[j, k] w[t, k] v[t, k], and the log-normalizer is sum_t log c[t] with what was taken out
of the weights.  Chains run side by side along the last axes, so that a step is one matrix product
and stays in the cache; w v stands in the place of w.  All that is returned is one piece of memory:
three pieces would be given back and cleared anew at every call, at the cost of the arithmetic.
Source: Rabiner (1989), Proc. IEEE 77, 257.
"""

from __future__ import annotations

import numpy as np

# --- standalone: begin
Smoothing = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""State responsibilities, the factors before and after a step, log-normalizers."""

LOWEST = -1e300
"""The largest weight of a step at which no state is possible, so that a difference is defined."""


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
    steps, chains = len(weight), weight.shape[2:]
    move = np.exp(step)
    held = np.empty((3 * steps + 1, *weight.shape[1:]))
    passed, after, state = held[: steps + 1], held[steps + 1 : 2 * steps + 1], held[2 * steps + 1 :]
    before, forward = passed[:-1], passed[1:]
    before[:1] = 0.0
    peak, scale = np.empty((2, steps, *chains))
    inverse, smooth = np.ones(chains), np.empty(weight.shape[1:])
    for t in range(steps):
        own = weight[t] if t or first is None else weight[t] + first
        np.maximum(own.max(axis=0), LOWEST, out=peak[t, ...])
        np.exp(np.subtract(own, peak[t], out=after[t]), out=after[t])
        after[t] *= inverse
        if t:
            _forward(move, before[t], t, forward[t])
            forward[t] *= after[t]
        else:
            forward[t] = after[t]
        inverse = 1 / forward[t].sum(axis=0, out=scale[t, ...])
    smooth[...] = inverse
    for t in range(steps - 1, -1, -1):
        np.multiply(forward[t], smooth, out=state[t])
        after[t] *= smooth
        if t:
            _backward(move, after[t], t, smooth)
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


def _forward(move: np.ndarray, state: np.ndarray, t: int, out: np.ndarray) -> None:
    """sum_j state[j] move[j, k] for the step into t."""
    if move.ndim == 2:
        np.matmul(move.T, state, out=out)
    else:
        np.sum(move[t if len(move) > 1 else 0] * state[:, None], axis=0, out=out)


def _backward(move: np.ndarray, state: np.ndarray, t: int, out: np.ndarray) -> None:
    """sum_k move[j, k] state[k] for the step into t."""
    if move.ndim == 2:
        np.matmul(move, state, out=out)
    else:
        np.sum(move[t if len(move) > 1 else 0] * state[None], axis=1, out=out)


# --- standalone: end
