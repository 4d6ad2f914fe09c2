"""Positions, comparisons and reckoned indices as arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autoem.derive.told import Position, Told
from autoem.program import ir
from autoem.program.lower.names import IndexNames
from autoem.program.lower.sums import lowered

if TYPE_CHECKING:
    from autoem.program.lower.body import Body


def position(body: Body, base: Position) -> ir.Array:
    """0, 1, 2, ... along an axis."""
    axis = body.axes.of(base.axes[0])
    target = replace(body.target(base.name, (axis,)), kind="int")
    return body.let(target, ir.Map(ir.Position(axis)))


def told(body: Body, base: Told) -> ir.Array:
    """A comparison as 0 or 1; an index as a whole number inside its axis."""
    names = IndexNames(body.axes)
    axes = names.all(base.indices)
    number = lowered(body, base.number, names)
    if base.along is None:
        return body.let(body.target(base.name, axes), ir.Map(number))
    axis = body.axes.of(base.along)
    size = body.let(body.target(f"size_{axis}", ()), ir.Contract((), (axis,)))
    place = ir.Call("index_of", (number, ir.Ref(size.name)))
    target = replace(body.target(f"{base.name}_{axis}", axes), kind="int")
    return body.let(target, ir.Map(place))
