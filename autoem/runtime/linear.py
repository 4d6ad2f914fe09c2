"""Small linear systems, many at a time: the last one or two axes are the system, the rest a batch.

The systems are the stationarity equations A y = c of a maximizer or a Gaussian posterior.  They
are singular where the model is redundant (a covariate that is constant within a component, an
empty component), and then every solution maximizes equally: the one of smallest norm is taken.
"""

from __future__ import annotations

import numpy as np

# --- standalone: begin
SINGULAR = 1e-13
"""A system is singular where its condition number, after equilibration, exceeds 1 / SINGULAR."""


def solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """y with A y = c for `matrix` A (..., m, m) and `right` c (..., m), batches broadcast.

    Rows and columns are first scaled to unit length, so that the units of the unknowns do not
    decide what is singular.  A singular A gives the solution of smallest norm.  A nan or inf in a
    system makes its solution nan, and no other.  Source: Golub and Van Loan, Matrix Computations,
    5.5.

    >>> solve(np.array([[2.0, 2.0], [2.0, 2.0]]), np.array([4.0, 4.0]))
    array([1., 1.])
    """
    if matrix.shape[-1] == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where((matrix[..., 0] == 0) & (right == 0), 0.0, right / matrix[..., 0])
    row, column = _unit_lengths(matrix)
    balanced = matrix / (row[..., :, None] * column[..., None, :])
    finite = np.isfinite(balanced).all(axis=(-2, -1), keepdims=True)
    inverse, null = _inverse_and_null(np.where(finite, balanced, np.eye(matrix.shape[-1])))
    first = _apply(inverse, right / row)
    refined = (first + _apply(inverse, right / row - _apply(balanced, first))) / column
    if null is not None:
        null = null / column[..., :, None]
        refined = refined - _apply(null @ np.linalg.pinv(null), refined)
    return np.where(finite[..., 0], refined, np.nan)


def ascend(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """y with |A| y = c, where |A| has the absolute eigenvalues of the symmetric `matrix` A.

    With A the negative Hessian and c the gradient, y is Newton's step where the function is
    concave and rises everywhere.  A singular A gives the solution of smallest norm.

    >>> ascend(np.array([[-2.0, 0.0], [0.0, 4.0]]), np.array([2.0, 4.0]))
    array([1., 1.])
    """
    diagonal = np.sqrt(np.abs(np.diagonal(matrix, axis1=-2, axis2=-1)))
    unit = np.where(diagonal > 0, diagonal, 1.0)
    balanced = matrix / (unit[..., :, None] * unit[..., None, :])
    finite = np.isfinite(balanced).all(axis=(-2, -1), keepdims=True)
    values, vectors = np.linalg.eigh(np.where(finite, balanced, np.eye(matrix.shape[-1])))
    size = np.abs(values)
    null = size <= SINGULAR * matrix.shape[-1] * size.max(axis=-1, keepdims=True)
    inverse = np.where(null, 0.0, 1 / np.where(null, 1.0, size))
    turned = _apply(np.swapaxes(vectors, -1, -2), right / unit)
    step = _apply(vectors, inverse * turned) / unit
    if np.any(null):
        flat = vectors * null[..., None, :] / unit[..., :, None]
        step = step - _apply(flat @ np.linalg.pinv(flat), step)
    return np.where(finite[..., 0], step, np.nan)


def _apply(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    return np.einsum("...ij,...j->...i", matrix, vector)


def _unit_lengths(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of the rows, and of the columns once the rows are of length one; 1 for a zero."""
    peak = np.abs(matrix).max(axis=-1)
    peak = np.where(peak > 0, peak, 1.0)  # the square of 1e200 is infinite
    row = peak * np.sqrt(np.sum((matrix / peak[..., None]) ** 2, axis=-1))
    row = np.where(row > 0, row, 1.0)
    column = np.sqrt(np.sum((matrix / row[..., None]) ** 2, axis=-2))
    return row, np.where(column > 0, column, 1.0)


def _inverse_and_null(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """The inverse; where a matrix is singular, pseudo-inverses and null vectors (in columns)."""
    try:
        inverse = np.linalg.inv(matrix)
        growth = np.abs(matrix).sum(-1).max(-1) * np.abs(inverse).sum(-1).max(-1)
        if np.all(growth < 1 / SINGULAR):
            return inverse, None
    except np.linalg.LinAlgError:
        pass
    left, values, right = np.linalg.svd(matrix)
    small = values <= SINGULAR * matrix.shape[-1] * values.max(axis=-1, keepdims=True)
    reciprocal = np.where(small, 0.0, 1 / np.where(small, 1.0, values))
    back = np.swapaxes(right, -1, -2)
    return (back * reciprocal[..., None, :]) @ np.swapaxes(left, -1, -2), back * small[..., None, :]


# --- standalone: end
