"""Index sets: what an axis is before it stands in a formula.

An index set is told from another by identity alone: two axes of one name are two axes, and
nothing is ever matched by position or by size.
"""

from __future__ import annotations

from typing import Self


class IndexSet:
    """A set of positions 0, 1, ...; `key` is the attribute of the model that it is bound to.

    `size` is given where the model itself fixes it; `literal` says that the axis is that of a list
    or an array in a formula, which has a size and no name.

    >>> IndexSet("steps").label, IndexSet.anonymous(3).label
    ('steps', '3 entries')
    """

    def __init__(self, name: str | None = None, *, size: int | None = None) -> None:
        self.name = name
        self.size = size
        self.key: str | None = None
        self.literal = False

    @classmethod
    def anonymous(cls, size: int, label: str | None = None) -> Self:
        """The axis of a literal."""
        axis = cls(label, size=size)
        axis.literal = True
        return axis

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or self.key or ("unnamed" if self.size is None else f"{self.size} entries")

    def __str__(self) -> str:
        return self.key or self.label

    def __repr__(self) -> str:
        return f"Axis({self.label!r})"
