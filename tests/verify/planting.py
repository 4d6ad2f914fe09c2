"""Planted errors: wrong variants of a derivation, of its program and of its source.

Each is generated from a right one: a sign flipped, a term or a factor dropped, a constant doubled,
an index exchanged, a normalizer lost, the update of another block taken.  A variant that computes
what the right one computes is no error and is left out; what is left, the verifier must refuse.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from autoem.backends import BACKENDS
from autoem.derive.index import Index, substitute
from autoem.derive.m_step import m_step
from autoem.derive.quantity import Computed, Defined, Element, Quantity, Solution, elements
from autoem.derive.stages import Derivation, derive
from autoem.derive.term import Term, Terms
from autoem.program import ir
from autoem.program.lower import lower
from autoem.program.schema import schema_of


@dataclass(frozen=True)
class Planted:
    """A wrong variant: a derivation, with its program or its source where these are wrong."""

    name: str
    derivation: Derivation
    program: ir.ArrayProgram | None = None
    source: str | None = None


def planted(model: Any) -> Iterator[Planted]:
    """Every variant of a model, wrong or not; the derivation is made anew for each."""
    for kind in (in_log_joint, in_posterior, in_surrogate, in_updates, in_program, in_source):
        yield from kind(model)


# --- terms ------------------------------------------------------------------------------------


def dropped_factor(term: Term) -> Term | None:
    """Without the last factor that is no number."""
    factors = [f for f in sympy.Mul.make_args(term.value) if not f.is_number]
    if len(factors) < 2:
        return None
    return replace(term, value=term.value / factors[-1])


def wrong_index(term: Term) -> Term | None:
    """One element read at another index of the same axis."""
    for element in elements(term.value):
        for own in element.indices:
            for other in term.bound:
                if isinstance(own, Index) and own != other and own.axis is other.axis:
                    indices = tuple(substitute(read, {own: other}) for read in element.indices)
                    moved = {element: Element(element.base, indices)}
                    return replace(term, value=term.value.xreplace(moved))
    return None


TERMS: dict[str, Callable[[Term], Term | None]] = {
    "flipped sign": lambda term: replace(term, value=-term.value),
    "wrong constant": lambda term: replace(term, value=2 * term.value),
    "dropped factor": dropped_factor,
    "wrong index": wrong_index,
}


def wrong_terms(terms: Terms) -> Iterator[tuple[str, Terms]]:
    """Sums of terms with one term changed or gone."""
    for position, term in enumerate(terms):
        before, after = terms[:position], terms[position + 1 :]
        if len(terms) > 1:
            yield f"dropped term {position}", (*before, *after)
        for name, change in TERMS.items():
            changed = change(term)
            if changed is not None:
                yield f"{name} in term {position}", (*before, changed, *after)


# --- derivations ------------------------------------------------------------------------------


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
            for name, operand in _wrong_formulas(base.operands[0]):
                yield f"{base.name}, {name}", base, (operand,)
        elif isinstance(base, Computed) and base.operation == "root":
            slope, _, unknown = base.operands
            for name, terms in wrong_terms(tuple(Term(t) for t in sympy.Add.make_args(slope))):
                wrong = sympy.Add(*(term.value for term in terms))
                yield f"{base.name}, {name}", base, (wrong, wrong.diff(unknown), unknown)


def _wrong_formulas(formula: sympy.Expr) -> Iterator[tuple[str, sympy.Expr]]:
    yield "doubled", 2 * formula
    if isinstance(formula, sympy.exp) and formula.args[0].is_Add:
        for part in formula.args[0].args:
            yield f"without {type(part).__name__} in exp", sympy.exp(formula.args[0] - part)
    for part in formula.args if isinstance(formula, sympy.Add) else ():
        yield "a term dropped", formula - part
        yield "a sign flipped", formula - 2 * part
    for part in formula.args if isinstance(formula, sympy.Mul) else ():
        if not part.is_number:
            yield "a factor dropped", formula / part


# --- programs ---------------------------------------------------------------------------------


def in_program(model: Any) -> Iterator[Planted]:
    """A statement of the array program wrong; the derivation and the source are right."""
    derivation = derive(model)
    right = lower(derivation)
    source = BACKENDS["numpy"](right, schema_of(derivation, right))
    for part in ("posterior", "statistics", "maximize"):
        function: ir.Function = getattr(right, part)
        for position, let in enumerate(function.body):
            for name, operation in _wrong_operations(let.operation):
                wrong = replace(let, operation=operation)
                body = (*function.body[:position], wrong, *function.body[position + 1 :])
                changed: Any = {part: replace(function, body=body)}
                target = let.targets[0].name
                program = replace(right, **changed)
                yield Planted(f"program: {target}, {name}", derivation, program, source)


def _wrong_operations(operation: ir.Operation) -> Iterator[tuple[str, ir.Operation]]:
    match operation:
        case ir.Contract(factors=factors, guards=guards, scale=scale):
            yield "flipped sign", replace(operation, scale=-scale)
            if len(factors) > 1:
                yield "dropped factor", replace(operation, factors=factors[:-1])
            if guards:
                yield "dropped guard", replace(operation, guards=guards[1:])
        case ir.Map(expression=expression):
            yield "doubled", ir.Map(ir.Call("add", (expression, expression)))
            if isinstance(expression, ir.Call) and expression.function in ("add", "multiply"):
                shorter = replace(expression, arguments=expression.arguments[:-1])
                yield "dropped argument", ir.Map(shorter)
        case ir.Matrix(function="inverse", operand=operand):
            yield "no inverse", ir.Map(operand)


# --- source -----------------------------------------------------------------------------------

FUNCTIONS = ("_expectations", "_statistics", "_maximize", "_fixed", "log_likelihood", "posterior")


def in_source(model: Any) -> Iterator[Planted]:
    """One operation of the generated module changed; derivation and program are right."""
    derivation = derive(model)
    program = lower(derivation)
    tree = ast.parse(BACKENDS["numpy"](program, schema_of(derivation, program)))
    count = sum(1 for _ in _sites(tree))
    for number in range(count):
        changed = copy.deepcopy(tree)
        node = list(_sites(changed))[number]
        name = _change(node)
        yield Planted(
            f"source: line {node.lineno}, {name}", derivation, program, ast.unparse(changed)
        )


def _sites(tree: ast.AST) -> Iterator[Any]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in FUNCTIONS:
            for node in ast.walk(function):
                arithmetic = isinstance(node, ast.BinOp) and type(node.op) in SWAPPED
                negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
                number = isinstance(node, ast.Constant) and isinstance(node.value, float)
                if arithmetic or negative or number:
                    yield node


SWAPPED: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
}


def _change(node: Any) -> str:
    if isinstance(node, ast.BinOp):
        name = f"{type(node.op).__name__} for {SWAPPED[type(node.op)].__name__}"
        node.op = SWAPPED[type(node.op)]()
        return name
    if isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
        return "sign lost"
    node.value += 1.0
    return "wrong number"


__all__ = ["Planted", "np", "planted"]
