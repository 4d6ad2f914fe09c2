"""What can be wrong with the arguments of a family."""

from __future__ import annotations

from autoem.errors.language import LanguageError


class BadArguments(LanguageError, TypeError):
    """Arguments that do not fit the family's signature; Python calls that a TypeError.

    >>> wrong = BadArguments(family="Normal", reason="too many", write="Normal(m, variance=...)")
    >>> isinstance(wrong, TypeError), wrong.remedy()
    (True, 'Write Normal(m, variance=...)')
    """

    family: str
    reason: str

    def problem_text(self) -> str:
        """What came."""
        return f"{self.family}: {self.reason}"


class BadNumber(LanguageError, ValueError):
    """A number outside the domain of its argument."""

    family: str
    argument: str
    value: object

    def problem_text(self) -> str:
        """What came."""
        return f"{self.family}: {self.argument} cannot be {self.value}"
