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
        """One node to another row, or two that change places; one plate up or down."""
        first, last = min(rows.values()) - 1, max(rows.values()) + 1
        at = {(self.column[node], row): node for node, row in rows.items()}
        for node, old in rows.items():
            for new in range(first, last + 1):
                other = at.get((self.column[node], new))
                if new != old:
                    yield {**rows, node: new, **({other: old} if other else {})}
        for members in self.members.values():
            for step in (-2, -1, 1, 2):
                yield {**rows, **{node: rows[node] + step for node in members}}

    def cost(self, rows: Rows) -> float:
        """What a textbook figure avoids, added up."""
        cells = {(self.column[node], row) for node, row in rows.items()}
        height = max(rows.values()) - min(rows.values())
        return (
            SAME_CELL * (len(rows) - len(cells)) + self._lines(rows) + self._plates(rows) + height
        )

    def _lines(self, rows: Rows) -> float:
        """Steps of lines up and down, and their crossings."""
        gaps: dict[int, list[Edge]] = {}
        cost = 0.0
        for (one, _), path in self.paths.items():
            weight = 3 if self.graph.pred[one] else 1
            for left, right in pairwise(path):
                step = rows[left] - rows[right]
                cost += weight * (abs(step) + step * step / 4)
                gaps.setdefault(self.column[left], []).append((left, right))
        for lines in gaps.values():
            for (a, b), (c, d) in combinations(lines, 2):
                cost += CROSSED_LINE * ((rows[a] - rows[c]) * (rows[b] - rows[d]) < 0)
        return cost

    def _plates(self, rows: Rows) -> float:
        """Strangers in plates; plates that meet."""
        blocks = {axis: _block(nodes, self.column, rows) for axis, nodes in self.members.items()}
        cost = 0
        for axis, block in blocks.items():
            for node, row in rows.items():
                if node not in self.members[axis]:
                    within = inside((self.column[node],) * 2 + (row,) * 2, block)
                    cost += within * (STRANGER if node in self.graph else WAYPOINT)
        for (one, block), (other, second) in combinations(blocks.items(), 2):
            if not (apart(block, second) or inside(block, second) or inside(second, block)):
                common = set(self.members[one]) & set(self.members[other])
                cost += CROSSED_PLATE if common else FOREIGN_PLATE
        return cost
