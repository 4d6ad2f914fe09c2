"""Sequences of different lengths: out of a long table, and without their tails.

A long table has one row for each step, and a column that names the sequence it belongs to.  A
variable over (sequences, steps) becomes a list of sequences, in the order in which their names
first appear; one over sequences alone has one value a sequence.

A tail that is not there contributes nothing to a sum over states, whose probabilities add to one.
The best path is another matter: it has no tail, so that sequences are decoded by their lengths.
Nothing is reported of a tail: no state, no expectation, no missing value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autoem.errors.data import MissingVariable, NoSuchName
from autoem.errors.sequences import NoSequences, NotOneValue
from autoem.runtime.arrays import Arrays
from autoem.runtime.gaps import is_ragged
from autoem.runtime.labels import MISSING
from autoem.runtime.schema import Schema, VariableSchema

Lengths = tuple[str, str, np.ndarray]
"""The axis of the sequences, that of their steps, and the length of each sequence."""

Columns = Mapping[str, "str | Sequence[str]"]


def from_rows(
    schema: Schema, table: Mapping[str, Any], sequence: str, columns: Columns
) -> dict[str, Any]:
    """The columns of a long table as sequences: variable to a list of arrays, or to an array.

    Errors: `NoSuchName`, `NoSequences`, `NotOneValue`, `MissingVariable`.

    >>> x = VariableSchema("x", "observed", "real", ("s", "t"))
    >>> table = {"who": ["b", "a", "b"], "x": [1.0, 2.0, 3.0]}
    >>> from_rows(Schema("M", ("s", "t"), (x,)), table, "who", {})
    {'x': [array([1., 3.]), array([2.])]}
    """
    held = {name: np.asarray(column) for name, column in table.items()}
    axis, groups = _sequences(schema, held, sequence)
    found: dict[str, Any] = {}
    for variable in schema.data:
        if variable.plates[:1] == (axis,):
            column = _column(variable, held, columns.get(variable.name, variable.name), sequence)
            along = len(variable.plates) > 1
            parts = [column[rows] for rows in groups.values()]
            found[variable.name] = parts if along else _once(variable.name, parts, list(groups))
    return found


def of_sequences(
    schema: Schema, table: Mapping[str, Any], sequence: str, axis: str, column: str
) -> np.ndarray:
    """A column of a long table as one value for each sequence, if the axis is theirs; else as it
    is.  Errors: those of `from_rows`."""
    held = {name: np.asarray(table[name]) for name in (sequence, column) if name in table}
    own, groups = _sequences(schema, held, sequence)
    if axis != own:
        return held[column]
    return _once(column, [held[column][rows] for rows in groups.values()], list(groups))


def _sequences(
    schema: Schema, held: Mapping[str, np.ndarray], sequence: str
) -> tuple[str, dict[Any, np.ndarray]]:
    """The axis of the sequences, and the rows of each by name."""
    if sequence not in held:
        raise NoSuchName(name=sequence, what="sequence", known=tuple(map(str, held)))
    over = [v.plates for v in schema.of_kind("observed") if len(v.plates) > 1]
    if not over:
        raise NoSequences(model=schema.name, column=sequence)
    names: dict[Any, list[int]] = {}
    for row, name in enumerate(held[sequence].tolist()):
        names.setdefault(name, []).append(row)
    return over[0][0], {name: np.array(rows) for name, rows in names.items()}


def _column(
    variable: VariableSchema,
    held: Mapping[str, np.ndarray],
    wanted: str | Sequence[str],
    sequence: str,
) -> np.ndarray:
    """The rows of a variable: a column, or several side by side."""
    if isinstance(wanted, str) and wanted not in held and variable.event:
        numbers = [name for name, column in held.items() if column.dtype.kind in "biuf"]
        wanted = [name for name in numbers if name != sequence]
    chosen = [wanted] if isinstance(wanted, str) else list(wanted)
    for name in chosen:
        if name not in held:
            found = tuple(map(str, held))
            raise MissingVariable(variable=name, axes=variable.axes, found=found)
    whole = [held[name] for name in chosen]
    return np.stack(whole, axis=-1) if variable.event else whole[0]


def _once(name: str, parts: Sequence[np.ndarray], labels: Sequence[Any]) -> np.ndarray:
    """One value for each sequence."""
    for part, label in zip(parts, labels, strict=True):
        if any(other != part[0] for other in part[1:].tolist()):
            raise NotOneValue(variable=name, sequence=str(label))
    return np.array([part[0] for part in parts])


def lengths_of_sequences(schema: Schema, held: Mapping[str, Any]) -> Lengths | None:
    """The lengths of the sequences, where data have them as lists of different lengths."""
    for variable in schema.of_kind("observed"):
        value: Any = held.get(variable.name)
        if is_ragged(variable, value):
            rows, steps = variable.plates[:2]
            return rows, steps, np.array([len(part) for part in value])
    return None


def within(
    schema: Schema, lengths: Lengths, arrays: Arrays, missing: Mapping[str, int]
) -> dict[str, int]:
    """The missing entries of each variable, those behind the end of a sequence not counted."""
    rows, steps, each = lengths
    tails = 1 - each.mean() / each.max()  # as a share of all places

    def inside(name: str, count: int) -> int:
        ragged = {rows, steps} <= {*schema[name].plates}
        return count - round(tails * arrays[name].size) if ragged else count

    return {name: inside(name, count) for name, count in missing.items()}


def without_tails(schema: Schema, lengths: Lengths, latents: Mapping[str, Any]) -> dict[str, Any]:
    """Expectations of latents, nan behind the end of a sequence.

    >>> z = VariableSchema("z", "latent", "real", ("s", "t"))
    >>> lengths = "s", "t", np.array([2, 1])
    >>> without_tails(Schema("M", ("s", "t"), (z,)), lengths, {"z": {"mean": np.ones((2, 2))}})
    {'z': {'mean': array([[ 1.,  1.],
           [ 1., nan]])}}
    """
    rows, steps, each = lengths

    def ended(name: str, value: np.ndarray) -> np.ndarray:
        axes = schema[name].plates
        if not {rows, steps} <= {*axes}:
            return value
        place = np.ogrid[tuple(slice(size) for size in value.shape)]
        end = each[place[axes.index(rows)]]
        return np.where(place[axes.index(steps)] < end, value, np.nan)

    return {
        name: {word: ended(name, part) for word, part in found.items()}
        if isinstance(found, Mapping)
        else ended(name, found)
        for name, found in latents.items()
    }


def by_length(
    schema: Schema,
    lengths: Lengths,
    arrays: Arrays,
    sizes: Mapping[str, int],
    states: Callable[[Arrays], Arrays],
) -> Arrays:
    """The states of all sequences, each without its tail, where -1 stands."""
    rows, steps, each = lengths
    found: Arrays = {}
    for length in np.unique(each[each > 0]):
        own = np.flatnonzero(each == length)
        for name, value in states(cut(schema, arrays, (rows, own), (steps, int(length)))).items():
            axes = schema[name].plates
            shape = tuple(sizes[axis] for axis in axes)
            whole = found.setdefault(name, np.full(shape, MISSING, dtype=int))
            places = [np.arange(n) for n in value.shape]
            chosen = [own if a == rows else place for a, place in zip(axes, places, strict=True)]
            whole[np.ix_(*chosen)] = value
    return found


def cut(
    schema: Schema, arrays: Arrays, rows: tuple[str, np.ndarray], steps: tuple[str, int]
) -> Arrays:
    """Some sequences, up to a length, of every array."""
    whole = (*schema.data, *schema.of_kind("parameter"))  # a mean field holds some along rows
    axes = {variable.name: variable.axes for variable in whole}
    axes |= {f"seen_{name}": own for name, own in axes.items()}
    found: Arrays = {}
    for name, value in arrays.items():
        own = axes.get(name, ())
        if rows[0] in own:
            value = np.take(value, rows[1], axis=own.index(rows[0]))
        if steps[0] in own:
            value = np.take(value, np.arange(steps[1]), axis=own.index(steps[0]))
        found[name] = value
    return found
