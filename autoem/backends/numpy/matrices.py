"""Inverses, log-determinants and block systems: stacks of matrices in the last two axes."""

from __future__ import annotations

from autoem.backends.numpy.scope import Operand, Scope, align, full, read
from autoem.backends.numpy.tree import (
    Assign,
    Binary,
    Expr,
    Literal,
    Name,
    Sequence,
    Slice,
    Subscript,
    invoke,
    method,
)
from autoem.program.ir import Array, Let, Matrix, Ref, Solve

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


def solve(scope: Scope, let: Let, operation: Solve) -> None:
    """Assemble the blocks, solve, and cut the solution into its unknowns."""
    rows = operation.rows
    batch = tuple(axis for axis in let.targets[0].axes if axis not in rows[0])
    lengths = [_length(scope, axes) for axes in rows]
    blocks = [
        Sequence("[]", tuple(_block(scope, block, batch, rows[i], rows[j], lengths)
                             if block else _zeros(scope, batch, lengths[i], lengths[j])
                             for j, block in enumerate(line)))
        for i, line in enumerate(operation.matrix)
    ]  # fmt: skip
    right = [
        _flat(scope, ref, batch, axes, (length,))
        for ref, axes, length in zip(operation.right, rows, lengths, strict=True)
    ]
    whole = blocks[0].items[0]
    if len(rows) > 1:
        whole = invoke("np.block", Sequence("[]", tuple(blocks)))
    column = right[0]
    if len(rows) > 1:
        column = invoke("np.concatenate", Sequence("[]", tuple(right)), axis=Literal(-1))
    solution = Name(scope.identifier("solution_" + let.targets[0].name))
    system, value = (Name(f"{solution.text}_{part}") for part in ("matrix", "right"))
    scope.statements.append(Assign(system, whole))
    scope.statements.append(Assign(value, column))
    scope.statements.append(Assign(solution, invoke(scope.helper("solve"), system, value)))
    _cut(scope, let, rows, lengths, batch, solution)


def _cut(
    scope: Scope,
    let: Let,
    rows: tuple[Axes, ...],
    lengths: list[Expr],
    batch: Axes,
    solution: Name,
) -> None:
    """The unknowns one after another: y[..., a:b], back in their own shapes."""
    begin: Expr | None = None
    for target, axes, length in zip(let.targets, rows, lengths, strict=True):
        code: Expr = solution
        end = length if begin is None else _plus(begin, length)
        if len(rows) > 1 and not axes:
            code = Subscript(solution, (Name("..."), begin or Literal(0)))
        elif len(rows) > 1:
            code = Subscript(solution, (Name("..."), Slice(begin, end)))
        elif not axes:
            code = Subscript(solution, (Name("..."), Literal(0)))
        if len(axes) > 1:
            shape = tuple(scope.size(axis) for axis in (*batch, *axes))
            code = method(code, "reshape", Sequence("()", shape))
        operand = Operand(code, (*batch, *axes))
        order = scope.layout(target.axes)
        scope.assign(target, Operand(align(operand, order), order))
        begin = end


def _plus(left: Expr, right: Expr) -> Expr:
    if isinstance(left, Literal) and isinstance(right, Literal):
        return Literal(int(left.value or 0) + int(right.value or 0))
    return Binary("+", left, right)


def _length(scope: Scope, axes: Axes) -> Expr:
    sizes = [scope.size(axis) for axis in axes]
    if not sizes:
        return Literal(1)
    code = sizes[0]
    for size in sizes[1:]:
        code = Binary("*", code, size)
    return code


def _block(
    scope: Scope, ref: Ref, batch: Axes, row: Axes, column: Axes, lengths: list[Expr]
) -> Expr:
    primed = tuple(axis + "'" for axis in column)
    ends = (_length(scope, row), _length(scope, column))
    if len(row) == len(primed) == 1:
        return full(scope, read(scope, ref), (*batch, *row, *primed))
    return _reshaped(scope, full(scope, read(scope, ref), (*batch, *row, *primed)), batch, ends)


def _flat(scope: Scope, ref: Ref, batch: Axes, axes: Axes, ends: tuple[Expr, ...]) -> Expr:
    if len(axes) == 1:
        return full(scope, read(scope, ref), (*batch, *axes))
    return _reshaped(scope, full(scope, read(scope, ref), (*batch, *axes)), batch, ends)


def _reshaped(scope: Scope, code: Expr, batch: Axes, ends: tuple[Expr, ...]) -> Expr:
    if not batch and ends == (Literal(1), Literal(1)):
        return method(code, "reshape", Literal(1), Literal(1))
    shape = (*(scope.size(axis) for axis in batch), *ends)
    return invoke("np.reshape", code, Sequence("()", shape))


def _zeros(scope: Scope, batch: Axes, row: Expr, column: Expr) -> Expr:
    shape = Sequence("()", (*(scope.size(axis) for axis in batch), row, column))
    return invoke("np.zeros", shape)
