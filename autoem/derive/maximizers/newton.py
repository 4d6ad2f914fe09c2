"""newton: everything else, by generalized EM.

Where the gradient does not reduce to statistics (a mean through a link), gradient g and Hessian H
are themselves sums over rows at the old parameters, and one Newton step -H step = g is taken: the
EM gradient algorithm.  It raises the objective once the step is short enough, and the runtime
shortens it until it does.
"""

from __future__ import annotations

from dataclasses import replace

from autoem.derive.calculus import substituted
from autoem.derive.maximizers.linear import assemble, solve
from autoem.derive.maximizers.problem import Problem, Refusal, Update
from autoem.derive.quantity import Declared, Quantity, old_value


def newton(problem: Problem, parameter: Declared) -> Update:
    """One Newton step for all pending location parameters, from the old parameters."""
    if parameter.variable.domain.kind != "real":
        raise Refusal(f"no Newton step in the domain of {parameter.name}")
    block = tuple(q for q in problem.pending if q.variable.domain.kind == "real")
    system = assemble(problem, block)
    origins: dict[Quantity, Quantity] = dict(zip(block, system.origins, strict=True))
    for other in problem.pending:
        if other not in block:
            origins[other] = old_value(other)
    at_origin = replace(
        system,
        matrix=tuple(
            tuple(substituted(terms, origins) for terms in line) for line in system.matrix
        ),
        right=tuple(substituted(terms, origins) for terms in system.right),
    )
    update = solve(problem, at_origin, rule="newton")
    names = ", ".join(q.name for q in block)
    return replace(
        update,
        exact=False,
        located=(),
        reason=f"no closed form in {names}: one Newton step an iteration, gradient and Hessian "
        "summed over rows (generalized EM)",
    )
