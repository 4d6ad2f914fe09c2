"""covariance: a positive definite matrix in which Q is linear in its inverse and log-determinant.

    Q = -N log det C / 2 - tr(C^-1 S) / 2:      C = S / N,

with N = -2 dQ/d(log det C) and S = -2 dQ/d(C^-1), symmetrized.  Tabulated, since sympy's matrix
calculus is not to be trusted; proved at d = 1, 2, 3 with scalar entries.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from autoem.derive.index import Index
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices, reads
from autoem.derive.quantity import Declared, Element
from autoem.derive.term import Terms, reindex


def covariance(problem: Problem, parameter: Declared) -> Update:
    """The update of a covariance: full or tied, as it is declared."""
    indices = own_indices(parameter)
    scatter, count = scatter_and_count(problem, parameter, indices)
    if parameter in problem.free and not problem.free[parameter].by_matrix:
        raise Refusal(f"some entries of {parameter.name} are held: the others have no closed form")
    total = problem.scope.define(f"scatter_{parameter.name}", scatter, "maximize")
    number = problem.coefficient(f"count_{parameter.name}", count)
    formula = problem.kept(parameter, symmetrized(total, *indices[-2:]) / number, indices)
    value = problem.solved(parameter.name, "map", (formula,), indices)
    return Update(
        (parameter,),
        rule="covariance",
        reason="covariance: scatter about the new means over the count",
        values=(value,),
        pending=problem.unsolved((*scatter, *count), (parameter,)),
        formula=(problem.kept(parameter, total / number, indices),),
    )


def scatter_and_count(
    problem: Problem, parameter: Declared, indices: tuple[Index, ...]
) -> tuple[Terms, Terms]:
    """S and N, at the indices; refuses where Q is not linear in the inverse."""
    if parameter.domain.kind != "positive_definite":
        raise Refusal("no positive definite matrix")
    inverse = problem.scope.functions.get(("inverse", parameter))
    log_det = problem.scope.functions.get(("log_determinant", parameter))
    if inverse is None or log_det is None:
        raise Refusal(f"Q does not mention the inverse of {parameter.name}")
    scatter = _doubled(problem, problem.gradient(inverse, indices))
    count = _doubled(problem, problem.gradient(log_det, indices[:-2]))
    beside = problem.gradient(parameter, indices)
    if beside or any(reads(term.value, parameter) for term in (*scatter, *count)):
        raise Refusal(f"Q is not linear in the inverse of {parameter.name}")
    return scatter, count


def symmetrized(matrix: Element, row: Index, column: Index) -> sympy.Expr:
    """The mean of a matrix and its transpose, wherever its rows and columns are."""
    return (matrix + reindex(matrix, {row: column, column: row})) / 2


def _doubled(problem: Problem, terms: Terms) -> Terms:
    return problem.separate(tuple(replace(term, value=-2 * term.value) for term in terms))
