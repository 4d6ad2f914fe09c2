"""From cells of a grid to coordinates: columns as wide as what stands in them, boxes for plates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from autoem.graph.grid import Edge, Grid, apart, conflicts
from autoem.language.expression import Axis

Point = tuple[float, float]

COLUMN_GAP, ROW_GAP, SIDE, BOTTOM, MARGIN = 26.0, 14.0, 9.0, 20.0, 8.0
"""Space between nodes, and between a plate's box and what stands in it, in pixels."""


@dataclass(frozen=True)
class Extent:
    """How far a node and its label reach from its center."""

    left: float = 0.0
    right: float = 0.0
    up: float = 0.0
    down: float = 0.0


@dataclass(frozen=True)
class Box:
    """The rectangle of a plate."""

    left: float
    top: float
    right: float
    bottom: float


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
    levels = _levels(grid)
    extents = _widened(grid, extents, labels)
    blocks = {axis: grid.block(axis) for axis in grid.members}
    across = _positions(
        {node: (grid.column[node], e.left, e.right) for node, e in extents.items()},
        {
            axis: (b[0], b[1], SIDE * levels[axis], SIDE * levels[axis])
            for axis, b in blocks.items()
        },
        COLUMN_GAP,
    )
    down = _positions(
        {node: (grid.row[node], e.up, e.down) for node, e in extents.items()},
        {
            axis: (b[2], b[3], SIDE * levels[axis], BOTTOM * levels[axis])
            for axis, b in blocks.items()
        },
        ROW_GAP,
    )
    places = {node: (across[grid.column[node]], down[grid.row[node]]) for node in grid.column}
    boxes = {
        axis: _box(members, places, extents, levels[axis]) for axis, members in grid.members.items()
    }
    routes = {edge: tuple(places[node] for node in path) for edge, path in grid.paths.items()}
    return _framed(Layout(places, boxes, routes, undrawn, 0, 0), extents)


def _honest(grid: Grid) -> tuple[Grid, tuple[Axis, ...]]:
    """The grid without the plates that would hold a stranger, the worst first."""
    undrawn: list[Axis] = []
    while (found := conflicts(grid)) and max(found.values()):
        worst = max(reversed(found), key=lambda axis: found[axis])
        undrawn.append(worst)
        grid = replace(grid, members={a: m for a, m in grid.members.items() if a is not worst})
    return grid, tuple(undrawn)


def _levels(grid: Grid) -> dict[Axis, int]:
    """1 for a plate with none inside; one more than any smaller plate that it meets."""
    levels: dict[Axis, int] = {}
    for axis in sorted(reversed(grid.members), key=lambda axis: len(grid.members[axis])):
        met = (levels[a] for a in levels if not apart(grid.block(a), grid.block(axis)))
        levels[axis] = 1 + max(met, default=0)
    return levels


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
                lacking = max(0.0, labels[axis] - extent.left - extent.right)
                result[node] = replace(
                    extent, left=extent.left + lacking / 2, right=extent.right + lacking / 2
                )
    return result


def _positions(
    nodes: Mapping[str, tuple[int, float, float]],
    plates: Mapping[Axis, tuple[int, int, float, float]],
    gap: float,
) -> dict[int, float]:
    """A coordinate for each column (or row): room for its nodes, and for the edges of plates."""
    before: dict[int, float] = {}
    after: dict[int, float] = {}
    for cell, low, high in nodes.values():
        before[cell] = max(before.get(cell, 0), low)
        after[cell] = max(after.get(cell, 0), high)
    opened: dict[int, float] = {}
    closed: dict[int, float] = {}
    for first, last, low, high in plates.values():
        opened[first] = max(opened.get(first, 0), low)
        closed[last] = max(closed.get(last, 0), high)
    result: dict[int, float] = {}
    edge = 0.0
    for cell in sorted(before):
        result[cell] = edge + opened.get(cell, 0) + before[cell]
        edge = result[cell] + after[cell] + closed.get(cell, 0) + gap
    return result


def _box(
    members: Iterable[str], places: Mapping[str, Point], extents: Mapping[str, Extent], level: int
) -> Box:
    left = min(places[node][0] - extents[node].left for node in members) - SIDE * level
    right = max(places[node][0] + extents[node].right for node in members) + SIDE * level
    top = min(places[node][1] - extents[node].up for node in members) - SIDE * level
    bottom = max(places[node][1] + extents[node].down for node in members) + BOTTOM * level
    return Box(left, top, right, bottom)


def _framed(layout: Layout, extents: Mapping[str, Extent]) -> Layout:
    """The layout moved to positive coordinates, with its size."""
    rows = [(*layout.places[node], extents[node]) for node in layout.places]
    boxes = list(layout.boxes.values())
    left = min([x - e.left for x, _, e in rows] + [box.left for box in boxes]) - MARGIN
    top = min([y - e.up for _, y, e in rows] + [box.top for box in boxes]) - MARGIN
    right = max([x + e.right for x, _, e in rows] + [box.right for box in boxes]) + MARGIN
    bottom = max([y + e.down for _, y, e in rows] + [box.bottom for box in boxes]) + MARGIN

    def moved(point: Point) -> Point:
        return point[0] - left, point[1] - top

    return Layout(
        {node: moved(point) for node, point in layout.places.items()},
        {
            a: Box(*moved((b.left, b.top)), *moved((b.right, b.bottom)))
            for a, b in layout.boxes.items()
        },
        {edge: tuple(map(moved, points)) for edge, points in layout.routes.items()},
        layout.undrawn,
        right - left,
        bottom - top,
    )
