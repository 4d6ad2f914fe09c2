"""What the judge of a derivation cannot decide."""

from __future__ import annotations

from autoem.errors.base import AutoemError

__all__ = ["NotJudged"]


class NotJudged(AutoemError):
    """A construct that brute force does not read; the obligations that need it stay open.

    >>> str(NotJudged(what="the law Markov"))
    'brute force does not read the law Markov'
    """

    what: str

    def wording(self) -> str:
        """What is not read."""
        return f"brute force does not read {self.what}"
