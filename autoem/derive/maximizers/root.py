"""root: one scalar equation with no closed solution.

The slope dQ/dt, a sum of functions of t with named coefficients, is solved entry by entry by a
safeguarded Newton iteration with the symbolic derivative.
"""

from __future__ import annotations

from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices
from autoem.derive.maximizers.stationary import SCALAR, culprits, equation
from autoem.derive.quantity import Declared, Element
from autoem.derive.term import Term


def root(problem: Problem, parameter: Declared) -> Update:
    """The update of a scalar by a root of its slope."""
    if parameter.domain.kind not in SCALAR:
        raise Refusal("no scalar domain")
    indices = own_indices(parameter)
    element = Element(parameter, indices)
    slope = equation(problem, parameter, indices)
    words = culprits(slope, element) or "a polynomial"
    value = problem.solved(
        parameter.name, "root", (slope, slope.diff(element), element), indices, sign=parameter.sign
    )
    value = problem.chosen(parameter, value)
    return Update(
        (parameter,),
        rule="root",
        reason=f"no closed form: {words} of {parameter.name}; one scalar equation by Newton",
        values=(value,),
        pending=problem.unsolved((Term(slope),), (parameter,)),
        equation=slope,
    )
