"""Terms put into their final form: deltas carried out, list literals written out entry by entry,
and named intermediates that are whole factors multiplied out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy

from autoem.derive.index import Guard, Index, Lookup
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
    """A sum over the positions of a list literal, entry by entry; where data tell the position,
    each entry where they do."""
    for index in term.bound:
        if index.axis.size is not None and _reads_entries(term.value, index):
            for position in range(index.axis.size):
                chosen = at(term, {index: position})
                if chosen is not None:
                    yield from unrolled(chosen)
            return
    for lookup, size in _looked_up(term.value):
        for position in range(size):
            value = _read_at(term.value, lookup, position)
            guards = (*term.guards, Guard(lookup, position))
            yield from unrolled(replace(term, value=value, guards=guards))
        return
    moved = {
        element: entry_of(element) for element in elements(term.value)
        if isinstance(element.base, Entries) and isinstance(element.indices[-1], int)
    }  # fmt: skip
    yield replace(term, value=term.value.xreplace(moved)) if moved else term


def _reads_entries(value: sympy.Expr, index: Index) -> bool:
    return any(isinstance(e.base, Entries) and index in e.indices for e in elements(value))


def _looked_up(value: sympy.Expr) -> Iterator[tuple[Lookup, int]]:
    """The data that tell which entry of a list is read, and how many it has."""
    for element in elements(value):
        last = element.indices[-1] if isinstance(element.base, Entries) else None
        if isinstance(last, Lookup) and isinstance(element.base, Entries):
            yield last, len(element.base.entries)


def _read_at(value: sympy.Expr, lookup: Lookup, position: int) -> sympy.Expr:
    """The value where the data tell this position."""
    moved = {
        e: Element(e.base, tuple(position if read == lookup else read for read in e.indices))
        for e in elements(value) if lookup in e.indices
    }  # fmt: skip
    return value.xreplace(moved)


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
