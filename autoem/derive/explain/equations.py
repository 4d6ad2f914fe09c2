"""Normal equations on the page: Σ_b matrix[a][b] b̂ = right[a], in vectors and matrices.

An index of a row may be hidden where every term of its equation is linear in it; an index that
only a column has is contracted, or summed where it cannot be hidden.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import sympy

from autoem.derive.calculus import substituted
from autoem.derive.explain.alike import added
from autoem.derive.explain.contraction import Tensor, chained
from autoem.derive.explain.layout import ZERO, Math, Relation, Series, equation
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import new
from autoem.derive.explain.piece import content, product, scaled, signed
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.maximizers.linear import System
from autoem.derive.quantity import Declared, Element, Quantity, indices_of
from autoem.derive.term import Term, Terms, at

Indices = tuple[Index, ...]


@dataclass(frozen=True)
class Entry:
    """One product of an equation: matrix[a][b], and b̂ at its indices."""

    matrix: Terms
    parameter: Declared
    indices: Indices


@dataclass(frozen=True)
class NormalEquation:
    """One equation of a system: its entries, its right side, its row of indices."""

    state: Maximization
    row: Indices
    entries: tuple[Entry, ...]
    right: Terms
    slope: Terms

    @property
    def relation(self) -> Relation:
        """The equation, numbers canceled; the slope at the new values, where it is wide."""
        return self._vanishing if self.is_wide else self._solved_for

    @property
    def _vanishing(self) -> Relation:
        reader = self.state.page.reader
        hidden = reader.opened(self.slope, self.row)
        names = self.state.page.notation.indexing(*(i for i in self.row if i not in hidden))
        pieces = reader.pieces(self.slope, names, hidden)
        return equation(total(scaled(pieces, 1 / abs(content(pieces)))), ZERO)

    @property
    def _solved_for(self) -> Relation:
        reader, hidden = self.state.page.reader, self.hidden
        names = self.state.page.notation.indexing(*(i for i in self.row if i not in hidden))
        right = added(reader.pieces(self.right, names, hidden))
        scale = 1 / abs(content(right)) if right else Fraction(1)
        left = [self._product(entry, scale, names) for entry in self.entries]
        return equation(signed(left), total(scaled(right, scale)))

    @property
    def hidden(self) -> Indices:
        """The indices of the row that need not be written."""
        return tuple(index for index in self.row if self._may_hide(index))

    @property
    def is_wide(self) -> bool:
        """Whether a coefficient would be more than a matrix."""
        return any(len(self._open(entry)) > 2 for entry in self.entries)

    def _open(self, entry: Entry) -> Indices:
        """The indices of a coefficient that are not written."""
        found = (*self.hidden, *self._contracted(entry))
        return tuple(index for index in found if mentioned(entry.matrix, index))

    def _contracted(self, entry: Entry) -> Indices:
        """The indices that only a column has, and that need not be written either."""
        inner = tuple(index for index in entry.indices if index not in self.row)
        return self.state.page.reader.opened(entry.matrix, inner)

    def _may_hide(self, index: Index) -> bool:
        opened = self.state.page.reader.opened
        sides = bool(opened(self.right, (index,)))
        for entry in self.entries:
            inside, outside = mentioned(entry.matrix, index), index in entry.indices
            linear = outside or bool(opened(entry.matrix, (index,)))
            sides = sides and inside != outside and linear
        return sides

    def _product(self, entry: Entry, scale: Fraction, names: Indexing) -> tuple[bool, Math]:
        """matrix[a][b] b̂: whether it is taken away, and its layout."""
        reader, hidden = self.state.page.reader, self.hidden
        contracted = self._contracted(entry)
        summed = tuple(i for i in entry.indices if i not in (*self.row, *contracted))
        names = names.bind(summed)
        open_here = self._open(entry)
        pieces = scaled(reader.pieces(entry.matrix, names, open_here), scale)
        negative = bool(pieces) and content(pieces) < 0
        unknown = Element(new(entry.parameter), entry.indices)
        own = tuple(index for index in entry.indices if index in (*hidden, *contracted))
        scale = -scale if negative else scale
        body = product(Fraction(1), self._arranged(entry, unknown, open_here, own, scale, names))
        return negative, Series(tuple(names.known[i] for i in summed), body) if summed else body

    def _arranged(
        self,
        entry: Entry,
        unknown: Element,
        inside: Indices,
        own: Indices,
        scale: Fraction,
        names: Indexing,
    ) -> list[Math]:
        """The matrix and the unknown as factors side by side."""
        reader = self.state.page.reader

        def matrix(wanted: tuple[Index | None, ...] = ()) -> Math:
            return total(scaled(reader.pieces(entry.matrix, names, wanted), scale))

        tensors = [Tensor(own, lambda wanted: reader.factor(unknown, names, wanted))] if own else []
        tensors += [Tensor(inside, matrix)] if inside else []
        before = [] if inside else [matrix()]
        after = [] if own else [reader.factor(unknown, names, ())]
        return [*before, *after, *chained(tensors, self.hidden)]


def normal_equations(
    state: Maximization, system: System, right: tuple[Terms, ...]
) -> tuple[Relation, ...]:
    """The equations of a system, one for each of its parameters."""
    hats: dict[Quantity, Quantity | sympy.Expr] = {
        o: new(q) for o, q in zip(system.origins, system.block, strict=True)
    }
    return tuple(
        NormalEquation(
            state,
            row,
            tuple(
                _entry(state, terms, row, parameter, column)
                for terms, parameter, column in zip(line, system.block, system.columns, strict=True)
                if terms
            ),
            state.tidy(side),
            state.tidy(substituted(slope, hats)),
        ).relation
        for row, line, side, slope in zip(
            system.rows, system.matrix, right, system.right, strict=True
        )
    )


def _entry(
    state: Maximization, terms: Terms, row: Indices, parameter: Declared, column: Indices
) -> Entry:
    """An entry with every column index that is guarded to be one of the row set to it."""
    terms = state.tidy(terms)
    moved: dict[Index, Index] = {}
    for index in column:
        found = [r for r in row if all(_guarded(term, index, r) for term in terms)]
        if found and index not in row:
            moved[index] = found[0]
    placed = (at(term, moved) for term in terms)
    kept = tuple(replace(t, value=sympy.expand_mul(t.value, deep=False)) for t in placed if t)
    return Entry(kept, parameter, tuple(moved.get(index, index) for index in column))


def _guarded(term: Term, column: Index, row: Index) -> bool:
    return any({guard.left, guard.right} == {column, row} for guard in term.guards)


def mentioned(terms: Terms, index: Index) -> bool:
    """Whether some term mentions the index."""
    guards = [side for term in terms for g in term.guards for side in (g.left, g.right)]
    return index in guards or any(index in indices_of(term.value) for term in terms)
