"""What can be wrong with weights."""

from __future__ import annotations

from typing import Any

from autoem.errors.data import DataError


class BadWeight(DataError):
    """A weight that is negative or no number."""

    axis: str
    index: tuple[int, ...]
    value: Any

    def wording(self) -> str:
        at = f"[{self.index[0]}]" if self.index else ""
        return f"weights of {self.axis}{at} are {self.value}: a weight is a finite number from 0."


DEPENDENT = {
    "steps": "follow each other, as steps of a chain or nodes of a tree",
    "twice": "meet each other in one factor, which reads two of them",
    "crossed": "are crossed with those of {other}: they meet in factors, neither inside the other",
    "summed": "are added up inside the factor of {other}",
    "told": "are looked up by something else than data in the factor of {other}",
    "kept": "are read one by one by the M-step",
    "own": "have each a parameter of their own in {other}",
    "matrix": "stand together in one matrix",
    "states": "are states or coordinates",
}
"""Why the entries of an axis are no units, by what `derive.repeats.Dependent` calls it."""


class NotIndependent(DataError):
    """Weights on an axis whose entries are no independent units.

    >>> str(NotIndependent(axis="g", allowed=("i",), reason="crossed", other="h"))[:63]
    'Weights repeat independent units, and the entries of axis g are'
    """

    axis: str
    allowed: tuple[str, ...]
    reason: str = "states"
    other: str = ""

    def wording(self) -> str:
        why = DEPENDENT[self.reason].format(other=self.other)
        instead = f" Weigh {' or '.join(self.allowed)} instead." if self.allowed else ""
        return (
            f"Weights repeat independent units, and the entries of axis {self.axis} {why}: there "
            f"is no likelihood in which one counts twice.{instead}"
        )


class OtherWeights(DataError):
    """Weights inside of sums, for a program that was generated without them."""

    axis: str

    def wording(self) -> str:
        return (
            f"Weights of {self.axis} stand inside the sums of the program, and it was generated "
            f"without them: generate(model, weights={self.axis!r}), or fit the model itself."
        )
