"""Axes of a result from the axes of its operands, by identity and never by position.

The axes of an expression are its *plates* and its *event*.  Entry by entry,

    event  = union of the events,       plates = union of the plates, without the event's axes:

an axis that is a plate of one operand and an event axis of another is an event axis of the result.
Only where one operand has an axis twice, once as a plate and once in its event (a transition
matrix: a simplex over k, for each k), does the result have it twice too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias, TypeVar

A = TypeVar("A")
Axes: TypeAlias = tuple[A, ...]
Shape: TypeAlias = tuple[tuple[A, ...], tuple[A, ...]]
"""The plates and the event of an expression."""


def contains(axes: Iterable[object], axis: object) -> bool:
    """Whether the very axis is among the axes."""
    return any(axis is other for other in axes)


def count(axes: Iterable[object], axis: object) -> int:
    """How often the very axis is among the axes."""
    return sum(axis is other for other in axes)


def union(*groups: Iterable[A]) -> Axes[A]:
    """The axes of all groups in first-come order; twice in one group is twice in the union.

    >>> union("n", "nk", "dd")
    ('n', 'k', 'd', 'd')
    """
    result: list[A] = []
    for group in map(tuple, groups):
        for place, axis in enumerate(group):
            if count(result, axis) < count(group[: place + 1], axis):
                result.append(axis)
    return tuple(result)


def minus(axes: Iterable[A], other: Sequence[A]) -> Axes[A]:
    """The axes that are not among the others.

    >>> minus("ntk", "k")
    ('n', 't')
    """
    return tuple(axis for axis in axes if not contains(other, axis))


def common(axes: Iterable[A], other: Iterable[A]) -> Axes[A]:
    """The axes that are among the others too, each as often as both have it.

    >>> common("ddq", "dq")
    ('d', 'q')
    """
    found: list[A] = []
    for axis in axes:
        if count(found, axis) < count(other := tuple(other), axis):
            found.append(axis)
    return tuple(found)


def without(axes: Sequence[A], removed: Iterable[A]) -> Axes[A]:
    """The axes left when each removed one has taken its first occurrence away.

    >>> without("kdd", "d")
    ('k', 'd')
    """
    left = list(axes)
    for axis in removed:
        place = next((i for i, other in enumerate(left) if other is axis), None)
        if place is not None:
            del left[place]
    return tuple(left)


def without_last(axes: Sequence[A], removed: Sequence[A]) -> Axes[A]:
    """The axes left when each removed one has taken its last occurrence away.

    >>> without_last("dqd", "d")
    ('d', 'q')
    """
    return without(axes[::-1], removed[::-1])[::-1]


def broadcast(shapes: Sequence[Shape[A]]) -> Shape[A]:
    """The shape of an entry-by-entry result of operands with these shapes.

    >>> broadcast([(("n",), ("d",)), (("k",), ("q",)), (("d",), ())])
    (('n', 'k'), ('d', 'q'))
    >>> broadcast([(("k",), ("k",)), (("n",), ())])
    (('k', 'n'), ('k',))
    """
    event = union(*(own for _, own in shapes))
    return plates_beside(event, shapes), event


def plates_beside(event: Axes[A], shapes: Iterable[Shape[A]]) -> Axes[A]:
    """The plates of a result that has that event and operands of those shapes."""
    shapes = tuple(shapes)
    twice = [axis for plates, own in shapes for axis in plates if contains(own, axis)]
    everything = union(*(plates for plates, _ in shapes))
    return tuple(a for a in everything if contains(twice, a) or not contains(event, a))


def rests(left: Shape[A], right: Shape[A], summed: Axes[A]) -> tuple[Shape[A], Shape[A]]:
    """What a sum over some axes leaves of both sides of a product.

    It takes an axis from the event, the last of the left side and the first of the right, or, where
    the event does not have it, from the plates.

    >>> rests(((), ("q", "d", "q")), (("n", "q"), ("d",)), ("q",))
    (((), ('q', 'd')), (('n',), ('d',)))
    """
    (left_plates, left_event), (right_plates, right_event) = left, right
    in_left, in_right = common(summed, left_event), common(summed, right_event)
    return (
        (without(left_plates, without(summed, in_left)), without_last(left_event, in_left)),
        (without(right_plates, without(summed, in_right)), without(right_event, in_right)),
    )
