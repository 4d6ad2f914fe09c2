"""Planted errors: wrong variants of a derivation.

Each is generated from a right one: a sign flipped, a term or a factor dropped, a constant doubled,
an index exchanged, a normalizer lost, the update of another block taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import sympy

from autoem.derive.m_step import m_step
from autoem.derive.quantity import Computed, Defined, Element, Quantity, Solution, elements
from autoem.derive.stages import Derivation, derive
from autoem.derive.term import Term
from autoem.program import ir
from tests.verify.wrong import wrong_formulas, wrong_terms


@dataclass(frozen=True)
class Planted:
    """A wrong variant: a derivation, with its program or its source where these are wrong."""

    name: str
    derivation: Derivation
    program: ir.ArrayProgram | None = None
    source: str | None = None


def in_log_joint(model: Any) -> Iterator[Planted]:
    """The log joint wrong, the rest as it was."""
    right = derive(model)
    for name, terms in wrong_terms(right.log_joint.terms):
        joint = replace(right.log_joint, terms=terms)
        yield Planted(f"log joint: {name}", replace(right, log_joint=joint))


def in_surrogate(model: Any) -> Iterator[Planted]:
    """Q wrong, and the M-step derived from the wrong Q where it can be."""
    for name, number in _numbered(lambda d: [t for t in wrong_terms(d.surrogate.terms)], model):
        right = derive(model)
        terms = list(wrong_terms(right.surrogate.terms))[number][1]
        q = replace(right.surrogate, terms=terms)
        try:
            yield Planted(f"Q: {name}", replace(right, surrogate=q, m_step=m_step(q)))
        except Exception:  # a Q that cannot be maximized: keep the right updates
            yield Planted(f"Q alone: {name}", replace(right, surrogate=q))


def in_posterior(model: Any) -> Iterator[Planted]:
    """A named quantity of the posterior wrong, wherever it is read."""

    def bases(derivation: Derivation) -> list[Quantity]:
        found: dict[Quantity, None] = {}
        for q in derivation.e_step.posteriors:
            for element in (*q.natural.values(), *q.expectations.values()):
                found[element.base] = None
        return list(found)

    yield from _in_quantities(model, "posterior", bases)


def in_updates(model: Any) -> Iterator[Planted]:
    """An update wrong: its formula, what it is made of, or the block that it is given to."""

    def bases(derivation: Derivation) -> list[Quantity]:
        found: dict[Quantity, None] = {}

        def visit(base: Quantity) -> None:
            if base in found or (
                isinstance(base, Defined | Computed) and base.phase == "posterior"
            ):
                return
            found[base] = None
            for part in _parts(base):
                visit(part.base)

        for update in derivation.m_step.updates:
            for value in update.values:
                visit(value.base)
        return [base for base in found if isinstance(base, Defined | Computed)]

    yield from _in_quantities(model, "update", bases)
    yield from _wrong_blocks(model)


def _parts(base: Quantity) -> tuple[Element, ...]:
    if isinstance(base, Defined):
        return tuple(e for term in base.definition for e in elements(term.value))
    if isinstance(base, Computed):
        return tuple(e for operand in base.operands for e in elements(operand))
    if isinstance(base, Solution):
        entries = (e for line in base.system.matrix for e in line if e is not None)
        return (*base.system.right, *entries)
    return ()


def _wrong_blocks(model: Any) -> Iterator[Planted]:
    """The update of each parameter taken from another of the same axes, or not made at all."""
    right = derive(model)
    blocks = [(u, i) for u in right.m_step.updates for i in range(len(u.parameters))]
    for update, i in blocks:
        for other, j in blocks:
            own, taken = update.parameters[i], other.parameters[j]
            if own is not taken and own.axes == taken.axes:
                values = (*update.values[:i], other.values[j], *update.values[i + 1 :])
                yield Planted(
                    f"update: {own.name} by that of {taken.name}",
                    _with_update(right, replace(update, values=values), update),
                )
    if len(right.m_step.updates) > 1:
        for update in right.m_step.updates:
            kept = tuple(u for u in right.m_step.updates if u is not update)
            name = ", ".join(q.name for q in update.parameters)
            step = replace(right.m_step, updates=kept)
            yield Planted(f"update: none of {name}", replace(right, m_step=step))


def _with_update(derivation: Derivation, new: Any, old: Any) -> Derivation:
    updates = tuple(new if update is old else update for update in derivation.m_step.updates)
    return replace(derivation, m_step=replace(derivation.m_step, updates=updates))


def _in_quantities(
    model: Any, where: str, bases: Callable[[Derivation], list[Quantity]]
) -> Iterator[Planted]:
    """A quantity changed in place in a derivation of its own."""
    for name, number in _numbered(lambda d: list(_changes(bases(d))), model):
        derivation = derive(model)
        _, base, changed = list(_changes(bases(derivation)))[number]
        key = "definition" if isinstance(base, Defined) else "operands"
        object.__setattr__(base, key, changed)
        yield Planted(f"{where}: {name}", derivation)


def _numbered(names: Callable[[Derivation], list[Any]], model: Any) -> Iterator[tuple[str, int]]:
    for number, (name, *_) in enumerate(names(derive(model))):
        yield name, number


def _changes(bases: list[Quantity]) -> Iterator[tuple[str, Quantity, Any]]:
    for base in bases:
        if isinstance(base, Defined):
            for name, terms in wrong_terms(base.definition):
                yield f"{base.name}, {name}", base, terms
        elif isinstance(base, Computed) and base.operation == "map":
            for name, operand in wrong_formulas(base.operands[0]):
                yield f"{base.name}, {name}", base, (operand,)
        elif isinstance(base, Computed) and base.operation == "root":
            slope, _, unknown = base.operands
            for name, terms in wrong_terms(tuple(Term(t) for t in sympy.Add.make_args(slope))):
                wrong = sympy.Add(*(term.value for term in terms))
                yield f"{base.name}, {name}", base, (wrong, wrong.diff(unknown), unknown)
