"""Dense matrices of the posterior, and how large they may be.

Where the elements of a latent meet each other, the E-step inverts a matrix over all of them: its
memory grows as the square of their number and its time as the cube.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autoem.errors.data import TooLargeMatrix

LARGEST = 4000
"""Entries of an axis whose square matrix is inverted: 128 megabytes, and seconds, a map."""


def check_dense(axes: Iterable[str], sizes: Mapping[str, int]) -> None:
    """Raise `TooLargeMatrix` for an axis that is too long to invert a matrix over.

    >>> check_dense(["g"], {"g": 12, "n": 1_000_000})
    """
    for axis in axes:
        if sizes.get(axis, 0) > LARGEST:
            raise TooLargeMatrix(axis=axis, size=sizes[axis], largest=LARGEST)
