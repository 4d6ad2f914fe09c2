"""The stationary law of a chain, from its transition matrix.

    pi A = pi,  sum_k pi_k = 1      is one linear system:      pi (I - A + U) = u,

with ones in the row u and in the square U: the column sums of the resolvent (I - A + U)^-1, which
is there if and only if the chain has one class of states that it never leaves.
Source: Hunter (1982), Linear Algebra and its Applications 45, 157.
"""

from __future__ import annotations

import numpy as np

# --- standalone: begin
RARE = 1e-150
"""The probability of a state that is never come back to: as good as zero, with a logarithm."""


def resolvent(transition: np.ndarray) -> np.ndarray:
    """(I - A + U)^-1 of transition matrices A in the last two axes; nan where a chain has several
    classes that it never leaves.

    >>> resolvent(np.array([[0.5, 0.5], [0.25, 0.75]])).sum(axis=0).round(6)
    array([0.333333, 0.666667])
    """
    matrix = np.eye(transition.shape[-1]) - transition + 1
    apart = np.linalg.cond(np.nan_to_num(matrix)) > 1 / np.finfo(float).eps
    return np.linalg.inv(np.where(apart[..., None, None], np.nan, matrix))


def stationary(transition: np.ndarray) -> np.ndarray:
    """The law pi with pi A = pi of transition matrices A in the last two axes.

    >>> stationary(np.array([[0.0, 1.0], [1.0, 0.0]]))
    array([0.5, 0.5])
    """
    law = np.maximum(resolvent(transition).sum(axis=-2), RARE)
    return np.asarray(law / law.sum(axis=-1, keepdims=True))


# --- standalone: end
