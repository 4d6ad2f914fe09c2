"""The factor graph as SVG, in the manner of a textbook.

Observed variables are shaded ellipses, latent ones white; parameters are black dots and givens grey
ones; factors are small squares under the name of their family; plates are boxes.  The picture is a
tree of elements, printed at the end, so that every name is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import hypot
from xml.etree.ElementTree import Element, SubElement, tostring

from autoem.graph.factor_graph import Factor, FactorGraph, kind_of
from autoem.graph.grid import grid
from autoem.graph.layout import Box, Extent, Layout, Point, laid_out
from autoem.language.declaration import Variable
from autoem.language.expression import Axis

MATH = "'Latin Modern Math', 'STIX Two Text', 'Times New Roman', Times, serif"
PLAIN = "Helvetica, Arial, sans-serif"
INK, GREY, SHADE = "#111", "#666", "#d5d8dd"
NAME, SMALL, TITLE = 16.0, 11.0, 10.5
RADIUS, DOT, SQUARE, ARROW, LOOP = 19.0, 3.6, 4.5, 7.0, 26.0

WIDTHS = {"ijlft.,|'I ": 0.3, "r-": 0.38, "mwMW%@": 0.85, "ABCDEFGHKLNOPQRSTUVXYZ": 0.68}


def svg(graph: FactorGraph) -> str:
    """The picture as the text of an SVG element."""
    factors = {factor.node: factor for factor in graph.factors}
    variables = {variable.name: variable for variable in graph.variables}
    recursive = {factor.variable.name for factor in graph.factors if factor.recursive}
    extents = {node: _factor_extent(factor) for node, factor in factors.items()}
    for name, variable in variables.items():
        extents[name] = _variable_extent(variable, bool(graph.graph.pred[name]), name in recursive)
    labels = {axis: text_width(plate_label(axis), SMALL) + 12 for axis in graph.plates}
    layout = laid_out(grid(graph), extents, labels)
    root = _page(layout, graph)
    for axis, box in layout.boxes.items():
        _plate(root, box, plate_label(axis))
    for (one, other), route in layout.routes.items():
        _edge(root, route, variables.get(other), extents[one])
    for name in recursive:
        _loop(root, layout.places[name], layout.places[f"p({name})"])
    for node, factor in factors.items():
        _factor(root, layout.places[node], factor)
    for name, variable in variables.items():
        _variable(root, layout.places[name], variable, bool(graph.graph.pred[name]))
    root.text = "\n"
    for child in root:
        child.tail = "\n"
    return tostring(root, encoding="unicode")


def text_width(text: str, size: float) -> float:
    """The width of a text in pixels, near enough to keep things apart."""
    return size * sum(next((w for c, w in WIDTHS.items() if char in c), 0.53) for char in text)


def plate_label(axis: Axis) -> str:
    """`n observations`, or just `n` where the axis has no longer name."""
    return " ".join(dict.fromkeys(filter(None, (axis.key, axis.name)))) or axis.label


def _subscripts(variable: Variable) -> str:
    return ",".join(axis.key or axis.label for axis in variable.plates)


def _name_width(variable: Variable) -> float:
    return text_width(variable.name, NAME) + text_width(_subscripts(variable), SMALL)


def _is_dot(variable: Variable) -> bool:
    return kind_of(variable) in ("parameter", "given")


def _radius(variable: Variable) -> float:
    """Half the width of a variable's ellipse."""
    return DOT if _is_dot(variable) else max(RADIUS, _name_width(variable) / 2 + 7)


def _variable_extent(variable: Variable, has_factor: bool, recursive: bool) -> Extent:
    width = _name_width(variable)
    if not _is_dot(variable):
        radius = _radius(variable)
        return Extent(radius, radius, RADIUS, RADIUS + (LOOP - 8 if recursive else 0))
    if has_factor:
        return Extent(width / 2, width / 2, NAME + 6, DOT + 4)
    return Extent(width + DOT + 5, DOT, NAME / 2, NAME / 2)


def _factor_extent(factor: Factor) -> Extent:
    half = text_width(factor.title, TITLE) / 2
    return Extent(half, half, SQUARE + TITLE + 5, SQUARE + 4)


def _page(layout: Layout, graph: FactorGraph) -> Element:
    lacking = ", ".join(plate_label(axis) for axis in layout.undrawn)
    height = layout.height + (SMALL + 8 if lacking else 0)
    size = {"width": _n(layout.width), "height": _n(height)}
    box = f"0 0 {size['width']} {size['height']}"
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "viewBox": box})
    SubElement(root, "title").text = f"Factor graph of {graph.name}"
    SubElement(root, "rect", {**size, "fill": "white"})
    if lacking:
        place = (8.0, height - 8)
        _text(root, place, f"plates shown by subscripts only: {lacking}", SMALL, anchor="start")
    return root


def _plate(root: Element, box: Box, label: str) -> None:
    rectangle = {
        "x": _n(box.left),
        "y": _n(box.top),
        "width": _n(box.right - box.left),
        "height": _n(box.bottom - box.top),
    }
    SubElement(root, "rect", {**rectangle, "rx": "4", "fill": "none", "stroke": GREY})
    _text(root, (box.right - 6, box.bottom - 6), label, SMALL, anchor="end")


