"""The root of every error that autoem raises for its user.

An error is built from *fields*, given by keyword and kept as attributes, so that a program can read
what a person reads; its wording is one method of its class.

    >>> class TooFew(AutoemError):
    ...     given: int
    ...     def wording(self) -> str:
    ...         return f"{self.given} rows are too few; give at least two"
    >>> str(TooFew(given=1)), TooFew(given=1).given
    ('1 rows are too few; give at least two', 1)
"""

from __future__ import annotations

from typing import Any

__all__ = ["AutoemError"]


class AutoemError(Exception):
    """An error whose fields are attributes and whose message is made from them."""

    def __init__(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.fields = fields
        Exception.__init__(self, self.wording())

    def wording(self) -> str:
        """The sentence a user reads: what was expected, what came, what to write."""
        raise NotImplementedError(f"{type(self).__name__} has no wording")

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.fields)


def _rebuild(kind: type[AutoemError], fields: dict[str, Any]) -> AutoemError:
    return kind(**fields)
