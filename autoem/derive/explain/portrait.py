"""A model as a notebook shows it: its declarations, and its factor graph.

The language lies below the graph and the derivation, and cannot draw itself; the package hands
this to it when `autoem.Model` is first asked for (see `autoem/__init__.py`).

>>> from autoem.families import Poisson
>>> from autoem.language import Axis, Model, Observed, Parameter, Positive
>>> class Counts(Model):
...     n = Axis("days")
...     rate = Parameter(Positive())
...     x = Observed(Poisson(rate), over=n)
>>> html(Counts)[:18], "<svg" in html(Counts)
('<div><b>Counts</b>', True)
>>> print(latex(Counts))
$$\\begin{aligned}
  \\mathrm{rate} &> 0 \\\\
  x_{n} &\\sim \\operatorname{Poisson}(\\mathrm{rate})
\\end{aligned}$$
"""

from __future__ import annotations

from html import escape

from autoem.derive.explain.document import rows
from autoem.derive.explain.laws import declarations
from autoem.derive.explain.notation import notation
from autoem.graph.draw import draw
from autoem.language.model import Model


def html(model: type[Model]) -> str:
    """The name, the declarations as text, and the factor graph as SVG."""
    doc = model.declaration.doc.strip().partition("\n")[0]
    heading = f"<b>{escape(model.declaration.name)}</b>. {escape(doc)}".removesuffix(". ")
    return f"<div>{heading}<pre>{escape(str(model))}</pre>{draw(model).svg}</div>"


def latex(model: type[Model]) -> str:
    """The declarations as formulas."""
    lines = declarations(notation(model.declaration))
    body = " \\\\\n".join(row for line in lines for row in rows(line))
    return f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"


PAINTERS = {"html": html, "latex": latex}


def painted(model: type[Model], form: str) -> str:
    """The model in one form, "html" or "latex"."""
    return PAINTERS[form](model)
