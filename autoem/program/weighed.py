"""What a schema says of weights: the axes that take them, why others do not, and what lies in the
entries of an axis (`autoem.derive.repeats`)."""

from __future__ import annotations

from typing import Any

from autoem.derive.groups import group_axis
from autoem.derive.index import Index, Lookup, Read
from autoem.derive.repeats import Dependent, Repeats, repeats
from autoem.derive.stages import Derivation
from autoem.program.ir import ArrayProgram
from autoem.program.lower.names import AxisNames
from autoem.program.positions import with_positions


def weighed(derivation: Derivation, program: ArrayProgram, axes: AxisNames) -> dict[str, Any]:
    """The entries of a schema on weights, the axis of the rows first; and that of groups, which an
    iteration may go through some at a time."""
    within: dict[str, dict[str, list[str]]] = {}
    dependent: dict[str, list[str]] = {}
    for axis in derivation.declaration.axes:
        try:
            within[axes.of(axis)] = _paths(repeats(derivation, axis), axes)
        except Dependent as refusal:
            if refusal.reason != "states":
                told = [word for word in (refusal.reason, refusal.other) if word]
                dependent[axes.of(axis)] = told
    arrays = {array.name: array for array in program.data}
    return {
        "row": program.row,
        "independent": sorted(within, key=lambda axis: axis != program.row),
        "dependent": dependent,
        "within": within,
        "repeats": {arrays[name].axes[0]: name for name in program.ones},
        "units": _units(derivation, program, axes),
    }


def _units(derivation: Derivation, program: ArrayProgram, axes: AxisNames) -> str | None:
    """The axis of the groups over which all is additive; not where positions are read."""
    found = group_axis(derivation)
    plain = not program.sparse and with_positions(program) is program
    return axes.of(found) if found is not None and plain else None


def _paths(found: Repeats, axes: AxisNames) -> dict[str, list[str]]:
    """Axis to the tables that lead from it to the entry, one after another."""
    chains = ((one.axes, _tables(one.read)) for one in found.within)
    return {axes.of(of[0]): chain for of, chain in chains if len(of) == 1 and chain is not None}


def _tables(read: Read) -> list[str] | None:
    """["group", "school"] of school[group[i]]; None where a table is read at several places."""
    if isinstance(read, Index):
        return []
    if not isinstance(read, Lookup) or len(read.indices) != 1:
        return None
    inner = _tables(read.indices[0])
    return None if inner is None else [*inner, read.table.name]