def _edge(root: Element, route: tuple[Point, ...], target: Variable | None, source: Extent) -> None:
    """A line to a factor; an arrow to a variable."""
    if target is None:
        _line(root, route)
        return
    tip = _boundary(route[-2], route[-1], _radius(target), DOT if _is_dot(target) else RADIUS)
    base = _toward(tip, route[-2], ARROW)
    _line(root, (*route[:-1], base))
    _arrowhead(root, base, tip)


def _loop(root: Element, variable: Point, factor: Point) -> None:
    """The variable's own earlier value: a line that runs back under the graph to its factor."""
    (x, y), (a, b) = variable, factor
    low = max(y + RADIUS, b) + LOOP
    path = f"M{_n(x)} {_n(y)} C{_n(x)} {_n(low)} {_n(a)} {_n(low)} {_n(a)} {_n(b)}"
    SubElement(root, "path", {"d": path, "fill": "none", "stroke": INK})


def _line(root: Element, points: tuple[Point, ...]) -> None:
    """A straight line, or a smooth one by way of its waypoints."""
    path = f"M{_pair(points[0])}"
    for here, after in pairwise(points[1:]):
        end = after if after is points[-1] else ((here[0] + after[0]) / 2, (here[1] + after[1]) / 2)
        path += f" Q{_pair(here)} {_pair(end)}"
    if len(points) == 2:
        path += f" L{_pair(points[1])}"
    SubElement(root, "path", {"d": path, "fill": "none", "stroke": INK})


def _arrowhead(root: Element, base: Point, tip: Point) -> None:
    across = ((tip[1] - base[1]) * 0.4, (base[0] - tip[0]) * 0.4)
    one = (base[0] + across[0], base[1] + across[1])
    other = (base[0] - across[0], base[1] - across[1])
    corners = " ".join(_pair(point) for point in (one, tip, other))
    SubElement(root, "polygon", {"points": corners, "fill": INK})


def _factor(root: Element, place: Point, factor: Factor) -> None:
    x, y = place
    corner = {"x": _n(x - SQUARE), "y": _n(y - SQUARE)}
    side = _n(2 * SQUARE)
    square = SubElement(root, "rect", {**corner, "width": side, "height": side, "fill": INK})
    SubElement(square, "title").text = str(factor)
    _text(root, (x, y - SQUARE - 5), factor.title, TITLE, anchor="middle")


def _variable(root: Element, place: Point, variable: Variable, has_factor: bool) -> None:
    x, y = place
    kind = kind_of(variable)
    center = {"cx": _n(x), "cy": _n(y)}
    if _is_dot(variable):
        fill = INK if kind == "parameter" else SHADE
        SubElement(root, "circle", {**center, "r": _n(DOT), "fill": fill, "stroke": INK})
        at = (x, y - DOT - 6) if has_factor else (x - DOT - 5, y + NAME * 0.3)
        _name(root, at, variable, "middle" if has_factor else "end")
    else:
        fill = SHADE if kind == "observed" else "white"
        radii = {"rx": _n(_radius(variable)), "ry": _n(RADIUS)}
        SubElement(root, "ellipse", {**center, **radii, "fill": fill, "stroke": INK})
        _name(root, (x, y + NAME * 0.28), variable, "middle")


def _name(root: Element, place: Point, variable: Variable, anchor: str) -> None:
    """The name in italics, its plates as subscripts."""
    at = {"x": _n(place[0]), "y": _n(place[1]), "text-anchor": anchor}
    style = {"font-family": MATH, "font-size": _n(NAME), "fill": INK, **_HALO}
    text = SubElement(root, "text", {**at, **style})
    SubElement(text, "tspan", {"font-style": "italic"}).text = variable.name
    if variable.plates:
        below = {"dy": "4", "font-size": _n(SMALL), "font-style": "italic"}
        SubElement(text, "tspan", below).text = _subscripts(variable)


_HALO: Mapping[str, str] = {"stroke": "white", "stroke-width": "3", "paint-order": "stroke"}


def _text(root: Element, place: Point, content: str, size: float, *, anchor: str) -> None:
    at = {"x": _n(place[0]), "y": _n(place[1]), "text-anchor": anchor}
    style = {"font-family": PLAIN, "font-size": _n(size), "fill": GREY, **_HALO}
    SubElement(root, "text", {**at, **style}).text = content


def _boundary(outer: Point, center: Point, across: float, down: float) -> Point:
    """Where the line from outside to the center meets the ellipse."""
    dx, dy = outer[0] - center[0], outer[1] - center[1]
    scale = 1 / hypot(dx / across, dy / down)
    return center[0] + dx * scale, center[1] + dy * scale


def _toward(point: Point, goal: Point, distance: float) -> Point:
    dx, dy = goal[0] - point[0], goal[1] - point[1]
    share = distance / hypot(dx, dy)
    return point[0] + dx * share, point[1] + dy * share


def _pair(point: Point) -> str:
    return f"{_n(point[0])},{_n(point[1])}"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
