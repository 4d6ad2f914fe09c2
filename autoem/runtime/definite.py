"""Positive definite matrices, many at a time: their factors.

Failure is honest: what is not positive definite has nan entries, and the iteration that meets a nan
reports which parameter has collapsed.
"""

from __future__ import annotations

import numpy as np


# --- standalone: begin
def cholesky(matrix: np.ndarray) -> np.ndarray:
    """The lower triangular L with L L' = A for `matrix` A (..., m, m); nan where A is not definite.

    >>> cholesky(np.array([[[4.0]], [[-1.0]]])).ravel()
    array([ 2., nan])
    """
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        if matrix.ndim == 2:
            return np.full(matrix.shape, np.nan)
        return np.stack([cholesky(each) for each in matrix])


# --- standalone: end
