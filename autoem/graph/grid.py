"""Where the nodes of a factor graph stand on a grid: a column each, left to right, and a row each.

Columns are the layers of the graph: parents stand left of their factor, a factor left of its
variable.  Rows are the cheapest that a descent finds, and the cost says what a textbook figure
avoids: strangers in a plate, crossing lines, lines that are not straight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

import networkx

from autoem.graph.factor_graph import FactorGraph
from autoem.language.expression import Axis

Edge = tuple[str, str]
Rows = dict[str, int]
Block = tuple[int, int, int, int]
"""First and last column, first and last row."""

SAME_CELL, STRANGER, FOREIGN_PLATE, CROSSED_PLATE, CROSSED_LINE, WAYPOINT = 1000, 60, 60, 6, 8, 2
SPINE, FROM_ABOVE, PASSED, DISORDER = 6, 5, 6, 0.1
"""A step of a line between latents; a line down to a factor; one that runs through a plate it has
nothing to do with; parameters out of order."""


@dataclass(frozen=True)
class Grid:
    """Columns, rows, and the nodes by way of which each edge runs (one a column).

    A long edge runs by way of waypoints, which are nodes of the grid and of no plate.
    """

    column: Mapping[str, int]
    row: Mapping[str, int]
    paths: Mapping[Edge, tuple[str, ...]]
    members: Mapping[Axis, tuple[str, ...]]

    def block(self, axis: Axis) -> Block:
        """The cells of a plate."""
        return _block(self.members[axis], self.column, self.row)


def grid(graph: FactorGraph) -> Grid:
    """The columns and the cheapest rows of a graph."""
    column = columns(graph.graph)
    paths: dict[Edge, tuple[str, ...]] = {}
    for one, other in graph.graph.edges:
        between = range(column[one] + 1, column[other])
        waypoints = {f"{one} - {other} {c}": c for c in between}
        column.update(waypoints)
        paths[one, other] = (one, *waypoints, other)
    members = {
        axis: tuple(node for node, plates in graph.graph.nodes(data="plates") if axis in plates)
        for axis in graph.plates
    }
    puzzle = _Puzzle(graph.graph, column, paths, members)
    return Grid(column, puzzle.solved(), paths, members)


def columns(graph: networkx.DiGraph) -> dict[str, int]:
    """The longest path from the left; then each node as close to its next one as it can be."""
    order = list(networkx.topological_sort(graph))
    column: dict[str, int] = {}
    for node in order:
        column[node] = max((column[parent] + 1 for parent in graph.pred[node]), default=0)
    for node in reversed(order):
        column[node] = min((column[child] - 1 for child in graph.succ[node]), default=column[node])
    return column


def apart(one: Block, other: Block) -> bool:
    """Whether two blocks of cells have none in common."""
    return one[1] < other[0] or other[1] < one[0] or one[3] < other[2] or other[3] < one[2]


def inside(one: Block, other: Block) -> bool:
    """Whether the first block lies in the second."""
    return other[0] <= one[0] and one[1] <= other[1] and other[2] <= one[2] and one[3] <= other[3]


def conflicts(grid: Grid) -> dict[Axis, int]:
    """How often each plate's block holds a stranger or meets a plate it has nothing in common with.

    A plate without a conflict can be drawn as a box that means what it shows.
    """
    found = {axis: len(list(_strangers(grid, axis))) for axis in grid.members}
    for one, other in combinations(grid.members, 2):
        common = set(grid.members[one]) & set(grid.members[other])
        if not common and not apart(grid.block(one), grid.block(other)):
            found[one] += 1
            found[other] += 1
    return found


def _strangers(grid: Grid, axis: Axis) -> Iterator[str]:
    waypoints = {node for path in grid.paths.values() for node in path[1:-1]}
    for node in grid.column:
        if node not in waypoints and node not in grid.members[axis]:
            cell = _block((node,), grid.column, grid.row)
            if inside(cell, grid.block(axis)):
                yield node


def _block(nodes: Iterable[str], column: Mapping[str, int], row: Mapping[str, int]) -> Block:
    across, down = zip(*((column[node], row[node]) for node in nodes), strict=True)
    return min(across), max(across), min(down), max(down)


@dataclass(frozen=True)
class _Puzzle:
    """The choice of rows, as a cost to descend."""

    graph: networkx.DiGraph
    column: Mapping[str, int]
    paths: Mapping[Edge, tuple[str, ...]]
    members: Mapping[Axis, tuple[str, ...]]

    def solved(self) -> Rows:
        """Rows that no single move makes cheaper."""
        rows = self.start()
        cost = self.cost(rows)
        improved = True
        while improved:
            improved = False
            for moved in self.moves(rows):
                price = self.cost(moved)
                if price < cost:
                    rows, cost, improved = moved, price, True
                    break
        return rows

    def start(self) -> Rows:
        """In each column from the middle outwards, what has parents first."""
        rows: Rows = {}
        filled: dict[int, int] = {}
        for node in sorted(self.column, key=lambda n: n in self.graph and not self.graph.pred[n]):
            place = filled.setdefault(self.column[node], 0)
            rows[node] = (place + 1) // 2 * (-1) ** place
            filled[self.column[node]] += 1
        return rows

    def moves(self, rows: Rows) -> Iterator[Rows]:
        """A node to another row, by exchange or by pushing others on; a few nodes together."""
        first, last = min(rows.values()) - 1, max(rows.values()) + 1
        for node, old in rows.items():
            column = [other for other in rows if self.column[other] == self.column[node]]
            for new in (row for row in range(first, last + 1) if row != old):
                yield {**rows, **{o: old for o in column if rows[o] == new}, node: new}
                yield {**rows, **{o: rows[o] + 1 for o in column if rows[o] >= new}, node: new}
        for members in (*self.members.values(), *self._teams()):
            for step in (-2, -1, 1, 2):
                yield {**rows, **{node: rows[node] + step for node in members}}

    def _teams(self) -> Iterator[tuple[str, ...]]:
        """A factor and its variable; the same with the parents that have no parents."""
        for factor, variable in self.paths:
            if self.graph.nodes[factor]["kind"] == "factor":
                parents = self.graph.pred[factor]
                yield factor, variable
                yield factor, variable, *(p for p in parents if not self.graph.pred[p])

    def cost(self, rows: Rows) -> float:
        """What a textbook figure avoids, added up."""
        cells = {(self.column[node], row) for node, row in rows.items()}
        height = max(rows.values()) - min(rows.values())
        double = SAME_CELL * (len(rows) - len(cells))
        return double + self._lines(rows) + self._plates(rows) + self._disorder(rows) + height

    def _lines(self, rows: Rows) -> float:
        """Steps of lines up and down, and their crossings."""
        gaps: dict[int, list[Edge]] = {}
        blocks = self._blocks(rows)
        cost = 0.0
        for (one, _), path in self.paths.items():
            weight = 1 if self.graph.nodes[one]["kind"] in ("given", "parameter") else SPINE
            for left, right in pairwise(path):
                step = rows[left] - rows[right]
                cost += weight * abs(step) + FROM_ABOVE * (step < 0)
                gaps.setdefault(self.column[left], []).append((left, right))
                cost += PASSED * sum(self._passes(left, right, b, rows) for b in blocks.items())
        for lines in gaps.values():
            for (a, b), (c, d) in combinations(lines, 2):
                cost += CROSSED_LINE * ((rows[a] - rows[c]) * (rows[b] - rows[d]) < 0)
        return cost

    def _blocks(self, rows: Rows) -> dict[Axis, Block]:
        return {axis: _block(nodes, self.column, rows) for axis, nodes in self.members.items()}

    def _passes(self, left: str, right: str, plate: tuple[Axis, Block], rows: Rows) -> bool:
        """Whether a line runs by a plate that it has nothing to do with."""
        axis, block = plate
        low, high = sorted((rows[left], rows[right]))
        return (
            block[0] <= self.column[left] <= block[1]
            and low < block[3]
            and block[2] < high
            and left not in self.members[axis]
            and right not in self.members[axis]
        )

    def _disorder(self, rows: Rows) -> float:
        """Parameters that stand above those declared before them."""
        roots = [node for node in self.graph if not self.graph.pred[node]]
        return DISORDER * sum(rows[one] > rows[other] for one, other in combinations(roots, 2))

    def _plates(self, rows: Rows) -> float:
        """Strangers in plates; plates that meet."""
        blocks = self._blocks(rows)
        cost = 0
        for axis, block in blocks.items():
            for node in self.graph:
                if node not in self.members[axis]:
                    cost += STRANGER * inside(_block((node,), self.column, rows), block)
            for (one, other), path in self.paths.items():
                ends = (one in self.members[axis]) + (other in self.members[axis])
                for node in path[1:-1]:
                    within = inside(_block((node,), self.column, rows), block)
                    cost += WAYPOINT * (within if ends == 0 else not within if ends == 2 else False)
        for (one, block), (other, second) in combinations(blocks.items(), 2):
            if not (apart(block, second) or inside(block, second) or inside(second, block)):
                common = set(self.members[one]) & set(self.members[other])
                cost += CROSSED_PLATE if common else FOREIGN_PLATE
        return cost
