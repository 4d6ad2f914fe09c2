"""What the sections of a page share: the derivation, its notation, and a reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sympy

from autoem.derive.explain.contraction import Open
from autoem.derive.explain.layout import Inline, Math
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import Notation, notation, subscripted
from autoem.derive.explain.read import Reader
from autoem.derive.index import Index, Lookup, Read, indices_in
from autoem.derive.invariant import Invariant
from autoem.derive.posterior import Posterior
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Element,
    LogPartition,
    Quantity,
    elements,
)
from autoem.derive.term import Term, Terms, at, instantiate, merged
from autoem.language.declaration import Observed

if TYPE_CHECKING:
    from autoem.derive.stages import Derivation


@dataclass
class Page:
    """A page in the making; `responsibilities` are the posterior weights introduced so far."""

    derivation: Derivation
    notation: Notation
    responsibilities: dict[Quantity, int] = field(default_factory=dict)

    @property
    def reader(self) -> Reader:
        """Reads terms in the notation of the page."""
        return Reader(self.notation)

    def reason(self, words: str) -> tuple[Inline, ...]:
        """A reason, with the symbols of the variables that are named in it."""
        names = {v.name: v for v in self.derivation.declaration.variables}
        parts: list[Inline] = []
        for word in re.split(r"(\w+)", words):
            symbol = self.notation.symbol(names[word]) if word in names else None
            # The article is no variable, and a word as a name looks the same in running text.
            named = symbol is not None and len(symbol.name) == 1 and word != "a"
            parts.append(symbol if named and symbol else word)
        return tuple(parts)

    def vector(self, terms: Terms, free: tuple[Index, ...]) -> tuple[Math, Indexing, Open]:
        """A sum of terms as a vector or matrix over those free indices that can be hidden; with
        the symbols of all others."""
        hidden = self.reader.opened(terms, free) if len(free) < 3 else ()
        names = self.names(terms, hidden)
        return self.reader.terms(terms, names, hidden), names, hidden

    def names(self, terms: Terms, hidden: Open = (), first: Iterable[Index] = ()) -> Indexing:
        """Symbols for the free indices of terms."""
        free: dict[Index, None] = dict.fromkeys(first)
        for term in terms:
            for element in elements(term.value):
                for read in element.indices:
                    if isinstance(read, Index) and read not in term.bound:
                        free[read] = None
        return self.notation.indexing(*(index for index in free if index not in hidden))

    def observed(self, posterior: Posterior, names: Indexing) -> tuple[Math, ...]:
        """The observed variables in the terms of a latent, at its own place."""
        found: dict[Math, None] = {}
        plates = {index.axis: names.known[index] for index in posterior.local.plates}
        for base, reads in _tables(posterior.local.terms):
            if isinstance(base.variable, Observed):
                # An index over an axis of the latent's own plates is that plate.
                marks = [
                    names.known.get(read, plates.get(read.axis))
                    if isinstance(read, Index)
                    else None
                    for read in reads
                ]
                found[subscripted(self.notation.symbol(base.variable), tuple(marks))] = None
        return tuple(found)

    def normalized(self, terms: Terms) -> Terms:
        """Responsibilities summed over all states are one."""
        return merged(self._normalized(term) for term in terms)

    def _normalized(self, term: Term) -> Term:
        for element in elements(term.value):
            if element.base not in self.responsibilities:
                continue
            state = element.indices[self.responsibilities[element.base]]
            rest = Term(term.value / element, term.bound, term.guards, term.factor)
            alone = not rest.value.has(element) and state in term.bound and not _uses(rest, state)
            if alone:
                bound = tuple(index for index in term.bound if index != state)
                return self._normalized(Term(rest.value, bound, term.guards, term.factor))
        return term

    def binary(self, value: sympy.Expr) -> sympy.Expr:
        """The responsibility of state 0 of two as one minus that of state 1, to be multiplied
        out."""
        moved = {}
        for element in elements(value):
            if element.base in self.responsibilities:
                place = self.responsibilities[element.base]
                if element.indices[place] == 0 and element.base.axes[place].size == 2:
                    one = (*element.indices[:place], 1, *element.indices[place + 1 :])
                    moved[element] = 1 - Element(element.base, one)
        return value.xreplace(moved) if moved else value


def page(derivation: Derivation) -> Page:
    """An empty page."""
    names = notation(derivation.declaration)
    names.binary_axes = tuple(derivation.log_joint.scope.state_axes.values())
    return Page(derivation, names)


def inside(value: sympy.Expr) -> list[Element]:
    """The elements of an expression and of the definitions in it."""
    found = []
    for element in elements(value):
        found.append(element)
        if isinstance(element.base, LogPartition | Invariant):
            found += inside(element.base.operand)
        if isinstance(element.base, Defined):
            found += [e for term in instantiate(element) for e in inside(term.value)]
        if isinstance(element.base, Computed):
            own = dict(zip(element.base.indices, element.indices, strict=True))
            parts = (at(Term(operand), own) for operand in element.base.operands)
            found += [e for part in parts if part for e in inside(part.value)]
    return found


def _tables(terms: Terms) -> Iterator[tuple[Declared, tuple[Read, ...]]]:
    """The variables that terms read, as numbers and as indices, and where."""
    for element in (e for term in terms for e in inside(term.value)):
        if isinstance(element.base, Declared):
            yield element.base, element.indices
        for read in element.indices:
            if isinstance(read, Lookup) and isinstance(read.table, Declared):
                yield read.table, read.indices


def _uses(term: Term, index: Index) -> bool:
    """Whether anything is read at the index, a lookup too."""
    mentioned = [read for element in elements(term.value) for read in element.indices]
    mentioned += [read for guard in term.guards for read in (guard.left, guard.right)]
    return any(index in indices_in(read) for read in mentioned)
