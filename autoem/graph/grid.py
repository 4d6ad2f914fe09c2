"""A grid on which the nodes of a factor graph stand: a column each, left to right, and a row each.

Columns are the layers of the graph: parents stand left of their factor, a factor left of its
variable.  An edge over several columns runs by way of a waypoint in each column between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

import networkx

from autoem.graph.factor_graph import FactorGraph
from autoem.graph.geometry import Block, Cell
from autoem.language.expression import Axis

Edge = tuple[str, str]


@dataclass(frozen=True)
class Grid:
    """Columns and rows of nodes and waypoints, the path of each edge, the nodes of each plate."""

    graph: networkx.DiGraph
    column: Mapping[str, int]
    row: Mapping[str, int]
    paths: Mapping[Edge, tuple[str, ...]]
    members: Mapping[Axis, tuple[str, ...]]

    def cell(self, node: str) -> Cell:
        """The column and row of a node."""
        return self.column[node], self.row[node]

    def block(self, axis: Axis) -> Block:
        """The smallest block of cells with all nodes of a plate."""
        return Block.around(self.cell(node) for node in self.members[axis])

    def kind(self, node: str) -> str:
        """What the node is: a factor, latent, observed, given, parameter."""
        return str(self.graph.nodes[node]["kind"])

    def strangers(self, axis: Axis) -> Iterator[str]:
        """The nodes that stand among those of a plate and are none of them."""
        block, members = self.block(axis), self.members[axis]
        for node in self.graph:
            if node not in members and block.holds(self.cell(node)):
                yield node

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """The source of each edge, with every step that the edge takes to the next column."""
        for (source, _), path in self.paths.items():
            for left, right in pairwise(path):
                yield source, left, right


def columns(graph: networkx.DiGraph) -> dict[str, int]:
    """The longest path from the left; then each node as close to its next one as it can be."""
    order = list(networkx.topological_sort(graph))
    column: dict[str, int] = {}
    for node in order:
        column[node] = max((column[parent] + 1 for parent in graph.pred[node]), default=0)
    for node in reversed(order):
        column[node] = min((column[child] - 1 for child in graph.succ[node]), default=column[node])
    return column


def in_columns(graph: FactorGraph) -> Grid:
    """The grid with its columns; in each, rows from the middle out, what has parents first."""
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
    row: dict[str, int] = {}
    filled = dict.fromkeys(column.values(), 0)
    for node in sorted(column, key=lambda n: n in graph.graph and not graph.graph.pred[n]):
        place = filled[column[node]]
        row[node] = (place + 1) // 2 * (-1) ** place
        filled[column[node]] += 1
    return Grid(graph.graph, column, row, paths, members)


def conflicts(grid: Grid) -> dict[Axis, int]:
    """How often each plate's block holds a stranger or meets a plate it has nothing in common with.

    A plate without a conflict can be drawn as a box that means what it shows.
    """
    found = {axis: len(list(grid.strangers(axis))) for axis in grid.members}
    for one, other in combinations(grid.members, 2):
        common = set(grid.members[one]) & set(grid.members[other])
        if not common and not grid.block(one).apart(grid.block(other)):
            found[one] += 1
            found[other] += 1
    return found
