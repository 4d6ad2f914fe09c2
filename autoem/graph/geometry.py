"""Points, boxes and blocks of cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

Point = tuple[float, float]
Cell = tuple[int, int]
"""Column and row."""


class Block(NamedTuple):
    """A rectangle of cells of a grid: its first and last column, its first and last row."""

    left: int
    right: int
    top: int
    bottom: int

    @classmethod
    def around(cls, cells: Iterable[Cell]) -> Block:
        """The smallest block with these cells.

        >>> Block.around([(1, 0), (4, 0), (2, -1)])
        Block(left=1, right=4, top=-1, bottom=0)
        """
        columns, rows = zip(*cells, strict=True)
        return cls(min(columns), max(columns), min(rows), max(rows))

    def apart(self, other: Block) -> bool:
        """Whether the two have no cell in common."""
        beside = self.right < other.left or other.right < self.left
        return beside or self.bottom < other.top or other.bottom < self.top

    def inside(self, other: Block) -> bool:
        """Whether the other has all cells of this one."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom

    def holds(self, cell: Cell) -> bool:
        """Whether the cell is in the block."""
        return self.left <= cell[0] <= self.right and self.top <= cell[1] <= self.bottom


@dataclass(frozen=True)
class Extent:
    """How far a node and its label reach from the middle of its cell, and where its center is."""

    left: float = 0.0
    right: float = 0.0
    up: float = 0.0
    down: float = 0.0
    shift: float = 0.0

    def hull(self, other: Extent) -> Extent:
        """The farther reach of two, to each side."""
        return Extent(
            max(self.left, other.left),
            max(self.right, other.right),
            max(self.up, other.up),
            max(self.down, other.down),
        )

    def at(self, point: Point) -> Box:
        """The room that is taken about a point."""
        x, y = point
        return Box(x - self.left, y - self.up, x + self.right, y + self.down)


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest rectangle with all boxes in it."""
        lefts, tops, rights, bottoms = zip(
            *((box.left, box.top, box.right, box.bottom) for box in boxes), strict=True
        )
        return cls(min(lefts), min(tops), max(rights), max(bottoms))

    def padded(self, pad: Extent) -> Box:
        """The box with some room around it."""
        return Box(
            self.left - pad.left, self.top - pad.up, self.right + pad.right, self.bottom + pad.down
        )

    def moved(self, across: float, down: float) -> Box:
        """The box at another place."""
        return Box(self.left + across, self.top + down, self.right + across, self.bottom + down)

    def crossed(self, line: tuple[Point, Point]) -> bool:
        """Whether a straight line runs through the box: whether some of 50 points on it do."""
        (x, y), (a, b) = line
        points = ((x + (a - x) * t / 50, y + (b - y) * t / 50) for t in range(51))
        return any(self.left < p < self.right and self.top < q < self.bottom for p, q in points)
