"""Data by name, from whatever holds them, checked against the schema of a model.

    raw values -> columns -> codes and numbers -> sizes -> domains -> weights

Each stage is a function that returns arrays or raises an error that names the variable, the axis or
the row, what was expected, what came, and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np

from autoem.errors.data import (
    EmptyData,
    MissingGiven,
    MissingVariable,
    NoSuchName,
    NotATable,
    NotFinite,
    TooLarge,
    WrongDimensions,
)
from autoem.runtime.arrays import Arrays
from autoem.runtime.domains import check_blocks, check_entries
from autoem.runtime.gaps import check_whole, is_ragged, side_by_side
from autoem.runtime.labels import (
    MISSING,
    Level,
    column_levels,
    encode,
    missing,
    numbers,
    raw_array,
    two_levels,
)
from autoem.runtime.parents import check_parents
from autoem.runtime.schema import Schema, VariableSchema
from autoem.runtime.seen import check_seen
from autoem.runtime.sequences import Lengths, from_rows, lengths_of_sequences, within
from autoem.runtime.sizes import axis_sizes, plate_size
from autoem.runtime.sparse import by_rows, check_table, is_sparse
from autoem.runtime.table import Table as Table, read_csv as read_csv
from autoem.runtime.trials import check_trials
from autoem.runtime.weights import check_weights, named_weights

LARGEST = np.float64(1e150)
"""The square of a number beyond this overflows."""


@dataclass(frozen=True)
class Data:
    """Arrays ready for a program, and what was learnt while reading them.

    `arrays`: variable to float64 (float32 stays) or int64 codes, axes `plates` then `event`, nan
    (code -1) where missing.  `sizes`: axis to length.  `weights`: axis to weight of each entry.
    `levels`: axis (or binary variable) to the labels of its codes.  `missing`: variable to its
    number of missing entries.  `columns`: variable to the column names of its last axis.
    `lengths`: those of sequences, where they differ.
    """

    arrays: Arrays
    sizes: dict[str, int]
    weights: Arrays = field(default_factory=dict)
    levels: dict[str, list[Level]] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    lengths: Lengths | None = None

    @property
    def sparse(self) -> tuple[str, ...]:
        """The variables whose values are sparse matrices."""
        return tuple(name for name, array in self.arrays.items() if is_sparse(array))

    def gaps(self, schema: Schema) -> dict[str, int]:
        """Variable to its number of missing entries, the tails of sequences not counted."""
        if self.lengths is None:
            return self.missing
        counts = within(schema, self.lengths, self.arrays, self.missing)
        return {name: count for name, count in counts.items() if count}

    @property
    def numbers(self) -> int:
        """How many numbers the arrays hold."""
        return sum(array.size for array in self.arrays.values())


def read_data(
    schema: Schema,
    data: Any,
    sizes: Mapping[str, int] | None = None,
    weights: Mapping[str, Any] | None = None,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    levels: Mapping[str, Sequence[Level]] | None = None,
    sequence: str | None = None,
) -> Data:
    """Arrays of every given and observed variable of the model, from `data` by name.

    `data` is a mapping of names to arrays, lists, series or frames, a data frame (pandas, polars,
    pyarrow), or a `Table`.  In a frame or table a variable takes the column of its name; one with
    two axes takes all numeric columns that nothing else is named after; `columns` says which
    instead.  `weights` are keyed by axis: arrays, or the name of a column.  `levels` are those of
    an earlier fit, to read new data by.  `sequence` is the column of a long table, one row a step,
    that names the sequence of each row; a weight of a sequence stands at all its rows.  Errors: the
    classes of `autoem.errors.data`.

    >>> schema = Schema("Sample", ("n",), (VariableSchema("x", "observed", "real", ("n",)),))
    >>> read_data(schema, {"x": [1, 2, float("nan")]}).missing
    {'x': 1}
    """
    source = _source(data)
    held = source.columns if isinstance(source, Table) else source
    weights, held = named_weights(schema, held, weights or {}, columns or {}, sequence)
    weighing = {axis: _array(axis, weight)[0] for axis, weight in weights.items()}
    if sequence is not None:
        source, columns = from_rows(schema, held, sequence, columns or {}), None
    else:
        source = Table(held) if isinstance(source, Table) else held
    raw, names = _choose(schema, source, dict(columns or {}))
    for variable in schema.data:
        _check_dimensions(variable, raw[variable.name])
        if levels is None:
            _check_seen(variable, raw[variable.name])
    arrays, found = _numbers(schema, raw, dict(sizes or {}), dict(levels or {}))
    lengths = axis_sizes(schema, arrays, dict(sizes or {}), found)
    absent = {v.name: _check_values(v, arrays[v.name]) for v in schema.data}
    check_trials(schema, arrays)
    check_parents(schema, arrays)
    check_seen(schema, arrays)
    return Data(
        arrays,
        lengths,
        check_weights(schema, weighing, lengths),
        found | column_levels(schema, names),
        {name: count for name, count in absent.items() if count},
        names,
        None if isinstance(source, Table) else lengths_of_sequences(schema, source),
    )


def _source(data: Any) -> Table | dict[str, Any]:
    """A mapping as it is; a frame as a table."""
    if isinstance(data, Table):
        return data
    if isinstance(data, Mapping):
        return {str(name): value for name, value in data.items()}
    frame = _native(data)
    if not isinstance(frame, nw.DataFrame):
        raise NotATable(came=f"{type(data).__name__}")
    return Table({name: _column(frame[name]) for name in frame.columns})


def _native(value: Any) -> Any:
    """A narwhals frame or series, or the value itself."""
    native = nw.from_native(value, pass_through=True, allow_series=True)
    return native.collect() if isinstance(native, nw.LazyFrame) else native


def _column(series: Any) -> np.ndarray:
    if series.dtype.is_numeric():
        return np.asarray(series.to_numpy())
    return np.array(series.to_list(), dtype=None if series.dtype == nw.Boolean() else object)


def _array(name: str, value: Any) -> tuple[np.ndarray, list[str]]:
    """One value of a mapping as an array, and the names of its columns if it has any."""
    if is_sparse(value):
        return by_rows(value), []
    native = _native(value)
    if isinstance(native, nw.DataFrame):
        return np.stack([_column(native[c]) for c in native.columns], axis=1), native.columns
    if isinstance(native, nw.Series):
        return _column(native), []
    if isinstance(value, Table):
        return np.stack(list(value.columns.values()), axis=1), list(value.columns)
    return raw_array(name, value), []


def _choose(
    schema: Schema, source: Table | dict[str, Any], columns: dict[str, str | Sequence[str]]
) -> tuple[Arrays, dict[str, list[str]]]:
    """The raw array of each variable, and the columns that it is made of."""
    needed = tuple(variable.name for variable in schema.data)
    for name in columns:
        if name not in needed:
            raise NoSuchName(name=name, what="columns", known=needed)
    known = tuple(v.name for v in schema.of_kind("given", "observed"))
    if not isinstance(source, Table):
        for name in source:
            if name not in known and not columns:
                raise NoSuchName(name=name, what="data", known=needed)
    raw: Arrays = {}
    names: dict[str, list[str]] = {}
    for variable in schema.data:
        raw[variable.name], taken = _pick(variable, needed, source, columns)
        if taken:
            names[variable.name] = taken
    return raw, names


def _pick(
    variable: VariableSchema,
    needed: tuple[str, ...],
    source: Table | dict[str, Any],
    columns: dict[str, str | Sequence[str]],
) -> tuple[np.ndarray, list[str]]:
    name = variable.name
    held = source.columns if isinstance(source, Table) else source
    wanted = columns.get(name, name)
    if isinstance(wanted, str) and wanted in held:
        value = held[wanted]
        if is_ragged(variable, value):
            return side_by_side(variable, value), []
        return _array(name, value)
    if isinstance(wanted, str) and isinstance(source, Table) and len(variable.axes) == 2:
        wanted = [column for column in source.numeric if column not in needed]
    chosen = [wanted] if isinstance(wanted, str) else list(wanted)
    absent = [column for column in chosen if column not in held]
    if absent or not chosen:
        found = tuple(map(str, held))
        raise MissingVariable(
            variable=absent[0] if absent else name, axes=variable.axes, found=found
        )
    stacked = np.stack([_array(name, held[column])[0] for column in chosen], axis=-1)
    return (stacked[..., 0] if len(variable.axes) == 1 and len(chosen) == 1 else stacked), chosen


def _check_dimensions(variable: VariableSchema, raw: np.ndarray) -> None:
    if raw.ndim != len(variable.axes):
        raise WrongDimensions(variable=variable.name, axes=variable.axes, shape=raw.shape)
    if raw.size == 0:
        raise EmptyData(variable=variable.name)
    if variable.lower == MISSING and missing(raw).any():  # there -1 is a root, and not a gap
        index = tuple(map(int, np.argwhere(missing(raw))[0]))
        raise MissingGiven(variable=variable.name, index=index, axes=variable.plates)


def _check_seen(variable: VariableSchema, raw: np.ndarray) -> None:
    """A fit needs some value of every variable; new data for an earlier fit may have none."""
    if not is_sparse(raw) and missing(raw).all():
        raise EmptyData(variable=variable.name)


def _numbers(
    schema: Schema,
    raw: Arrays,
    sizes: dict[str, int],
    known: dict[str, Sequence[Level]],
) -> tuple[Arrays, dict[str, list[Level]]]:
    """Codes of the categorical variables, axis by axis; floats of the others; levels found."""
    arrays: Arrays = {}
    levels: dict[str, list[Level]] = {}
    for axis in dict.fromkeys(v.category for v in schema.data if v.category is not None):
        variables = tuple(v for v in schema.data if v.category == axis)
        size = sizes.get(axis, schema.sizes.get(axis, plate_size(schema, raw, axis)))
        codes, found = encode(variables, raw, size, known.get(axis))
        arrays |= codes
        if found is not None:
            levels[axis] = found
    for variable in schema.data:
        if is_sparse(raw[variable.name]):
            check_table(variable, raw[variable.name])
            arrays[variable.name] = raw[variable.name]
        elif variable.category is None and variable.domain == "binary":
            arrays[variable.name], found = two_levels(variable, raw[variable.name])
            if found is not None:
                levels[variable.name] = found
        elif variable.category is None:
            arrays[variable.name] = numbers(variable, raw[variable.name])
    return {variable.name: arrays[variable.name] for variable in schema.data}, levels


def _check_values(variable: VariableSchema, array: np.ndarray) -> int:
    """The number of missing entries, once everything else is as the domain asks."""
    if is_sparse(array):
        return 0
    if variable.category is not None:
        absent = (array == MISSING) if variable.lower != -1 else np.zeros(array.shape, bool)
    else:
        absent = np.isnan(array)
        large = np.argwhere(np.abs(array) > LARGEST)
        if len(large) and not variable.bound:
            index = tuple(map(int, large[0]))
            value = array[index].item()
            error = TooLarge if np.isfinite(value) else NotFinite
            raise error(variable=variable.name, index=index, axes=variable.axes, value=value)
        check_entries(variable, array)
        check_blocks(variable, array)
    if variable.kind == "given" and absent.any():
        index = tuple(map(int, np.argwhere(absent)[0]))
        raise MissingGiven(variable=variable.name, index=index, axes=variable.axes)
    check_whole(variable, absent)
    return int(absent.sum())
