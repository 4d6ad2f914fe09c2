"""Axes whose entries may count as often as a weight says, with all that lies in them.

An entry of an axis is a unit if, given the latents outside of it, it shares nothing with the other
entries: then an entry that counts w times is w equal entries, and log p(data) and Q have w times
what the entry adds to them.  This is read off the log joint, term by term.

    [sum over i]  log p(y[i] | b[group[i]])        row i lies in the entry group[i] of the groups
    the entry     what the term reads along the weighted axis: one place, u
    outside       latents at places that u tells: of class c its school, school[c]

Where a term reads two entries (a step and the one before), a latent outside at a place that the
entry does not tell (crossed effects), or a sum over entries inside a law, there is no unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import sympy

from autoem.derive.index import Index, Lookup, Read, Shift, fresh, indices_in, reread, substitute
from autoem.derive.kept import Kept
from autoem.derive.quantity import (
    Declared,
    Defined,
    Indicator,
    LogPartition,
    Quantity,
    elements,
)
from autoem.derive.rows import is_prior, row_axis, statistics
from autoem.derive.term import Term, instantiate, reindex, settled
from autoem.language.declaration import Given, Latent, Random
from autoem.language.expression import Axis

if TYPE_CHECKING:
    from autoem.derive.stages import Derivation

Place = tuple[Quantity, tuple[Read, ...]]
"""An array, and where it is read."""


@dataclass(frozen=True)
class Within:
    """At the `indices` of other axes, the entry of the weighted axis that they lie in."""

    indices: tuple[Index, ...]
    read: Read

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(index.axis for index in self.indices)

    def at(self, reads: tuple[Read, ...]) -> Read:
        """The entry at other places of these axes."""
        return substitute(self.read, dict(zip(self.indices, reads, strict=True)))


@dataclass(frozen=True)
class Repeats:
    """An axis that may be weighted, and what lies in its entries, itself the first."""

    axis: Axis
    within: tuple[Within, ...]

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes whose positions lie in entries."""
        return tuple(axis for one in self.within for axis in one.axes)

    def entries(self, places: dict[Axis, list[Read]]) -> tuple[Read, ...]:
        """The different entries in which something lies that is read at some places by axis."""
        found: dict[Read, None] = {}
        for one in self.within:
            for reads in product(*(places.get(axis, []) for axis in one.axes)):
                found[one.at(reads)] = None
        return tuple(found)


def alone(axis: Axis) -> Repeats:
    """An axis in whose entries nothing else lies."""
    index = fresh(axis)
    return Repeats(axis, (Within((index,), index),))


class Dependent(Exception):
    """Why the entries of an axis are no units: a word of `errors.weights.DEPENDENT`, and a name."""

    def __init__(self, reason: str, other: str = "") -> None:
        Exception.__init__(self, reason, other)
        self.reason, self.other = reason, other


def repeats(derivation: Derivation, axis: Axis) -> Repeats:
    """What lies in the entries of an axis that may be weighted; raises `Dependent`."""
    _check_axis(derivation, axis)
    found = [settled(t) for t in derivation.log_joint.terms if not is_prior(derivation, t)]
    terms = [term for term in found if term is not None]
    itself = fresh(axis)
    within: dict[tuple[Axis, ...], Within] = {(axis,): Within((itself,), itself)}
    for entry in (found for term in terms for found in _entries(term, axis)):
        own = Within(indices_in(entry), entry)
        if within.setdefault(own.axes, own).at(own.indices) != entry:
            raise Dependent("twice")
    whole = Repeats(axis, tuple(within.values()))
    for term in terms:
        _check_term(whole, term, derivation)
    _check_sums(whole, derivation)
    return whole


def _check_axis(derivation: Derivation, axis: Axis) -> None:
    """Something is repeated over the axis, and it is not that of the states of a latent."""
    scope, variables = derivation.log_joint.scope, derivation.declaration.variables
    states = [scope.states(latent) for latent in scope.indicators]
    plates = [a for v in variables for a in v.plates]
    pointed = [v.category for v in variables if isinstance(v, Given)]
    if axis in states or axis not in (*plates, *pointed):
        raise Dependent("states")


