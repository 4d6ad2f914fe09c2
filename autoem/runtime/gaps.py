"""Gaps in observed arrays, as a program takes them: any admissible value, and an array of zeros
and ones that says which entries are seen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autoem.runtime.arrays import Arrays


def filled(arrays: Arrays, names: Iterable[str]) -> Arrays:
    """The arrays with the gaps of those named filled, and `seen_` arrays beside them.

    Numbers are nan and codes -1 where they are missing.  A gap takes the first value of the same
    array that is there, which lies in its domain; it is multiplied by zero wherever it stands.

    >>> found = filled({"x": np.array([2.0, np.nan])}, ["x"])
    >>> found["x"], found["seen_x"]
    (array([2., 2.]), array([1., 0.]))
    """
    result = dict(arrays)
    for name in names:
        value = arrays[name]
        seen = value >= 0 if value.dtype.kind == "i" else np.isfinite(value)
        known = value[seen]
        result[name] = np.where(seen, value, known[0] if known.size else 0)
        result[f"seen_{name}"] = seen.astype(float)
    return result
