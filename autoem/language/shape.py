"""Axes of a result from axes of its operands: union, contraction and consumption, by identity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

A = TypeVar("A")


def union(*groups: Iterable[A]) -> tuple[A, ...]:
    """The axes of all groups in first-come order; twice in one group is twice in the union.

    >>> union("n", "nk", "dd")
    ('n', 'k', 'd', 'd')
    """
    result: list[A] = []
    for group in groups:
        rest = list(result)
        for axis in group:
            if any(axis is known for known in rest):
                _remove(rest, axis)
            else:
                result.append(axis)
    return tuple(result)


def without(axes: Sequence[A], removed: Iterable[A]) -> tuple[A, ...]:
    """The axes left when each removed one has taken its first occurrence away.

    >>> without("kdd", "d")
    ('k', 'd')
    """
    left = list(axes)
    for axis in removed:
        _remove(left, axis)
    return tuple(left)


def contains(axes: Iterable[object], axis: object) -> bool:
    """Whether the very axis is among the axes."""
    return any(axis is other for other in axes)


def minus(axes: Iterable[A], other: Sequence[A]) -> tuple[A, ...]:
    """The axes that are not among the others."""
    return tuple(axis for axis in axes if not contains(other, axis))


def common(axes: Iterable[A], other: Sequence[A]) -> tuple[A, ...]:
    """The axes that are among the others too."""
    return tuple(axis for axis in axes if contains(other, axis))


def _remove(axes: list[A], axis: A) -> None:
    for place, other in enumerate(axes):
        if other is axis:
            del axes[place]
            return
