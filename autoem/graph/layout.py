"""From cells of a grid to coordinates: room for every node, and boxes for the plates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autoem.graph.geometry import Box, Cell, Extent, Point
from autoem.graph.grid import Edge, Grid, conflicts
from autoem.language.expression import Axis

COLUMN_GAP, ROW_GAP, LEAST, MARGIN = 18.0, 12.0, 34.0, 8.0
"""Space between what stands in neighboring cells, between centers, and around the picture."""
SIDE, BOTTOM = 9.0, 20.0
"""Space between a plate's box and what stands in it; below there is the label."""
WAYPOINT = Extent(0, 0, 6, 6)

Extents = Mapping[str, Extent]


@dataclass(frozen=True)
class Layout:
    """Where everything stands; `undrawn` are the plates that no honest box can show."""

    places: Mapping[str, Point]
    boxes: Mapping[Axis, Box]
    routes: Mapping[Edge, tuple[Point, ...]]
    undrawn: tuple[Axis, ...]
    width: float
    height: float


def laid_out(grid: Grid, extents: Extents, labels: Mapping[Axis, float]) -> Layout:
    """Coordinates for a grid, given the extents of nodes and the widths of the plates' labels."""
    grid, undrawn = _honest(grid)
    pads = _pads(grid)
    extents = _widened(grid, extents, labels)
    cells = _cells(grid, extents, pads)
    across = _spread({cell: (e.left, e.right) for cell, e in cells.items()}, COLUMN_GAP)
    down = _spread({cell[::-1]: (e.up, e.down) for cell, e in cells.items()}, ROW_GAP)
    rooms = {
        node: extents[node].at((across[grid.column[node]], down[grid.row[node]]))
        for node in grid.column
    }
    boxes = {
        axis: Box.around(rooms[node] for node in members).padded(pads[axis])
        for axis, members in grid.members.items()
    }
    margin = Extent(MARGIN, MARGIN, MARGIN, MARGIN)
    frame = Box.around([*rooms.values(), *boxes.values()]).padded(margin)
    places = {
        node: (
            across[grid.column[node]] + extents[node].shift - frame.left,
            down[grid.row[node]] - frame.top,
        )
        for node in grid.column
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
    for axis in sorted(reversed(list(grid.members)), key=lambda axis: len(grid.members[axis])):
        block = grid.block(axis)
        met = [other for other in levels if not grid.block(other).apart(block)]
        levels[axis] = tuple(
            1 + max((levels[m][side] for m in met if grid.block(m)[side] == block[side]), default=0)
            for side in range(4)
        )
    steps = (SIDE, SIDE, SIDE, BOTTOM)
    return {
        axis: Extent(*(step * n for step, n in zip(steps, level, strict=True)))
        for axis, level in levels.items()
    }


def _widened(grid: Grid, extents: Extents, labels: Mapping[Axis, float]) -> dict[str, Extent]:
    """Waypoints get a little room; the nodes of a one-column plate the width of its label."""
    result = {node: extents.get(node, WAYPOINT) for node in grid.column}
    for axis, members in grid.members.items():
        block = grid.block(axis)
        for node in members if block.left == block.right else ():
            extent = result[node]
            lacking = max(0.0, labels[axis] - extent.left - extent.right) / 2
            left, right = extent.left + lacking, extent.right + lacking
            result[node] = replace(extent, left=left, right=right)
    return result


def _cells(grid: Grid, extents: Extents, pads: Mapping[Axis, Extent]) -> dict[Cell, Extent]:
    """The room that each cell needs: for its node, and for the sides of boxes that end there."""
    cells: dict[Cell, Extent] = {}

    def need(cell: Cell, room: Extent) -> None:
        cells[cell] = room.hull(cells.get(cell, Extent()))

    for node, extent in extents.items():
        need(grid.cell(node), extent)
    for axis in grid.members:
        block, reach = grid.block(axis), _reach(grid, axis, extents, pads[axis])
        for row in range(block.top, block.bottom + 1):
            need((block.left, row), Extent(left=reach.left))
            need((block.right, row), Extent(right=reach.right))
        for column in range(block.left, block.right + 1):
            need((column, block.top), Extent(up=reach.up))
            need((column, block.bottom), Extent(down=reach.down))
    return cells


def _reach(grid: Grid, axis: Axis, extents: Extents, pad: Extent) -> Extent:
    """How far a box reaches beyond the middles of the outermost cells of its block."""
    block = grid.block(axis)
    nodes = [(*grid.cell(node), extents[node]) for node in grid.members[axis]]
    return Extent(
        max(extent.left for column, _, extent in nodes if column == block.left) + pad.left,
        max(extent.right for column, _, extent in nodes if column == block.right) + pad.right,
        max(extent.up for _, row, extent in nodes if row == block.top) + pad.up,
        max(extent.down for _, row, extent in nodes if row == block.bottom) + pad.down,
    )


def _spread(cells: Mapping[Cell, tuple[float, float]], gap: float) -> dict[int, float]:
    """The nearest positions at which no cell meets the one before it in the same line.

    Cells are (position, line); each needs some room before its middle and some after.
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
