"""counts: a simplex in which Q is a sum of counts times logs.

Q = sum_k c_k log p_k,   sum_k p_k = 1:    dQ/dp_k = c_k / p_k = lambda,   p_k = c_k / sum c .

Where some entries are held, the same equation holds for the others, which share what is left:

    p_k = (1 - sum of the held p) c_k / sum of the free c .
"""

from __future__ import annotations

import sympy

from autoem.derive.calculus import derivative, itself
from autoem.derive.index import Index, fresh
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices, reads
from autoem.derive.quantity import Declared, Element, old_value
from autoem.derive.term import Term, Terms, reindex


def counts(problem: Problem, parameter: Declared) -> Update:
    """The update of a simplex."""
    if parameter.domain.kind != "simplex":
        raise Refusal("no simplex")
    indices = own_indices(parameter)
    scaled = problem.separate(derivative(problem.terms, parameter, indices, itself))
    if not scaled or any(reads(term.value, parameter) for term in scaled):
        raise Refusal(f"Q is not a sum of counts times logs of {parameter.name}")
    count = problem.scope.define(f"count_{parameter.name}", scaled, "maximize")
    formula = problem.kept(parameter, _share(problem, parameter, count, indices), indices)
    value = problem.solved(parameter.name, "map", (formula,), indices, sign="positive")
    left = ", of what the held entries leave" if parameter in problem.free else ""
    return Update(
        (parameter,),
        rule="counts",
        reason=f"simplex: counts over total{left}",
        values=(value,),
        pending=problem.unsolved(scaled, (parameter,)),
        formula=(formula,),
    )


def _share(
    problem: Problem, parameter: Declared, count: Element, indices: tuple[Index, ...]
) -> sympy.Expr:
    """The share of a free entry: its count over that of all free entries, of what is left."""
    *plates, own = indices
    row = fresh(own.axis)
    every, counted = (*plates, row), Term(reindex(count, {own: row}), (row,))
    if parameter not in problem.free:
        return count / problem.scope.define(f"total_{parameter.name}", (counted,), "maximize")
    free, old = Element(problem.free[parameter], every), Element(old_value(parameter), every)
    total = problem.scope.define(
        f"total_{parameter.name}", (Term(free * counted.value, (row,)),), "maximize"
    )
    kept: Terms = (Term(sympy.Integer(1)), Term(-(1 - free) * old, (row,)))
    return problem.scope.define(f"left_{parameter.name}", kept, "maximize") * count / total
