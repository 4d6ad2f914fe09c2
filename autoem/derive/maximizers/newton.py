"""newton: everything else, by generalized EM.

Where the gradient does not reduce to statistics (a mean through a link, degrees of freedom), the
gradient g and the Hessian H are themselves sums over rows at the old parameters, and one Newton
step is taken in unconstrained coordinates phi: theta = phi, exp(phi), or a logistic of phi.  With
s = d theta / d phi,

    (-s H s' - diag(g s')) step = s g .

Where the matrix has a negative eigenvalue its absolute value stands in, so that Q rises along the
step (the EM gradient algorithm, Lange 1995); the runtime shortens the step until the objective has
risen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import derivative, substituted
from autoem.derive.elaborate import number
from autoem.derive.index import Guard, Index
from autoem.derive.maximizers.linear import System, restricted, solve
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices
from autoem.derive.quantity import Declared, Element, Quantity, old_value
from autoem.derive.term import Term, Terms

LONGEST = 2
"""No step is longer in the coordinates of a bounded domain: a factor e^2 for a scale."""


@dataclass(frozen=True)
class Coordinate:
    """theta as a function of phi, by its first two derivatives as functions of theta."""

    first: Callable[[sympy.Expr], sympy.Expr]
    second: Callable[[sympy.Expr], sympy.Expr]
    moved: Callable[[sympy.Expr, sympy.Expr], sympy.Expr]


def _bounded(step: sympy.Expr) -> sympy.Expr:
    return sympy.Max(-LONGEST, sympy.Min(LONGEST, step))


def coordinate(parameter: Declared) -> Coordinate:
    """The unconstrained coordinate of a scalar domain."""
    domain = parameter.domain
    if domain.kind == "real":
        return Coordinate(
            lambda t: sympy.Integer(1), lambda t: sympy.Integer(0), lambda t, step: t + step
        )
    if domain.kind in ("positive", "nonnegative"):
        return Coordinate(lambda t: t, lambda t: t, lambda t, step: t * sympy.exp(_bounded(step)))
    if domain.kind == "interval":
        a, b = (number(end) for end in (domain.lower, domain.upper) if end is not None)
        return Coordinate(
            lambda t: (t - a) * (b - t) / (b - a),
            lambda t: (t - a) * (b - t) * (a + b - 2 * t) / (b - a) ** 2,
            lambda t, step: a + (b - a) / (1 + (b - t) / (t - a) * sympy.exp(-_bounded(step))),
        )
    raise Refusal(f"no Newton step in the domain of {parameter.name}")


def newton(problem: Problem, parameter: Declared) -> Update:
    """One Newton step, from the old parameters, for all parameters without a closed form."""
    coordinate(parameter)
    block = tuple(
        q for q in problem.pending if q is parameter or (q not in problem.closed and _is_scalar(q))
    )
    system = _system(problem, block)
    read = (*system.right, *(terms for line in system.matrix for terms in line))
    system = restricted(problem, _at_old(problem, system))
    update = solve(problem, system, "newton", "ascend", _moved)
    names = ", ".join(q.name for q in block)
    return replace(
        update,
        exact=False,
        located=(),
        pending=problem.unsolved(tuple(t for terms in read for t in terms), block),
        reason=f"no closed form in {names}: one Newton step an iteration, gradient and Hessian "
        "summed over rows (generalized EM)",
    )


def _is_scalar(parameter: Declared) -> bool:
    return parameter.domain.kind in ("real", "positive", "nonnegative", "interval")


def _moved(parameter: Declared, origin: Element, step: Element) -> sympy.Expr:
    return coordinate(parameter).moved(origin, step)


def _system(problem: Problem, block: tuple[Declared, ...]) -> System:
    """Gradient and Hessian in the unconstrained coordinates."""
    rows = tuple(own_indices(q) for q in block)
    columns = tuple(own_indices(q) for q in block)
    slopes = [problem.gradient(q, row) for q, row in zip(block, rows, strict=True)]
    right, matrix = [], []
    for a, row, slope in zip(block, rows, slopes, strict=True):
        if not slope:
            raise Refusal(f"Q does not mention {a.name}")
        theta = Element(a, row)
        right.append(_times(slope, coordinate(a).first(theta)))
        line = []
        for b, column in zip(block, columns, strict=True):
            scale = coordinate(a).first(theta) * coordinate(b).first(Element(b, column))
            entry = _times(derivative(slope, b, column), -scale)
            if a is b:
                entry += _on_diagonal(_times(slope, -coordinate(a).second(theta)), row, column)
            line.append(entry)
        matrix.append(tuple(line))
    origins = tuple(old_value(q) for q in block)
    return System(block, origins, rows, columns, tuple(right), tuple(matrix))


def _times(terms: Terms, factor: sympy.Expr) -> Terms:
    products = (replace(t, value=t.value * factor) for t in terms)
    return tuple(term for term in products if term.value != 0)


def _on_diagonal(terms: Terms, row: tuple[Index, ...], column: tuple[Index, ...]) -> Terms:
    guards = tuple(Guard(i, j) for i, j in zip(row, column, strict=True))
    return tuple(Term(t.value, t.bound, (*t.guards, *guards), t.factor) for t in terms)


def _at_old(problem: Problem, system: System) -> System:
    """Every pending parameter at its old value."""
    old: dict[Quantity, Quantity | sympy.Expr] = dict(
        zip(system.block, system.origins, strict=True)
    )
    old |= {q: old_value(q) for q in problem.pending if q not in system.block}
    return replace(
        system,
        matrix=tuple(tuple(substituted(terms, old) for terms in line) for line in system.matrix),
        right=tuple(substituted(terms, old) for terms in system.right),
    )
