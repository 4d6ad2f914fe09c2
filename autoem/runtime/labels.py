"""Codes of categories: 0-based whole numbers, or labels mapped by sorted level.

All variables whose values are categories of one axis are read together, so that a label has one
code.  Whole numbers that start at 0, or that fit the known length of the axis, are codes as they
are; text and other whole numbers (1, 2, 3, or subject 308) are labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.errors.data import CategoryOutOfRange, NotANumber, RaggedData
from autoem.runtime.schema import Schema, VariableSchema

MISSING = -1
"""The code of a missing category: it counts nowhere."""


def missing(raw: np.ndarray) -> np.ndarray:
    """Where an array has no value: nan, None, NA.

    >>> missing(np.array(["a", None], dtype=object))
    array([False,  True])
    """
    if raw.dtype != object:
        return np.isnan(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, bool)
    flat = [value is None or value != value or repr(value) == "<NA>" for value in raw.ravel()]
    return np.array(flat, dtype=bool).reshape(raw.shape)


def raw_array(name: str, value: Any) -> np.ndarray:
    """Numbers as they are, and anything else as objects. Errors: `RaggedData`.

    >>> raw_array("x", ["a", 1.5]).dtype
    dtype('O')
    """
    try:
        array = np.asarray(value)
        return array if array.dtype.kind in "biuf" else np.array(value, dtype=object)
    except ValueError as error:
        lengths = tuple(dict.fromkeys(np.size(part) for part in value))
        raise RaggedData(variable=name, lengths=lengths) from error


def numbers(variable: VariableSchema, raw: np.ndarray) -> np.ndarray:
    """The array as float64 (float32 stays), nan where missing. Errors: `NotANumber`."""
    if raw.dtype.kind in "biuf":
        return raw if raw.dtype in (np.float32, np.float64) else raw.astype(float)
    values = np.full(raw.shape, np.nan)
    absent = missing(raw)
    for index in map(tuple, np.argwhere(~absent)):
        value = raw[index]
        if isinstance(value, str | bytes) or not np.isreal(value):
            raise NotANumber(variable=variable.name, index=index, axes=variable.axes, value=value)
        try:
            values[index] = float(value)
        except (TypeError, ValueError) as error:
            raise NotANumber(
                variable=variable.name, index=index, axes=variable.axes, value=value
            ) from error
    return values


@dataclass(frozen=True)
class Factor:
    """An array as its distinct values, and the position of each entry among them (-1: missing)."""

    distinct: tuple[Level, ...]
    positions: np.ndarray


Level = int | str


def factor(variable: VariableSchema, raw: np.ndarray) -> Factor:
    """Distinct values of `raw`: whole numbers as int, everything else as text."""
    absent = missing(raw)
    positions = np.full(raw.shape, MISSING, dtype=np.int64)
    if raw.dtype.kind in "biufU":
        distinct, inverse = np.unique(raw[~absent], return_inverse=True)
        positions[~absent] = inverse.ravel()
        return Factor(tuple(_level(variable, value) for value in distinct.tolist()), positions)
    seen: dict[Level, int] = {}
    levels = (_level(variable, value) for value in raw[~absent].tolist())
    positions[~absent] = [seen.setdefault(level, len(seen)) for level in levels]
    return Factor(tuple(seen), positions)


def _level(variable: VariableSchema, value: object) -> Level:
    if isinstance(value, int | float | np.number):
        if value != np.floor(value):
            axis = variable.category
            expected = f"a category of {axis}: a whole number, or text" if axis else "0 or 1"
            raise CategoryOutOfRange(
                variable=variable.name, index=(), axes=(), value=value, expected=expected
            )
        return int(value)
    return str(value)


def encode(
    variables: tuple[VariableSchema, ...],
    raw: Mapping[str, np.ndarray],
    size: int | None,
    known: Sequence[Level] | None = None,
) -> tuple[dict[str, np.ndarray], list[Level] | None]:
    """Codes (int64, -1 where missing) of the variables of one axis, and its levels.

    `size` is the axis's length where it is known; `known` are the levels of an earlier fit.  The
    levels are None where the values are codes already.  Errors: `CategoryOutOfRange`.

    >>> animal = VariableSchema("animal", "observed", "category", ("n",), category="k")
    >>> encode((animal,), {"animal": np.array(["cat", "ant", "cat"])}, None)
    ({'animal': array([1, 0, 1])}, ['ant', 'cat'])
    """
    factors = {v.name: factor(v, raw[v.name]) for v in variables}
    found = list(dict.fromkeys(level for f in factors.values() for level in f.distinct))
    levels = None if known is None else list(known)
    if levels is None and not _are_codes(found, size, variables):
        levels = _sorted(found)
    if levels is None:
        lowest, end = _lowest(variables), np.inf if size is None else size
        code = {level: int(level) for level in found if lowest <= int(level) < end}
        expected = f"from {lowest}" if size is None else f"from {lowest} to {size - 1}"
        expected = f"a category of {variables[0].category}, a whole number {expected}"
    else:
        code = {level: place for place, level in enumerate(levels[:size])}
        expected = f"one of the {len(code)} levels {', '.join(map(repr, code))}"
    codes = {v.name: _coded(v, factors[v.name], code, expected) for v in variables}
    return codes, levels


def _lowest(variables: tuple[VariableSchema, ...]) -> int:
    """-1 for the parents of a tree, whose roots have none; else 0."""
    return min(-1 if variable.lower == -1 else 0 for variable in variables)


def _are_codes(
    found: Sequence[Level], size: int | None, variables: tuple[VariableSchema, ...]
) -> bool:
    """Whether the values are whole numbers meant as codes, even if some are out of range."""
    whole = [level for level in found if isinstance(level, int)]
    if len(whole) < len(found):
        return False
    fits = size is not None and max(whole, default=0) < size
    return fits or min(whole, default=0) <= 0


def _coded(
    variable: VariableSchema, found: Factor, code: Mapping[Level, int], expected: str
) -> np.ndarray:
    table = np.array([code.get(level, -2) for level in found.distinct] + [MISSING], dtype=np.int64)
    codes = table[found.positions]
    wrong = np.argwhere(codes == -2)
    if len(wrong):
        index = tuple(map(int, wrong[0]))
        value = repr(found.distinct[found.positions[index]])
        raise CategoryOutOfRange(
            variable=variable.name, index=index, axes=variable.axes, value=value, expected=expected
        )
    return codes


def two_levels(variable: VariableSchema, raw: np.ndarray) -> tuple[np.ndarray, list[Level] | None]:
    """A binary array as 0.0 and 1.0 (nan where missing); two other labels by sorted level.

    >>> item = VariableSchema("item", "observed", "binary", ("n",))
    >>> two_levels(item, np.array([1, 2, 1]))
    (array([0., 1., 0.]), [1, 2])
    """
    found = factor(variable, raw)
    if len(found.distinct) != 2 or sorted(map(str, found.distinct)) == ["0", "1"]:
        return numbers(variable, raw), None
    codes, levels = encode((variable,), {variable.name: raw}, 2, _sorted(found.distinct))
    return np.where(codes[variable.name] == MISSING, np.nan, codes[variable.name]), levels


def _sorted(levels: Iterable[Level]) -> list[Level]:
    """Numbers in order, then text in order."""
    return sorted(levels, key=lambda level: (isinstance(level, str), level))


def column_levels(schema: Schema, names: Mapping[str, list[str]]) -> dict[str, list[Level]]:
    """The columns of a variable label its last axis."""
    return {
        schema[name].axes[-1]: list(labels)
        for name, labels in names.items()
        if len(schema[name].axes) > 1
    }
