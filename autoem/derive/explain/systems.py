"""Updates of location parameters on the page: quotients, normal equations, Newton steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy

from autoem.derive.calculus import substituted
from autoem.derive.explain.contraction import Open
from autoem.derive.explain.equations import normal_equations
from autoem.derive.explain.layout import (
    ZERO,
    Add,
    Block,
    Math,
    Negative,
    Product,
    Relation,
    Series,
    Symbol,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.links import with_links
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import subscripted
from autoem.derive.explain.piece import content, scaled
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.maximizers.linear import System, assemble, batched
from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import indices_of
from autoem.derive.term import Term, Terms, reindex

Indices = tuple[Index, ...]


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
    lines: list[Relation] = []
    steps: list[Relation] = []
    for a, parameter in enumerate(system.block):
        own = state.page.notation.symbol(parameter.variable)
        names, hidden = _row(state, system.right[a], system.rows[a])
        slope = _marked(subscripted(g, (own,)) if several else g, names)
        lines.append(equation(slope, _linked(state, system.right[a], names, hidden)))
        products: list[Math] = []
        for b, other in enumerate(system.block):
            if system.matrix[a][b]:
                marks = (own, state.page.notation.symbol(other.variable)) if several else ()
                line, product = _block(state, system, (a, b), names, subscripted(h, marks))
                lines.append(line)
                products.append(product)
        steps.append(equation(products[0] if len(products) == 1 else Add(tuple(products)), slope))
    yield paragraph("With the gradient and minus the Hessian at the old values,")
    yield display(*lines)
    yield paragraph("the step, with negative eigenvalues of ", h, " turned positive, solves")
    yield display(*steps)


def _row(state: Maximization, terms: Terms, row: Indices) -> tuple[Indexing, Indices]:
    """The symbols of those indices of an equation that are written, and the hidden ones."""
    hidden = state.page.reader.opened(terms, row)
    return state.page.notation.indexing(*(i for i in row if i not in hidden)), hidden


def _block(
    state: Maximization, system: System, place: tuple[int, int], names: Indexing, name: Symbol
) -> tuple[Relation, Math]:
    """One block of the Hessian, and its product with the step of its parameter."""
    a, b = place
    terms, row, column = system.matrix[a][b], system.rows[a], system.columns[b]
    both = tuple(dict.fromkeys((*row, *column)))
    hidden = state.page.reader.opened(terms, both)
    names = names.bind(i for i in column if i not in hidden and i not in names.known)
    block = _marked(name, names)
    summed = tuple(names.known[i] for i in column if i not in hidden and i not in row)
    old = state.page.notation.symbol(system.block[b].variable)
    marks = tuple(names.known.get(i) for i in column)
    new = subscripted(replace(old, accent="hat"), marks)
    body = Product((block, Add((new, Negative(subscripted(old, marks))))))
    # A block that is a vector over the column stands as a row, before the step.
    only_column = len(hidden) == 1 and hidden[0] not in row
    wanted: Open = (None, *hidden) if only_column else hidden
    line = equation(block, _linked(state, terms, names, wanted))
    return line, Series(summed, body) if summed else body


def _marked(name: Symbol, names: Indexing) -> Symbol:
    return subscripted(name, tuple(names.known.values()))


def _linked(state: Maximization, terms: Terms, names: Indexing, hidden: Open) -> Math:
    """The terms with named links, as a vector or a matrix over the hidden indices."""
    linked = tuple(replace(t, value=with_links(t.value)) for t in _united(terms))
    return total(state.page.reader.pieces(linked, names, hidden))


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
