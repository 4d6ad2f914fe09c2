"""What can go wrong with a picture."""

from __future__ import annotations

from autoem.errors.base import AutoemError

__all__ = ["UnknownPictureFormat"]


class UnknownPictureFormat(AutoemError):
    """A path whose suffix names no form that a picture can be written in."""

    path: str
    known: tuple[str, ...]

    def wording(self) -> str:
        """The path, and the suffixes there are."""
        return f"cannot write a picture to {self.path}: give it one of {', '.join(self.known)}"
