"""extremum: a parameter in which Q has an edge or a kink, and no slope that leads to its maximum.

    sum_n log p(x_n) = ... + outside(x_n, theta, oo):      the largest theta that passes no x_n,
    sum_n log p(x_n) = ... - |x_n - theta| / s:            a weighted median of the x_n.

Both maxima are order statistics of the rows, which are no sums over them; and the slope of Q, zero
at every theta inside the edge, would leave theta wherever it starts.  So the parameter is refused.
"""

from __future__ import annotations

from typing import NoReturn

import sympy

from autoem.derive.calculus import depends
from autoem.derive.maximizers.problem import Problem, Refusal
from autoem.derive.quantity import Declared
from autoem.errors import NoUpdate
from autoem.families.family import outside

EDGE = (
    "the support moves with {name}, and Q has no slope there; declare it as a Given (of a single "
    "sample its maximum likelihood estimate is the {end} of the data)"
)
KINK = (
    "Q has a kink in {name} at every row, and its maximum is a weighted median; declare it as a "
    "Given, or write the Laplace as a Normal whose variance is a latent Exponential"
)


def extremum(problem: Problem, parameter: Declared) -> NoReturn:
    """Ends the derivation at an edge or a kink; leaves what is smooth to the other rules."""
    for term in problem.terms:
        for edge in term.value.atoms(outside):
            if depends(edge, parameter):
                reason = EDGE.format(name=parameter.name, end=_end(edge, parameter))
                raise _refused(parameter, reason)
        if any(depends(kink, parameter) for kink in term.value.atoms(sympy.Abs)):
            raise _refused(parameter, KINK.format(name=parameter.name))
    raise Refusal(f"Q is smooth in {parameter.name}")


def _end(edge: sympy.Expr, parameter: Declared) -> str:
    return "minimum" if depends(edge.args[1], parameter) else "maximum"


def _refused(parameter: Declared, reason: str) -> NoUpdate:
    refusal = (parameter.name, "extremum", reason)
    return NoUpdate(parameters=(parameter.name,), refusals=(refusal,))
