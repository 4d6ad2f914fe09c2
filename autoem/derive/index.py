"""Indices: what stands in the brackets of x[n, d].

An index is bound to an axis and is unique: the second q of a squared sum is another `Index` over
the same axis.  What is read at an index may itself be a lookup, b[group[i]], or an integer.
A `Guard` is the condition [left = right] on a sum: it selects rows and never multiplies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from autoem.language.expression import Axis

if TYPE_CHECKING:
    from autoem.derive.quantity import Quantity

_serial = count()


@dataclass(frozen=True)
class Index:
    """A running index over an axis; two indices are equal only if they are the same one."""

    axis: Axis
    serial: int

    @property
    def name(self) -> str:
        # Zero-padded, so that sympy's order of symbols does not depend on how many came before.
        return f"{self.axis.label or 'i'}{self.serial:012d}"


@dataclass(frozen=True)
class Lookup:
    """The index `table[indices]`: the group of row i in b[group[i]]."""

    table: Quantity
    indices: tuple[Read, ...]

    @property
    def name(self) -> str:
        return f"{self.table.name}({','.join(name_of(read) for read in self.indices)})"


@dataclass(frozen=True)
class Shift:
    """The index `by` steps on: t - 1 of the state before."""

    index: Index
    by: int

    @property
    def name(self) -> str:
        return f"{self.index.name}{self.by:+d}"


Read: TypeAlias = Index | Lookup | Shift | int


@dataclass(frozen=True)
class Guard:
    """The mask [left = right]."""

    left: Read
    right: Read


def fresh(axis: Axis) -> Index:
    """A new index over the axis."""
    return Index(axis, next(_serial))


def name_of(read: Read) -> str:
    return str(read) if isinstance(read, int) else read.name


def substitute(read: Read, replacement: Mapping[Index, Read]) -> Read:
    """The read with every index replaced, inside lookups too."""
    if isinstance(read, Index):
        return replacement.get(read, read)
    if isinstance(read, Shift):
        return shifted(replacement.get(read.index, read.index), read.by)
    if isinstance(read, Lookup):
        return Lookup(read.table, tuple(substitute(r, replacement) for r in read.indices))
    return read


def reread(read: Read, old: Read, new: Read) -> Read:
    """The read with another in its place, inside lookups too: where class[i] = c holds,
    school[class[i]] is school[c]."""
    if read == old:
        return new
    if isinstance(read, Lookup):
        return Lookup(read.table, tuple(reread(inner, old, new) for inner in read.indices))
    return read


def shifted(read: Read, by: int) -> Read:
    """The read some steps on."""
    if isinstance(read, int):
        return read + by
    if isinstance(read, Shift):
        return Shift(read.index, read.by + by) if read.by + by else read.index
    assert isinstance(read, Index), "a lookup has no next step"
    return Shift(read, by)


def step_of(read: Read) -> Index | None:
    """The index of which a read is a step; two different steps of one index never agree."""
    if isinstance(read, Shift):
        return read.index
    return read if isinstance(read, Index) else None


def indices_in(read: Read) -> tuple[Index, ...]:
    """The indices a read mentions, in order."""
    if isinstance(read, Index):
        return (read,)
    if isinstance(read, Shift):
        return (read.index,)
    if isinstance(read, Lookup):
        return tuple(index for inner in read.indices for index in indices_in(inner))
    return ()
