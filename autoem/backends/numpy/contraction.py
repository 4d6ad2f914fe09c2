"""Contractions: what is summed out first, infinities, the scale."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from autoem.backends.numpy.numerals import number
from autoem.backends.numpy.packed import multiply_packed, outer_square
from autoem.backends.numpy.products import Pair, einsum
from autoem.backends.numpy.scope import Operand, Scope, align, pair, read_packed, unpacked
from autoem.backends.numpy.segment import segment_sum
from autoem.backends.numpy.tree import (
    Binary,
    Expr,
    Literal,
    Unary,
    integers,
    invoke,
    method,
)
from autoem.program.ir import ROW_WEIGHT, Contract

Axes = tuple[str, ...]


def contract(scope: Scope, operation: Contract, target: Axes) -> Operand:
    """The operand of a contraction; `target` are its axes as they are stored."""
    factors = [read_packed(scope, factor) for factor in operation.factors]
    square = None if operation.guards else outer_square(scope, operation, factors)
    if square is not None:
        return square
    if weight := _weight(operation):
        return _weighted(scope, factors[1 - weight.index(True)], factors[weight.index(True)])
    if operation.guards or len(factors) != 2:
        factors = [unpacked(scope, factor) for factor in factors]
    if operation.guards:
        return _scaled(scope, operation, factors, segment_sum(scope, operation, factors, target))
    alive = tuple(_sum_out(scope, factors, place, target) for place in range(len(factors)))
    if any(operand.infinite for operand in alive) and len(alive) > 1:
        bounded = tuple(_bounded(scope, operand) for operand in alive)
        value = _combine(scope, bounded, target)
        code = invoke(scope.helper("unbounded"), value.code)
        return _scaled(scope, operation, factors, replace(value, code=code, infinite=True))
    return _scaled(scope, operation, factors, _combine(scope, alive, target))


def _weight(operation: Contract) -> list[bool] | None:
    """Which of two factors are the weights of the rows, where an array is only to be weighted."""
    weights = [factor.name == ROW_WEIGHT for factor in operation.factors]
    plain = not operation.over and not operation.guards and operation.scale == 1
    return weights if plain and len(weights) == 2 and sum(weights) == 1 else None


def _weighted(scope: Scope, operand: Operand, weight: Operand) -> Operand:
    operand = unpacked(scope, operand)
    if operand.axes[-len(weight.axes) :] != weight.axes:
        axes = (*operand.axes, *weight.axes)
        return Operand(Binary("*", align(operand, axes), align(weight, axes)), axes)
    return replace(operand, code=invoke(scope.helper("weighted"), operand.code, weight.code))


def _combine(scope: Scope, factors: tuple[Operand, ...], target: Axes) -> Operand:
    match factors:
        case ():
            return Operand(Literal(1.0))
        case (only,):
            own = tuple(axis for axis in target if axis in only.axes)
            return replace(only, code=align(only, own), axes=own)
        case (left, right):
            return multiply_packed(scope, Pair(left, right, target))
    return einsum(factors, target)


def _scaled(scope: Scope, operation: Contract, factors: list[Operand], value: Operand) -> Operand:
    """Times the scale, and times the size of every summed axis that no factor varies along."""
    varying = {axis for factor in factors for axis in _along(factor)}
    if operation.guards:
        return _times(value, number(operation.scale)) if operation.scale != 1 else value
    for axis in operation.over:
        if axis not in varying:
            value = _times(value, scope.size(axis))
    if operation.scale == -1:
        return replace(value, code=Unary("-", value.code))
    return value if operation.scale == Fraction(1) else _times(value, number(operation.scale))


def _times(value: Operand, factor: Expr) -> Operand:
    if value.code == Literal(1.0):
        return replace(value, code=invoke("float", factor))
    return replace(value, code=Binary("*", factor, value.code))


def _along(operand: Operand) -> Axes:
    """The axes of an operand, packed ones as two."""
    return (*operand.axes, *(operand.packed or ()))


def _bounded(scope: Scope, operand: Operand) -> Operand:
    if not operand.infinite:
        return operand
    return replace(operand, code=invoke(scope.helper("bounded"), operand.code), infinite=False)


def _sum_out(scope: Scope, factors: list[Operand], place: int, target: Axes) -> Operand:
    """Sum a factor over the axes that it has alone and that are not in the target."""
    operand = factors[place]
    others = {axis for i, factor in enumerate(factors) if i != place for axis in _along(factor)}
    if operand.packed and not set(operand.packed) <= others | set(target):
        operand = unpacked(scope, operand)
    kept = {*others, *target, *((pair(operand.packed),) if operand.packed else ())}
    alone = [axis for axis in operand.axes if axis not in kept]
    if not alone:
        return operand
    places = tuple(operand.axes.index(axis) for axis in alone)
    code = method(operand.code, "sum", axis=integers(places))
    if len(alone) == len(operand.axes):
        code = method(operand.code, "sum")
    axes = tuple(axis for axis in operand.axes if axis not in alone)
    return replace(operand, code=code, axes=axes, kind="float")
