"""counts: a simplex in which Q is a sum of counts times logs.

Q = sum_k c_k log p_k,   sum_k p_k = 1:    dQ/dp_k = c_k / p_k = lambda,   p_k = c_k / sum c .
"""

from __future__ import annotations

from autoem.derive.calculus import derivative, itself
from autoem.derive.index import fresh
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices, reads
from autoem.derive.quantity import Declared
from autoem.derive.term import Term, reindex


def counts(problem: Problem, parameter: Declared) -> Update:
    """The update of a simplex."""
    if parameter.domain.kind != "simplex":
        raise Refusal("no simplex")
    indices = own_indices(parameter)
    scaled = problem.separate(derivative(problem.terms, parameter, indices, itself))
    if not scaled or any(reads(term.value, parameter) for term in scaled):
        raise Refusal(f"Q is not a sum of counts times logs of {parameter.name}")
    count = problem.scope.define(f"count_{parameter.name}", scaled, "maximize")
    row = fresh(indices[-1].axis)
    at_row = reindex(count, {indices[-1]: row})
    total = problem.scope.define(f"total_{parameter.name}", (Term(at_row, (row,)),), "maximize")
    value = problem.solved(parameter.name, "map", (count / total,), indices, sign="positive")
    return Update(
        (parameter,),
        rule="counts",
        reason="simplex: counts over total",
        values=(value,),
        pending=problem.unsolved(scaled, (parameter,)),
        formula=(count / total,),
    )
