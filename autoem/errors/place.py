"""Where in the user's own program an error is: file, line, and the text of the line.

>>> str(Place("model.py", 3))
'model.py:3'
"""

from __future__ import annotations

import linecache
import os
import sys
from dataclasses import dataclass
from types import FrameType

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OWN = tuple(os.path.join(_ROOT, layer) + os.sep for layer in ("errors", "language", "families"))
"""The folders whose code is never the user's line."""

GENERATED = "<string>"
"""The file of the `__init__` that `dataclass` makes."""


@dataclass(frozen=True)
class Place:
    """A line of the user's program: of a file, a notebook cell or a session."""

    file: str
    line: int

    @property
    def source(self) -> str:
        """The text of the line, or nothing where the source is not at hand."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def here() -> Place:
    """The innermost line of the running program that is not autoem's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_own(frame):
        frame = frame.f_back
    return place_of(frame)


def is_own(frame: FrameType) -> bool:
    """Whether a frame runs code of the language, written or generated."""
    file, module = frame.f_code.co_filename, frame.f_globals.get("__name__", "")
    return file.startswith(OWN) or (file == GENERATED and module.startswith("autoem."))


def place_of(frame: FrameType | None) -> Place:
    """The line that a frame is running."""
    return (
        Place("<unknown>", 0) if frame is None else Place(frame.f_code.co_filename, frame.f_lineno)
    )
