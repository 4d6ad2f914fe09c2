"""Unconstrained coordinates: a point u of R^m for every point x of a domain.

    real               x = u
    positive           x = exp u
    interval (a, b)    x = a + (b - a) / (1 + exp -u)
    simplex            x = softmax u            (one direction of u is redundant)
    positive_definite  x = L L',  L lower triangular with diagonal exp u

An array is read as a batch of blocks: single entries, the last axis of a simplex, the last two of a
covariance.  `jacobian` and `curvature` carry first and second derivatives to the coordinates.
"""

from __future__ import annotations

import numpy as np

from autoem.runtime.arrays import Domain

# --- standalone: begin
TINY = 1e-300


def domain_of(domain: Domain | str) -> Domain:
    """A kind alone means its usual ends: 0 and 1 for an interval."""
    return (domain, 0.0, 1.0) if isinstance(domain, str) else domain


def to_line(domain: Domain, x: np.ndarray) -> np.ndarray:
    """Coordinates of `x`, shape (batch, m); m = d (d + 1) / 2 for a d by d covariance.

    >>> to_line(("positive", 0.0, np.inf), np.array([1.0, np.e]))
    array([[0.],
           [1.]])
    """
    kind, lower, upper = domain
    x = np.asarray(x, dtype=float)
    if kind in ("positive", "nonnegative"):
        return np.log(np.maximum(x, TINY)).reshape(-1, 1)
    if kind == "interval":
        low, high = np.maximum(x - lower, TINY), np.maximum(upper - x, TINY)
        return np.log(low / high).reshape(-1, 1)
    if kind == "simplex":
        return np.log(np.maximum(x, TINY)).reshape(-1, x.shape[-1])
    if kind == "positive_definite":
        factor = np.linalg.cholesky(x).reshape(-1, *x.shape[-2:])
        rows, columns = np.tril_indices(x.shape[-1])
        entries = factor[:, rows, columns]
        return np.where(rows == columns, np.log(np.where(rows == columns, entries, 1.0)), entries)
    return x.reshape(-1, 1)


def from_line(domain: Domain, u: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The array of `shape` whose coordinates are `u` (batch, m): the inverse of `to_line`.

    >>> from_line(("simplex", 0.0, 1.0), np.zeros((1, 2)), (2,))
    array([0.5, 0.5])
    """
    kind, lower, upper = domain
    if kind in ("positive", "nonnegative"):
        x = np.exp(u)
    elif kind == "interval":
        x = lower + (upper - lower) / (1 + np.exp(-u))
    elif kind == "simplex":
        x = np.exp(u - u.max(axis=-1, keepdims=True))
        x = x / x.sum(axis=-1, keepdims=True)
    elif kind == "positive_definite":
        factor = _triangle(u, shape[-1])
        x = factor @ np.swapaxes(factor, -1, -2)
    else:
        x = u
    return x.reshape(shape)


def _triangle(u: np.ndarray, size: int) -> np.ndarray:
    """L (batch, d, d) from its coordinates (batch, d (d + 1) / 2)."""
    rows, columns = np.tril_indices(size)
    factor = np.zeros((len(u), size, size))
    factor[:, rows, columns] = np.where(rows == columns, np.exp(np.where(rows == columns, u, 0)), u)
    return factor


def jacobian(domain: Domain, u: np.ndarray, size: int) -> np.ndarray:
    """d x / d u of each block, (batch, entries of x, m); `size` is the last length of x."""
    kind, lower, upper = domain
    if kind in ("positive", "nonnegative"):
        return np.exp(u)[:, :, None]
    if kind == "interval":
        share = 1 / (1 + np.exp(-u))
        return ((upper - lower) * share * (1 - share))[:, :, None]
    if kind == "simplex":
        p = from_line(domain, u, u.shape)
        return p[:, :, None] * (np.eye(p.shape[-1]) - p[:, None, :])
    if kind == "positive_definite":
        return _covariance_jacobian(u, size)
    return np.ones((*u.shape, 1))


def _covariance_jacobian(u: np.ndarray, size: int) -> np.ndarray:
    """d (L L')_ij / d L_ab = [i = a] L_jb + [j = a] L_ib, times L_aa on the diagonal."""
    rows, columns = np.tril_indices(size)
    factor, unit = _triangle(u, size), np.eye(size)
    half = np.einsum("im,njm->nijm", unit[:, rows], factor[:, :, columns])
    full = (half + np.swapaxes(half, 1, 2)).reshape(len(u), size * size, -1)
    return full * np.where(rows == columns, factor[:, rows, columns], 1.0)[:, None, :]


def curvature(domain: Domain, u: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """sum_i gradient_i d^2 x_i / du du, (batch, m, m), for `gradient` (batch, entries of x)."""
    kind, lower, upper = domain
    if kind in ("positive", "nonnegative"):
        return (gradient * np.exp(u))[:, :, None]
    if kind == "interval":
        share = 1 / (1 + np.exp(-u))
        bend = (upper - lower) * share * (1 - share) * (1 - 2 * share)
        return (gradient * bend)[:, :, None]
    if kind == "simplex":
        p = from_line(domain, u, u.shape)
        slope = p * (gradient - np.sum(p * gradient, axis=-1, keepdims=True))
        cross = slope[:, :, None] * p[:, None, :]
        return slope[:, :, None] * np.eye(p.shape[-1]) - cross - np.swapaxes(cross, 1, 2)
    if kind == "positive_definite":
        return _covariance_curvature(u, gradient)
    return np.zeros((*u.shape, 1))


def _covariance_curvature(u: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """tr(G L L') is quadratic in L: second derivative (G + G')_ac [b = d], then the diagonal's."""
    size = round(gradient.shape[-1] ** 0.5)
    rows, columns = np.tril_indices(size)
    g = gradient.reshape(-1, size, size)
    g, factor = g + np.swapaxes(g, 1, 2), _triangle(u, size)
    speed = np.where(rows == columns, factor[:, rows, columns], 1.0)
    quadratic = g[:, rows[:, None], rows[None, :]] * (columns[:, None] == columns[None, :])
    slope = (g @ factor)[:, rows, columns] * np.where(rows == columns, speed, 0.0)
    bend = slope[:, :, None] * np.eye(len(rows))
    return quadratic * speed[:, :, None] * speed[:, None, :] + bend


# --- standalone: end
