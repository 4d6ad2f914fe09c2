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
from typing import TypeAlias

import sympy

from autoem.derive.calculus import depends, derivative, substituted
from autoem.derive.index import Guard, Index, Read, indices_in
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices
from autoem.derive.quantity import (
    Computed,
    Declared,
    Element,
    LinearSystem,
    MatrixFunction,
    Origin,
    Quantity,
    Solution,
    elements,
    indices_of,
    old_value,
)
from autoem.derive.separate import is_new, products
from autoem.derive.term import Term, Terms, at

Indices: TypeAlias = tuple[Index, ...]
LeftMatrix: TypeAlias = tuple[Quantity, tuple[Read, ...], Read]
"""An invertible P[.., i, j] in an equation with the index i: P, its plates and i."""


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
        slopes.append(canceled(slope, row, block, _without_matrix if whole else _as_it_is))
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


def canceled(
    terms: Terms,
    row: tuple[Index, ...],
    block: tuple[Declared, ...],
    strip: Callable[[Terms, tuple[Index, ...]], Terms],
) -> Terms:
    """An equation without the factors and the left matrix that all its terms share."""
    parts = tuple(
        replace(part, value=sympy.factor_terms(part.value))
        for term in terms
        for part in products(term)
    )
    first, *others = terms = strip(parts, row)
    for factor in sympy.Mul.make_args(first.value):
        common = (
            is_new(factor)
            and not any(depends(factor, q) for q in block)
            and all(i in row for e in elements(factor) for r in e.indices for i in indices_in(r))
            and all(factor in sympy.Mul.make_args(t.value) for t in others)
        )
        if common:
            terms = tuple(replace(t, value=t.value / factor) for t in terms)
    return terms


def _without_matrix(terms: Terms, row: tuple[Index, ...]) -> Terms:
    """sum_j P[i, j] e[j] = 0 with P invertible is e[i] = 0."""
    stripped = [_stripped(term, row) for term in terms]
    for key in stripped[0]:
        if all(key in found for found in stripped):
            return tuple(found[key] for found in stripped)
    return terms


def _as_it_is(terms: Terms, _: tuple[Index, ...]) -> Terms:
    return terms


def _stripped(term: Term, row: tuple[Index, ...]) -> dict[LeftMatrix, Term]:
    """Each left matrix of a term, with what it multiplies."""
    found: dict[LeftMatrix, Term] = {}
    for element in elements(term.value):
        if not _is_left_matrix(element, term, row):
            continue
        own, bound = sorted(element.indices[-2:], key=lambda index: index not in row)
        assert isinstance(bound, Index)
        rest = term.value / element
        moved = at(replace(term, value=rest), {bound: own})
        if moved is not None and own not in indices_of(rest):
            found[element.base, element.indices[:-2], own] = moved
    return found


def _is_left_matrix(element: Element, term: Term, row: tuple[Index, ...]) -> bool:
    base = element.base
    inverse = (isinstance(base, MatrixFunction) and base.function == "inverse") or (
        isinstance(base, Computed) and base.operation == "inverse"
    )
    if not inverse or not all(i in row for i in element.indices[:-2]):
        return False
    i, j = element.indices[-2:]
    return (i in row and j in term.bound) or (j in row and i in term.bound)


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
