"""Systems of affine equations: the blocks put together, solved, and the solution cut apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from autoem.backends.numpy.scope import Operand, Scope, align, read
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
)
from autoem.program.ir import Array, Let, Ref, Solve

Axes = tuple[str, ...]
DOTS = Name("...")


def solve(scope: Scope, let: Let, operation: Solve) -> None:
    """Append the statements that solve the system."""
    System(scope, let, operation).write()


@dataclass(frozen=True)
class System:
    """One system; an unknown with rows of shape (p, q) takes p * q rows, a scalar one row."""

    scope: Scope
    let: Let
    operation: Solve

    def write(self) -> None:
        """One unknown over one axis is solved as it stands; otherwise blocks are put together."""
        scope, rows = self.scope, self.operation.rows
        if len(rows) == 1 and len(rows[0]) == 1:
            matrix, right = self._block(0, 0), self._right(0)
            code = invoke(scope.helper(self.operation.method), matrix, right)
            self._assign(self.let.targets[0], rows[0], code)
            return
        count = range(len(rows))
        lines = tuple(Sequence("[]", tuple(self._block(i, j) for j in count)) for i in count)
        matrix = invoke("np.block", Sequence("[]", lines))
        column = Sequence("[]", tuple(self._right(i) for i in count))
        right = invoke("np.concatenate", column, axis=Literal(-1))
        solution = Name(scope.identifier("solution_" + self.let.targets[0].name))
        names = Name(f"{solution.text}_matrix"), Name(f"{solution.text}_right")
        scope.statements.append(Assign(names[0], matrix))
        scope.statements.append(Assign(names[1], right))
        scope.statements.append(
            Assign(solution, invoke(scope.helper(self.operation.method), *names))
        )
        self._cut(solution)

    @property
    def batch(self) -> Axes:
        rows = self.operation.rows[0]
        return tuple(axis for axis in self.let.targets[0].axes if axis not in rows)

    def _length(self, axes: Axes) -> Expr:
        """Number of rows of an unknown."""
        sizes = [self.scope.size(axis) for axis in axes] or [Literal(1)]
        return reduce(lambda left, right: Binary("*", left, right), sizes)

    def _block(self, i: int, j: int) -> Expr:
        """Matrix of equation i and unknown j behind the batch axes."""
        rows, block = self.operation.rows, self.operation.matrix[i][j]
        columns = tuple(axis + "'" for axis in rows[j])
        if block is None:
            shape = (
                *map(self.scope.size, self.batch),
                self._length(rows[i]),
                self._length(rows[j]),
            )
            return invoke("np.zeros", Sequence("()", shape))
        return self._flat(block, rows[i], columns)

    def _right(self, i: int) -> Expr:
        return self._flat(self.operation.right[i], self.operation.rows[i])

    def _flat(self, ref: Ref, *groups: Axes) -> Expr:
        """The array with every group of axes as one axis."""
        order = (*self.batch, *(axis for group in groups for axis in group))
        code = self.scope.full(read(self.scope, ref), order)
        if all(len(group) == 1 for group in groups):
            return code
        lengths = (self._length(group) for group in groups)
        shape = (*map(self.scope.size, self.batch), *lengths)
        return invoke("np.reshape", code, Sequence("()", shape))

    def _cut(self, solution: Name) -> None:
        """The unknowns one after another: y[..., a:b], back in their own shapes."""
        begin: Expr | None = None
        for target, axes in zip(self.let.targets, self.operation.rows, strict=True):
            length = self._length(axes)
            end = length if begin is None else _plus(begin, length)
            place = Slice(begin, end) if axes else begin or Literal(0)
            code: Expr = Subscript(solution, (DOTS, place))
            if len(axes) > 1:
                shape = tuple(map(self.scope.size, (*self.batch, *axes)))
                code = invoke("np.reshape", code, Sequence("()", shape))
            self._assign(target, axes, code)
            begin = end

    def _assign(self, target: Array, axes: Axes, code: Expr) -> None:
        order = self.scope.layout(target.axes)
        solved = Operand(code, (*self.batch, *axes))
        self.scope.assign(target, Operand(align(solved, order), order))


def _plus(left: Expr, right: Expr) -> Expr:
    match left, right:
        case Literal(int() as a), Literal(int() as b):
            return Literal(a + b)
    return Binary("+", left, right)
