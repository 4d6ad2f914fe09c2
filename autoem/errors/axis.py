"""An index that leaves its axis."""

from __future__ import annotations

from autoem.errors.data import DataError


class TooFewEntries(DataError):
    """An entry that is read by its number, along an axis that has no such number."""

    variable: str
    position: int
    axis: str
    size: int

    def wording(self) -> str:
        return (
            f"{self.variable}[{self.position}] is read, and {self.variable} has {self.size} "
            f"entries along {self.axis}, counted from 0. Give {self.axis} at least "
            f"{self.position + 1} entries, by sizes= or by the data."
        )


class OutsideAxis(DataError):
    """An index that is reckoned from others, as t - start, and leaves its axis."""

    model: str
    problem: str

    def wording(self) -> str:
        return (
            f"{self.model}: {self.problem}. Keep an index inside by a condition, as in "
            "where((start <= t) * (t < start + width), motif[t - start], background), or give its "
            "axis more entries."
        )
