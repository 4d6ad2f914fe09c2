"""The position of a row as data: in a block, the first row is seldom row 0."""

from __future__ import annotations

from dataclasses import replace

from autoem.program.ir import (
    Array,
    ArrayProgram,
    Contract,
    Function,
    Guard,
    IndexRead,
    Let,
    Map,
    Position,
    Ref,
    Scalar,
)
from autoem.program.walk import replace_scalar

ROW_POSITION = "row_position"
"""The array of the positions 0, 1, ... of the rows."""


def with_positions(program: ArrayProgram) -> ArrayProgram:
    """The program with positions along the row axis, if it reads any, as an array of data."""
    row = program.row
    if row is None:
        return program
    array = Array(ROW_POSITION, (row,), "int")
    posterior, statistics = (_placed(f, array) for f in (program.posterior, program.statistics))
    if (posterior, statistics) == (program.posterior, program.statistics):
        return program
    decode = program.decode and _placed(program.decode, array)
    data = (*program.data, array)
    return replace(program, data=data, posterior=posterior, statistics=statistics, decode=decode)


def _placed(function: Function, array: Array) -> Function:
    body = tuple(_statement(let, array) for let in function.body)
    if body == function.body:
        return function
    return replace(function, inputs=(*function.inputs, array), body=body)


def _statement(let: Let, array: Array) -> Let:
    (row,) = array.axes
    ref = Ref(array.name, array.axes)

    def leaf(scalar: Scalar) -> Scalar:
        return ref if scalar == Position(row) else scalar

    def side(index: IndexRead) -> IndexRead:
        return ref if index == row else index

    match let.operation:
        case Map(expression):
            return replace(let, operation=Map(replace_scalar(expression, leaf)))
        case Contract(guards=guards):
            placed = tuple(Guard(side(guard.left), side(guard.right)) for guard in guards)
            return replace(let, operation=replace(let.operation, guards=placed))
    return let
