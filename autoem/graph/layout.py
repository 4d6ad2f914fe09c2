"""From cells of a grid to coordinates: columns as wide as what stands in them, boxes for plates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autoem.graph.grid import Edge, Grid, apart, conflicts
from autoem.language.expression import Axis

Point = tuple[float, float]

COLUMN_GAP, ROW_GAP, LEAST, MARGIN = 18.0, 12.0, 34.0, 8.0
"""Space between what stands in neighboring cells, between centers, and around the picture."""
SIDE, BOTTOM = 9.0, 20.0
"""Space between a plate's box and what stands in it; below there is the label."""


@dataclass(frozen=True)
class Extent:
    """How far a node and its label reach from the middle of its cell, and where its center is."""

    left: float = 0.0
    right: float = 0.0
    up: float = 0.0
    down: float = 0.0
    shift: float = 0.0


@dataclass(frozen=True)
class Box:
    """The rectangle of a plate."""

    left: float
    top: float
    right: float
    bottom: float

    def moved(self, across: float, down: float) -> Box:
        """The box at another place."""
        return Box(self.left + across, self.top + down, self.right + across, self.bottom + down)

    def crossed(self, line: tuple[Point, Point]) -> bool:
        """Whether a straight line runs through the box: whether some of 50 points on it do."""
        (x, y), (a, b) = line
        points = ((x + (a - x) * t / 50, y + (b - y) * t / 50) for t in range(51))
        return any(self.left < p < self.right and self.top < q < self.bottom for p, q in points)


@dataclass(frozen=True)
class Layout:
    """Where everything stands; `undrawn` are the plates that no honest box can show."""

    places: Mapping[str, Point]
    boxes: Mapping[Axis, Box]
    routes: Mapping[Edge, tuple[Point, ...]]
    undrawn: tuple[Axis, ...]
    width: float
    height: float


def laid_out(grid: Grid, extents: Mapping[str, Extent], labels: Mapping[Axis, float]) -> Layout:
    """Coordinates for a grid, given the extents of nodes and the widths of the plates' labels."""
    grid, undrawn = _honest(grid)
    pads = _pads(grid)
    extents = _widened(grid, extents, labels)
    cells = _cells(grid, extents, pads)
    across = _spread({cell: (e.left, e.right) for cell, e in cells.items()}, COLUMN_GAP)
    down = _spread({cell[::-1]: (e.up, e.down) for cell, e in cells.items()}, ROW_GAP)
    middles = {node: (across[grid.column[node]], down[grid.row[node]]) for node in grid.column}
    boxes = {axis: _box(grid, axis, middles, extents, pads[axis]) for axis in grid.members}
    frame = _frame(middles, extents, boxes)
    places = {
        node: (x + extents[node].shift - frame.left, y - frame.top)
        for node, (x, y) in middles.items()
    }
    return Layout(
        places,
        {axis: box.moved(-frame.left, -frame.top) for axis, box in boxes.items()},
        {edge: tuple(places[node] for node in path) for edge, path in grid.paths.items()},
        undrawn,
        frame.right - frame.left,
        frame.bottom - frame.top,
    )


def _honest(grid: Grid) -> tuple[Grid, tuple[Axis, ...]]:
    """The grid without the plates that would hold a stranger, the worst first."""
    undrawn: list[Axis] = []
    while (found := conflicts(grid)) and max(found.values()):
        worst = max(reversed(found), key=lambda axis: found[axis])
        undrawn.append(worst)
        grid = replace(grid, members={a: m for a, m in grid.members.items() if a is not worst})
    return grid, tuple(undrawn)


def _pads(grid: Grid) -> dict[Axis, Extent]:
    """The space between a box and its nodes: one step more, on each side, than any smaller box that
    ends at the same cells."""
    levels: dict[Axis, tuple[int, ...]] = {}
    for axis in sorted(reversed(grid.members), key=lambda axis: len(grid.members[axis])):
        block = grid.block(axis)
        met = [other for other in levels if not apart(grid.block(other), block)]
        levels[axis] = tuple(
            1 + max((levels[m][side] for m in met if grid.block(m)[side] == block[side]), default=0)
            for side in range(4)
        )
    steps = (SIDE, SIDE, SIDE, BOTTOM)
    return {
        axis: Extent(*(step * n for step, n in zip(steps, level, strict=True)))
        for axis, level in levels.items()
    }


