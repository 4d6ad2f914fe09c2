"""What can be wrong with a declaration.

Every message has the same four lines: the file and line, the user's own source line, what is wrong
(naming the variable and the axis), and what to write instead.
"""

from __future__ import annotations

import linecache
import sys
from dataclasses import dataclass
from types import FrameType

from autoem.errors.base import AutoemError

__all__ = ["LanguageError", "Place", "here"]


@dataclass(frozen=True)
class Place:
    """A line of the user's program."""

    file: str
    line: int

    @property
    def source(self) -> str:
        """The text of the line, or nothing where the source is not at hand."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


OWN = ("autoem.language", "autoem.families", "autoem.errors")


def here() -> Place:
    """The innermost line of the running program that is not autoem's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith(OWN):
        frame = frame.f_back
    if frame is None:
        return Place("<unknown>", 0)
    return Place(frame.f_code.co_filename, frame.f_lineno)


class LanguageError(AutoemError):
    """A declaration that does not follow the rules of the language."""

    place: Place
    problem: str
    write: str

    def __init__(self, **fields: object) -> None:
        fields.setdefault("place", here())
        AutoemError.__init__(self, **fields)

    def wording(self) -> str:
        """The place, the source line, the problem and the remedy."""
        lines = [str(self.place), f"    {self.place.source}", self.problem_text(), self.remedy()]
        return "\n".join(line for line in lines if line.strip())

    def problem_text(self) -> str:
        """What was expected and what came."""
        return self.problem

    def remedy(self) -> str:
        """What to write instead."""
        return f"Write {self.write}"


class BadLookup(LanguageError):
    """An index that finds no axis to consume."""


class BadAxes(LanguageError):
    """Axes that do not fit."""


class BadValue(LanguageError):
    """A value that is no part of the language."""


class Redeclared(LanguageError):
    """A name assigned twice in one model."""


class UnknownName(LanguageError):
    """A name that nothing declares."""


class BadModel(LanguageError):
    """A class body that is no model."""


class NoTruthValue(LanguageError):
    """An expression used as a Python bool, number or sequence."""
