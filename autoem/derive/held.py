"""Entries of parameters that are held at given numbers.

    [theta_i free]  is 1 where the M-step chooses the entry, 0 where it stays at its old value.

A parameter that is held whole is known, and every update reads its number.  Where some entries are
held, an update is the maximum over the others: each maximizer rule finds it, or refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from autoem.derive.quantity import Declared, Quantity
from autoem.language.declaration import Parameter

Held = Mapping[str, np.ndarray]
"""Parameter to its entries, nan where they are free."""
NOTHING: Held = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Free(Quantity):
    """One where an entry of a parameter is free, zero where it is held: `entries` over its axes;
    `at_edges` says that what is held is zero or one."""

    base: Declared = field(kw_only=True)
    entries: np.ndarray = field(kw_only=True)
    at_edges: bool = field(kw_only=True)

    @property
    def symmetric(self) -> bool:
        """As the parameter is."""
        return self.base.symmetric

    @property
    def by_matrix(self) -> bool:
        """Whether every matrix, over the last two axes, is free whole or held whole."""
        first = self.entries[..., :1, :1]
        return bool((self.entries == first).all())

    def at(self, place: tuple[int, ...]) -> bool:
        """Whether an entry is free; at other sizes than those of the data the pattern repeats."""
        inside = (i % size for i, size in zip(place, self.entries.shape, strict=True))
        return bool(self.entries[tuple(inside)])


def held_entries(parameters: Iterable[Parameter], given: Held) -> dict[str, np.ndarray]:
    """What is held of each parameter: what is given, else what is declared.

    >>> from autoem.language import Axis, Simplex
    >>> p = Parameter(Simplex(Axis()), fixed=[0.25, np.nan])
    >>> held_entries([p], {"": np.array([np.nan, np.nan, 0.5])})
    {'': array([nan, nan, 0.5])}
    >>> held_entries([p], {})
    {'': array([0.25, 0.75])}
    """
    found = {}
    for parameter in parameters:
        entries = given.get(parameter.name, parameter.fixed)
        if entries is not None and not np.isnan(entries).all():
            simplex = parameter.domain.kind == "simplex"
            found[parameter.name] = _completed(entries) if simplex else np.asarray(entries)
    return found


def _completed(entries: np.ndarray) -> np.ndarray:
    """Probabilities of which one alone is free, or that leave nothing to the free ones, are known
    whole."""
    free = np.isnan(entries)
    left = 1 - np.where(free, 0, entries).sum(axis=-1, keepdims=True)
    known = (free.sum(axis=-1, keepdims=True) == 1) | (left <= ROUNDED)
    return np.where(free & known, np.maximum(left, 0), entries)


ROUNDED = 1e-15
"""What held probabilities leave by rounding errors alone."""


def free_entries(parameters: Iterable[Declared], held: Held) -> dict[Declared, Free]:
    """The indicators of what is free, of the parameters that are held in part."""
    found = {}
    for q in parameters:
        entries = held.get(q.name)
        if entries is not None and np.isnan(entries).any():
            free = np.isnan(entries)
            edges = bool(np.isin(entries[~free], (0, 1)).all())
            name = f"free_{q.name}"
            found[q] = Free(name, q.axes, "nonnegative", base=q, entries=free, at_edges=edges)
    return found


def is_whole(q: Declared, held: Held) -> bool:
    """Whether all entries of a parameter are held."""
    return q.name in held and not np.isnan(held[q.name]).any()
