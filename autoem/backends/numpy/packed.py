"""Products x[i] x[j] of an array with itself are symmetric: the upper triangle is enough.

t[i,j,n] = x[i,n] x[j,n]                 pairs(x): stored over one axis for i <= j
sum over i, j of P[k,i,j] t[i,j,n]       fold_pairs(P) @ t
sum over n of r[k,n] t[i,j,n]            unfold_pairs(r @ t.T)
"""

from __future__ import annotations

from dataclasses import replace

from autoem.backends.numpy.operands import ordered
from autoem.backends.numpy.products import Pair, multiply
from autoem.backends.numpy.scope import Operand, Scope, align, pair, unpacked
from autoem.backends.numpy.tree import invoke
from autoem.program.ir import Contract

Axes = tuple[str, ...]


def outer_square(scope: Scope, operation: Contract, factors: list[Operand]) -> Operand | None:
    """x[i] x[j] in packed form, where the two factors are one array of rows read along i and j."""
    names = {factor.name for factor in operation.factors}
    if len(factors) != 2 or len(names) != 1 or operation.over or operation.scale != 1:
        return None
    left, right = (factor.axes for factor in factors)
    if len(left) != 2 or left[1:] != right[1:] or left[0] == right[0] or left[1] != scope.row:
        return None
    both = (left[0], right[0])
    return Operand(
        invoke(scope.helper("pairs"), factors[0].code), (pair(both), left[1]), packed=both
    )


def multiply_packed(scope: Scope, product: Pair) -> Operand:
    """The product of two factors of which some are packed."""
    if product.left.packed is None and product.right.packed is None:
        return multiply(scope, product)
    if product.left.packed is None:
        product = product.swapped
    left, right, target = product.left, product.right, product.target
    assert left.packed is not None
    token, first, second = pair(left.packed), *left.packed
    if right.packed is None and {first, second} <= set(right.axes) - set(target):
        others = tuple(axis for axis in right.axes if axis not in left.packed)
        order = tuple(axis for axis in right.axes if axis in left.packed)
        code = invoke(scope.helper("fold_pairs"), align(right, (*others, *order)))
        return multiply(scope, Pair(Operand(code, (*others, token)), _plain(left), target))
    both = {first, second}
    if right.packed is None and not both & set(right.axes) and both <= set(target):
        kept = tuple(axis for axis in target if axis not in left.packed)
        found = multiply(scope, Pair(right, _plain(left), (*kept, token)))
        return ordered(unpacked(scope, replace(found, packed=left.packed)), target)
    return multiply(scope, Pair(unpacked(scope, left), unpacked(scope, right), target))


def _plain(operand: Operand) -> Operand:
    return replace(operand, packed=None)
