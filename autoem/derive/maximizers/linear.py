"""linear: the gradient is affine in a set of location parameters.

With the gradient g(theta) affine and H its derivative, the maximum is one step from any origin o,

    -H step = g(o),      theta = o + step,

where g(o) is made of residuals about o.  What is common to one equation cancels first: a factor
indexed by its row (a variance), an invertible left matrix (a precision).  Axes on which row and
column agree in every coefficient are batches; what is left is one linear system.

Entries that are held take no step, and their equations are not there: with F = diag(1 where free),

    (-F H F + 1 - F) step = F g(o) .

No left matrix cancels then, since it mixes the equations that are there with those that are not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative, substituted
from autoem.derive.index import Guard, Index
from autoem.derive.maximizers.canceled import Indices, as_it_is, canceled, without_matrix
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices
from autoem.derive.quantity import (
    Declared,
    Element,
    LinearSystem,
    Origin,
    Solution,
    old_value,
)
from autoem.derive.term import Term, Terms, at


@dataclass(frozen=True)
class System:
    """-H step = g for a set of parameters: `rows[i]` are the indices of equation i."""

    block: tuple[Declared, ...]
    origins: tuple[Origin, ...]
    rows: tuple[tuple[Index, ...], ...]
    columns: tuple[tuple[Index, ...], ...]
    right: tuple[Terms, ...]
    matrix: tuple[tuple[Terms, ...], ...]


def shifted(_: Declared, origin: Element, step: Element) -> sympy.Expr:
    """The new value of a location."""
    return origin + step


def linear(problem: Problem, parameter: Declared) -> Update:
    """The update of the largest set of location parameters that contains this one."""
    if parameter.domain.kind != "real":
        raise Refusal("no location")
    block = affine_block(problem, parameter)
    system = assemble(problem, block)
    return solve(problem, restricted(problem, system))


def affine_block(problem: Problem, parameter: Declared) -> tuple[Declared, ...]:
    """The location parameters in which the gradient is jointly affine, and coupled."""
    if not _affine(problem, (parameter,)):
        raise Refusal(f"the gradient is not affine in {parameter.name}")
    block = [parameter]
    grown = True
    while grown:
        grown = False
        for other in problem.pending:
            if other in block or other.domain.kind != "real":
                continue
            if _coupled(problem, block, other) and _affine(problem, (*block, other)):
                block.append(other)
                grown = True
    return tuple(q for q in problem.pending if q in block)


def _coupled(problem: Problem, block: list[Declared], other: Declared) -> bool:
    slope = problem.gradient(other, own_indices(other))
    return any(depends(term.value, q) for term in slope for q in block)


def _affine(problem: Problem, block: tuple[Declared, ...]) -> bool:
    for a in block:
        slope = problem.gradient(a, own_indices(a))
        for b in block:
            for term in derivative(slope, b, own_indices(b)):
                if any(depends(term.value, q) for q in block):
                    return False
    return True


def assemble(problem: Problem, block: tuple[Declared, ...]) -> System:
    """Gradient and its derivative, what is common to an equation canceled."""
    rows = tuple(own_indices(q) for q in block)
    columns = tuple(own_indices(q) for q in block)
    slopes = []
    for q, row in zip(block, rows, strict=True):
        slope = problem.gradient(q, row)
        if not slope:
            raise Refusal(f"Q does not mention {q.name}")
        whole = q not in problem.free
        slopes.append(canceled(slope, row, block, without_matrix if whole else as_it_is))
    matrix = tuple(
        tuple(
            tuple(replace(t, value=-t.value) for t in derivative(slope, b, column))
            for b, column in zip(block, columns, strict=True)
        )
        for slope in slopes
    )
    origins = {q: old_value(q) for q in block}
    right = tuple(substituted(slope, origins) for slope in slopes)  # type: ignore[arg-type]
    return System(block, tuple(origins.values()), rows, columns, right, matrix)


def restricted(problem: Problem, system: System) -> System:
    """The system for the free entries: those that are held have the equation step = 0."""
    equations = list(zip(system.block, system.rows, system.right, system.matrix, strict=True))
    unknowns = list(zip(system.block, system.columns, strict=True))

    def entry(a: Declared, row: Indices, b: Declared, column: Indices, terms: Terms) -> Terms:
        found = problem.freed(problem.freed(terms, a, row), b, column)
        if a is not b or a not in problem.free:
            return found
        agree = tuple(Guard(i, j) for i, j in zip(row, column, strict=True))
        return (*found, Term(1 - Element(problem.free[a], row), (), agree))

    return replace(
        system,
        right=tuple(problem.freed(right, a, row) for a, row, right, _ in equations),
        matrix=tuple(
            tuple(
                entry(a, row, b, column, terms)
                for (b, column), terms in zip(unknowns, line, strict=True)
            )
            for a, row, _, line in equations
        ),
    )


def solve(
    problem: Problem,
    system: System,
    rule: str = "linear",
    method: str = "solve",
    moved: Callable[[Declared, Element, Element], sympy.Expr] = shifted,
) -> Update:
    """The step as named quantities: a division where all axes are batches, else one system."""
    system = batched(system)
    right = tuple(
        problem.scope.define(f"right_{q.name}", problem.separate(terms), "maximize")
        for q, terms in zip(system.block, system.right, strict=True)
    )
    matrix = tuple(
        tuple(_entry(problem, a, b, terms) for b, terms in zip(system.block, line, strict=True))
        for a, line in zip(system.block, system.matrix, strict=True)
    )
    steps = _steps(problem, system, right, matrix, method)
    values = tuple(
        problem.solved(
            q.name, "map", (problem.kept(q, moved(q, Element(origin, own), step), own),), own,
            sign=q.sign,
        )
        for q, origin, own, step in zip(
            system.block, system.origins, system.rows, steps, strict=True
        )
    )  # fmt: skip
    read = (*(t for terms in system.right for t in terms),
            *(t for line in system.matrix for terms in line for t in terms))  # fmt: skip
    names = ", ".join(q.name for q in system.block)
    return Update(
        system.block,
        rule=rule,
        reason=f"the gradient is affine in {names}: one linear solve",
        values=values,
        pending=problem.unsolved(read, system.block),
        located=tuple(
            (origin, step.base) for origin, step in zip(system.origins, steps, strict=True)
        ),
    )


def _entry(problem: Problem, a: Declared, b: Declared, terms: Terms) -> Element | None:
    if not terms:
        return None
    name = f"matrix_{a.name}_{b.name}"
    return problem.scope.define(name, problem.separate(terms), "maximize")


def _steps(
    problem: Problem,
    system: System,
    right: tuple[Element, ...],
    matrix: tuple[tuple[Element | None, ...], ...],
    method: str,
) -> tuple[Element, ...]:
    batches = set(system.rows[0]).intersection(*system.columns)
    if len(system.block) == 1 and batches.issuperset(system.rows[0]) and matrix[0][0]:
        name = f"step_{system.block[0].name}"
        slope = matrix[0][0] if method == "solve" else sympy.Abs(matrix[0][0])
        return (problem.solved(name, "map", (right[0] / slope,), system.rows[0]),)
    solve_group = LinearSystem(system.rows, system.columns, right, matrix, method)
    return tuple(
        Element(
            Solution(f"step_{q.name}", q.axes, system=solve_group, position=position, indices=own),
            own,
        )
        for position, (q, own) in enumerate(zip(system.block, system.rows, strict=True))
    )


def batched(system: System) -> System:
    """The system with one index for each axis on which row and column always agree."""
    moved: dict[Index, Index] = {}
    for axis in dict.fromkeys(i.axis for i in system.rows[0]):
        rows = [[i for i in row if i.axis is axis] for row in system.rows]
        columns = [[i for i in column if i.axis is axis] for column in system.columns]
        if all(len(found) == 1 for found in (*rows, *columns)) and all(
            _agree(t, rows[i][0], columns[j][0])
            for i, line in enumerate(system.matrix)
            for j, terms in enumerate(line)
            for t in terms
        ):
            shared = rows[0][0]
            moved.update({found[0]: shared for found in (*rows, *columns)})
    return System(
        system.block,
        system.origins,
        tuple(tuple(moved.get(i, i) for i in row) for row in system.rows),
        tuple(tuple(moved.get(i, i) for i in column) for column in system.columns),
        tuple(_moved(terms, moved) for terms in system.right),
        tuple(tuple(_moved(terms, moved) for terms in line) for line in system.matrix),
    )


def _agree(term: Term, row: Index, column: Index) -> bool:
    return any({guard.left, guard.right} == {row, column} for guard in term.guards)


def _moved(terms: Terms, moved: dict[Index, Index]) -> Terms:
    found = (at(term, moved) for term in terms)
    return tuple(term for term in found if term is not None)
