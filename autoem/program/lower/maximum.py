"""A maximum inside the M-step: the objective and its derivatives as statements of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autoem.derive.index import Index
from autoem.derive.maximizers.problem import reads
from autoem.derive.maximum import Maximized, Objective
from autoem.derive.quantity import Element, Quantity, elements
from autoem.derive.term import Terms
from autoem.program import ir
from autoem.program.lower.sums import total

if TYPE_CHECKING:
    from autoem.program.lower.body import Body


def maximized(body: Body, base: Maximized) -> ir.Array:
    """One of the unknowns; all are solved for together, once."""
    known = body.systems.get(id(base.objective))
    if known is None:
        known = body.systems[id(base.objective)] = _solved(body, base.objective)
    return known[base.position]


def _solved(body: Body, objective: Objective) -> tuple[ir.Array, ...]:
    old = tuple(body.array(q) for q in objective.unknowns)
    # A maximum is the new value, unless entries are held and it is so for the others alone.
    final = [
        q.position for q in body.prefix if isinstance(q, Maximized) if q.objective is objective
    ]
    words = (ir.NEW if i in final else "best_" for i in range(len(old)))
    targets = tuple(body.target(f"{w}{a.name}", a.axes) for w, a in zip(words, old, strict=True))
    _compute_known(body, objective)
    unknowns = tuple(replace(a, name=body.target(f"trial_{a.name}", ()).name) for a in old)
    inside = _inside(body, objective, unknowns, targets)
    value = total(inside, "objective", objective.value, ())
    gradient, hessian = [], []
    derivatives = zip(
        objective.unknowns, objective.rows, objective.gradient, objective.hessian, strict=True
    )
    for q, row, slope, line in derivatives:
        gradient.append(total(inside, f"slope_{q.name}", slope, row).name)
        columns = zip(objective.unknowns, objective.columns, line, strict=True)
        hessian.append(
            tuple(_block(inside, f"bend_{q.name}_{p.name}", t, row, c) for p, c, t in columns)
        )
    body.lets.append(
        ir.Let(
            targets,
            ir.Maximize(
                tuple(ir.Ref(a.name, a.axes) for a in unknowns),
                tuple(q.domain.kind for q in objective.unknowns),
                tuple(ir.Ref(a.name, a.axes) for a in old),
                tuple(inside.lets),
                value.name,
                tuple(gradient),
                tuple(hessian),
            ),
        )
    )
    return targets


def _block(
    body: Body, name: str, terms: Terms, row: tuple[Index, ...], column: tuple[Index, ...]
) -> str | None:
    """A block of the Hessian, over the axes of the row and then of the column."""
    return total(body, name, terms, (*row, *column)).name if terms else None


def _compute_known(body: Body, objective: Objective) -> None:
    """What does not change with the unknowns is computed before."""
    for term in objective.terms:
        for element in elements(term.value):
            if element.base not in objective.unknowns and not _moves(element, objective):
                body.array(element.base)


def _moves(element: Element, objective: Objective) -> bool:
    return any(reads(element, q) for q in objective.unknowns)


def _inside(
    body: Body,
    objective: Objective,
    unknowns: tuple[ir.Array, ...],
    targets: tuple[ir.Array, ...],
) -> Body:
    """A function under construction that sees all that is known, and the unknowns."""
    names = [t for let in body.lets for t in let.targets] + list(targets)
    given: dict[Quantity, ir.Array] = {Quantity(array.name, ()): array for array in names}
    made = {q: a for q, a in body.arrays.items() if not _reads(q, objective)}
    given |= {**body.given, **made}
    given |= zip(objective.unknowns, unknowns, strict=True)
    return replace(body, given=given, arrays={}, shared={}, systems={}, lets=[])


def _reads(quantity: Quantity, objective: Objective) -> bool:
    return _moves(Element(quantity, ()), objective)
