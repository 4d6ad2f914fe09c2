"""Contractions as matrix products where they are ones.

With two factors, an axis is free (in one factor and the target), contracted (in both, not in the
target) or a batch (in both and in the target).  No batch: `a @ b` or `np.tensordot`.  Batches in
front and one axis of each other sort: a stack of matrix products.  The rows stand last, so where
they are a batch (and for everything odd) it is `np.einsum`, whose inner loop runs along the rows.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from fractions import Fraction

from autoem.backends.numpy.elementwise import joined, number
from autoem.backends.numpy.scope import Operand, Scope, align, read
from autoem.backends.numpy.segment import segment_sum
from autoem.backends.numpy.tree import (
    Binary,
    Expr,
    Literal,
    Sequence,
    Slice,
    Subscript,
    Unary,
    integers,
    invoke,
    method,
)
from autoem.program.ir import Contract

Axes = tuple[str, ...]


def contract(scope: Scope, operation: Contract, target: Axes) -> Operand:
    """The operand of a contraction; `target` are its axes as they are stored."""
    factors = [read(scope, factor) for factor in operation.factors]
    if operation.guards:
        return _scaled(scope, operation, factors, segment_sum(scope, operation, factors, target))
    alive = tuple(_sum_out(scope, factors, place, target) for place in range(len(factors)))
    if any(operand.infinite for operand in alive) and len(alive) > 1:
        bounded = tuple(_bounded(scope, operand) for operand in alive)
        value = _combine(scope, bounded, target)
        code = invoke(scope.helper("unbounded"), value.code)
        return _scaled(scope, operation, factors, replace(value, code=code, infinite=True))
    return _scaled(scope, operation, factors, _combine(scope, alive, target))


def _combine(scope: Scope, factors: tuple[Operand, ...], target: Axes) -> Operand:
    match factors:
        case ():
            return Operand(Literal(1.0))
        case (only,):
            own = tuple(axis for axis in target if axis in only.axes)
            return replace(only, code=align(only, own), axes=own)
        case (left, right):
            return _pair(Pair(left, right, target))
    return einsum(factors, target)


def _scaled(scope: Scope, operation: Contract, factors: list[Operand], value: Operand) -> Operand:
    """Times the scale, and times the size of every summed axis that no factor varies along."""
    varying = {axis for factor in factors for axis in factor.axes}
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


def _bounded(scope: Scope, operand: Operand) -> Operand:
    if not operand.infinite:
        return operand
    return replace(operand, code=invoke(scope.helper("bounded"), operand.code), infinite=False)


def _sum_out(scope: Scope, factors: list[Operand], place: int, target: Axes) -> Operand:
    """Sum a factor over the axes that it has alone and that are not in the target."""
    operand = factors[place]
    others = {axis for i, factor in enumerate(factors) if i != place for axis in factor.axes}
    alone = [axis for axis in operand.axes if axis not in others and axis not in target]
    if not alone:
        return operand
    places = tuple(operand.axes.index(axis) for axis in alone)
    code = method(operand.code, "sum", axis=integers(places))
    if len(alone) == len(operand.axes):
        code = method(operand.code, "sum")
    axes = tuple(axis for axis in operand.axes if axis not in alone)
    return replace(operand, code=code, axes=axes, kind="float")


@dataclass(frozen=True)
class Pair:
    """Two factors and the target, with every axis sorted into its role."""

    left: Operand
    right: Operand
    target: Axes

    @property
    def batch(self) -> Axes:
        return tuple(a for a in self.target if a in self.left.axes and a in self.right.axes)

    @property
    def contracted(self) -> Axes:
        shared = (axis for axis in self.left.axes if axis in self.right.axes)
        return tuple(axis for axis in shared if axis not in self.target)

    def free(self, operand: Operand) -> Axes:
        own = (axis for axis in self.target if axis in operand.axes)
        return tuple(axis for axis in own if axis not in self.batch)

    def swapped(self) -> Pair:
        return Pair(self.right, self.left, self.target)


def _pair(pair: Pair) -> Operand:
    if not pair.contracted:
        axes, (a, b) = joined((pair.left, pair.right), pair.target)
        return Operand(Binary("*", a, b), axes)
    for candidate in (pair, pair.swapped()):
        order = candidate.free(candidate.left) + candidate.free(candidate.right)
        if candidate.batch + order == tuple(a for a in pair.target if a in candidate.batch + order):
            if not candidate.batch:
                return _matrix_product(candidate)
            if _is_stack(candidate):
                return _stacked(candidate)
    return einsum((pair.left, pair.right), pair.target)


def _matrix_product(pair: Pair) -> Operand:
    """a @ b, or a tensordot where several axes stand together."""
    left, right = pair.free(pair.left), pair.free(pair.right)
    axes = left + right
    if len(pair.contracted) == 1 and len(left) <= 1 and len(right) <= 1:
        (axis,) = pair.contracted
        a = align(pair.left, (*left, axis))
        b = align(pair.right, (axis, *right))
        return Operand(Binary("@", a, b), axes)
    places = [
        Sequence("()", (integers(tuple(operand.axes.index(a) for a in pair.contracted)),))
        for operand in (pair.left, pair.right)
    ]
    pairs = tuple(place.items[0] for place in places)
    if left != _kept(pair.left, left) or right != _kept(pair.right, right):
        return einsum((pair.left, pair.right), pair.target)
    code = invoke("np.tensordot", pair.left.code, pair.right.code, axes=Sequence("()", pairs))
    return Operand(code, axes)


def _kept(operand: Operand, free: Axes) -> Axes:
    return tuple(axis for axis in operand.axes if axis in free)


def _is_stack(pair: Pair) -> bool:
    """Batches stand first in both factors; one contracted axis, at most one free axis each."""
    first = all(
        operand.axes[: len(pair.batch)] == pair.batch for operand in (pair.left, pair.right)
    )
    free = max(len(pair.free(pair.left)), len(pair.free(pair.right)))
    return first and len(pair.contracted) == 1 and free <= 1


def _stacked(pair: Pair) -> Operand:
    """A stack of matrix products; a missing free axis is put in and taken out again."""
    left, right = pair.free(pair.left), pair.free(pair.right)
    if not left and not right:
        return einsum((pair.left, pair.right), pair.target)
    a = _matrices(pair.left, (*pair.batch, *left, *pair.contracted))
    b = _matrices(pair.right, (*pair.batch, *pair.contracted, *right))
    everything = (Slice(),) * len(pair.batch)
    if not left:
        a = Subscript(a, (*everything, Literal(None)))
    if not right:
        b = Subscript(b, (*everything, Slice(), Literal(None)))
    code: Expr = Binary("@", a, b)
    if not left:
        code = Subscript(code, (*everything, Literal(0)))
    if not right:
        code = Subscript(code, (*everything, Slice(), Literal(0)))
    return Operand(code, pair.batch + left + right)


def _matrices(operand: Operand, order: Axes) -> Expr:
    """The operand with its last two axes in the given order."""
    if operand.axes == order:
        return operand.code
    return method(operand.code, "swapaxes", Literal(-1), Literal(-2))


def einsum(factors: tuple[Operand, ...], target: Axes) -> Operand:
    """np.einsum with a letter for every axis, its own first letter where that is free."""
    letters: dict[str, str] = {}
    for axis in (axis for factor in factors for axis in factor.axes):
        if axis not in letters:
            choices = [c for c in (axis[:1], *string.ascii_lowercase) if c.isalpha()]
            letters[axis] = next(c for c in choices if c not in letters.values())
    result = tuple(axis for axis in target if axis in letters)
    words = ["".join(letters[axis] for axis in factor.axes) for factor in factors]
    recipe = f"{','.join(words)}->{''.join(letters[axis] for axis in result)}"
    codes = (factor.code for factor in factors)
    return Operand(invoke("np.einsum", Literal(recipe), *codes), result)
