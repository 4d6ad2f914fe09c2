"""Resolve guards [left = right] into lookups, masks and segment sums.

sum over v of [y(n) = v] f(v)                    ->  f(y(n)), masked where y(n) is no entry
sum over n of [y(n) = v] f(n)                    ->  stays: a sum by segments
[y(n) = v] f(n, v), n and v both in the target   ->  a factor that is 0 or 1
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from autoem.program.ir import (
    Array,
    Call,
    Contract,
    Function,
    Guard,
    IndexRead,
    Let,
    Map,
    Maximize,
    Number,
    Position,
    Ref,
    Root,
    Scalar,
)
from autoem.program.simplify.context import Context
from autoem.program.walk import distinct, index_axes, replace_index, scalar_axes

Fresh = Callable[[str], str]


def resolve_guards(function: Function, context: Context) -> Function:
    """The function with guards only where they are sums by segments of a single factor."""
    body = tuple(new for let in function.body for new in _resolve(let, context.fresh))
    return replace(function, body=body)


def _resolve(let: Let, fresh: Fresh) -> list[Let]:
    if isinstance(let.operation, Root | Maximize):
        inner = tuple(new for each in let.operation.body for new in _resolve(each, fresh))
        return [replace(let, operation=replace(let.operation, body=inner))]
    if not isinstance(let.operation, Contract) or not let.operation.guards:
        return [let]
    operation, target, made = let.operation, let.targets[0], list[Let]()
    inside: list[Ref] = []
    while (found := _eliminable(operation)) is not None:
        operation, more = _substitute(operation, found)
        inside += more
    kept = tuple(guard for guard in operation.guards if _segment(guard, operation, target))
    masks = [Call("less_equal", (Number(Fraction(0)), index)) for index in inside]
    masks += [
        Call("equal", (_scalar(guard.left), _scalar(guard.right)))
        for guard in operation.guards
        if guard not in kept
    ]
    factors = list(operation.factors)
    for condition in masks:
        mask = Array(fresh("mask"), scalar_axes(condition))
        made.append(Let((mask,), Map(condition)))
        factors.append(Ref(mask.name, mask.axes))
    if kept and len(factors) > 1:
        operation, factors = _multiplied(operation, factors, kept, (target, fresh, made))
    final = replace(operation, factors=tuple(factors), guards=kept)
    return [*made, Let(let.targets, final, let.comment)]


def _multiplied(
    operation: Contract,
    factors: list[Ref],
    kept: tuple[Guard, ...],
    into: tuple[Array, Fresh, list[Let]],
) -> tuple[Contract, list[Ref]]:
    """The product of the factors as one array, summed over what no guard reads."""
    target, fresh, made = into
    read = {
        axis for guard in kept for side in (guard.left, guard.right) for axis in index_axes(side)
    }
    gone = tuple(axis for axis in operation.over if axis not in read)
    axes = distinct(axis for factor in factors for axis in index_axes(factor))
    value = Array(fresh(f"{target.name}_terms"), tuple(axis for axis in axes if axis not in gone))
    made.append(Let((value,), Contract(tuple(factors), gone)))
    over = tuple(axis for axis in operation.over if axis in read)
    return replace(operation, over=over), [Ref(value.name, value.axes)]


def _scalar(index: IndexRead) -> Scalar:
    if isinstance(index, str):
        return Position(index)
    return Number(Fraction(index)) if isinstance(index, int) else index


def _eliminable(operation: Contract) -> tuple[Guard, str, IndexRead] | None:
    """A guard that fixes an axis that is summed over, the axis, and what it equals."""
    for guard in operation.guards:
        for axis, index in ((guard.left, guard.right), (guard.right, guard.left)):
            if isinstance(axis, str) and axis in operation.over and axis not in index_axes(index):
                return guard, axis, index
    return None


def _substitute(
    operation: Contract, found: tuple[Guard, str, IndexRead]
) -> tuple[Contract, list[Ref]]:
    """Read every factor at the index instead of along the axis; and where that has to be inside."""
    guard, axis, index = found

    def change(place: IndexRead) -> IndexRead:
        return index if place == axis else place

    factors = []
    for factor in operation.factors:
        moved = replace_index(factor, change)
        assert isinstance(moved, Ref)
        factors.append(moved)
    guards = tuple(
        Guard(replace_index(other.left, change), replace_index(other.right, change))
        for other in operation.guards
        if other is not guard
    )
    over = tuple(other for other in operation.over if other != axis)
    inside = [index] if isinstance(index, Ref) else []
    return Contract(tuple(factors), over, guards, operation.scale), inside


def _segment(guard: Guard, operation: Contract, target: Array) -> bool:
    """Whether the guard sends summed entries to an axis of the target."""
    for axis, index in ((guard.left, guard.right), (guard.right, guard.left)):
        if isinstance(axis, str) and isinstance(index, Ref) and axis in target.axes:
            summed = [a for a in index_axes(index) if a in operation.over]
            alone = all(axis not in index_axes(factor) for factor in operation.factors)
            return bool(summed) and alone
    return False
