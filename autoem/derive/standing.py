"""Which index stands where: event axes that stand twice, plates that a lookup consumes; and what a
product over them is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from autoem.derive.index import Read
from autoem.language import declaration, expression
from autoem.language.expression import Axis, Expression

Environment: TypeAlias = Mapping[Axis, Read]
Consumed: TypeAlias = tuple[Axis, Read]


def placed(
    plates: tuple[Axis, ...], consumed: tuple[Consumed, ...], known: Environment
) -> tuple[Read, ...]:
    """One read for each plate: an axis that stands twice is consumed from left to right."""
    left, result = list(consumed), []
    for axis in plates:
        own = next((pair for pair in left if pair[0] is axis), None)
        if own is None:
            result.append(known[axis])
        else:
            left.remove(own)
            result.append(own[1])
    return tuple(result)


def remaining(event: tuple[Axis, ...], axes: tuple[Axis, ...], last: bool) -> tuple[Axis, ...]:
    """The event axes of an operand that a contraction leaves."""
    return tuple(
        axis
        for position, axis in enumerate(event)
        if contracted_at(event, axes, axis, last) != position
    )


def contracted_at(
    event: tuple[Axis, ...], axes: tuple[Axis, ...], axis: Axis, last: bool
) -> int | None:
    """Where in `event` the contracted axis stands: A's last, B's first."""
    if axis not in axes:
        return None
    positions = [position for position, other in enumerate(event) if other is axis]
    return positions[-1 if last else 0]


def assigned(
    inner: tuple[Axis, ...],
    outer: tuple[Axis, ...],
    indices: tuple[Read, ...],
    offset: Mapping[Axis, int] | None = None,
) -> tuple[Read, ...]:
    """Indices for the inner event axes: the j-th occurrence of an axis takes the j-th outside."""
    result = []
    for position, axis in enumerate(inner):
        nth = inner[:position].count(axis) + (offset or {}).get(axis, 0)
        places = [index for other, index in zip(outer, indices, strict=True) if other is axis]
        result.append(places[nth])
    return tuple(result)


def called(node: Expression) -> str:
    """A readable name for a contraction: loading @ z is loading_z."""
    match node:
        case expression.Contraction():
            return f"{called(node.left)}_{called(node.right)}"
        case expression.Lookup():
            return called(node.base)
        case declaration.Variable():
            return node.name or "x"
    return "sum"
