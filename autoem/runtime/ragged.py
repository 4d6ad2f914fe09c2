"""Sequences of different lengths in an iteration: those of similar length together.

Statistics and the objective are sums over sequences, and what stands behind the end of a sequence
adds nothing to them.  So the sequences are cut into groups, each as long as its longest; the groups
are those of least cost, with

    cost of a group  =  its length (CALLS + its number of sequences),

since a step costs some calls besides its arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.condensed import Condensed
from autoem.runtime.program import EStepFunction
from autoem.runtime.schema import Schema
from autoem.runtime.sequences import Lengths, cut

CALLS = 300
"""Sequences whose arithmetic at one step costs as much as the calls that do it."""


def groups(lengths: np.ndarray) -> tuple[np.ndarray, ...]:
    """The sequences of each group, by dynamic programming over the distinct lengths.

    >>> [group.tolist() for group in groups(np.repeat([2, 200, 3], [900, 300, 900]))][0][:2]
    [0, 1]
    >>> len(groups(np.array([2, 200, 3])))
    1
    """
    distinct, which, counts = np.unique(lengths, return_inverse=True, return_counts=True)
    before = np.concatenate([[0], np.cumsum(counts)])
    best, start = np.zeros(len(distinct) + 1), np.zeros(len(distinct) + 1, dtype=int)
    for end in range(1, len(distinct) + 1):
        costs = best[:end] + distinct[end - 1] * (CALLS + before[end] - before[:end])
        start[end] = int(np.argmin(costs))
        best[end] = costs[start[end]]
    found: list[np.ndarray] = []
    end = len(distinct)
    while end:
        found.append(np.flatnonzero((which >= start[end]) & (which < end)))
        end = int(start[end])
    return tuple(reversed(found))


def by_groups(
    schema: Schema, told: Mapping[str, Any], lengths: Lengths | None, rows: Condensed
) -> tuple[Condensed, ...]:
    """What an iteration goes through, group by group; as it is where steps may not be cut.

    `told` are the `rows` of the program: the axes in `apart` are summed over in all statistics, and
    no parameter has them.
    """
    if lengths is None or rows.remark or lengths[1] not in told.get("apart", ()):
        return (rows,)
    axis, steps, each = lengths
    each = np.maximum(each, 1)
    found = []
    for own in groups(each):
        data = cut(schema, rows.data, (axis, own), (steps, int(each[own].max())))
        weights = None if rows.weights is None else rows.weights[own]
        found.append(replace(rows, data=data, weights=weights))
    return tuple(found)


def summed(
    e_step: EStepFunction, parts: tuple[Condensed, ...], parameters: Arrays
) -> tuple[Arrays, float]:
    """Statistics and objective of all groups."""
    first, *more = (e_step(part.data, parameters, part.weights) for part in parts)
    statistics, objective = first
    for others, value in more:
        statistics = {name: held + others[name] for name, held in statistics.items()}
        objective += value
    return statistics, objective
