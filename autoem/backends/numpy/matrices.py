"""Functions of stacks of matrices in the last two axes: inverses and log-determinants through
Cholesky, and what a transition matrix tells of its chain."""

from __future__ import annotations

from autoem.backends.numpy.scope import Operand, Scope, align, read
from autoem.backends.numpy.tree import (
    Assign,
    Name,
    invoke,
)
from autoem.program.ir import Array, Matrix

Axes = tuple[str, ...]

OF_TRANSITIONS = ("stationary", "resolvent")


def matrix(scope: Scope, operation: Matrix, target: Array) -> Operand:
    """Of a symmetric matrix through its Cholesky factor, which is computed once."""
    pair = (operation.row, operation.column)
    if operation.function in OF_TRANSITIONS:
        return _of_transition(scope, operation, pair)
    factor = _cholesky(scope, operation)
    if operation.function == "cholesky":
        return _stored(scope, factor)
    batch = tuple(axis for axis in factor.axes if axis not in pair)
    code = invoke(scope.helper(operation.function), factor.code)
    if operation.function == "log_determinant":
        return _stored(scope, Operand(code, batch))
    return _stored(scope, Operand(code, (*batch, *pair)))


def _of_transition(scope: Scope, operation: Matrix, pair: Axes) -> Operand:
    operand = read(scope, operation.operand)
    batch = tuple(axis for axis in operand.axes if axis not in pair)
    code = invoke(scope.helper(operation.function), align(operand, (*batch, *pair)))
    kept = pair if operation.function == "resolvent" else pair[1:]
    return _stored(scope, Operand(code, (*batch, *kept)))


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
