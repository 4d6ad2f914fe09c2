"""Long chains of states in pieces side by side, where there are too few chains for that.

What a piece does to the state is a matrix: F[i, k] is the weight of all its paths from state i at
its first step to state k at its last.  With these matrices the states at which pieces are entered
and left follow piece by piece, and then all pieces are smoothed at once:

    entering   e[p+1, k] is sum_i (e[p] A)[i] F[p, i, k],  to a sum of one
    leaving    s[p-1] = A F[p] s[p],                       so that sum_k e[p, k] s[p-1, k] = 1

Every row of F is kept at a sum of one, with the logarithm of its scale, so that nothing underflows.
The first step, which nothing enters, and what is left behind the last whole piece are smoothed by
themselves.
"""

from __future__ import annotations

import numpy as np

from autoem.runtime.passes import LOWEST, Passes, Smoothing

# --- standalone: begin
LONG, WIDE = 512, 4096
"""Steps that are worth pieces; the work of a step of all chains that is worth calls of its own."""


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
    flat, sizes = _matrices(pieces, move)
    matrix, rows = flat.reshape((states, *shape)), sizes.reshape(shape)
    head, body, rest = (Passes(part, move) for part in (weight[:1], pieces, weight[end:]))
    head.forward(first)
    entering, leaving = np.empty((2, *shape))
    entered = head.passed[1] / head.scale[0]
    for p in range(count):
        entering[:, p] = entered
        entered = (matrix[:, :, p] * (rows[:, p] * (move.T @ entered))).sum(axis=1)
        entered = entered / entered.sum(axis=0)
    rest.forward(None, entered)
    rest.backward()
    left = move @ rest.after[0]
    for p in range(count - 1, -1, -1):
        leaving[:, p] = left
        left = move @ (rows[:, p] * (matrix[:, :, p] * left[:, None]).sum(axis=0))
        left = left / (entering[:, p] * left).sum(axis=0)
    head.backward(left)
    body.forward(None, entering.reshape(states, -1))
    body.backward(leaving.reshape(states, -1))
    return _joined(head, body, rest, shape)


def _matrices(pieces: np.ndarray, move: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """F of every piece, (last, first, pieces), in rows of sum one, and the sizes of its rows."""
    states = pieces.shape[1]
    matrix = np.repeat(np.eye(states)[:, :, None], pieces.shape[2], axis=2)
    log_scale = np.zeros(matrix.shape[1:])
    for t, weight in enumerate(pieces):
        peak = np.maximum(weight.max(axis=0), LOWEST)
        if t:
            matrix = (move.T @ matrix.reshape(states, -1)).reshape(matrix.shape)
        matrix *= np.exp(weight - peak)[:, None]
        total = matrix.sum(axis=0)
        matrix /= np.where(total > 0, total, 1.0)
        log_scale += np.log(total) + peak
    return matrix, np.exp(log_scale - log_scale.max(axis=0))


def _joined(head: Passes, body: Passes, rest: Passes, shape: tuple[int, ...]) -> Smoothing:
    """The three results one after the other."""
    states, _, chains = shape
    ends = (head.result(), rest.result())
    *inner, total = body.result()
    arrays = []
    for first, middle, last in zip(ends[0][:3], inner, ends[1][:3], strict=True):
        ordered = np.moveaxis(middle.reshape(len(middle), *shape), 2, 0)
        arrays.append(np.concatenate([first, ordered.reshape(-1, states, chains), last]))
    state, before, after = arrays
    return state, before, after, ends[0][3] + total.reshape(shape[1:]).sum(axis=0) + ends[1][3]


# --- standalone: end
