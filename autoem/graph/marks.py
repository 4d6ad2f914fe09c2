"""The marks of a factor graph: a dot, an ellipse, a square, each with its text.

A mark knows how much room it takes, where an arrow to it ends, and how it is drawn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from autoem.graph.factor_graph import Factor, kind_of
from autoem.graph.geometry import Extent, Point
from autoem.language.declaration import Variable

MATH = "'Latin Modern Math', 'STIX Two Text', 'Times New Roman', Times, serif"
PLAIN = "Helvetica, Arial, sans-serif"
INK, GREY, SHADE = "#111", "#666", "#d5d8dd"
NAME, SMALL, TITLE = 16.0, 11.0, 10.5
RADIUS, DOT, SQUARE, LOOP = 19.0, 3.6, 4.5, 18.0
HALO: Mapping[str, str] = {"stroke": "white", "stroke-width": "3", "paint-order": "stroke"}
"""A white edge on letters keeps them readable where a line runs behind them."""
WIDTHS = {"ijlft.,|'I ": 0.3, "r-": 0.38, "mwMW%@": 0.85, "ABCDEFGHKLNOPQRSTUVXYZ": 0.68}
"""Characters to their width as a part of the font's size; 0.53 for any other."""


class Mark(ABC):
    """What stands for a node."""

    @property
    @abstractmethod
    def extent(self) -> Extent: ...

    @property
    @abstractmethod
    def radii(self) -> Point:
        """Half the width and half the height of what an arrow points to."""

    @abstractmethod
    def draw(self, root: Element, place: Point) -> None: ...


@dataclass(frozen=True)
class Ellipse(Mark):
    """A random variable under its name: shaded where it is observed."""

    variable: Variable
    recursive: bool

    @property
    def extent(self) -> Extent:
        across = self.radii[0]
        return Extent(across, across, RADIUS, RADIUS + (LOOP if self.recursive else 0))

    @property
    def radii(self) -> Point:
        return max(RADIUS, name_width(self.variable) / 2 + 7), RADIUS

    def draw(self, root: Element, place: Point) -> None:
        (x, y), (across, down) = place, self.radii
        fill = SHADE if kind_of(self.variable) == "observed" else "white"
        shape = {"cx": number(x), "cy": number(y), "rx": number(across), "ry": number(down)}
        SubElement(root, "ellipse", {**shape, "fill": fill, "stroke": INK})
        name(root, (x, y + NAME * 0.28), self.variable, anchor="middle")


@dataclass(frozen=True)
class Dot(Mark):
    """A parameter (black) or a given (grey), at the right edge of its column.

    So the line to its factor runs clear of the ellipses in the column.
    """

    variable: Variable
    shift: float
    has_prior: bool

    @property
    def extent(self) -> Extent:
        left = max(0.0, name_width(self.variable) + DOT + 5 - self.shift)
        up = NAME + 4 if self.has_prior else NAME / 2
        return Extent(left, self.shift + DOT, up, NAME / 2, self.shift)

    @property
    def radii(self) -> Point:
        return DOT, DOT

    def draw(self, root: Element, place: Point) -> None:
        x, y = place
        fill = INK if kind_of(self.variable) == "parameter" else SHADE
        shape = {"cx": number(x), "cy": number(y), "r": number(DOT)}
        SubElement(root, "circle", {**shape, "fill": fill, "stroke": INK})
        at = (x + DOT, y - DOT - 6) if self.has_prior else (x - DOT - 5, y + NAME * 0.3)
        name(root, at, self.variable, anchor="end", halo=HALO)


@dataclass(frozen=True)
class Square(Mark):
    """A factor, its family above: to the right where a line comes down to it."""

    factor: Factor
    from_above: bool

    @property
    def extent(self) -> Extent:
        width = text_width(self.factor.title, TITLE)
        left, right = (SQUARE, width) if self.from_above else (width / 2, width / 2)
        return Extent(left, right, SQUARE + TITLE + 5, SQUARE + 4)

    @property
    def radii(self) -> Point:
        return SQUARE, SQUARE

    def draw(self, root: Element, place: Point) -> None:
        x, y = place
        side = number(2 * SQUARE)
        shape = {"x": number(x - SQUARE), "y": number(y - SQUARE), "width": side, "height": side}
        square = SubElement(root, "rect", {**shape, "fill": INK})
        SubElement(square, "title").text = str(self.factor)
        anchor = "start" if self.from_above else "middle"
        text(root, (x, y - SQUARE - 5), self.factor.title, TITLE, anchor=anchor)


def text_width(content: str, size: float) -> float:
    """The width of a text in pixels, near enough to keep things apart."""
    return size * sum(next((w for c, w in WIDTHS.items() if char in c), 0.53) for char in content)


def name_width(variable: Variable) -> float:
    """The width of a name with its subscripts."""
    return text_width(variable.name, NAME) + text_width(_subscripts(variable), SMALL)


def name(
    root: Element,
    place: Point,
    variable: Variable,
    *,
    anchor: str,
    halo: Mapping[str, str] | None = None,
) -> None:
    """The name in italics, its plates as subscripts."""
    at = {"x": number(place[0]), "y": number(place[1]), "text-anchor": anchor}
    style = {"font-family": MATH, "font-size": number(NAME), "font-style": "italic", "fill": INK}
    written = SubElement(root, "text", {**at, **style, **(halo or {})})
    written.text = variable.name
    if variable.plates:
        below = {"dy": "4", "font-size": number(SMALL)}
        SubElement(written, "tspan", below).text = _subscripts(variable)


def text(root: Element, place: Point, content: str, size: float, *, anchor: str) -> None:
    """A label in small grey letters."""
    at = {"x": number(place[0]), "y": number(place[1]), "text-anchor": anchor}
    style = {"font-family": PLAIN, "font-size": number(size), "fill": GREY}
    SubElement(root, "text", {**at, **style, **HALO}).text = content


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def _subscripts(variable: Variable) -> str:
    return ",".join(axis.key or axis.label for axis in variable.plates)
