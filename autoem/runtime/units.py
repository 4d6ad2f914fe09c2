"""Groups with all that lies in them, some at a time: what bounds the memory of an iteration.

Where rows point to groups it is the groups over which all is additive (`autoem.derive.groups`): so
the data are cut into parts of whole groups, and what the parts give is added.  Rows may come in any
order.  They are sorted by group once, and the codes of a part count from its first group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.condensed import Condensed
from autoem.runtime.program import Program
from autoem.runtime.weights import weights_along

PART = 2**16
"""Entries of a part, about: enough to hide the calls, and few enough for the caches."""


@dataclass(frozen=True)
class Along:
    """The positions of one axis by group: their order, the place of each in it, and where the parts
    begin and end in it."""

    order: np.ndarray
    rank: np.ndarray
    ends: np.ndarray

    def part(self, number: int) -> np.ndarray:
        """The positions of a part."""
        return self.order[self.ends[number] : self.ends[number + 1]]

    def codes(self, codes: np.ndarray, number: int) -> np.ndarray:
        """Codes into the axis, as counted in a part."""
        return self.rank[codes] - self.ends[number]


def by_units(program: Program, rows: Condensed, sizes: Mapping[str, int]) -> tuple[Condensed, ...]:
    """What an iteration goes through, part by part; as it is where it is little, or one group."""
    unit = program.units
    if unit is None:
        return (rows,)
    own, schema = {unit: np.arange(sizes[unit])}, program.schema
    found = {axis: weights_along(schema, rows.data, own, axis) for axis in schema.within[unit]}
    group = {axis: of for axis, of in found.items() if of is not None}
    ends = _ends(np.sum([np.bincount(of, minlength=sizes[unit]) for of in group.values()], axis=0))
    if len(ends) < 3:
        return (rows,)
    along = {axis: _along(of, ends) for axis, of in group.items()}
    return tuple(
        replace(rows, data=_part(program, rows.data, along, number))
        for number in range(len(ends) - 1)
    )


def _ends(numbers: np.ndarray) -> np.ndarray:
    """The first group of each part, and one behind the last.

    >>> _ends(np.array([2**16, 10, 10, 2**16, 2**16]))
    array([0, 1, 3, 4, 5])
    """
    part = (np.cumsum(numbers) - 1) // PART
    return np.flatnonzero(np.diff(part, prepend=-1, append=part[-1] + 1))


def _along(group: np.ndarray, ends: np.ndarray) -> Along:
    order = np.argsort(group, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Along(order, rank, np.searchsorted(group[order], ends))


def _part(program: Program, data: Arrays, along: Mapping[str, Along], number: int) -> Arrays:
    """The arrays of one part."""
    axes = {v.name: v.axes for v in program.schema.data}
    axes |= {f"seen_{name}": own for name, own in axes.items()}
    axes |= {name: (axis,) for name, axis in (*_turned(program.every), *_turned(program.repeats))}
    into = {v.name: v.category for v in program.schema.data} | dict(_turned(program.every))
    found: Arrays = {}
    for name, value in data.items():
        for place, axis in enumerate(axes.get(name, ())):
            if axis in along:
                value = np.take(value, along[axis].part(number), axis=place)
        pointed = into.get(name) or ""
        found[name] = along[pointed].codes(value, number) if pointed in along else value
    return found


def _turned(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Array and axis, of arrays by axis."""
    return [(name, axis) for axis, name in names.items()]
