"""Generalized EM: a step that need not maximize Q is shortened until the objective has risen.

A Newton step of Q points uphill but may be too long.  Every domain is convex, so the points
theta + (new - theta) / 2^i lie in it, and for some i the objective is not below that of theta.
"""

from __future__ import annotations

from typing import Any

from autoem.runtime.arrays import Arrays
from autoem.runtime.em import EStep, MStep, evaluate, rounding

# --- standalone: begin
HALVINGS = 40
"""How often a step is halved before the iteration stays where it is."""


def rising(e_step: EStep, m_step: MStep) -> tuple[EStep, MStep]:
    """The same two steps, the M-step shortened until the objective does not fall.

    The E-step of the point that is returned is kept, so that it is not taken twice.
    """
    last: dict[str, Any] = {"parameters": None, "found": None}

    def expect(parameters: Arrays) -> tuple[Arrays, float]:
        if last["parameters"] is not parameters:
            last["parameters"], last["found"] = parameters, evaluate(e_step, parameters)
        return last["found"]

    def maximize(statistics: Arrays, parameters: Arrays) -> Arrays:
        before = expect(parameters)[1]
        new = m_step(statistics, parameters)
        for _ in range(HALVINGS):
            if expect(new)[1] >= before - rounding(before):
                return new
            new = {name: (value + new[name]) / 2 for name, value in parameters.items()}
        return parameters

    return expect, maximize


# --- standalone: end
