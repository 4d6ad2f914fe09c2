"""The cheapest rows of a grid, where the cost says what a textbook figure avoids.

The descent takes any move of a node, of a factor with its variable, or of a plate that makes the
picture cheaper, until none does; it is deterministic, and a model has few enough nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from autoem.graph.factor_graph import FactorGraph
from autoem.graph.geometry import Block
from autoem.graph.grid import Grid, in_columns
from autoem.language.expression import Axis

SAME_CELL = 1000  # two nodes in one cell
STRANGER = 60  # a node in a plate that is not its own
FOREIGN = 60  # two plates that overlap and have no node in common
CROSSED = 6  # two plates that overlap, neither in the other
CROSSING = 8  # two lines that cross
PASSED = 6  # a line through a plate that it has nothing to do with
WAYPOINT = 2  # a long line that leaves the plate of both its ends
STEP, ROOT_STEP = 6, 1  # a line one row up or down: between latents, from a parameter
FROM_ABOVE = 5  # a line down to a factor, where its name is
DISORDER = 0.1  # a parameter above one that was declared before it

Rows = dict[str, int]


def grid(graph: FactorGraph) -> Grid:
    """The grid of a graph whose rows no move makes cheaper."""
    best = in_columns(graph)
    price = cost(best)
    while (better := next((g for g in moves(best) if cost(g) < price), None)) is not None:
        best, price = better, cost(better)
    return best


def moves(grid: Grid) -> Iterator[Grid]:
    """A node to another row, by exchange or by pushing others on; a few nodes together."""
    rows = dict(grid.row)
    for node, old in rows.items():
        column = [other for other in rows if grid.column[other] == grid.column[node]]
        for new in range(min(rows.values()) - 1, max(rows.values()) + 2):
            if new != old:
                exchanged = {other: old for other in column if rows[other] == new}
                pushed = {other: rows[other] + 1 for other in column if rows[other] >= new}
                yield replace(grid, row={**rows, **exchanged, node: new})
                yield replace(grid, row={**rows, **pushed, node: new})
    for team in (*grid.members.values(), *_teams(grid)):
        for step in (-2, -1, 1, 2):
            yield replace(grid, row={**rows, **{node: rows[node] + step for node in team}})


def _teams(grid: Grid) -> Iterator[tuple[str, ...]]:
    """A factor and its variable; the same with the parents that have no parents."""
    for factor, variable in grid.paths:
        if grid.kind(factor) == "factor":
            parents = grid.graph.pred[factor]
            yield factor, variable
            yield factor, variable, *(p for p in parents if not grid.graph.pred[p])


def cost(grid: Grid) -> float:
    """What a textbook figure avoids, added up."""
    rows = grid.row.values()
    double = len(grid.row) - len({grid.cell(node) for node in grid.row})
    blocks = {axis: grid.block(axis) for axis in grid.members}
    return (
        (max(rows) - min(rows))
        + SAME_CELL * double
        + _slopes(grid)
        + _crossings(grid)
        + _overlaps(grid, blocks)
        + sum(_misplaced(grid, axis, block) for axis, block in blocks.items())
        + DISORDER * _disorder(grid)
    )


def _slopes(grid: Grid) -> float:
    """Steps of lines up and down."""
    total = 0.0
    for source, left, right in grid.lines():
        down = grid.row[right] - grid.row[left]
        weight = ROOT_STEP if grid.kind(source) in ("given", "parameter") else STEP
        total += weight * abs(down) + FROM_ABOVE * (down > 0)
    return total


def _crossings(grid: Grid) -> float:
    """Lines that cross between two columns."""
    gaps: dict[int, list[tuple[int, int]]] = {}
    for _, left, right in grid.lines():
        gaps.setdefault(grid.column[left], []).append((grid.row[left], grid.row[right]))
    pairs = (pair for lines in gaps.values() for pair in combinations(lines, 2))
    return CROSSING * sum((a - c) * (b - d) < 0 for (a, b), (c, d) in pairs)


def _overlaps(grid: Grid, blocks: dict[Axis, Block]) -> float:
    """Plates that overlap, neither in the other."""
    total = 0
    for (one, block), (other, second) in combinations(blocks.items(), 2):
        if not (block.apart(second) or block.inside(second) or second.inside(block)):
            common = any(node in grid.members[other] for node in grid.members[one])
            total += CROSSED if common else FOREIGN
    return total


def _misplaced(grid: Grid, axis: Axis, block: Block) -> float:
    """Strangers in a plate, lines that pass through it, long lines that leave it."""
    members = grid.members[axis]
    total = STRANGER * sum(1 for _ in grid.strangers(axis))
    for _, left, right in grid.lines():
        if left not in members and right not in members:
            low, high = sorted((grid.row[left], grid.row[right]))
            within = block.left <= grid.column[left] <= block.right
            total += PASSED * (within and low < block.bottom and block.top < high)
    for (one, other), path in grid.paths.items():
        if one in members and other in members:
            total += WAYPOINT * sum(not block.holds(grid.cell(node)) for node in path)
    return total


def _disorder(grid: Grid) -> int:
    """Pairs of parameters of which the later declared stands above."""
    roots = [node for node in grid.graph if not grid.graph.pred[node]]
    return sum(grid.row[one] > grid.row[other] for one, other in combinations(roots, 2))
