"""What the posterior says of a latent, by the arrays that hold it."""

from __future__ import annotations

from dataclasses import dataclass

STATES = "states"
"""The word for the probabilities of the states of a discrete latent."""


@dataclass(frozen=True)
class Expectation:
    """One expectation of a latent: an array, or one for each entry of an axis.

    `axes` are those of the array; [z] is the axis of the states of z, (z) that of its states at
    another place.
    """

    arrays: tuple[str, ...]
    axes: tuple[str, ...]
