"""scoring: a covariance some of whose entries are held, by generalized EM.

    Q = -N log det C / 2 - tr(C^-1 S) / 2,      dQ/dC = P (S - N C) P / 2,      P = C^-1 .

With the expected Hessian, N P x P / 2, one step from the old C solves for the free entries

    [P (C + step - S / N) P]_ij = 0     where (i, j) is free,      step_ij = 0 where it is held.

It rises, the expected Hessian being negative definite, and is shortened until C stays definite and
the objective has risen.  Were no entry held, the step would lead to S / N at once.
Source: Anderson (1973), The Annals of Statistics 1, 135.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from autoem.derive.calculus import substituted
from autoem.derive.index import Guard, Index, fresh
from autoem.derive.maximizers.covariance import scatter_and_count, symmetrized
from autoem.derive.maximizers.linear import System, restricted, solve
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices
from autoem.derive.quantity import Declared, Element, old_value
from autoem.derive.term import Term, Terms, reindex

HALF = sympy.Rational(1, 2)


def scoring(problem: Problem, parameter: Declared) -> Update:
    """One step for the free entries of a covariance."""
    if parameter not in problem.free:
        raise Refusal(f"no entry of {parameter.name} is held")
    row, column = own_indices(parameter), own_indices(parameter)
    scatter, count = scatter_and_count(problem, parameter, row)
    total = problem.scope.define(f"scatter_{parameter.name}", scatter, "maximize")
    number = problem.coefficient(f"count_{parameter.name}", count)
    old = old_value(parameter)
    mean = symmetrized(total, *row[-2:])
    right = substituted(_slope(problem, parameter, row, mean, number), {parameter: old})
    matrix = substituted(_information(problem, parameter, row, column, number), {parameter: old})
    system = System((parameter,), (old,), (row,), (column,), (right,), ((matrix,),))
    return replace(
        solve(problem, restricted(problem, system), "scoring"),
        exact=False,
        located=(),
        pending=problem.unsolved((*scatter, *count), (parameter,)),
        reason=f"some entries of {parameter.name} are held: one step of Fisher scoring an "
        "iteration for the others (generalized EM)",
    )


def _slope(
    problem: Problem,
    parameter: Declared,
    row: tuple[Index, ...],
    scatter: sympy.Expr,
    number: sympy.Expr,
) -> Terms:
    """P (S - N C) P / 2."""
    precision = problem.scope.matrix("inverse", parameter)
    *plates, i, j = row
    a, b = fresh(i.axis), fresh(j.axis)
    sides = Element(precision, (*plates, i, a)) * Element(precision, (*plates, b, j))
    inner = reindex(scatter, {i: a, j: b})
    return (
        Term(HALF * sides * inner, (a, b)),
        Term(-HALF * number * Element(precision, row)),
    )


def _information(
    problem: Problem,
    parameter: Declared,
    row: tuple[Index, ...],
    column: tuple[Index, ...],
    number: sympy.Expr,
) -> Terms:
    """N P[i, a] P[j, b] / 2, for each matrix by itself."""
    precision = problem.scope.matrix("inverse", parameter)
    (*plates, i, j), (*others, a, b) = row, column
    agree = tuple(Guard(p, q) for p, q in zip(plates, others, strict=True))
    sides = Element(precision, (*plates, i, a)) * Element(precision, (*plates, j, b))
    return (Term(HALF * number * sides, (), agree),)
