"""What is computed twice is computed once: equal operations, up to the names of their axes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.program.ir import (
    Array,
    Contract,
    Function,
    Guard,
    IndexRead,
    Let,
    LogSumExp,
    Map,
    Matrix,
    Operation,
    Position,
    Ref,
    Scalar,
)
from autoem.program.simplify.context import Context
from autoem.program.walk import replace_index, replace_refs, replace_scalar


@dataclass(frozen=True)
class First:
    """An operation that has been computed: its target, and the number of each of its axes."""

    target: Array
    numbers: dict[str, str]


def drop_repeated(function: Function, context: Context) -> Function:
    """A second equal statement goes; what reads it reads the first."""
    known: dict[object, First] = {}
    moved: dict[str, tuple[Array, First, dict[str, str]]] = {}
    outputs = {array.name for array in function.outputs}
    body: list[Let] = []
    for let in function.body:
        let = replace(let, operation=replace_refs(let.operation, lambda i: _moved(i, moved)))
        if not isinstance(let.operation, Map | Contract | LogSumExp | Matrix):
            body.append(let)
            continue
        target = let.targets[0]
        key, numbers = _key(let.operation, target, context.sizes)
        first = known.setdefault(key, First(target, numbers))
        if first.target is not target and target.name not in context.pinned:
            moved[target.name] = (target, first, numbers)
            if target.name not in outputs:
                continue
            here = {number: axis for axis, number in numbers.items()}
            axes = tuple(here[first.numbers[axis]] for axis in first.target.axes)
            let = replace(let, operation=Map(Ref(first.target.name, axes)))
        body.append(let)
    return replace(function, body=tuple(body))


def _moved(index: IndexRead, moved: dict[str, tuple[Array, First, dict[str, str]]]) -> IndexRead:
    """The same entry of the first array: axes correspond by their numbers."""
    if not isinstance(index, Ref) or index.name not in moved:
        return index
    target, first, numbers = moved[index.name]
    place = {numbers[axis]: read for axis, read in zip(target.axes, index.axes, strict=True)}
    return Ref(first.target.name, tuple(place[first.numbers[axis]] for axis in first.target.axes))


def _key(
    operation: Operation, target: Array, sizes: dict[str, str]
) -> tuple[object, dict[str, str]]:
    """The operation with numbered axes, the same for equal ones, and the numbers.

    Axes are numbered in order of occurrence, those of the target last if nothing mentions them.
    """
    numbers: dict[str, str] = {}

    def number(axis: str) -> str:
        return numbers.setdefault(axis, f"{len(numbers)}:{sizes[axis]}")

    numbered = _numbered(operation, number)
    axes = tuple(sorted(number(axis) for axis in target.axes))
    return (numbered, axes, target.kind), numbers


def _numbered(operation: Operation, number: object) -> Operation:
    assert callable(number)

    def index(read: IndexRead) -> IndexRead:
        return number(read) if isinstance(read, str) else read

    def ref(old: Ref) -> Ref:
        new = replace_index(old, index)
        assert isinstance(new, Ref)
        return new

    def leaf(scalar: Scalar) -> Scalar:
        if isinstance(scalar, Ref):
            return ref(scalar)
        return Position(number(scalar.axis)) if isinstance(scalar, Position) else scalar

    match operation:
        case Map(expression):
            return Map(replace_scalar(expression, leaf))
        case Contract(factors, over, guards, scale):
            ordered = sorted(factors, key=lambda factor: (factor.name, len(factor.axes)))
            return Contract(
                tuple(ref(factor) for factor in ordered),
                tuple(sorted(number(axis) for axis in over)),
                tuple(
                    Guard(replace_index(g.left, index), replace_index(g.right, index))
                    for g in guards
                ),
                scale,
            )
        case LogSumExp(operand, axes):
            operand = ref(operand)
            return LogSumExp(operand, tuple(sorted(number(axis) for axis in axes)))
        case Matrix(function, operand, row, column):
            return Matrix(function, ref(operand), number(row), number(column))
    raise AssertionError("only pure operations are compared")
