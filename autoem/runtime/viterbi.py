"""The most probable path of discrete chains: forward-backward in the max-product semiring.

    forward    best[t, k] = U[t, k] + max_j (best[t-1, j] + W[j, k]),   from[t, k] the j that does
    backward   path[T-1] = argmax_k best[T-1, k],   path[t-1] = from[t, path[t]]

Chains run side by side along the last axes.  Source: Viterbi (1967), IEEE Transactions on
Information Theory 13, 260.
"""

from __future__ import annotations

import numpy as np

from autoem.runtime.joint import as_one


# --- standalone: begin
def best_path(weight: np.ndarray, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log weight and states of the best path, for log weights (steps, states, chains...).

    `step` is (before, after), or (steps or 1, before, after, chains or 1 ...) where it varies.

    >>> weight = np.log([[0.6, 0.4], [0.5, 0.5], [0.1, 0.9]])
    >>> best, path = best_path(weight, np.log([[0.9, 0.1], [0.1, 0.9]]))
    >>> path
    array([1, 1, 1])
    """
    steps, chains = len(weight), weight.shape[2:]
    moves = step[None] if step.ndim == 2 else step
    moves = moves.reshape(*moves.shape, *[1] * (weight.ndim + 1 - moves.ndim))
    origin = np.zeros(weight.shape, dtype=int)
    best = weight[0]
    for t in range(1, steps):
        arriving = best[:, None] + moves[t if len(moves) > 1 else 0]
        origin[t] = arriving.argmax(axis=0)
        best = arriving.max(axis=0) + weight[t]
    path = np.empty((steps, *chains), dtype=int)
    path[-1] = best.argmax(axis=0)
    for t in range(steps - 1, 0, -1):
        path[t - 1] = np.take_along_axis(origin[t], path[t][None], axis=0)[0]
    return best.max(axis=0), path


def best_path_together(weight: np.ndarray, step: np.ndarray, count: int) -> tuple[np.ndarray, ...]:
    """The same for states over `count` axes (`runtime.joint`); the states along each, one after
    another.

    >>> best_path_together(np.zeros((2, 2, 3)), np.arange(36.0).reshape(2, 3, 2, 3), 2)
    (np.float64(35.0), array([1, 1]), array([2, 2]))
    """
    best, path = best_path(*as_one(weight, step, count))
    return (best, *np.unravel_index(path, weight.shape[1 : 1 + count]))


# --- standalone: end
