"""extremum: a parameter in which Q has an edge or a kink, so that no slope leads to its maximum.

    ... + r_n outside(x_n, lower, theta)      theta is the greatest x_n with r_n > 0,
    ... - w_n |x_n - theta|                   theta is a median of the x_n with weights w_n.

At an edge Q rises or falls throughout in theta, which is proved from its slope, up to the first row
that theta would leave out.  At kinks Q is concave and linear between the rows.  Both maxima are
order statistics of the rows, which are no sums over them: the E-step hands on the rows themselves.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from autoem.derive.calculus import depends
from autoem.derive.maximizers.edge import edge
from autoem.derive.maximizers.kink import kink
from autoem.derive.maximizers.problem import Problem, Refusal, Update
from autoem.derive.quantity import Declared
from autoem.derive.term import Term, Terms
from autoem.errors import NoUpdate
from autoem.families.family import outside


def extremum(problem: Problem, parameter: Declared) -> Update:
    """The update of a scalar at an edge or among kinks; it leaves what is smooth to other rules.

    What has an edge or a kink and is no order statistic ends the derivation: the slope, zero at
    every value inside an edge, would leave the parameter wherever it starts.
    """
    for function, rule in ((outside, edge), (sympy.Abs, kink)):
        parts = tuple(part for term in problem.terms for part in _parts(term, function))
        corners = tuple(part for part in parts if _turns(part, parameter, function))
        if corners:
            smooth = tuple(part for part in parts if part not in corners)
            try:
                return rule(problem, parameter, corners, smooth)
            except Refusal as refusal:
                names = (parameter.name,)
                raise NoUpdate(
                    parameters=names, refusals=((parameter.name, "extremum", str(refusal)),)
                ) from None
    raise Refusal(f"Q is smooth in {parameter.name}")


def _parts(term: Term, function: type[sympy.Function]) -> Terms:
    """The term as products, where some have a corner."""
    if not term.value.has(function):
        return (term,)
    opened = sympy.expand_mul(term.value)
    return tuple(replace(term, value=part) for part in sympy.Add.make_args(opened))


def _turns(term: Term, parameter: Declared, function: type[sympy.Function]) -> bool:
    return any(depends(corner, parameter) for corner in term.value.atoms(function))
