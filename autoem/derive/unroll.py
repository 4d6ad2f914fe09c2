"""Terms put into their final form: deltas carried out, list literals written out entry by entry,
and named intermediates that are whole factors multiplied out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy

from autoem.derive.index import Index
from autoem.derive.quantity import Defined, Element, Entries, elements
from autoem.derive.term import Term, at, instantiate, resolve_deltas, times


def finished(term: Term, factor: str) -> Iterator[Term]:
    """Deltas carried out, list literals written out, linear intermediates put in place."""
    resolved = resolve_deltas(replace(term, factor=factor))
    if resolved is None:
        return
    for written in unrolled(resolved):
        yield from inlined(written)


def unrolled(term: Term) -> Iterator[Term]:
    """A sum over the positions of a list literal, entry by entry."""
    for index in term.bound:
        if index.axis.size is not None and _reads_entries(term.value, index):
            for position in range(index.axis.size):
                chosen = at(term, {index: position})
                if chosen is not None:
                    yield from unrolled(chosen)
            return
    moved = {
        element: entry_of(element) for element in elements(term.value)
        if isinstance(element.base, Entries) and isinstance(element.indices[-1], int)
    }  # fmt: skip
    yield replace(term, value=term.value.xreplace(moved)) if moved else term


def _reads_entries(value: sympy.Expr, index: Index) -> bool:
    return any(isinstance(e.base, Entries) and index in e.indices for e in elements(value))


def entry_of(element: Element) -> sympy.Expr:
    """The entry of a list literal that an element names."""
    base = element.base
    assert isinstance(base, Entries)
    replacement = dict(zip(base.indices, element.indices, strict=True))
    moved = at(Term(base.entries[int(element.indices[-1])]), replacement)  # type: ignore[arg-type]
    assert moved is not None
    return moved.value


def inlined(term: Term) -> Iterator[Term]:
    """A named intermediate that is a whole factor of the term, multiplied out: log det of a
    diagonal matrix is a sum of logs."""
    for factor in sympy.Mul.make_args(term.value):
        if isinstance(factor, Element) and isinstance(factor.base, Defined):
            rest = replace(term, value=term.value / factor)
            for part in instantiate(factor):
                yield from inlined(times(rest, part))
            return
    yield term
