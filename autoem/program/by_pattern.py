"""What depends on a row only through which cells are missing is computed once for each pattern.

The precision of the missing cells of a row, given those that are seen, is the same for all rows
with the same cells missing.  So a block of rows is looked through for its patterns p, what has no
other data is computed over p instead of the rows n, and rows look it up:

    covariance[d, d', n]   becomes   covariance[d, d', p]  and  covariance[d, d', pattern[n]] .

It is done where matrices are factorized: nothing else is worth the looking up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from autoem.program.ir import (
    Array,
    Contract,
    Distinct,
    Function,
    IndexRead,
    Let,
    LogSumExp,
    Map,
    Matrix,
    Position,
    Ref,
    Scalar,
    Solve,
)
from autoem.program.simplify.context import Context, varying
from autoem.program.walk import references, rename, replace_refs, replace_scalar

PATTERN = "patterns"
"""The axis of the patterns of a block."""


def by_pattern(function: Function, masks: tuple[str, ...], context: Context) -> Function:
    """The function with what depends on masks alone over their patterns, where that pays."""
    row = context.row
    own = tuple(array for array in function.inputs if array.name in masks and row in array.axes)
    if row is None or not own:
        return function
    lifting = Lifting(context, row, varying(function, row))
    for array in own:
        lifting.lift(array)
    lets = [new for let in function.body for new in lifting.statements(let)]
    if not lifting.pays:
        return function
    context.sizes[PATTERN] = PATTERN
    targets = (*(lifting.lifted[array.name] for array in own), lifting.pattern)
    operands = tuple(Ref(array.name, array.axes) for array in own)
    found = Let(targets, Distinct(operands, row), "which cells are missing, each pattern once")
    return replace(function, body=(found, *lets))


@dataclass
class Lifting:
    """The arrays over patterns that stand for arrays over rows, and whether a matrix is one."""

    context: Context
    row: str
    varying: frozenset[str]
    lifted: dict[str, Array] = field(default_factory=dict)
    pays: bool = False

    def __post_init__(self) -> None:
        self.pattern = Array(self.context.fresh("pattern"), (self.row,), "int")

    def lift(self, array: Array) -> Array:
        """The array over patterns."""
        axes = tuple(PATTERN if axis == self.row else axis for axis in array.axes)
        self.lifted[array.name] = Array(self.context.fresh(f"{array.name}_by_pattern"), axes)
        return self.lifted[array.name]

    def statements(self, let: Let) -> tuple[Let, ...]:
        """The statement over patterns, and what it gives looked up for each row; or as it is."""
        if not self._depends_on_patterns(let):
            return (let,)
        self.pays |= isinstance(let.operation, Matrix | Solve)
        moved = replace_refs(_at_patterns(let, self.row), self._of_pattern)
        targets = tuple(map(self.lift, let.targets))
        names = {old.name: new.name for old, new in zip(let.targets, targets, strict=True)}
        looked_up = (
            Let((old,), Map(Ref(new.name, tuple(map(self._at_row, new.axes)))))
            for old, new in zip(let.targets, targets, strict=True)
        )
        return Let(targets, rename(moved, names), let.comment), *looked_up

    def _depends_on_patterns(self, let: Let) -> bool:
        """Whether it is computed row by row from masks, and what is computed from them, alone."""
        if not isinstance(let.operation, Map | Contract | LogSumExp | Matrix | Solve):
            return False
        over = let.operation.over if isinstance(let.operation, Contract) else ()
        placed = isinstance(let.operation, Map) and _reads_position(let.operation, self.row)
        if placed or self.row in over or any(self.row not in t.axes for t in let.targets):
            return False
        read = [ref for ref in references(let.operation) if ref.name in self.varying]
        return bool(read) and all(
            ref.name in self.lifted and not any(isinstance(axis, Ref) for axis in ref.axes)
            for ref in read
        )

    def _of_pattern(self, read: IndexRead) -> IndexRead:
        if isinstance(read, Ref) and read.name in self.lifted:
            return Ref(self.lifted[read.name].name, read.axes)
        return read

    def _at_row(self, axis: str) -> IndexRead:
        return Ref(self.pattern.name, self.pattern.axes) if axis == PATTERN else axis


def _at_patterns(let: Let, row: str) -> Contract | Map | LogSumExp | Matrix | Solve:
    """The operation with patterns in place of rows."""

    def moved(read: IndexRead) -> IndexRead:
        return PATTERN if read == row else read

    operation = replace_refs(let.operation, moved)
    assert isinstance(operation, Contract | Map | LogSumExp | Matrix | Solve)
    if isinstance(operation, Solve):
        unknowns = tuple(Ref(u.name, tuple(map(moved, u.axes))) for u in operation.unknowns)
        return replace(operation, unknowns=unknowns)
    return operation


def _reads_position(operation: Map, row: str) -> bool:
    found = False

    def leaf(scalar: Scalar) -> Scalar:
        nonlocal found
        found |= scalar == Position(row)
        return scalar

    replace_scalar(operation.expression, leaf)
    return found
