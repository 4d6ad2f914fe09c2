"""Walking an array program: which arrays and axes does an operation mention, and a copy of it
with every reference replaced.

The free axes of a reference are those it is read over: b[group[i]] has the axis i.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from autoem.program.ir import (
    Best,
    BestPath,
    Call,
    Contract,
    Distinct,
    Extreme,
    ForwardBackward,
    Guard,
    IndexRead,
    Let,
    LogSumExp,
    Map,
    Matrix,
    Maximize,
    Nodes,
    Operation,
    Position,
    Rank,
    Recur,
    Ref,
    Roll,
    Root,
    Scalar,
    Smooth,
    Solve,
)


def distinct(items: Iterable[str]) -> tuple[str, ...]:
    """The items in order of first occurrence."""
    return tuple(dict.fromkeys(items))


def index_axes(index: IndexRead) -> tuple[str, ...]:
    """Free axes of an index expression."""
    if isinstance(index, str):
        return (index,)
    if isinstance(index, int):
        return ()
    return distinct(axis for read in index.axes for axis in index_axes(read))


def scalar_axes(scalar: Scalar) -> tuple[str, ...]:
    """Free axes of an elementwise expression, in order of occurrence."""
    if isinstance(scalar, Ref):
        return index_axes(scalar)
    if isinstance(scalar, Position):
        return (scalar.axis,)
    if isinstance(scalar, Call):
        return distinct(axis for part in scalar.arguments for axis in scalar_axes(part))
    return ()


def index_refs(index: IndexRead) -> tuple[Ref, ...]:
    """The reference itself and those in its lookups."""
    if not isinstance(index, Ref):
        return ()
    return (index, *(ref for read in index.axes for ref in index_refs(read)))


def scalar_refs(scalar: Scalar) -> tuple[Ref, ...]:
    """Every reference of an expression, lookups included."""
    if isinstance(scalar, Ref):
        return index_refs(scalar)
    if isinstance(scalar, Call):
        return tuple(ref for part in scalar.arguments for ref in scalar_refs(part))
    return ()


def references(operation: Operation) -> tuple[Ref, ...]:
    """Every reference of an operation to an array defined before it."""
    match operation:
        case Map(expression):
            return scalar_refs(expression)
        case Contract(factors, _, guards):
            sides = [side for guard in guards for side in (guard.left, guard.right)]
            return tuple(ref for index in (*factors, *sides) for ref in index_refs(index))
        case LogSumExp(operand) | Extreme(operand) | Matrix(_, operand):
            return index_refs(operand)
        case Roll(operand):
            return index_refs(operand)
        case Best(operand, table=table):
            return (*index_refs(operand), *(index_refs(table) if table else ()))
        case Rank(_, values, weights):
            return (*index_refs(values), *index_refs(weights))
        case Distinct(operands):
            return tuple(ref for operand in operands for ref in index_refs(operand))
        case Recur(gain, shift):
            return (*index_refs(gain), *index_refs(shift))
        case Smooth(diagonal, lower, shift):
            return (*index_refs(diagonal), *index_refs(lower), *index_refs(shift))
        case ForwardBackward(weight, step, parent=parent, first=first):
            more = (ref for one in (parent, first) if one for ref in index_refs(one))
            return (*index_refs(weight), *index_refs(step), *more)
        case BestPath(weight, step, parent=parent):
            return (*index_refs(weight), *index_refs(step), *(index_refs(parent) if parent else ()))
        case Solve(_, _, matrix, right):
            blocks = [block for line in matrix for block in line if block is not None]
            return tuple(ref for index in (*blocks, *right) for ref in index_refs(index))
        case Root(unknown, value, slope, start):
            read = (*scalar_refs(value), *scalar_refs(slope))
            return (*index_refs(start), *_outer_refs((unknown,), operation.body, read))
        case Maximize():
            starts = [ref for start in operation.start for ref in index_refs(start)]
            unknowns = (ref.name for ref in operation.unknowns)
            return (*starts, *_outer_refs(unknowns, operation.body))
        case Nodes():
            return ()


def _outer_refs(
    unknowns: Iterable[str], body: tuple[Let, ...], read: tuple[Ref, ...] = ()
) -> tuple[Ref, ...]:
    """What an inner body, and expressions after it, read of the arrays outside."""
    inner = {*unknowns, *(target.name for let in body for target in let.targets)}
    used = [ref for let in body for ref in references(let.operation)]
    return tuple(ref for ref in (*used, *read) if ref.name not in inner)


def names_used(operation: Operation) -> tuple[str, ...]:
    """Names of the arrays that an operation reads, each once."""
    return distinct(ref.name for ref in references(operation))


def replace_index(index: IndexRead, change: Callable[[IndexRead], IndexRead]) -> IndexRead:
    """Apply `change` to every part of an index expression, innermost first."""
    if isinstance(index, Ref):
        index = Ref(index.name, tuple(replace_index(read, change) for read in index.axes))
    return change(index)


def replace_scalar(scalar: Scalar, change: Callable[[Scalar], Scalar]) -> Scalar:
    """Apply `change` to every node of an elementwise expression, innermost first."""
    if isinstance(scalar, Call):
        parts = tuple(replace_scalar(part, change) for part in scalar.arguments)
        scalar = Call(scalar.function, parts)
    return change(scalar)


def replace_refs(operation: Operation, change: Callable[[IndexRead], IndexRead]) -> Operation:
    """The operation with `change` applied to every reference, axis name and entry it reads."""

    def ref(old: Ref) -> Ref:
        new = replace_index(old, change)
        assert isinstance(new, Ref)
        return new

    def leaf(scalar: Scalar) -> Scalar:
        return ref(scalar) if isinstance(scalar, Ref) else scalar

    match operation:
        case Map(expression):
            return Map(replace_scalar(expression, leaf))
        case Contract(factors, over, guards, scale):
            sides = tuple(
                Guard(replace_index(g.left, change), replace_index(g.right, change)) for g in guards
            )
            return Contract(tuple(ref(f) for f in factors), over, sides, scale)
        case LogSumExp(operand) | Extreme(operand) | Matrix(_, operand):
            return replace(operation, operand=ref(operand))
        case Roll(operand):
            return replace(operation, operand=ref(operand))
        case Best(operand, table=table):
            return replace(operation, operand=ref(operand), table=table and ref(table))
        case Rank(_, values, weights):
            return replace(operation, values=ref(values), weights=ref(weights))
        case Distinct(operands):
            return replace(operation, operands=tuple(map(ref, operands)))
        case Recur(gain, shift):
            return replace(operation, gain=ref(gain), shift=ref(shift))
        case Smooth(diagonal, lower, shift):
            return replace(operation, diagonal=ref(diagonal), lower=ref(lower), shift=ref(shift))
        case ForwardBackward(weight, step) | BestPath(weight, step):
            up = operation.parent and ref(operation.parent)
            changed = replace(operation, weight=ref(weight), step=ref(step), parent=up)
            if isinstance(changed, ForwardBackward) and changed.first:
                return replace(changed, first=ref(changed.first))
            return changed
        case Solve(_, _, matrix, right):
            blocks = tuple(tuple(b and ref(b) for b in line) for line in matrix)
            return replace(operation, matrix=blocks, right=tuple(ref(c) for c in right))
        case Root():
            value = replace_scalar(operation.value, leaf)
            slope = replace_scalar(operation.slope, leaf)
            body = tuple(_replace_in(let, change) for let in operation.body)
            start = ref(operation.start)
            return replace(operation, value=value, slope=slope, start=start, body=body)
        case Maximize():
            body = tuple(_replace_in(let, change) for let in operation.body)
            starts = tuple(ref(s) for s in operation.start)
            return replace(operation, body=body, start=starts)
        case Nodes():
            return operation


def _replace_in(let: Let, change: Callable[[IndexRead], IndexRead]) -> Let:
    return replace(let, operation=replace_refs(let.operation, change))


def rename(operation: Operation, names: dict[str, str]) -> Operation:
    """The operation with arrays under their new names, those that it defines inside included."""

    def new(name: str) -> str:
        return names.get(name, name)

    def change(index: IndexRead) -> IndexRead:
        return Ref(new(index.name), index.axes) if isinstance(index, Ref) else index

    operation = replace_refs(operation, change)
    match operation:
        case Root(unknown):
            body = tuple(_rename_targets(let, names) for let in operation.body)
            return replace(operation, unknown=new(unknown), body=body)
        case Solve(unknowns):
            return replace(operation, unknowns=tuple(Ref(new(u.name), u.axes) for u in unknowns))
        case Maximize(unknowns):
            return replace(
                operation,
                unknowns=tuple(Ref(new(u.name), u.axes) for u in unknowns),
                body=tuple(_rename_targets(let, names) for let in operation.body),
                objective=new(operation.objective),
                gradient=tuple(map(new, operation.gradient)),
                hessian=tuple(tuple(b and new(b) for b in line) for line in operation.hessian),
            )
    return operation


def rename_let(let: Let, names: dict[str, str]) -> Let:
    """A statement with arrays under their new names, targets included."""
    return _rename_targets(replace(let, operation=rename(let.operation, names)), names)


def _rename_targets(let: Let, names: dict[str, str]) -> Let:
    targets = tuple(replace(t, name=names.get(t.name, t.name)) for t in let.targets)
    return replace(let, targets=targets)
