"""Inverses and log-determinants: stacks of matrices in the last two axes, through Cholesky."""

from __future__ import annotations

from autoem.backends.numpy.scope import Operand, Scope, align, read
from autoem.backends.numpy.tree import (
    Assign,
    Name,
    invoke,
)
from autoem.program.ir import Array, Matrix

Axes = tuple[str, ...]


def matrix(scope: Scope, operation: Matrix, target: Array) -> Operand:
    """Through the Cholesky factor of the operand, which is computed once."""
    pair = (operation.row, operation.column)
    factor = _cholesky(scope, operation)
    batch = tuple(axis for axis in factor.axes if axis not in pair)
    code = invoke(scope.helper(operation.function), factor.code)
    if operation.function == "log_determinant":
        return _stored(scope, Operand(code, batch))
    return _stored(scope, Operand(code, (*batch, *pair)))


def _cholesky(scope: Scope, operation: Matrix) -> Operand:
    operand = read(scope, operation.operand)
    batch = tuple(a for a in operand.axes if a not in (operation.row, operation.column))
    axes = (*batch, operation.row, operation.column)
    name = f"cholesky_{operation.operand.name}"
    if name in scope.stored:
        known = scope.stored[name]
        if scope.declared[name].axes == axes:
            return known
        name += "_"
    code = Name(scope.identifier(name))
    scope.statements.append(Assign(code, invoke("np.linalg.cholesky", align(operand, axes))))
    factor = Operand(code, axes)
    scope.declare(Array(name, axes), factor)
    return factor


def _stored(scope: Scope, operand: Operand) -> Operand:
    """With the row axis last, as every array of a block."""
    order = scope.layout(operand.axes)
    return Operand(align(operand, order), order)
