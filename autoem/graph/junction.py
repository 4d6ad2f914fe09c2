"""In which order coupled variables are summed out, so that the tables on the way stay small.

Summing a variable out leaves a factor on all that it is coupled with.  In the order of the leaves
of a junction tree these factors fit into the bags of the tree; networkx builds one by minimum fill.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx
from networkx.algorithms.approximation import treewidth_min_fill_in

Pair = tuple[int, int]


def elimination_order(count: int, couplings: Sequence[Pair]) -> tuple[int, ...]:
    """An order of the variables 0, 1, ..., as they are declared unless that needs larger tables.

    >>> elimination_order(3, [(0, 1), (1, 2)])
    (0, 1, 2)
    >>> star = [(0, 1), (0, 2), (0, 3)]
    >>> largest_table(star, (0, 1, 2, 3)), largest_table(star, elimination_order(4, star))
    (4, 2)
    """
    declared = tuple(range(count))
    graph = networkx.Graph()
    graph.add_nodes_from(declared)
    graph.add_edges_from(couplings)
    _, tree = treewidth_min_fill_in(graph)
    by_leaves = _by_leaves(tree)
    return min((declared, by_leaves), key=lambda order: largest_table(couplings, order))


def largest_table(couplings: Sequence[Pair], order: Sequence[int]) -> int:
    """How many variables the largest factor on the way has, the one that is summed out included."""
    graph = networkx.Graph()
    graph.add_nodes_from(order)
    graph.add_edges_from(couplings)
    largest = 0
    for variable in order:
        near = sorted(graph.neighbors(variable))
        largest = max(largest, 1 + len(near))
        graph.remove_node(variable)
        graph.add_edges_from((a, b) for i, a in enumerate(near) for b in near[i + 1 :])
    return largest


def _by_leaves(tree: networkx.Graph) -> tuple[int, ...]:
    """Of each leaf in turn what no other bag has, then the rest."""
    left, order = networkx.Graph(tree), list[int]()
    while left:
        leaf = next(bag for bag in left if left.degree(bag) <= 1)
        shared = frozenset[int]().union(*left.neighbors(leaf))
        order += sorted(variable for variable in leaf - shared if variable not in order)
        left.remove_node(leaf)
    return tuple(order)
