"""Which columns of a table each variable of a model takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.errors.command import ColumnsNeeded, NoTable
from autoem.errors.data import MissingVariable, NoSuchName
from autoem.runtime.data import Table
from autoem.runtime.schema import Schema, VariableSchema
from autoem.runtime.sequences import from_rows, of_sequences

Named = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Taken:
    """Data by name of variable, weights by axis, and the names of the columns they are."""

    data: dict[str, Any]
    weights: dict[str, np.ndarray]
    columns: dict[str, tuple[str, ...]]


def taken(
    schema: Schema,
    table: Table | None,
    columns: Named,
    given: Mapping[str, Any],
    weights: Mapping[str, str],
    sequence: str | None = None,
) -> Taken:
    """Data for every variable that needs them.

    A variable is given outright, or takes the columns named for it, or the column of its name; an
    observed vector takes all numeric columns that nothing else is named after.  The columns of a
    vector that is given are never guessed.  With `sequence` the table is a long one, and each row
    a step of the sequence that is named in that column.  Errors: `NoSuchName`, `MissingVariable`,
    `ColumnsNeeded`, `NoTable`, and those of `from_rows`.
    """
    needed = tuple(variable.name for variable in schema.data)
    for option, names in (("--column", columns), ("--given", given)):
        for name in names:
            if name not in needed:
                raise NoSuchName(name=name, what=option, known=needed)
    if table is None:
        absent = tuple(name for name in needed if name not in given)
        if absent:
            raise NoTable(variables=absent)
        table = Table({})
    names = {
        variable.name: _names(variable, schema, table, columns, weights, sequence)
        for variable in schema.data
        if variable.name not in given
    }
    if sequence is None:
        data = {name: _values(table, schema[name], chosen) for name, chosen in names.items()}
    else:
        used = dict.fromkeys((*table.columns, *(c for chosen in names.values() for c in chosen)))
        data = from_rows(schema, {name: _column(table, name) for name in used}, sequence, names)
    weighed = {axis: _weight(schema, table, axis, text, sequence) for axis, text in weights.items()}
    return Taken({**data, **given}, weighed, names)


def _names(
    variable: VariableSchema,
    schema: Schema,
    table: Table,
    columns: Named,
    weights: Mapping[str, str],
    sequence: str | None,
) -> tuple[str, ...]:
    held = tuple(table.columns)
    if variable.name in columns:
        chosen = columns[variable.name]
        for column in chosen:
            if column not in held and _constant(column) is None:
                raise MissingVariable(variable=column, axes=variable.axes, found=held)
        return chosen
    if variable.name in held:
        return (variable.name,)
    plates = 1 if sequence is None else 2
    if len(variable.axes) == plates + 1:
        elsewhere = {variable.name for variable in schema.variables} | {*weights.values(), sequence}
        elsewhere |= {column for chosen in columns.values() for column in chosen}
        free = tuple(column for column in table.numeric if column not in elsewhere)
        if variable.kind == "given":
            raise ColumnsNeeded(variable=variable.name, axes=variable.axes, columns=free)
        if free:
            return free
    raise MissingVariable(variable=variable.name, axes=variable.axes, found=held)


def _constant(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _column(table: Table, name: str) -> np.ndarray:
    if name in table.columns:
        return table.columns[name]
    length = len(next(iter(table.columns.values())))
    return np.full(length, _constant(name))


def _values(table: Table, variable: VariableSchema, names: tuple[str, ...]) -> np.ndarray | Table:
    """A vector as a table, which labels its axis by the columns; one number a row as an array."""
    columns = {name: _column(table, name) for name in names}
    if len(variable.axes) < 2 and len(columns) == 1:
        return columns[names[0]]
    return Table(columns)


def _weight(schema: Schema, table: Table, axis: str, text: str, sequence: str | None) -> np.ndarray:
    """A column, of a long table one value a sequence; or the numbers themselves."""
    if text in table.columns:
        if sequence is not None:
            return of_sequences(schema, table.columns, sequence, axis, text)
        return table.columns[text]
    try:
        return np.array(text.split(","), dtype=float)
    except ValueError as error:
        raise NoSuchName(name=text, what="--weights", known=tuple(table.columns)) from error
