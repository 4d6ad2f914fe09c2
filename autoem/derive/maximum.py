"""The maximum of a function of several unknowns, as quantities of the M-step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autoem.derive.held import Free
from autoem.derive.index import Index
from autoem.derive.quantity import Declared, Quantity

if TYPE_CHECKING:
    from autoem.derive.term import Terms


@dataclass(frozen=True)
class Objective:
    """A sum of terms in the `unknowns`, with its gradient and its Hessian.

    Row i is free at `rows[i]`, column j at `columns[j]`; everything else in the terms is known, and
    so are the entries of an unknown that are not `free`, where some are held.
    """

    unknowns: tuple[Declared, ...]
    rows: tuple[tuple[Index, ...], ...]
    columns: tuple[tuple[Index, ...], ...]
    value: Terms
    gradient: tuple[Terms, ...]
    hessian: tuple[tuple[Terms, ...], ...]
    free: Mapping[Declared, Free] = field(default_factory=dict, hash=False)

    @property
    def terms(self) -> Terms:
        """All terms that are read."""
        blocks = (terms for line in self.hessian for terms in line)
        return tuple(t for terms in (self.value, *self.gradient, *blocks) for t in terms)


@dataclass(frozen=True, eq=False)
class Maximized(Quantity):
    """Unknown number `position` where an objective is greatest, free at `indices`."""

    objective: Objective = field(kw_only=True)
    position: int = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)
