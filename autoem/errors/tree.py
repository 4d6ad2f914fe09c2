"""What can go wrong with the parents of a tree."""

from __future__ import annotations

from autoem.errors.data import DataError


class NotATree(DataError):
    """Parents that lead round a cycle."""

    variable: str
    node: int
    path: tuple[int, ...]

    def wording(self) -> str:
        way = " -> ".join(map(str, self.path))
        return (
            f"{self.variable} is no tree: node {self.node} is below itself ({way}). "
            "Every node must lead to a root, whose parent is -1."
        )
