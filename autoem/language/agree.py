"""Whether axes agree: which axis an index consumes, which axes a product sums over.

Each function either finds the axes that identity determines or raises the error that says why there
are none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from autoem.errors import (
    AmbiguousAxis,
    AmbiguousIndex,
    NoAxisToConsume,
    NoCommonAxis,
    NoCondition,
    NoEntry,
    NotAnIndex,
    TwofoldAxis,
)
from autoem.language.shape import common, contains, count

if TYPE_CHECKING:
    from autoem.language.arithmetic import Axis
    from autoem.language.formula import Expression

Axes: TypeAlias = "tuple[Axis, ...]"


def names(axes: Sequence[Axis]) -> tuple[str, ...]:
    """The axes as the user wrote them."""
    return tuple(str(axis) for axis in axes)


def consumed(base: Expression, left: Axes, index: Expression) -> Axis:
    """The plate of the base, among those left, that the index consumes.

    It is the axis along which the index is a position; for index arithmetic (`motif[t - start]`),
    if that is no plate of the base, the only plate left.
    """
    if not index.index_axes or index.event:
        kind = f"an array over {names(index.event)}" if index.event else index.support or "a number"
        raise NotAnIndex(base=base.label, index=index.label, kind=kind)
    for axis in index.index_axes:
        if contains(left, axis):
            return axis
    if index.category is None and len(left) == 1:
        return left[0]
    if index.category is None and left:
        raise AmbiguousIndex(base=base.label, plates=names(left))
    raise NoAxisToConsume(
        base=base.label,
        index=index.label,
        axis=str(index.index_axes[0]),
        plates=names(base.plates),
        in_event=contains(base.event, index.index_axes[0]),
    )


def part_label(base: Expression, fields: Mapping[str, Any]) -> str:
    """A lookup or an entry as the user wrote it: mean[z], freq[0]."""
    indices = [index.label for _, index in fields.get("entries", ())]
    inside = ", ".join(indices) or str(fields.get("position"))
    return f"{base.label}[{inside}]"


def is_entry(index: Any) -> bool:
    """Whether an index is a literal whole number."""
    return isinstance(index, int | np.integer) and not isinstance(index, bool)


def check_entry(base: Expression, position: int) -> None:
    """An entry is taken along an event axis that is long enough."""
    size = base.event[-1].size if base.event else None
    if not base.event:
        reason = f"{base.label} has no event axis"
    elif position < 0:
        reason = "positions are counted from 0"
    elif size is not None and position >= size:
        reason = f"there are {size} entries"
    else:
        return
    raise NoEntry(base=base.label, position=position, reason=reason)


def contracted(left: Expression, right: Expression) -> Axes:
    """The axis that `left @ right` sums over: the last of the left, if the right has it too."""
    last = (left.event or left.plates)[-1:]
    axes = common(last, (*right.event, *right.plates))
    return _summable("@", axes, left, right)


def dotted(left: Expression, right: Expression) -> Axes:
    """The axes that `dot(left, right)` sums over: all event axes of the left that both have."""
    axes = common(left.event, (*right.event, *right.plates))
    return _summable("dot", axes, left, right)


def _summable(operator: str, axes: Axes, left: Expression, right: Expression) -> Axes:
    """The axes, if there are any, and if no side has one both as a plate and in its event."""
    if not axes:
        one, other = (names((*side.plates, *side.event)) for side in (left, right))
        raise NoCommonAxis(operator=operator, left=one, right=other)
    for side in (left, right):
        for axis in common(common(axes, side.plates), side.event):
            raise TwofoldAxis(operator=operator, axis=str(axis), operand=side.label)
    return axes


def check_one_way(event: Axes, operands: Sequence[Expression]) -> None:
    """Where the result has an axis twice, no operand has it once: rows, or columns?"""
    for axis in event:
        if count(event, axis) < 2:
            continue
        for operand in operands:
            if count((*operand.event, *operand.plates), axis) == 1:
                raise AmbiguousAxis(axis=str(axis), operand=operand.label)


def check_condition(condition: Expression) -> None:
    """The condition of a `where` is true or false."""
    if not condition.condition:
        raise NoCondition(condition=condition.label or "a number")


COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal")


def is_condition(operator: str, arguments: Sequence[Expression]) -> bool:
    """Whether a function is true or false: a comparison, or 1 - c, c * d, where(c, d, e)."""
    logical = operator in ("multiply", "where")
    negated = operator == "subtract" and not arguments[0].label and arguments[1].condition
    return operator in COMPARISONS or negated or (logical and all(a.condition for a in arguments))
