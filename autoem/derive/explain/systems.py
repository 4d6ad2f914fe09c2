"""Updates of location parameters on the page: quotients, normal equations, Newton steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import sympy

from autoem.derive.calculus import substituted
from autoem.derive.explain.equations import normal_equations
from autoem.derive.explain.layout import (
    Add,
    Block,
    Math,
    Negative,
    Number,
    Power,
    Product,
    Relation,
    Symbol,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.links import with_links
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.notation import INVERSE, subscripted
from autoem.derive.explain.piece import content, scaled
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.maximizers.linear import System, assemble, batched
from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import Declared, indices_of
from autoem.derive.term import Term, Terms, reindex

ZERO = Number(Fraction(0))


def linear(state: Maximization, update: Update) -> Iterator[Block]:
    """A quotient where every entry has an equation of its own, else the normal equations."""
    system = batched(assemble(state.problem, update.parameters))
    right = tuple(_at_zero(terms, system) for terms in system.right)
    if len(system.block) == 1 and system.rows == system.columns:
        yield from _quotient(state, system, right[0])
        return
    yield paragraph("The gradient vanishes where the normal equations hold:")
    yield display(*normal_equations(state, system, right))


def _at_zero(terms: Terms, system: System) -> Terms:
    """The gradient where the block is zero."""
    return substituted(terms, {origin: sympy.Integer(0) for origin in system.origins})


def _quotient(state: Maximization, system: System, right: Terms) -> Iterator[Block]:
    """The gradient, and the ratio that makes it vanish."""
    ((parameter,), (row,), ((matrix,),)) = (system.block, system.rows, system.matrix)
    slope, matrix, right = (state.tidy(terms) for terms in (system.right[0], matrix, right))
    mentioned = [index for term in matrix for index in indices_of(term.value)]
    hidden = tuple(i for i in state.page.reader.opened((*slope, *right), row) if i not in mentioned)
    names = state.page.notation.indexing(*(index for index in row if index not in hidden))
    pieces = state.page.reader.pieces(slope, names, hidden)
    yield display(equation(total(scaled(pieces, 1 / abs(content(pieces)))), ZERO))
    left = state.hatted(parameter, row, names, hidden)
    yield display(equation(left, state.ratio(right, matrix, names, hidden)))


def newton(state: Maximization, update: Update) -> Iterator[Block]:
    """Gradient and Hessian at the old parameters, and the step."""
    system = batched(assemble(state.problem, update.parameters))
    several = len(system.block) > 1
    g, h = (state.page.notation.introduce(*choices) for choices in (("g", "s"), ("H", "J")))
    lines, steps = [], []
    for a, parameter in enumerate(system.block):
        own = state.page.notation.symbol(parameter.variable)
        gradient = subscripted(g, (own,)) if several else g
        lines.append(_defined(state, gradient, system.right[a], system.rows[a]))
        products: list[Math] = []
        for b, other in enumerate(system.block):
            if system.matrix[a][b]:
                mark = (own, state.page.notation.symbol(other.variable)) if several else ()
                matrix = subscripted(h, mark)
                both = tuple(dict.fromkeys((*system.rows[a], *system.columns[b])))
                lines.append(_defined(state, matrix, system.matrix[a][b], both))
                products.append(Product((matrix, _step(state, other))))
        steps.append(equation(_added(products), gradient))
    yield paragraph("With the gradient and minus the Hessian at the old values,")
    yield display(*lines)
    if several:
        yield paragraph("the step solves")
        yield display(*steps)
    else:
        (parameter,) = system.block
        old, new = _both(state, parameter)
        yield paragraph("the step is")
        yield display(equation(new, Add((old, Product((Power(h, INVERSE), g))))))


def _defined(state: Maximization, name: Math, terms: Terms, free: tuple[Index, ...]) -> Relation:
    """name = the terms, as a vector or a matrix where the indices allow it."""
    linked = tuple(replace(t, value=with_links(t.value)) for t in _united(terms))
    hidden = state.page.reader.opened(linked, free)
    shown = [index for index in free if index not in hidden]
    names = state.page.notation.indexing(*shown)
    marked = (
        subscripted(name, tuple(names.known[i] for i in shown))
        if isinstance(name, Symbol)
        else name
    )
    return equation(marked, total(state.page.reader.pieces(linked, names, hidden)))


def _united(terms: Terms) -> Terms:
    """Terms summed over the same axes as one term."""
    found: dict[object, Term] = {}
    for term in terms:
        key = (tuple(index.axis for index in term.bound), term.guards)
        known = found.setdefault(key, replace(term, value=sympy.Integer(0)))
        moved = dict(zip(term.bound, known.bound, strict=True))
        value = known.value + reindex(term.value, moved)
        found[key] = replace(known, value=value)
    return tuple(found.values())


def _both(state: Maximization, parameter: Declared) -> tuple[Math, Math]:
    """The old and the new value, without indices."""
    symbol = state.page.notation.symbol(parameter.variable)
    return symbol, replace(symbol, accent="hat")


def _step(state: Maximization, parameter: Declared) -> Math:
    old, new = _both(state, parameter)
    return Add((new, Negative(old)))


def _added(terms: list[Math]) -> Math:
    return terms[0] if len(terms) == 1 else Add(tuple(terms))
