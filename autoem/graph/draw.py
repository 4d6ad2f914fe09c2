"""`draw`: the factor graph of a model as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autoem.errors import UnknownPictureFormat
from autoem.graph.dot import dot
from autoem.graph.factor_graph import factor_graph
from autoem.graph.svg import svg
from autoem.language.model import Model


@dataclass(frozen=True)
class Drawing:
    """A factor graph as SVG and as DOT text; a notebook shows the SVG."""

    svg: str
    dot: str

    def write(self, path: str | Path) -> Path:
        """Write the picture; the suffix of the path, `.svg` or `.dot`, says in which form."""
        path = Path(path)
        forms = {".svg": self.svg, ".dot": self.dot, ".gv": self.dot}
        if path.suffix not in forms:
            raise UnknownPictureFormat(path=str(path), known=tuple(forms))
        path.write_text(forms[path.suffix], encoding="utf-8")
        return path

    def _repr_svg_(self) -> str:
        return self.svg


def draw(model: type[Model]) -> Drawing:
    """The factor graph with its plates as boxes: observed variables shaded, factors as squares.

    >>> from autoem.families import Poisson
    >>> from autoem.language import Axis, Model, Observed, Parameter, Positive
    >>> class Counts(Model):
    ...     n = Axis("days")
    ...     rate = Parameter(Positive())
    ...     x = Observed(Poisson(rate), over=n)
    >>> draw(Counts).svg.count("<ellipse"), "n days" in draw(Counts).svg
    (1, True)
    """
    graph = factor_graph(model)
    return Drawing(svg(graph), dot(graph))
