"""Sums by a guard [index(n) = v]: every row is added to the entry that it points to."""

from __future__ import annotations

from functools import reduce

from autoem.backends.numpy.scope import Operand, Scope, align, index_operand
from autoem.backends.numpy.tree import (
    Binary,
    Expr,
    Literal,
    Sequence,
    invoke,
    method,
)
from autoem.program.ir import Contract, Guard, IndexRead
from autoem.program.walk import distinct

Axes = tuple[str, ...]


def segment_sum(scope: Scope, operation: Contract, factors: list[Operand], target: Axes) -> Operand:
    """target[..., v] = sum over n of value[..., n] where index[n] = v.

    An axis of the target that an index varies along is an index of itself; several indices are
    one index into their grid.
    """
    sides = [_sides(guard) for guard in operation.guards]
    indices = [index_operand(scope, index) for index, _ in sides]
    cells = [axis for _, axis in sides]
    for axis in target:
        if axis not in cells and any(axis in index.axes for index in indices):
            indices.append(index_operand(scope, axis))
            cells.append(axis)
    along = scope.layout(distinct(a for index in indices for a in index.axes))
    sizes = [scope.size(cell) for cell in cells]
    code = invoke(
        scope.helper("segment_sum"),
        _value(scope, factors, operation, target, along, cells),
        _one_index(indices, sizes, along),
        reduce(lambda left, right: Binary("*", left, right), sizes),
    )
    before = tuple(axis for axis in target if axis not in cells and _varies(factors, axis))
    axes = (*before, *cells)
    if len(cells) > 1:
        shape = Sequence("()", (*(scope.size(axis) for axis in before), *sizes))
        code = method(code, "reshape", shape)
    own = tuple(axis for axis in target if axis in axes)
    return Operand(align(Operand(code, axes), own), own)


def _sides(guard: Guard) -> tuple[IndexRead, str]:
    """The index and the axis of the target that it points into."""
    left, right = guard.left, guard.right
    if isinstance(right, str):
        return left, right
    assert isinstance(left, str), "resolve guards before printing"
    return right, left


def _varies(factors: list[Operand], axis: str) -> bool:
    return any(axis in factor.axes for factor in factors)


def _one_index(indices: list[Operand], sizes: list[Expr], along: Axes) -> Expr:
    """(i * size_j + j) * size_k + k"""
    code = align(indices[0], along)
    for index, size in zip(indices[1:], sizes[1:], strict=True):
        code = Binary("+", Binary("*", code, size), align(index, along))
    return code


def _value(
    scope: Scope,
    factors: list[Operand],
    operation: Contract,
    target: Axes,
    along: Axes,
    cells: list[str],
) -> Expr:
    """The product of the factors over the remaining axes of the target, then those summed."""
    before = tuple(axis for axis in target if axis not in cells and _varies(factors, axis))
    if not factors:
        return invoke("np.ones", Sequence("()", tuple(scope.size(axis) for axis in along)))
    (factor,) = factors
    extra = tuple(axis for axis in factor.axes if axis not in (*before, *along))
    if extra:
        places = tuple(Literal(factor.axes.index(axis)) for axis in extra)
        summed = method(factor.code, "sum", axis=Sequence("()", places))
        factor = Operand(summed, tuple(axis for axis in factor.axes if axis not in extra))
    order = (*before, *along)
    code = align(factor, order)
    if any(axis not in factor.axes for axis in along):
        shape = Sequence("()", tuple(scope.size(axis) for axis in order))
        return invoke("np.broadcast_to", code, shape)
    return code
