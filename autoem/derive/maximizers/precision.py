"""precision: a positive definite matrix in which Q is linear, and in its log-determinant.

    Q = N log det P / 2 - tr(P S) / 2:      P = (S / N)^-1,

with N = 2 dQ/d(log det P) and S = -2 dQ/dP, symmetrized: the scale of an inverse Wishart.  It is
what *covariance* says of C = P^-1, and proved with it.
"""

from __future__ import annotations

from dataclasses import replace

from autoem.derive.maximizers.covariance import symmetrized
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices, reads
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms


def precision(problem: Problem, parameter: Declared) -> Update:
    """The update of a matrix by an inverse."""
    if parameter.domain.kind != "positive_definite":
        raise Refusal("no positive definite matrix")
    indices = own_indices(parameter)
    log_det = problem.scope.functions.get(("log_determinant", parameter))
    inverse = problem.scope.functions.get(("inverse", parameter))
    if log_det is None or (inverse and problem.gradient(inverse, indices)):
        raise Refusal(f"Q is not linear in {parameter.name} and its log-determinant")
    scatter = _times(problem, problem.gradient(parameter, indices), -2)
    count = _times(problem, problem.gradient(log_det, indices[:-2]), 2)
    if not scatter or any(reads(term.value, parameter) for term in (*scatter, *count)):
        raise Refusal(f"Q is not linear in {parameter.name} and its log-determinant")
    if parameter in problem.free and not problem.free[parameter].by_matrix:
        raise Refusal(f"some entries of {parameter.name} are held: the others have no closed form")
    total = problem.scope.define(f"scatter_{parameter.name}", scatter, "maximize")
    number = problem.coefficient(f"count_{parameter.name}", count)
    formula = symmetrized(total, *indices[-2:]) / number
    mean = problem.solved(f"mean_{parameter.name}", "map", (formula,), indices)
    best = problem.solved(parameter.name, "inverse", (mean,), indices, indices[-2:])
    return Update(
        (parameter,),
        rule="precision",
        reason="precision: the inverse of the mean of what it multiplies",
        values=(problem.chosen(parameter, best),),
        pending=problem.unsolved((*scatter, *count), (parameter,)),
        formula=(formula,),
    )


def _times(problem: Problem, terms: Terms, number: int) -> Terms:
    return problem.separate(tuple(replace(term, value=number * term.value) for term in terms))
