"""Long chains of states in pieces side by side, where there are too few chains for that.

What a piece does to the state is a matrix: F[i, k] is the weight of all its paths from state i at
its first step to state k at its last.  With these matrices the states at which pieces are entered
and left follow piece by piece, and then all pieces are smoothed at once:

    entering   e[p+1, k] is sum_i (e[p] A)[i] F[p, i, k],  to a sum of one
    leaving    s[p-1] = A F[p] s[p],                       so that sum_k e[p, k] s[p-1, k] = 1

Every row of F is brought back to a sum of one before its paths could underflow, and the logarithm
of its scale is kept.  The first step, which nothing enters, and what is left behind the last whole
piece are smoothed by themselves.
"""

from __future__ import annotations

import numpy as np

from autoem.runtime.passes import Passes, Smoothing

# --- standalone: begin
LONG, WIDE, MOST = 512, 4096, 16
"""Steps that are worth pieces; the work of a step of all chains that is worth calls of its own; the
steps after which rows have a sum of one again, at most."""


def worth_pieces(weight: np.ndarray, move: np.ndarray) -> bool:
    """Whether the steps are many, and one of them is little work."""
    return len(weight) >= LONG and weight.shape[2] * move.size <= WIDE


def smooth_in_pieces(weight: np.ndarray, move: np.ndarray, first: np.ndarray | None) -> Smoothing:
    """What `forward_backward` gives, for log weights (steps, states, chains) and steps `move`."""
    states, chains = weight.shape[1:]
    length = int(np.sqrt(len(weight)))
    count = (len(weight) - 2) // length
    end = 1 + count * length
    apart = np.moveaxis(weight[1:end].reshape(count, length, states, chains), 0, 2)
    pieces = np.ascontiguousarray(apart).reshape(length, states, -1)
    shape = (states, count, chains)
    head, body, rest = (Passes(part, move) for part in (weight[:1], pieces, weight[end:]))
    head.weigh(first)
    body.weigh()
    rest.weigh()
    flat, scale = _matrices(body.after, move)
    matrix, log_scale = flat.reshape((states, *shape)), scale.reshape(shape)
    head.forward()
    entering, leaving = np.empty((2, *shape))
    entered = head.passed[1] / head.scale[0]
    for p in range(count):
        entering[:, p] = entered
        # From here on that of the paths from every state, with what has come to it.
        log_scale[:, p] += np.log(move.T @ entered)
        log_scale[:, p] -= log_scale[:, p].max(axis=0)
        entered = (matrix[:, :, p] * np.exp(log_scale[:, p])).sum(axis=1)
        entered = entered / entered.sum(axis=0)
    rest.forward(entered)
    rest.backward()
    left = move @ rest.after[0]
    for p in range(count - 1, -1, -1):
        leaving[:, p] = left
        come = move.T @ entering[:, p]
        share = np.exp(log_scale[:, p]) * (matrix[:, :, p] * left[:, None]).sum(axis=0)
        left = move @ np.divide(share, come, where=come > 0, out=np.zeros_like(share))
        left = left / (entering[:, p] * left).sum(axis=0)
    head.backward(left)
    body.forward(entering.reshape(states, -1))
    body.backward(leaving.reshape(states, -1))
    return _joined(head, body, rest, shape)


def _matrices(weights: np.ndarray, move: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """F of every piece, (last, first, pieces), in rows of sum one, and the logarithms of the sizes
    of its rows, for weights (steps, states, pieces)."""
    steps, states, pieces = weights.shape
    matrix, moved = np.zeros((2, states, states, pieces))
    log_scale = np.zeros((states, pieces))
    every = _bearable(weights, move)
    matrix[np.arange(states), np.arange(states)] = weights[0]
    for t in range(1, steps + 1):
        if t % every == 0 or t == steps:
            total = matrix.sum(axis=0)
            matrix /= np.where(total > 0, total, 1.0)
            log_scale += np.log(total)
        if t < steps:
            np.matmul(move.T, matrix.reshape(states, -1), out=moved.reshape(states, -1))
            np.multiply(moved, weights[t][:, None], out=matrix)
    return matrix, log_scale


def _bearable(weights: np.ndarray, move: np.ndarray) -> int:
    """Steps in which no path falls below 1e-200, but those that are impossible."""
    least = [value.min(where=value > 0, initial=1.0) for value in (weights, move)]
    return max(1, int(200 / max(-np.log10(least).sum(), 200 / MOST)))


def _joined(head: Passes, body: Passes, rest: Passes, shape: tuple[int, ...]) -> Smoothing:
    """The three results one after the other."""
    states, count, chains = shape
    ends = (head.result(), rest.result())
    *inner, total = body.result()
    length, arrays = len(body.after), []
    for first, middle, last in zip(ends[0][:3], inner, ends[1][:3], strict=True):
        whole = np.empty((1 + count * length + len(last), states, chains))
        whole[0], whole[1 + count * length :] = first[0], last
        between = whole[1 : 1 + count * length].reshape(count, length, states, chains)
        between[...] = np.moveaxis(middle.reshape(length, *shape), 2, 0)
        arrays.append(whole)
    state, before, after = arrays
    return state, before, after, ends[0][3] + total.reshape(shape[1:]).sum(axis=0) + ends[1][3]


# --- standalone: end
