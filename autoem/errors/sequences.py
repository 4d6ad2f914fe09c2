"""What can go wrong with the sequences of a long table."""

from __future__ import annotations

from autoem.errors.data import DataError


class NoSequences(DataError):
    """A column of sequences for a model that has none."""

    model: str
    column: str

    def wording(self) -> str:
        return (
            f"sequence={self.column!r}: {self.model} has no sequences. "
            "Expected an observed variable over=(sequences, steps)."
        )


class NotOneValue(DataError):
    """What is one value a sequence changes within one."""

    variable: str
    sequence: str

    def wording(self) -> str:
        return (
            f"{self.variable} has several values in the sequence {self.sequence}. "
            "It is over the sequences alone: every row of one sequence needs the same value."
        )
