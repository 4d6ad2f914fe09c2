"""States over several axes, as those of chains that are taken together, as states over one."""

from __future__ import annotations

import numpy as np


# --- standalone: begin
def as_one(weight: np.ndarray, step: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (steps, states ..., chains ...) and log steps (before ..., after ...), or (steps,
    before ..., after ..., chains ...) where they vary, with the `count` axes of states as one.

    >>> [part.shape for part in as_one(np.zeros((5, 2, 3)), np.zeros((2, 3, 2, 3)), 2)]
    [(5, 6), (6, 6)]
    """
    size = int(np.prod(weight.shape[1 : 1 + count]))
    flat = weight.reshape(len(weight), size, *weight.shape[1 + count :])
    if step.ndim == 2 * count:
        return flat, step.reshape(size, size)
    return flat, step.reshape(len(step), size, size, *step.shape[1 + 2 * count :])


# --- standalone: end
