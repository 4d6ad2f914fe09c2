"""Updates of location parameters on the page: quotients, normal equations, Newton steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy

from autoem.derive.calculus import substituted
from autoem.derive.explain.contraction import Open, Tensor, chained
from autoem.derive.explain.layout import (
    Add,
    Block,
    Math,
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
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import INVERSE, subscripted
from autoem.derive.explain.piece import content, product, scaled, signed
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.maximizers.linear import System, assemble, batched
from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import Declared, Element, indices_of
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
    equations = NormalEquations(state, system, right)
    yield display(*(equations.line(position) for position in range(len(system.block))))


def _at_zero(terms: Terms, system: System) -> Terms:
    """The gradient where the block is zero."""
    return substituted(terms, {origin: sympy.Integer(0) for origin in system.origins})


def _quotient(state: Maximization, system: System, right: Terms) -> Iterator[Block]:
    """The gradient, and the ratio that makes it vanish."""
    ((parameter,), (row,), ((matrix,),)) = (system.block, system.rows, system.matrix)
    slope, matrix, right = (state.tidy(terms) for terms in (system.right[0], matrix, right))
    mentioned = [index for term in matrix for index in indices_of(term.value)]
    hidden = tuple(
        i for i in state.page.reader.opened((*slope, *right), row) if i not in mentioned
    )
    names = state.page.notation.indexing(*(index for index in row if index not in hidden))
    pieces = state.page.reader.pieces(slope, names, hidden)
    yield display(equation(total(scaled(pieces, 1 / abs(content(pieces)))), ZERO))
    left = state.hatted(parameter, row, names, hidden)
    yield display(equation(left, state.ratio(right, matrix, names, hidden)))


@dataclass(frozen=True)
class NormalEquations:
    """Σ_b matrix[a][b] b̂ = right[a], in vectors and matrices where the indices allow it."""

    state: Maximization
    system: System
    right: tuple[Terms, ...]

    def line(self, position: int) -> Relation:
        """The equation of one parameter."""
        hidden = self._hidden(position)
        names = self._names(hidden)
        row = tuple(index for index in self.system.rows[position] if index in hidden)
        reader = self.state.page.reader
        right = reader.pieces(self.state.tidy(self.right[position]), names, row)
        scale = 1 / abs(content(right)) if right else Fraction(1)
        left = [
            self._product(position, column, scale, hidden, names)
            for column in range(len(self.system.block))
            if self.system.matrix[position][column]
        ]
        return equation(signed([(False, part) for part in left]), total(scaled(right, scale)))

    def _product(
        self, position: int, column: int, scale: Fraction, hidden: Open, names: Indexing
    ) -> Math:
        """matrix[a][b] b̂, contracted over what only the column has."""
        parameter, indices = self.system.block[column], self.system.columns[column]
        terms = self.state.tidy(self.system.matrix[position][column])
        terms = tuple(replace(t, value=t.value * scale.numerator / scale.denominator) for t in terms)
        row = self.system.rows[position]
        inner = tuple(i for i in (*row, *indices) if i in hidden and _mentioned(terms, i))
        wanted = tuple(index for index in row if index in hidden)
        tensors = [
            Tensor(
                tuple(index for index in indices if index in hidden),
                lambda open_: self._new(parameter, indices, names, open_),
            )
        ]
        if not inner:
            count = self.state.page.reader.terms(terms, names)
            return product(Fraction(1), (count, *_placed(tensors, wanted)))
        tensors.append(
            Tensor(inner, lambda open_: self.state.page.reader.terms(terms, names, open_))
        )
        return product(Fraction(1), chained(tensors, wanted))

    def _new(
        self, parameter: Declared, indices: tuple[Index, ...], names: Indexing, wanted: Open
    ) -> Math:
        from autoem.derive.explain.notation import new

        return self.state.page.reader.factor(Element(new(parameter), indices), names, wanted)

    def _hidden(self, position: int) -> Open:
        """The indices of rows and columns that all terms of the equation allow to hide."""
        reader, row = self.state.page.reader, self.system.rows[position]
        line = self.system.matrix[position]
        found = []
        for index in dict.fromkeys((*row, *(i for column in self.system.columns for i in column))):
            every = [t for terms in line for t in terms if _mentioned((t,), index)]
            if index in row:
                every += list(self.right[position])
            if reader.opened(tuple(every), (index,)):
                found.append(index)
        return tuple(found)

    def _names(self, hidden: Open) -> Indexing:
        every = (*self.system.rows, *self.system.columns)
        shown = dict.fromkeys(i for indices in every for i in indices if i not in hidden)
        return self.state.page.notation.indexing(*shown)


def _placed(tensors: list[Tensor], wanted: Open) -> list[Math]:
    (only,) = tensors
    return chained(tensors, wanted) if only.open else [only.write(())]


def _mentioned(terms: Terms, index: Index) -> bool:
    guards = [side for term in terms for g in term.guards for side in (g.left, g.right)]
    return index in guards or any(index in indices_of(term.value) for term in terms)


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


def _defined(
    state: Maximization, name: Math, terms: Terms, free: tuple[Index, ...]
) -> Relation:
    """name = the terms, as a vector or a matrix where the indices allow it."""
    linked = tuple(replace(t, value=with_links(t.value)) for t in _united(terms))
    hidden = state.page.reader.opened(linked, free)
    shown = [index for index in free if index not in hidden]
    names = state.page.notation.indexing(*shown)
    marked = subscripted(name, tuple(names.known[i] for i in shown)) if isinstance(name, Symbol) else name
    return equation(marked, total(state.page.reader.pieces(linked, names, hidden)))


def _united(terms: Terms) -> Terms:
    """Terms summed over the same axes as one term."""
    found: dict[object, Term] = {}
    for term in terms:
        key = (tuple(index.axis for index in term.bound), term.guards)
        known = found.setdefault(key, replace(term, value=sympy.Integer(0)))
        moved = dict(zip(term.bound, known.bound, strict=True))
        value = known.value + reindex(term.value, moved)  # type: ignore[arg-type]
        found[key] = replace(known, value=value)
    return tuple(found.values())


def _both(state: Maximization, parameter: Declared) -> tuple[Math, Math]:
    """The old and the new value, without indices."""
    symbol = state.page.notation.symbol(parameter.variable)
    return symbol, replace(symbol, accent="hat")


def _step(state: Maximization, parameter: Declared) -> Math:
    from autoem.derive.explain.layout import Negative

    old, new = _both(state, parameter)
    return Add((new, Negative(old)))


def _added(terms: list[Math]) -> Math:
    return terms[0] if len(terms) == 1 else Add(tuple(terms))
