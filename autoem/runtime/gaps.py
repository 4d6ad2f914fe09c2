"""Gaps in observed arrays, as a program takes them: any admissible value, and an array of zeros
and ones that says which entries are seen.  The tails of shorter sequences are gaps too."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any

import numpy as np

from autoem.errors.data import PartlyMissing
from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import VariableSchema


def filled(arrays: Arrays, names: Iterable[str], counts: Container[str] = ()) -> Arrays:
    """The arrays with the gaps of those named filled, and `seen_` arrays beside them.

    Numbers are nan and codes -1 where they are missing.  A gap takes the first value of the same
    array that is there, which lies in its domain, and in `counts` zero, which any number of trials
    allows; it is multiplied by zero wherever it stands.

    >>> found = filled({"x": np.array([2.0, np.nan])}, ["x"])
    >>> found["x"], found["seen_x"]
    (array([2., 2.]), array([1., 0.]))
    """
    result = dict(arrays)
    for name in names:
        value = arrays[name]
        seen = value >= 0 if value.dtype.kind == "i" else np.isfinite(value)
        known = value[seen]
        result[name] = np.where(seen, value, known[0] if known.size and name not in counts else 0)
        result[f"seen_{name}"] = seen.astype(float)
    return result


WHOLE = ("count", "simplex", "positive_definite")
"""Domains whose cells have a sum, or are a matrix: each value is missing whole or not at all, but
for counts that split what the trials leave."""


def check_whole(variable: VariableSchema, absent: np.ndarray) -> None:
    """Raises PartlyMissing at the first such value that is missing in part."""
    cells = tuple(range(len(variable.plates), absent.ndim))
    partly = absent.any(axis=cells) & ~absent.all(axis=cells)
    if cells and variable.domain in WHOLE and not variable.splits and partly.any():
        index = tuple(map(int, np.argwhere(partly)[0]))
        raise PartlyMissing(variable=variable.name, index=index, axes=variable.plates)


def is_ragged(variable: VariableSchema, value: Any) -> bool:
    """Whether a value is a list of sequences of different lengths, for a variable that has an axis
    for the sequences and one for their steps."""
    if len(variable.plates) < 2 or not isinstance(value, list):
        return False
    lengths = [np.shape(part)[:1] for part in value if np.ndim(part)]
    return len(lengths) == len(value) and len(dict.fromkeys(lengths)) > 1


def side_by_side(variable: VariableSchema, sequences: Any) -> np.ndarray:
    """Sequences of different lengths as one array: a given with tails, an observed without."""
    return (held if variable.kind == "given" else padded)(sequences)


def held(sequences: Sequence[Any]) -> np.ndarray:
    """Sequences of a given side by side; a tail that nothing reads holds the last entry.

    >>> held([[1, 2, 3], [4]])
    array([[1, 2, 3],
           [4, 4, 4]])
    """
    parts = [np.asarray(sequence) for sequence in sequences]
    longest, rest = max(map(len, parts)), next(part for part in parts if len(part))
    ends = [part[-1:] if len(part) else rest[-1:] for part in parts]
    return np.stack(
        [
            np.concatenate([part.astype(rest.dtype), *[end] * (longest - len(part))])
            for part, end in zip(parts, ends, strict=True)
        ]
    )


def padded(sequences: Sequence[Any]) -> np.ndarray:
    """Sequences of different lengths side by side, the tails missing.

    What is missing is marginalized, so that a tail contributes nothing to the likelihood.  Raises
    ValueError where the entries of the sequences differ in shape.

    >>> padded([[1, 2, 3], [4]])
    array([[ 1.,  2.,  3.],
           [ 4., nan, nan]])
    """
    parts = [np.asarray(sequence) for sequence in sequences]
    numeric = all(part.dtype.kind in "biuf" for part in parts)
    kind, gap = (float, np.nan) if numeric else (object, None)
    entry = parts[0].shape[1:]
    if any(part.ndim == 0 or part.shape[1:] != entry for part in parts):
        raise ValueError("the entries of the sequences differ in shape")
    whole = np.full((len(parts), max(map(len, parts)), *entry), gap, dtype=kind)
    for row, part in zip(whole, parts, strict=True):
        row[: len(part)] = part
    return whole
