"""Fewer rows with the same sums: what an iteration goes through instead of the data.

Statistics and the objective are sums over weighted rows, so rows may be replaced by any others that
have the same sums: by their distinct values, weighted; or, where the derivation has found that rows
are read through their moments alone, by a few points that have these moments.  The schema tells
which (`rows`); it is the rows as they are where there is nothing to gain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.merged import merged_rows
from autoem.runtime.moments import moment_points

# --- standalone: begin
FEW = 2000
"""With fewer rows, an iteration costs what its calls cost."""


@dataclass(frozen=True)
class Condensed:
    """Data and weights to iterate on, and what was done to the rows, if anything."""

    data: Arrays = field(repr=False)
    weights: np.ndarray | None = field(repr=False)
    remark: str = ""


def condensed(
    schema: Mapping[str, Any], data: Arrays, weights: np.ndarray | None = None
) -> Condensed:
    """The data, condensed where that pays.

    >>> schema = {"rows": {"arrays": {"x": 0}}}
    >>> condensed(schema, {"x": np.arange(9000.0) % 7}).remark
    '9000 rows merged into 7 that differ, weighted'
    """
    told = schema.get("rows") or {"arrays": {}}
    moments = told.get("moments", ())
    weights = data.get(told.get("weight", ""), weights)
    lengths = [np.shape(data[name])[axis] for name, axis in told["arrays"].items()]
    outside = None if "weight" in told else weights
    if not lengths or lengths[0] < FEW:
        return Condensed(data, outside)
    found = moment_points(data, told["arrays"], moments, weights) if moments else None
    remark = "{} rows read through their moments, as {} points"
    if found is None:
        found = merged_rows(data, told["arrays"], weights)
        remark = "{} rows merged into {} that differ, weighted"
    if found is None:
        return Condensed(data, outside)
    fewer, weight = found
    remark = remark.format(lengths[0], len(weight))
    if "weight" in told:  # inside the sums
        return Condensed(fewer | {told["weight"]: weight}, None, remark)
    return Condensed(fewer, weight, remark)


# --- standalone: end
