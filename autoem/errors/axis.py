"""An index that leaves its axis."""

from __future__ import annotations

from autoem.errors.data import DataError


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
