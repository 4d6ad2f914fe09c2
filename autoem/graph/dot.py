"""The factor graph as DOT text, for those who have graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autoem.graph.factor_graph import FactorGraph
from autoem.language.expression import Axis

STYLES = {
    "latent": "shape=ellipse",
    "observed": 'shape=ellipse style=filled fillcolor="#d5d8dd"',
    "parameter": "shape=plaintext",
    "given": 'shape=box style="rounded,filled" fillcolor="#d5d8dd"',
    "factor": "shape=square style=filled fillcolor=black width=0.1 height=0.1 fixedsize=true",
}

Clusters = Mapping[Axis, tuple[Axis, ...]]
"""A plate to the plates around it, the outermost first."""


def dot(graph: FactorGraph) -> str:
    """The graph with its plates as clusters, where one lies in the other or they are apart.

    A plate that crosses another one stands in the labels of its nodes instead.
    """
    nodes = _inside(graph, _clusters(graph), ())
    lines = [f"digraph {_quoted(graph.name)} {{", "  rankdir=LR;", *nodes]
    for one, other in graph.graph.edges:
        style = " [arrowhead=none]" if graph.graph.nodes[other]["kind"] == "factor" else ""
        lines.append(f"  {_quoted(one)} -> {_quoted(other)}{style};")
    for factor in graph.factors:
        if factor.recursive:
            back = f"{_quoted(factor.name)} -> {_quoted(factor.node)}"
            lines.append(f"  {back} [arrowhead=none constraint=false];")
    return "\n".join([*lines, "}", ""])


def _clusters(graph: FactorGraph) -> Clusters:
    """The plates that nest with each other, the largest first."""
    members = {
        axis: frozenset(node for node, p in graph.graph.nodes(data="plates") if axis in p)
        for axis in graph.plates
    }
    clusters: dict[Axis, tuple[Axis, ...]] = {}
    for axis in sorted(members, key=lambda axis: -len(members[axis])):
        around = tuple(other for other in clusters if members[axis] <= members[other])
        beside = (other for other in clusters if other not in around)
        if not any(members[axis] & members[other] for other in beside):
            clusters[axis] = around
    return clusters


def _inside(graph: FactorGraph, clusters: Clusters, around: tuple[Axis, ...]) -> Iterator[str]:
    """The nodes of just these clusters, and the clusters within."""
    pad = "  " * (len(around) + 1)
    for node, data in graph.graph.nodes(data=True):
        if tuple(axis for axis in clusters if axis in data["plates"]) == around:
            hidden = [axis.label for axis in data["plates"] if axis not in clusters]
            label = f"{node} (over {', '.join(hidden)})" if hidden else node
            shown = "" if data["kind"] == "factor" else label
            yield f"{pad}{_quoted(node)} [label={_quoted(shown)} {STYLES[data['kind']]}];"
    for axis, outer in clusters.items():
        if outer == around:
            yield f"{pad}subgraph {_quoted(f'cluster_{axis.label}')} {{"
            yield f"{pad}  label={_quoted(axis.label)} labeljust=r labelloc=b;"
            yield from _inside(graph, clusters, (*around, axis))
            yield f"{pad}}}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
