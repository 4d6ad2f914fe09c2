"""Small functions of arrays that a generated module carries with it, each by its own source."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def take_rows(value: np.ndarray, rows: slice, axis: int = 0, kind: type = float) -> np.ndarray:
    """A block of rows, moved to the last axis of an array of its own."""
    others = [place for place in range(value.ndim) if place != axis]
    return np.ascontiguousarray(value.transpose(*others, axis)[..., rows], dtype=kind)


def measured(
    data: dict[str, np.ndarray], every: dict[str, tuple[str, ...]]
) -> dict[str, np.ndarray]:
    """The data with the positions along each axis that no array has: as they are given, else up to
    the largest code that points into the axis."""
    return data | {
        name: np.arange(1 + max(int(np.max(data[code], initial=-1)) for code in codes))
        for name, codes in every.items()
        if name not in data
    }


def take_lines(table: Any, rows: slice, axis: int) -> Any:
    """A block of the rows of a table, which may be sparse, moved to the last axis."""
    whole = rows.start == 0 and rows.stop >= table.shape[axis]
    if axis == 0:
        return (table if whole else table[rows]).T
    return table if whole else table[:, rows]


def with_ones(data: dict[str, np.ndarray], lengths: dict[str, int]) -> dict[str, np.ndarray]:
    """The data with ones where no weights are given."""
    return {name: np.ones(length) for name, length in lengths.items()} | data


def join_rows(parts: list[dict[str, np.ndarray]], name: str, axis: int = 0) -> np.ndarray:
    """The blocks of one array together; the rows go back to their own axis."""
    return np.moveaxis(np.concatenate([part[name] for part in parts], axis=-1), -1, axis)


def mask_patterns(*masks: np.ndarray) -> tuple[np.ndarray, ...]:
    """Each mask at the patterns that occur along the last axis, and the pattern of each entry."""
    code = np.zeros(masks[0].shape[-1])
    lines = np.concatenate([mask.reshape(-1, len(code)) for mask in masks])
    for place, line in enumerate(lines):
        code = 2 * code + line
        if place % 32 == 31:  # as a number it would soon be no whole one
            code = np.unique(code, return_inverse=True)[1].astype(float)
    _, first, pattern = np.unique(code, return_index=True, return_inverse=True)
    return (*(mask[..., first] for mask in masks), pattern)


def row_weights(weights: np.ndarray | None, rows: slice) -> np.ndarray:
    """The weights of a block of rows; where none are given, ones that cannot be written to."""
    if weights is not None:
        return np.array(weights[rows], dtype=float)
    ones = np.ones(rows.stop - rows.start)
    ones.flags.writeable = False
    return ones


def all_weights(weights: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    """The weights: one where none are given."""
    return np.ones(shape) if weights is None else np.asarray(weights, dtype=float)


def weighted(value: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """value * weight along the last axis; value itself where the weights are ones (read-only)."""
    return value * weight if weight.flags.writeable else value


def weighted_total(weight: np.ndarray, value: np.ndarray) -> float:
    """Sum of weight * value; a row of weight zero counts nothing, even where value is infinite."""
    if not weight.flags.writeable:  # ones
        return float(np.sum(value))
    total = float((weight * value).sum())
    return total if np.isfinite(total) else float((weight * value)[weight > 0].sum())


def log_sum_exp(logits: np.ndarray, axis: int | tuple[int, ...] = 0) -> np.ndarray:
    """log sum exp over the axis, without overflow; -inf where all are -inf."""
    peak = np.maximum(logits.max(axis=axis, keepdims=True), -1e308)
    total = np.exp(logits - peak).sum(axis=axis, keepdims=True)
    return (peak + np.log(total)).squeeze(axis)


def softmax(logits: np.ndarray, axis: int | tuple[int, ...] = 0) -> tuple[np.ndarray, np.ndarray]:
    """log sum exp over the axis, and exp(logits) over its sum, which overwrites the logits."""
    peak = np.maximum(logits.max(axis=axis, keepdims=True), -1e308)
    shares = np.subtract(logits, peak, out=logits)
    np.exp(shares, out=shares)
    total = shares.sum(axis=axis, keepdims=True)
    shares *= 1 / total
    return (peak + np.log(total)).squeeze(axis), shares


def largest(value: np.ndarray, axis: int | tuple[int, ...]) -> np.ndarray:
    """The largest absolute value over the axis, 0 where there is none."""
    return np.maximum(value.max(axis=axis, initial=0.0), -value.min(axis=axis, initial=0.0))


def pairs(value: np.ndarray) -> np.ndarray:
    """value[i] * value[j] for i <= j: the upper triangle of the products of d rows, one after
    another."""
    size = len(value)
    products = np.empty((size * (size + 1) // 2, *value.shape[1:]))
    end = 0
    for i in range(size):
        start, end = end, end + size - i
        np.multiply(value[i], value[i:], out=products[start:end])
    return products


def fold_pairs(matrix: np.ndarray) -> np.ndarray:
    """Coefficients c with sum_ij matrix[..., i, j] x[i] x[j] = sum of c * pairs(x)."""
    i, j = np.triu_indices(matrix.shape[-1])
    both = matrix + np.swapaxes(matrix, -1, -2)
    return both[..., i, j] * np.where(i == j, 0.5, 1.0)


def unfold_pairs(value: np.ndarray) -> np.ndarray:
    """The symmetric matrices whose upper triangles stand in the last axis."""
    size = (math.isqrt(8 * value.shape[-1] + 1) - 1) // 2
    i, j = np.triu_indices(size)
    matrix = np.empty((*value.shape[:-1], size, size))
    matrix[..., i, j] = value
    matrix[..., j, i] = value
    return matrix


def inverse(cholesky: np.ndarray) -> np.ndarray:
    """(L L')^-1 of the Cholesky factors L in the last two axes."""
    below = np.linalg.inv(cholesky)
    return np.swapaxes(below, -1, -2) @ below


def log_determinant(cholesky: np.ndarray) -> np.ndarray:
    """log det(L L') of the Cholesky factors L in the last two axes."""
    return 2 * np.log(np.diagonal(cholesky, axis1=-2, axis2=-1)).sum(axis=-1)


def segment_sum(value: np.ndarray, index: np.ndarray, size: int) -> np.ndarray:
    """Sum of the entries of `value` that `index` sends to 0, ..., size - 1.

    The last axes of value are those of index; an index of -1 counts nowhere.  One number for all
    entries, stored once, is counted.
    """
    flat, lead = index.ravel(), value.shape[: value.ndim - index.ndim]
    if flat.min(initial=0) < 0:
        flat = np.where(flat < 0, size, flat)
    if not lead and value.size and not any(value.strides):
        return np.bincount(flat, minlength=size + 1)[:size] * value.flat[0]
    if size <= min(8, 2 + 2 * int(np.prod(lead))):
        cells = (flat == np.arange(size)[:, None]).astype(float)
        return (value.reshape(-1, flat.size) @ cells.T).reshape(*lead, size)
    sums = [np.bincount(flat, value[row].ravel(), size + 1)[:size] for row in np.ndindex(lead)]
    return np.reshape(sums, (*lead, size))


def summed_products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The sum of a stack of matrix products; of thin matrices, as one product of all of them."""
    stack = tuple(range(left.ndim - 2))
    if left.shape[-1] >= left.shape[-2]:
        return (left @ right).sum(axis=stack)
    return np.tensordot(left, right, ((*stack, -1), (*stack, -2)))


def finite_log(value: np.ndarray) -> np.ndarray:
    """log value, with log 0 = -1e300: a matrix product with zeros survives it."""
    return np.maximum(np.log(value), -1e300)


def times(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """left * right, in which zero times infinity is zero."""
    value = np.asarray(left * right)
    if not np.isnan(value.sum()):
        return value
    clash = np.isnan(value) & ~np.isnan(left) & ~np.isnan(right)
    return np.where(clash, 0.0, value)


def bounded(value: np.ndarray) -> np.ndarray:
    """Infinities as numbers so large that a product with zero is zero and any other is told."""
    return value if np.isfinite(value.sum()) else np.clip(value, -1e300, 1e300)


def unbounded(value: np.ndarray) -> np.ndarray:
    """What `bounded` made large is infinite again."""
    return np.where(np.abs(value) > 1e200, np.copysign(np.inf, value), value)


def index_of(values: np.ndarray, size: float) -> np.ndarray:
    """Whole numbers as indices along an axis of that size; IndexError where one is outside."""
    index = np.asarray(values).astype(int)
    if index.size and not 0 <= index.min() <= index.max() < size:
        worst = index.min() if index.min() < 0 else index.max()
        raise IndexError(f"an index is {worst}, and its axis has {size:.0f} entries")
    return index


def recur(gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """x[t] = gain[t] @ x[t - 1] + shift[t] along the first axis, from zero on."""
    found = np.array(shift, dtype=float)
    for t in range(1, len(found)):
        found[t] += np.einsum("...ij,...j->...i", gain[t], found[t - 1])
    return found


def recur_scalar(gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """x[t] = gain[t] x[t - 1] + shift[t] along the first axis, from zero on."""
    found = np.array(shift, dtype=float)
    for t in range(1, len(found)):
        found[t] += gain[t] * found[t - 1]
    return found
