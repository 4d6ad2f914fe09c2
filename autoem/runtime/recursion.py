"""Recursions along the steps of a chain: one that becomes steady, and a linear one in blocks.

    x[t] = f(t, x[t-1])             once x stays the same while f does, it is not computed again
    x[t] = u[t] + A[t] x[t-1]       while A stays the same, in blocks of b steps side by side:
                                    y within each block from zero, then x = y + A^i (x before it)

Both give what the plain loop gives, but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# --- standalone: begin
SETTLED = 8 * np.finfo(float).eps
"""A change, relative to the largest entry, that is taken for rounding."""

SHORT = 64
"""Runs of fewer equal steps are not worth blocks."""


def same(*arrays: np.ndarray) -> np.ndarray:
    """Whether the arrays at step t, the first axis, are those at the step before; not at step 0.

    >>> same(np.array([1.0, 1.0, 2.0]))
    array([False,  True, False])
    """
    equal = np.zeros(len(arrays[0]), dtype=bool)
    equal[1:] = True
    for array in arrays:
        flat = array.reshape(len(array), int(np.prod(array.shape[1:])))
        equal[1:] &= (flat[1:] == flat[:-1]).all(axis=1)
    return equal


def steady(
    step: Callable[[int, np.ndarray], np.ndarray], first: np.ndarray, equal: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """x[0] = first, x[t] = step(t, x[t-1]): the distinct values, and which of them x[t] is.

    `equal[t - 1]` says that step t is the same function as step t - 1.

    >>> found, place = steady(lambda t, x: 1 + x / 100, np.ones(1), np.arange(40) > 0)
    >>> len(found) < 15, bool(np.isclose(found[place][-1, 0], 1 / 0.99))
    (True, True)
    """
    ends = np.append(np.flatnonzero(~equal[1:]) + 1, len(equal))
    found, place, t = [first], np.zeros(len(equal) + 1, dtype=int), 1
    while t <= len(equal):
        found.append(step(t, found[-1]))
        place[t] = len(found) - 1
        change = np.abs(found[-1] - found[-2]).max(initial=0.0)
        t += 1
        if change <= SETTLED * np.abs(found[-1]).max(initial=0.0):
            end = int(ends[np.searchsorted(ends, t - 1)]) + 1
            place[t:end] = len(found) - 1
            t = max(t, end)
    return np.array(found), place


def times(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """The product of every matrix with its vector."""
    return np.asarray((matrix @ vector[..., None])[..., 0])


def recursion(matrix: np.ndarray, value: np.ndarray) -> np.ndarray:
    """x[0] = value[0], x[t] = value[t] + matrix[t-1] x[t-1]; vectors and matrices stand last.

    >>> recursion(np.full((3, 1, 1), 0.5), np.ones((4, 1))).ravel()
    array([1.   , 1.5  , 1.75 , 1.875])
    """
    x = np.array(value, dtype=float, order="C")
    ends = np.append(np.flatnonzero(~same(matrix)[1:]) + 1, len(matrix))
    start = 0
    for end in ends:
        if end - start < SHORT:
            for t in range(start, end):
                x[t + 1] += times(matrix[t], x[t])
        else:
            _in_blocks(matrix[start], x[start : end + 1])
        start = end
    return x


def _in_blocks(matrix: np.ndarray, x: np.ndarray) -> None:
    """x[t] += matrix x[t-1] from the second entry on, in place."""
    length = int(np.sqrt(len(x) - 1))
    count = (len(x) - 1) // length
    whole = 1 + count * length
    blocks = x[1:whole].reshape(count, length, *x.shape[1:])
    turned = np.swapaxes(matrix, -1, -2)
    across = np.moveaxis(blocks, 0, -2)  # steps, chains, blocks, entries
    for i in range(1, length):
        across[i] += across[i - 1] @ turned
    powers = [turned]
    for _ in range(1, length):
        powers.append(powers[-1] @ turned)
    carry, before = x[0], np.empty((count, *x.shape[1:]))
    for j in range(count):
        before[j] = carry
        carry = blocks[j, -1] + (carry[..., None, :] @ powers[-1])[..., 0, :]
    across += np.moveaxis(before, 0, -2) @ np.array(powers)
    for t in range(whole, len(x)):
        x[t] += times(matrix, x[t - 1])


# --- standalone: end
