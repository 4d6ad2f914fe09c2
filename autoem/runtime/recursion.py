"""Recursions along the steps of a chain: one that becomes steady, and a linear one in blocks.

    x[t] = f(t, x[t-1])             once x stays the same while f does, it is not computed again
    x[t] = u[t] + A[t] x[t-1]       while A stays the same, in blocks of b steps side by side:
                                    y within each block from zero, then x = y + A^i (x before it)

Both give what the plain loop gives, but for rounding.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from itertools import pairwise

import numpy as np

# --- standalone: begin
SETTLED = 8 * np.finfo(float).eps
"""A change, relative to the largest entry, that is taken for rounding."""

SHORT = 64
"""Runs of fewer equal steps are not worth blocks."""


def kinds(*arrays: np.ndarray) -> np.ndarray:
    """A number for each step, the first axis: the one before where all arrays are as before.

    >>> kinds(np.array([1.0, 1.0, 2.0, 1.0]))
    array([0, 0, 1, 2])
    """
    changed = np.zeros(len(arrays[0]), dtype=int)
    for array in arrays:
        flat = array.reshape(len(array), int(np.prod(array.shape[1:])))
        places = np.flatnonzero(flat[1:] != flat[:-1])
        changed[1 + places // max(1, flat.shape[1])] = 1
    return np.cumsum(changed)


def starts(kind: np.ndarray) -> np.ndarray:
    """The step at which each kind begins.

    >>> starts(np.array([0, 0, 1, 2]))
    array([0, 2, 3])
    """
    return np.flatnonzero(np.diff(kind, prepend=-1))


def runs(kind: np.ndarray) -> list[tuple[int, int]]:
    """Where each kind begins and ends.

    >>> runs(np.array([0, 0, 1, 2]))
    [(0, 2), (2, 3), (3, 4)]
    """
    edges = [*starts(kind).tolist(), len(kind)]
    return list(pairwise(edges))


def steady(
    step: Callable[[int, np.ndarray], np.ndarray], first: np.ndarray, kind: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """x[0] = first, x[t] = step(t, x[t-1]): the distinct values, and which of them x[t] is.

    `kind[t - 1]` is the same where step t is the same function as the one before it.

    >>> found, place = steady(lambda t, x: 1 + x / 100, np.ones(1), np.zeros(40, dtype=int))
    >>> len(found) < 15, bool(np.isclose(found[place][-1, 0], 1 / 0.99))
    (True, True)
    """
    ends = [end for _, end in runs(kind)]
    found, place, t = [first], np.zeros(len(kind) + 1, dtype=int), 1
    while t <= len(kind):
        found.append(step(t, found[-1]))
        place[t] = len(found) - 1
        change = np.abs(found[-1] - found[-2]).max(initial=0.0)
        t += 1
        if change <= SETTLED * np.abs(found[-1]).max(initial=0.0):
            end = ends[bisect_left(ends, t - 1)] + 1
            place[t:end] = len(found) - 1
            t = max(t, end)
    return np.array(found), place


def times(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """The product of every matrix with its vector."""
    return np.asarray((matrix @ vector[..., None])[..., 0])


def each_times(matrix: np.ndarray, kind: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """matrix[kind[t]] vector[t] for every step, kinds one after the other.

    >>> each_times(np.array([[[2.0]], [[3.0]]]), np.array([0, 0, 1]), np.ones((3, 1))).ravel()
    array([2., 2., 3.])
    """
    if SHORT * len(matrix) > len(kind):
        return times(matrix[kind], vector)
    result = np.empty(vector.shape)
    for begin, end in runs(kind):
        turned = np.swapaxes(matrix[kind[begin]], -1, -2)
        result[begin:end] = (vector[begin:end, ..., None, :] @ turned)[..., 0, :]
    return result


def recursion(matrix: np.ndarray, kind: np.ndarray, value: np.ndarray) -> np.ndarray:
    """x[0] = value[0], x[t] = value[t] + matrix[kind[t-1]] x[t-1]; vectors and matrices stand last.

    >>> recursion(np.full((1, 1, 1), 0.5), np.zeros(3, dtype=int), np.ones((4, 1))).ravel()
    array([1.   , 1.5  , 1.75 , 1.875])
    """
    x = np.array(value, dtype=float, order="C")
    for begin, end in runs(kind):
        own = matrix[kind[begin]]
        if end - begin < SHORT:
            for t in range(begin, end):
                x[t + 1] += times(own, x[t])
        else:
            _in_blocks(own, x[begin : end + 1])
    return x


def _in_blocks(matrix: np.ndarray, x: np.ndarray) -> None:
    """x[t] += matrix x[t-1] from the second entry on, in place."""
    length = int(np.sqrt(len(x) - 1))
    count = (len(x) - 1) // length
    whole = 1 + count * length
    blocks = x[1:whole].reshape(count, length, *x.shape[1:])
    turned = np.swapaxes(matrix, -1, -2)
    across = np.ascontiguousarray(np.moveaxis(blocks, 0, -2))  # steps, chains, blocks, entries
    powers = np.empty((length, *turned.shape))
    powers[0] = turned
    for i in range(1, length):
        across[i] += across[i - 1] @ turned
        powers[i] = powers[i - 1] @ turned
    carry, before = x[0], np.empty((count, *x.shape[1:]))
    for j in range(count):
        before[j] = carry
        carry = across[-1, ..., j, :] + (carry[..., None, :] @ powers[-1])[..., 0, :]
    across += np.moveaxis(before, 0, -2) @ powers
    blocks[...] = np.moveaxis(across, -2, 0)
    for t in range(whole, len(x)):
        x[t] += times(matrix, x[t - 1])


# --- standalone: end
