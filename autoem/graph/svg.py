"""The factor graph as SVG, in the manner of a textbook.

Observed variables are shaded ellipses, latent ones white; parameters are black dots and givens grey
ones; factors are small squares under the name of their family; plates are boxes.  The picture is a
tree of elements, printed at the end, so that every name is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot
from xml.etree.ElementTree import Element, SubElement, tostring

from autoem.graph.factor_graph import FactorGraph
from autoem.graph.geometry import Box, Point
from autoem.graph.grid import Grid
from autoem.graph.layout import Layout, laid_out
from autoem.graph.marks import (
    DOT,
    GREY,
    INK,
    LOOP,
    RADIUS,
    SMALL,
    Dot,
    Ellipse,
    Mark,
    Square,
    number,
    text,
    text_width,
)
from autoem.graph.rows import grid
from autoem.language.expression import Axis

ARROW = 7.0


def svg(graph: FactorGraph) -> str:
    """The picture as the text of an SVG element."""
    cells = grid(graph)
    marks = marks_of(graph, cells)
    labels = {axis: text_width(plate_label(axis), SMALL) + 12 for axis in graph.plates}
    layout = laid_out(cells, {node: mark.extent for node, mark in marks.items()}, labels)
    root = _page(layout, graph.name)
    lines = [line for route in layout.routes.values() for line in pairwise(route)]
    for axis, box in layout.boxes.items():
        _plate(root, box, plate_label(axis), lines)
    for (_, target), route in layout.routes.items():
        _edge(root, route, marks[target])
    for factor in graph.factors:
        if factor.recursive:
            _loop(root, layout.places[factor.name], layout.places[factor.node])
    for node, mark in marks.items():
        mark.draw(root, layout.places[node])
    root.text = "\n"
    for child in root:
        child.tail = "\n"
    return tostring(root, encoding="unicode")


def plate_label(axis: Axis) -> str:
    """`n observations`; one word where the axis has no name, or its name begins with its key."""
    if axis.key and axis.name and not (len(axis.key) > 1 and axis.name.startswith(axis.key)):
        return f"{axis.key} {axis.name}"
    return axis.label


def marks_of(graph: FactorGraph, cells: Grid) -> dict[str, Mark]:
    """A mark for each node."""
    recursive = [factor.name for factor in graph.factors if factor.recursive]
    marks: dict[str, Mark] = {}
    widest: dict[int, float] = {}
    for variable in graph.of_kind("latent", "observed"):
        mark = Ellipse(variable, variable.name in recursive)
        marks[variable.name] = mark
        column = cells.column[variable.name]
        widest[column] = max(widest.get(column, DOT), mark.radii[0])
    for variable in graph.of_kind("given", "parameter"):
        shift = widest.get(cells.column[variable.name], DOT) - DOT
        has_prior = bool(graph.graph.pred[variable.name])
        marks[variable.name] = Dot(variable, shift, has_prior)
    for factor in graph.factors:
        before = [cells.paths[parent.name, factor.node][-2] for parent in factor.parents]
        from_above = any(cells.row[node] < cells.row[factor.node] for node in before)
        marks[factor.node] = Square(factor, from_above)
    return marks


def _page(layout: Layout, title: str) -> Element:
    lacking = ", ".join(plate_label(axis) for axis in layout.undrawn)
    height = layout.height + (SMALL + 8 if lacking else 0)
    size = {"width": number(layout.width), "height": number(height)}
    box = f"0 0 {size['width']} {size['height']}"
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "viewBox": box})
    SubElement(root, "title").text = f"Factor graph of {title}"
    SubElement(root, "rect", {**size, "fill": "white"})
    if lacking:
        note = f"plates shown by subscripts only: {lacking}"
        text(root, (8.0, height - 8), note, SMALL, anchor="start")
    return root


def _plate(root: Element, box: Box, label: str, lines: Sequence[tuple[Point, Point]]) -> None:
    """A box, its label in the lower corner that fewer lines cross."""
    place = {"x": number(box.left), "y": number(box.top)}
    size = {"width": number(box.right - box.left), "height": number(box.bottom - box.top)}
    SubElement(root, "rect", {**place, **size, "rx": "4", "fill": "none", "stroke": GREY})
    width, top = text_width(label, SMALL) + 6, box.bottom - 6 - SMALL
    left = Box(box.left, top, box.left + width, box.bottom)
    right = Box(box.right - width, top, box.right, box.bottom)
    if sum(map(right.crossed, lines)) <= sum(map(left.crossed, lines)):
        text(root, (box.right - 6, box.bottom - 6), label, SMALL, anchor="end")
    else:
        text(root, (box.left + 6, box.bottom - 6), label, SMALL, anchor="start")


def _edge(root: Element, route: tuple[Point, ...], target: Mark) -> None:
    """A line to a factor; an arrow to a variable."""
    if isinstance(target, Square):
        _line(root, route)
        return
    tip = _boundary(route[-2], route[-1], target.radii)
    base = _toward(tip, route[-2], ARROW)
    _line(root, (*route[:-1], base))
    across = ((tip[1] - base[1]) * 0.4, (base[0] - tip[0]) * 0.4)
    one, other = _plus(base, across), _plus(base, (-across[0], -across[1]))
    corners = " ".join(_pair(point) for point in (one, tip, other))
    SubElement(root, "polygon", {"points": corners, "fill": INK})


def _loop(root: Element, variable: Point, factor: Point) -> None:
    """The variable's own earlier value: a line that runs back under the graph to its factor."""
    (x, y), (a, b) = variable, factor
    low = number(y + RADIUS + LOOP)
    path = f"M{_pair(variable)} C{number(x)},{low} {number(a)},{low} {number(a)},{number(b)}"
    SubElement(root, "path", {"d": path, "fill": "none", "stroke": INK})


def _line(root: Element, points: tuple[Point, ...]) -> None:
    """A straight line, or a smooth one by way of its waypoints."""
    path = f"M{_pair(points[0])}"
    for here, after in pairwise(points[1:]):
        middle = ((here[0] + after[0]) / 2, (here[1] + after[1]) / 2)
        path += f" Q{_pair(here)} {_pair(after if after is points[-1] else middle)}"
    if len(points) == 2:
        path += f" L{_pair(points[1])}"
    SubElement(root, "path", {"d": path, "fill": "none", "stroke": INK})


def _boundary(outer: Point, center: Point, radii: Point) -> Point:
    """Where the line from outside to the center meets the ellipse."""
    dx, dy = outer[0] - center[0], outer[1] - center[1]
    scale = 1 / hypot(dx / radii[0], dy / radii[1])
    return center[0] + dx * scale, center[1] + dy * scale


def _toward(point: Point, goal: Point, distance: float) -> Point:
    dx, dy = goal[0] - point[0], goal[1] - point[1]
    share = distance / hypot(dx, dy)
    return point[0] + dx * share, point[1] + dy * share


def _plus(one: Point, other: Point) -> Point:
    return one[0] + other[0], one[1] + other[1]


def _pair(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"
