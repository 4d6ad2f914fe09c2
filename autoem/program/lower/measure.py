"""Axes that no array has: the groups of b[group] are counted by the codes that point to them.

A program measures an axis by an array that has it.  Where there is none, the positions 0, 1, ...
along the axis are data themselves; their number is told by the caller, or by the largest code.
"""

from __future__ import annotations

from dataclasses import dataclass

from autoem.derive.law import is_told
from autoem.derive.quantity import Quantity
from autoem.derive.stages import Derivation
from autoem.language.declaration import Given, Latent, Random, Variable
from autoem.language.expression import Axis
from autoem.program import ir
from autoem.program.lower.names import AxisNames


@dataclass(frozen=True)
class Every:
    """The positions along an axis as an array, and the names of the codes that point into it."""

    array: ir.Array
    codes: tuple[str, ...]


def unmeasured(derivation: Derivation, axes: AxisNames) -> dict[Quantity, Every]:
    """The axes of latents that neither data nor parameters have."""
    variables = derivation.variables
    known = [v for v in variables if not isinstance(v, Latent) and is_told(v)]
    measured = [axis for v in known for axis in (*v.plates, *v.event)]
    latents = [v for v in variables if isinstance(v, Latent)]
    found = dict.fromkeys(axis for v in latents for axis in (*v.plates, *v.event))
    return {
        Quantity(f"every_{axes.of(axis)}", (axis,), "nonnegative"): Every(
            ir.Array(f"every_{axes.of(axis)}", (axes.of(axis),), "int"),
            tuple(v.name for v in known if _points_into(v, axis)),
        )
        for axis in found
        if axis.size is None and axis not in measured
    }


def _points_into(variable: Variable, axis: Axis) -> bool:
    return isinstance(variable, Random | Given) and variable.category is axis
