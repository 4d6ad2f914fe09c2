"""From terms to layouts: the one recursion.

A term is a product summed over indices.  Indices that join vectors and matrices are hidden, the
others are written under a sum sign; a named intermediate without a symbol is read in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy

from autoem.derive.explain.conditions import conditions, identities, idle, under
from autoem.derive.explain.contraction import (
    Open,
    Tensor,
    chained,
    hidden,
    is_open,
    open_in,
)
from autoem.derive.explain.functions import function
from autoem.derive.explain.intermediates import computed, partition, softmax
from autoem.derive.explain.layout import TWO, Call, Math, Norm, Power, Quotient, Transpose
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import (
    EXPECTATION,
    PARAMETER,
    SIZE,
    Glyph,
    Notation,
    Shown,
)
from autoem.derive.explain.ordering import (
    BRACKET,
    LAST,
    forward,
    is_weight,
    order,
    paired_powers,
    rank,
)
from autoem.derive.explain.piece import Piece
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.quantity import (
    Computed,
    Defined,
    Element,
    LogPartition,
    elements,
)
from autoem.derive.term import Term, Terms, at, instantiate, settled, times


@dataclass(frozen=True)
class Reader:
    """Reads terms in a notation."""

    notation: Notation

    def expression(self, value: sympy.Expr, names: Indexing, wanted: Open = ()) -> Math:
        """A sympy expression."""
        return self.terms((Term(value),), names, wanted)

    def terms(self, terms: Iterable[Term], names: Indexing, wanted: Open = ()) -> Math:
        """A sum of terms; `wanted` indices are open: the layout is a vector or a matrix."""
        return total(self.pieces(terms, names, wanted))

    def pieces(self, terms: Iterable[Term], names: Indexing, wanted: Open = ()) -> list[Piece]:
        """The pieces of a sum of terms, before they are put together."""
        result = []
        position, factor = -1, ""
        for term in self._written_out(terms):
            # Consecutive terms of one factor stand together, in the order of a person.
            position += 0 if term.factor and term.factor == factor else 1
            factor = term.factor
            for value in sympy.Add.make_args(term.value):
                value = self._as_written(replace(term, value=value), wanted)
                for part in sympy.Add.make_args(value):
                    for inner in self.opened_up(replace(term, value=part)):
                        piece = self._piece(inner, names, wanted)
                        result.append(replace(piece, order=(position, *piece.order)))
        return result

    def _written_out(self, terms: Iterable[Term]) -> Iterator[Term]:
        """The terms with guards carried out, and with sums over two states written out."""
        for term in filter(None, map(settled, terms)):
            states = [i for i in term.bound if i.axis in self.notation.binary_axes]
            found = (at(term, {states[0]: s}) for s in (1, 0)) if states else ()
            yield from self._written_out(filter(None, found)) if states else (term,)

    def _as_written(self, term: Term, wanted: Open) -> sympy.Expr:
        """A product with its differences turned, and with the names of products put in; a sum
        that is no vector and no matrix is multiplied out."""
        value = term.value
        for rewrite in self.notation.rewrites:
            value = rewrite(value)
        inside = hidden(term, wanted, self.notation)
        factors = sympy.Mul.make_args(value)
        if any(f.is_Add and len(open_in(f, inside)) > 2 for f in factors):
            value = sympy.expand_mul(value)
        return self._distributed(forward(self.notation, value))

    def _distributed(self, value: sympy.Expr) -> sympy.Expr:
        """(ν/2 − 1) E[log u] as two products, so that more of them can be collected."""
        if isinstance(value, sympy.Mul) and any(
            isinstance(f, Element) and rank(self.notation, f)[0] == EXPECTATION for f in value.args
        ):
            sums = [f for f in value.args if isinstance(f, sympy.Add)]
            if len(sums) == 1 and all(
                rank(self.notation, e)[0] == PARAMETER for e in elements(sums[0])
            ):
                return sympy.Add(*(value / sums[0] * part for part in sums[0].args))
        return value

    def opened_up(self, term: Term) -> Iterator[Term]:
        """A named intermediate without a symbol, that is the whole term, as its own terms."""
        coefficient, element = term.value.as_coeff_Mul(rational=True)
        if not self._is_anonymous(element):
            yield term
            return
        for inner in instantiate(element):
            for value in sympy.Add.make_args(inner.value):
                product = times(replace(term, value=coefficient), replace(inner, value=value))
                yield from self.opened_up(product)

    def _is_anonymous(self, value: sympy.Expr) -> bool:
        named = isinstance(value, Element) and self.notation.glyph(value.base) is None
        return named and isinstance(value.base, Defined)

    def opened(self, terms: Terms, free: Open) -> tuple[Index, ...]:
        """Those of the free indices that can be hidden in every term."""
        every = (i for i in free if i and all(is_open(t, i, self.notation) for t in terms))
        return tuple(every) if terms else ()

    def _piece(self, term: Term, names: Indexing, wanted: Open) -> Piece:
        inside = hidden(term, wanted, self.notation)
        shown = [index for index in term.bound if index not in inside]
        shown.sort(key=lambda index: self.notation.letters.rank(index.axis))
        names = names.bind(shown)
        coefficient, factors = term.value.as_coeff_Mul(rational=True)
        parts = _Parts([], [], [], [], [])
        plain, powers = paired_powers(factors)
        for above, below in powers:
            base = Quotient(self._scalar(above.base, names), self._scalar(below.base, names))
            power = Power(base, self._scalar(above.exp, names))
            parts.factors.append(((BRACKET, 0), power))
        for factor in plain:
            self._place(factor, inside, names, parts)
        bound = tuple(names.known[index] for index in shown)
        found, weights = conditions(self.notation, term, names, parts.weights)
        summed, indicators = under(found, bound)
        scalars = [math for _, math in sorted(parts.factors, key=lambda pair: pair[0])]
        return Piece(
            Fraction(int(coefficient.p), int(coefficient.q)),
            indices=bound,
            conditions=summed,
            weights=(*weights, *indicators),
            factors=(*scalars, *chained([*parts.tensors, *identities(term, inside)], wanted)),
            denominator=tuple(parts.denominator),
            idle=idle(self.notation, term, shown, names),
            counts=tuple(parts.counts),
            order=(bool(shown), *order(self.notation, term.value, bool(coefficient < 0))),
        )

    def _place(
        self, factor: sympy.Expr, inside: tuple[Index, ...], names: Indexing, parts: _Parts
    ) -> None:
        """One factor of a product, put where it belongs."""
        if factor == 1:
            return
        open_indices = open_in(factor, inside)
        if open_indices and isinstance(factor, sympy.Pow):
            base = self.expression(factor.base, names, open_indices)
            parts.factors.append(((LAST, 0), Power(Norm(base), TWO)))
        elif open_indices and self._is_trace(factor, open_indices):
            matrix = self.factor(factor, names, (*open_indices, *open_indices))
            parts.factors.append(((LAST, 0), Call("tr", matrix)))
        elif open_indices:
            parts.tensors.append(self._tensor(factor, open_indices, names))
        elif isinstance(factor, sympy.Pow) and factor.exp.is_number and factor.exp.is_negative:
            parts.denominator.append(self._scalar(1 / factor, names))
        else:
            math = self._scalar(factor, names)
            if is_weight(self.notation, factor):
                parts.weights.append(math)
            elif rank(self.notation, factor)[0] == SIZE:
                parts.counts.append(math)
            else:
                parts.factors.append((rank(self.notation, factor), math))

    def _is_trace(self, factor: sympy.Expr, inside: Open) -> bool:
        return isinstance(factor, Element) and factor.indices.count(inside[0]) == 2

    def _tensor(self, factor: sympy.Expr, inside: tuple[Index, ...], names: Indexing) -> Tensor:
        return Tensor(
            inside, lambda wanted: self.factor(factor, names, wanted), rank(self.notation, factor)
        )

    def factor(self, factor: sympy.Expr, names: Indexing, wanted: Open) -> Math:
        """A factor of a product with these indices open: a symbol, or a sum in its place."""
        if isinstance(factor, Element):
            glyph = self.notation.glyph(factor.base)
            if glyph is not None:
                return self._symbol(glyph, factor, names, wanted)
            if isinstance(factor.base, Defined):
                return self.terms(instantiate(factor), names, wanted)
        return self.terms((Term(factor),), names, wanted)

    def _symbol(self, glyph: Glyph, element: Element, names: Indexing, wanted: Open) -> Math:
        shown: Shown = tuple(
            None if index in wanted else self.notation.read(index, names)
            for index in element.indices
        )
        math = glyph.write(shown)
        if wanted[:1] == (None,):
            return Transpose(math)
        turned = len(wanted) == 2 and element.indices.index(wanted[0]) > element.indices.index(
            wanted[1]
        )
        return Transpose(math) if turned and not glyph.symmetric else math

    def _scalar(self, factor: sympy.Expr, names: Indexing) -> Math:
        """A factor without hidden indices."""
        if isinstance(factor, Element):
            glyph = self.notation.glyph(factor.base)
            if glyph is not None:
                return self._symbol(glyph, factor, names, ())
            if isinstance(factor.base, Defined):
                return self.terms(instantiate(factor), names)
            if isinstance(factor.base, Computed):
                return computed(self, factor, names)
            if isinstance(factor.base, LogPartition):
                return partition(self, factor, names)
        if isinstance(factor, sympy.Add | sympy.Mul):
            return self.expression(factor, names)
        if (share := softmax(self, factor, names)) is not None:
            return share
        math = function(factor, lambda value: self.expression(value, names))
        if isinstance(math, Call) and math.function == "digamma" and self._is_free("ψ"):
            return replace(math, function="ψ")
        return math

    def _is_free(self, letter: str) -> bool:
        return letter not in self.notation.taken


@dataclass
class _Parts:
    """The factors of a product while it is read."""

    counts: list[Math]
    weights: list[Math]
    factors: list[tuple[tuple[int, int], Math]]
    denominator: list[Math]
    tensors: list[Tensor]