def _entries(term: Term, axis: Axis) -> Iterator[Read]:
    """The one place along the axis that a term reads, and what this place tells of others."""
    found: dict[Read, None] = {}
    for quantity, reads in _places(term.value):
        found.update((r, None) for a, r in zip(quantity.axes, reads, strict=False) if a is axis)
    if not found:
        return
    if any(_is_step(read, axis) for read in found):
        raise Dependent("steps")
    read, *more = found
    if more:
        raise Dependent("twice")
    if not all(index in term.bound for index in indices_in(read)):
        raise Dependent("summed", term.factor)
    if not _is_given(read):
        raise Dependent("told", term.factor)
    yield read
    yield from _levels(read)


def _is_step(read: Read, axis: Axis) -> bool:
    """Whether a read is the first step, one beside another, or the parent of a node."""
    if isinstance(read, Lookup):
        return axis in read.table.axes
    return isinstance(read, Shift | int)


def _levels(entry: Read) -> Iterator[Read]:
    """Of row i in the entry school[class[i]]: class c lies in the entry school[c]."""
    if isinstance(entry, Lookup):
        yield replace(entry, indices=tuple(fresh(axis) for axis in entry.table.axes))
        if len(entry.indices) == 1:
            for inner in _levels(entry.indices[0]):
                yield replace(entry, indices=(inner,))


def _is_given(read: Read) -> bool:
    """Whether a read is an index, or one that data tell."""
    if not isinstance(read, Lookup):
        return isinstance(read, Index)
    known = isinstance(read.table, Declared) and isinstance(read.table.variable, Given)
    return known and all(_is_given(inner) for inner in read.indices)


def _places(value: sympy.Expr) -> Iterator[Place]:
    """Every array that is read in an expression, named intermediates and lookups looked into."""
    for element in elements(value):
        for read in element.indices:
            yield from _looked_up(read)
        base = element.base
        if isinstance(base, Defined):
            for term in instantiate(element):
                yield from _places(term.value)
        elif isinstance(base, LogPartition):
            moved = dict(zip(base.indices, element.indices, strict=True))
            yield from _places(reindex(base.operand, moved))
        else:
            yield base, element.indices


def _looked_up(read: Read) -> Iterator[Place]:
    """The tables of a lookup, and where they are read."""
    if isinstance(read, Lookup):
        yield read.table, read.indices
        for inner in read.indices:
            yield from _looked_up(inner)


def _check_term(whole: Repeats, term: Term, derivation: Derivation) -> None:
    """Of what lies in an entry, all latents lie in the same, or outside where the entry tells."""
    bound: dict[Axis, list[Read]] = {}
    for index in term.bound:
        bound.setdefault(index.axis, []).append(index)
    entries = whole.entries(bound)
    if len(entries) > 1:
        raise Dependent("twice")
    for quantity, reads in _places(term.value):
        latent = _latent(quantity, derivation)
        if latent is None:
            continue
        places: dict[Axis, list[Read]] = {}
        for axis, read in zip(latent.plates, reads, strict=False):
            places.setdefault(axis, []).append(read)
        own = whole.entries(places)
        if own and own != entries:
            raise Dependent("summed", term.factor)
        if entries and not own:
            plain = zip(latent.plates, reads, strict=False)
            for axis, read in plain:
                left = indices_in(reread(read, entries[0], 0))
                if any(index in term.bound for index in left):
                    raise Dependent("crossed", axis.key or axis.label)


def _latent(quantity: Quantity, derivation: Derivation) -> Random | None:
    """The latent of an array; what is observed in part is one."""
    if isinstance(quantity, Indicator):
        quantity = quantity.latent
    hidden = isinstance(quantity, Declared) and (
        isinstance(quantity.variable, Latent) or quantity in derivation.log_joint.incomplete
    )
    if not hidden:
        return None
    assert isinstance(quantity, Declared) and isinstance(quantity.variable, Random)
    return quantity.variable


def _check_sums(whole: Repeats, derivation: Derivation) -> None:
    """No sum that is observed goes over entries; and where weights stand inside of sums, nothing
    is kept of an entry, and no parameter has one for each."""
    axes = whole.axes
    for total in derivation.log_joint.totals:
        if any(axis in axes for axis in total.over):
            raise Dependent("summed", total.observed.name)
    if row_axis(derivation) in axes:
        return
    if any(isinstance(statistic, Kept) for statistic in statistics(derivation)):
        raise Dependent("kept")
    for parameter in derivation.declaration.parameters:
        if any(a in axes for a in (*parameter.plates, *parameter.event)):
            raise Dependent("own", parameter.name)
