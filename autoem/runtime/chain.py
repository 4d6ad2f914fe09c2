"""Smoothing of discrete chains: forward-backward in probability space, rescaled at every step.

    forward    a[t, k] = b[t, k] sum_j a[t-1, j] A[j, k] / c[t],     c[t] so that sum_k a[t, k] = 1
    backward   m[t, k] = b[t, k] s[t, k] / c[t],   s[t-1, j] = sum_k A[j, k] m[t, k],   s[T-1] = 1

The responsibility of state k at t is a[t, k] s[t, k], that of j at t - 1 and k at t is
a[t-1, j] A[j, k] m[t, k], and the log-normalizer is sum_t log c[t].  Chains run side by side along
the last axes, so that a step is one matrix product.  Source: Rabiner (1989), Proc. IEEE 77, 257.
"""

from __future__ import annotations

import numpy as np

# --- standalone: begin
Smoothing = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""State responsibilities, the factors before and after a step, log-normalizers."""


def forward_backward(weight: np.ndarray, step: np.ndarray) -> Smoothing:
    """Smooth chains with log weights (steps, states, chains...) and log steps.

    `step` is (before, after), or (steps or 1, before, after, chains or 1 ...) where it varies.
    The four results are as in the head of this file; `before` is zero at the first step.

    >>> weight = np.log([[0.5, 0.5], [0.9, 0.1]])
    >>> state, _, _, log_normalizer = forward_backward(weight, np.log([[0.5, 0.5], [0.5, 0.5]]))
    >>> np.round(state, 6), np.round(np.exp(log_normalizer), 6)
    (array([[0.5, 0.5],
           [0.9, 0.1]]), np.float64(0.5))
    """
    steps, states = weight.shape[:2]
    peak = weight.max(axis=1, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    emission = np.exp(weight - peak)
    move = np.exp(step)
    forward, scale = np.empty_like(emission), np.empty((steps, *weight.shape[2:]))
    arrived = np.ones_like(emission[0])
    for t in range(steps):
        joint = emission[t] * arrived
        scale[t] = joint.sum(axis=0)
        forward[t] = joint / scale[t]
        if t + 1 < steps:
            arrived = _forward(move, forward[t], t + 1)
    after, smooth = np.empty_like(emission), np.ones_like(emission)
    for t in range(steps - 1, -1, -1):
        after[t] = emission[t] * smooth[t] / scale[t]
        if t:
            smooth[t - 1] = _backward(move, after[t], t)
    before = np.concatenate([np.zeros((1, states, *weight.shape[2:])), forward[:-1]])
    log_normalizer = np.log(scale).sum(axis=0) + peak.sum(axis=(0, 1))
    return forward * smooth, before, after, log_normalizer


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
