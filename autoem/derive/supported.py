"""Bounds that a declared domain already keeps: Uniform(0, 1) on an Interval(0, 1) says nothing."""

from __future__ import annotations

import sympy

from autoem.derive.elaborate import number
from autoem.derive.quantity import Declared, Element
from autoem.families.family import outside
from autoem.language.declaration import Given, Parameter

SUPPORTS = {"unit": (0, 1), "positive": (0, sympy.oo), "count": (0, sympy.oo)}


def supported(expression: sympy.Expr) -> sympy.Expr:
    """The expression without the bounds that its variables cannot pass."""
    kept = {edge: sympy.S.Zero for edge in expression.atoms(outside) if _is_kept(edge)}
    return expression.xreplace(kept)


def _is_kept(edge: sympy.Expr) -> bool:
    value, lower, upper = edge.args
    ends = _ends(value)
    if ends is None or not (lower.is_number and upper.is_number):
        return False
    return bool(lower <= ends[0]) and bool(ends[1] <= upper)


def _ends(value: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr] | None:
    """The ends of the domain, or of the support, of a declared variable."""
    if not isinstance(value, Element) or not isinstance(value.base, Declared):
        return None
    if isinstance(value.base.variable, Parameter | Given):
        domain = value.base.domain
        if domain.kind != "interval":
            return None
        lower = -sympy.oo if domain.lower is None else number(domain.lower)
        upper = sympy.oo if domain.upper is None else number(domain.upper)
        return lower, upper
    found = SUPPORTS.get(value.base.support or "")
    return None if found is None else (sympy.sympify(found[0]), sympy.sympify(found[1]))
