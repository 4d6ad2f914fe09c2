"""The event of a distribution: which axis it has, and that all arguments have it.

A family says of each argument whether it is a number, a vector or a matrix.  The arguments say over
which axis: the mean over d and the covariance over (d, d) make a vector over d.  A number where a
vector must stand is the same at all entries, and a literal list takes the axis of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from autoem.errors import NoCategoryAxis, NoEvent, WrongEvent
from autoem.language.agree import names
from autoem.language.arithmetic import ArrayConstant, Axis, Listing, apply
from autoem.language.constants import Constant
from autoem.language.formula import Expression
from autoem.language.shape import minus, union

RANK = {"simplex": 1, "vector": 1, "matrix": 2}
"""How many event axes an argument has, by its domain; the others are numbers."""


def main_axis(
    family: Any,
    values: Sequence[Expression],
    over: tuple[Axis, ...],
    event: tuple[Axis, ...] | None,
) -> Axis | None:
    """The axis of the event, or of the categories, of a family at these arguments."""
    ranks = [RANK.get(argument.domain, 0) for argument in family.arguments]
    if family.support == "category" and family.arguments[0].domain == "vector":
        return category_axis(values[0], over)
    if not any(ranks):
        return None
    if event and family.event_rank:
        return event[0]
    shaped = [v.event[-1] for v, rank in zip(values, ranks, strict=True) if rank and v.event]
    named = [axis for axis in shaped if not axis.literal]
    if not shaped:
        raise NoEvent(family=family.name)
    return (named or shaped)[0]


def category_axis(logits: Expression, over: tuple[Axis, ...]) -> Axis:
    """Of logits: their event axis, or the one axis that is not in `over=`."""
    axes = logits.event or minus(union(logits.plates), over)
    if len(axes) != 1:
        raise NoCategoryAxis(axes=names(axes), over=names(over))
    return axes[0]


def with_event(title: str, argument: Any, value: Expression, axis: Axis | None) -> Expression:
    """The value of an argument with exactly the event that it must have."""
    rank = RANK.get(argument.domain, 0)
    expected = () if axis is None else (axis,) * rank
    value = _named(value, expected)
    if not value.event and rank == 1:
        value = apply("multiply", value, Constant("ones", expected))
    if value.event != expected:
        raise WrongEvent(
            family=title, argument=argument.name, expected=names(expected), came=names(value.event)
        )
    return value


def _named(value: Expression, expected: tuple[Axis, ...]) -> Expression:
    """A literal on the axes that are expected, where it has as many and they have its sizes."""
    free = len(value.event) == len(expected) and all(
        own.literal and axis.size in (None, own.size)
        for own, axis in zip(value.event, expected, strict=True)
    )
    if free and isinstance(value, ArrayConstant):
        return replace(value, axes=expected)
    if free and isinstance(value, Listing) and len(expected) == 1:
        return replace(value, axis=expected[0])
    return value
