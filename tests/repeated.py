"""Data in which entries are repeated, as whole weights say: what a weighted fit is judged by."""

from __future__ import annotations

from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema
from autoem.runtime.weights import weights_along


def repeated(schema: Schema, data: Arrays, axis: str, times: np.ndarray) -> dict[str, Any]:
    """Every entry of the axis as often as `times` says, each with a copy of all that lies in it:
    copy number c of a row points to copy number c of its group."""
    counts = {
        inner: weights_along(schema, data, {axis: times}, inner) for inner in schema.within[axis]
    }
    found: dict[str, Any] = {}
    for variable in schema.data:
        value = np.asarray(data[variable.name])
        own = [(place, a) for place, a in enumerate(variable.axes) if a in counts]
        assert len(own) < 2
        if variable.category in counts:
            (_, inner) = own[0]
            value = _first(counts[variable.category])[value]
            value = np.repeat(value, counts[inner]) + _copies(counts[inner])
        elif own:
            ((place, inner),) = own
            value = np.repeat(value, counts[inner], axis=place)
        found[variable.name] = value
    return found


def _first(counts: Any) -> np.ndarray:
    """Where the copies of each entry begin."""
    return np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(int)


def _copies(counts: Any) -> np.ndarray:
    """0, 1, ... for the copies of each entry."""
    return np.concatenate([np.arange(count) for count in counts])
