"""The factor graph as DOT text, for those who have graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from autoem.graph.factor_graph import FactorGraph
from autoem.language.expression import Axis

STYLES = {
    "latent": "shape=ellipse",
    "observed": 'shape=ellipse style=filled fillcolor="#d5d8dd"',
    "parameter": "shape=plaintext",
    "given": 'shape=box style="rounded,filled" fillcolor="#d5d8dd"',
    "factor": "shape=square style=filled fillcolor=black width=0.1 height=0.1 fixedsize=true",
}


def dot(graph: FactorGraph) -> str:
    """The graph with its plates as clusters, where one lies in the other or they are apart.

    A plate that crosses another one stands in the labels of its nodes instead.
    """
    nested, crossing = _clusters(graph)
    lines = [
        f"digraph {_quoted(graph.name)} {{",
        "  rankdir=LR;",
        *_inside(graph, nested, crossing),
    ]
    for one, other in graph.graph.edges:
        to_factor = graph.graph.nodes[other]["kind"] == "factor"
        arrow = " [arrowhead=none]" if to_factor else ""
        lines.append(f"  {_quoted(one)} -> {_quoted(other)}{arrow};")
    for factor in graph.factors:
        if factor.recursive:
            back = f"{_quoted(factor.name)} -> {_quoted(factor.node)}"
            lines.append(f"  {back} [arrowhead=none constraint=false];")
    return "\n".join([*lines, "}", ""])


Members = dict[Axis, frozenset[str]]


def _clusters(graph: FactorGraph) -> tuple[Members, tuple[Axis, ...]]:
    """The plates that nest, the largest first, and those that cross one of them."""
    members = {
        axis: frozenset(node for node, p in graph.graph.nodes(data="plates") if axis in p)
        for axis in graph.plates
    }
    nested: Members = {}
    crossing = []
    for axis in sorted(members, key=lambda axis: -len(members[axis])):
        mine = members[axis]
        if all(mine <= other or not mine & other for other in nested.values()):
            nested[axis] = mine
        else:
            crossing.append(axis)
    return nested, tuple(crossing)


def _inside(
    graph: FactorGraph, nested: Members, crossing: tuple[Axis, ...], held: tuple[Axis, ...] = ()
) -> Iterator[str]:
    """The nodes whose clusters are exactly `held`, and the clusters within."""
    pad = "  " * (len(held) + 1)
    for node, data in graph.graph.nodes(data=True):
        if tuple(axis for axis in nested if node in nested[axis]) == held:
            yield f"{pad}{_quoted(node)} [label={_quoted(_label(graph, node, crossing))} " + (
                f"{STYLES[data['kind']]}];"
            )
    for axis in list(nested)[_next(nested, held) :]:
        outer = tuple(a for a in nested if nested[axis] <= nested[a] and _before(nested, a, axis))
        if outer == held:
            yield f"{pad}subgraph {_quoted(f'cluster_{axis.label}')} {{"
            yield f"{pad}  label={_quoted(axis.label)} labeljust=r labelloc=b;"
            yield from _inside(graph, nested, crossing, (*held, axis))
            yield f"{pad}}}"


def _next(nested: Members, held: tuple[Axis, ...]) -> int:
    return list(nested).index(held[-1]) + 1 if held else 0


def _before(nested: Members, one: Axis, other: Axis) -> bool:
    order = list(nested)
    return order.index(one) < order.index(other)


def _label(graph: FactorGraph, node: str, crossing: tuple[Axis, ...]) -> str:
    """The name, with the plates that no cluster shows; a factor has none."""
    data = graph.graph.nodes[node]
    lacking = [axis.label for axis in data["plates"] if axis in crossing]
    if data["kind"] == "factor":
        return ""
    return f"{node} (over {', '.join(lacking)})" if lacking else node


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
