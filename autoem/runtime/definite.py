"""Positive definite matrices, many at a time: factor, inverse and log-determinant.

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


def inverse(matrix: np.ndarray) -> np.ndarray:
    """The inverse of positive definite `matrix` (..., m, m); nan where it is not.

    >>> inverse(np.array([[2.0, 0.0], [0.0, 4.0]]))
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    factor = np.linalg.inv(cholesky(matrix))
    return np.swapaxes(factor, -1, -2) @ factor


def log_determinant(matrix: np.ndarray) -> np.ndarray:
    """log |A| of positive definite `matrix` (..., m, m); nan where it is not.

    >>> float(log_determinant(4 * np.eye(2)).round(6))
    2.772589
    """
    diagonal = np.diagonal(cholesky(matrix), axis1=-2, axis2=-1)
    return 2 * np.log(diagonal).sum(axis=-1)


# --- standalone: end