def _widened(
    grid: Grid, extents: Mapping[str, Extent], labels: Mapping[Axis, float]
) -> dict[str, Extent]:
    """Waypoints get a little room; the nodes of a one-column plate the width of its label."""
    result = {node: extents.get(node, Extent(0, 0, 6, 6)) for node in grid.column}
    for axis, members in grid.members.items():
        first, last, _, _ = grid.block(axis)
        if first == last:
            for node in members:
                extent = result[node]
                lacking = max(0.0, labels[axis] - extent.left - extent.right) / 2
                left, right = extent.left + lacking, extent.right + lacking
                result[node] = replace(extent, left=left, right=right)
    return result


Cell = tuple[int, int]


def _cells(
    grid: Grid, extents: Mapping[str, Extent], pads: Mapping[Axis, Extent]
) -> dict[Cell, Extent]:
    """The room that each cell needs: for its node, and for the sides of boxes that end there."""
    cells: dict[Cell, Extent] = {}

    def need(cell: Cell, room: Extent) -> None:
        cells[cell] = _hull(cells.get(cell, Extent()), room)

    for node, extent in extents.items():
        need((grid.column[node], grid.row[node]), extent)
    for axis in grid.members:
        first, last, top, bottom = grid.block(axis)
        reach = _reach(grid, axis, extents, pads[axis])
        for row in range(top, bottom + 1):
            need((first, row), Extent(left=reach.left))
            need((last, row), Extent(right=reach.right))
        for column in range(first, last + 1):
            need((column, top), Extent(up=reach.up))
            need((column, bottom), Extent(down=reach.down))
    return cells


def _reach(grid: Grid, axis: Axis, extents: Mapping[str, Extent], pad: Extent) -> Extent:
    """How far a box reaches from the centers of the outermost cells of its block."""
    first, last, top, bottom = grid.block(axis)
    nodes = [(grid.column[node], grid.row[node], extents[node]) for node in grid.members[axis]]
    return Extent(
        max(extent.left for column, _, extent in nodes if column == first) + pad.left,
        max(extent.right for column, _, extent in nodes if column == last) + pad.right,
        max(extent.up for _, row, extent in nodes if row == top) + pad.up,
        max(extent.down for _, row, extent in nodes if row == bottom) + pad.down,
    )


def _hull(one: Extent, other: Extent) -> Extent:
    return Extent(
        max(one.left, other.left),
        max(one.right, other.right),
        max(one.up, other.up),
        max(one.down, other.down),
    )


def _spread(cells: Mapping[Cell, tuple[float, float]], gap: float) -> dict[int, float]:
    """The nearest positions at which no cell meets the one before it in the same line.

    Cells are (position, line); each needs some room before its center and some after.
    """
    result: dict[int, float] = {}
    reached: dict[int, float] = {}
    edge = 0.0
    for position in sorted({position for position, _ in cells}):
        here = {line: room for (at, line), room in cells.items() if at == position}
        clear = [reached[line] + before for line, (before, _) in here.items() if line in reached]
        result[position] = max([edge, *clear])
        edge = result[position] + LEAST
        reached.update({line: result[position] + after + gap for line, (_, after) in here.items()})
    return result


def _box(
    grid: Grid,
    axis: Axis,
    middles: Mapping[str, Point],
    extents: Mapping[str, Extent],
    pad: Extent,
) -> Box:
    across = [middles[node][0] for node in grid.members[axis]]
    down = [middles[node][1] for node in grid.members[axis]]
    reach = _reach(grid, axis, extents, pad)
    return Box(
        min(across) - reach.left,
        min(down) - reach.up,
        max(across) + reach.right,
        max(down) + reach.down,
    )


def _frame(
    middles: Mapping[str, Point], extents: Mapping[str, Extent], boxes: Mapping[Axis, Box]
) -> Box:
    """The rectangle of the whole picture."""
    nodes = [
        Box(x - e.left, y - e.up, x + e.right, y + e.down)
        for (x, y), e in ((middles[node], extents[node]) for node in middles)
    ]
    everything = [*nodes, *boxes.values()]
    return Box(
        min(box.left for box in everything) - MARGIN,
        min(box.top for box in everything) - MARGIN,
        max(box.right for box in everything) + MARGIN,
        max(box.bottom for box in everything) + MARGIN,
    )
