"""Order statistics for the reference interpreter: each entry by itself, from its sorted values; and
the best of several."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autoem.program.interpret_scalar import Scope, read
from autoem.program.ir import Array, Best, Rank

Pairs = list[tuple[float, float]]
"""Values, in order, and their positive weights."""


def rank(operation: Rank, target: Array, scope: Scope) -> np.ndarray:
    """The order statistic for each entry of the target."""
    grid = (*target.axes, *operation.axes)
    shape = (*scope.shape(target.axes), -1)
    values, weights = (
        np.broadcast_to(read(scope, ref, grid), scope.shape(grid)).reshape(shape)
        for ref in (operation.values, operation.weights)
    )
    result = np.empty(shape[:-1])
    for place in np.ndindex(result.shape):
        there = weights[place] > 0
        pairs = sorted(zip(values[place][there], weights[place][there], strict=True))
        result[place] = RANKS[operation.function](pairs)
    return result


def best(operation: Best, target: Array, scope: Scope) -> tuple[np.ndarray, np.ndarray]:
    """The largest entry along the axis, and its place."""
    value = read(scope, operation.operand, (*target.axes, operation.axis))
    if operation.table:
        with np.errstate(divide="ignore"):
            value = value + np.log(read(scope, operation.table, (*target.axes, operation.axis)))
    return value.max(axis=-1), value.argmax(axis=-1)


def weighted_median(pairs: Pairs) -> float:
    """Half way between the entries at which half of the weight is reached, and passed.

    >>> weighted_median([(1.0, 1.0), (2.0, 1.0), (4.0, 2.0)])
    3.0
    """
    half, passed, reached = sum(w for _, w in pairs) / 2, 0.0, None
    for x, weight in pairs:
        passed += weight
        if reached is None and passed >= half * (1 - 1e-12):
            reached = x
        if reached is not None and passed > half * (1 + 1e-12):
            return (reached + x) / 2
    return float("nan")


RANKS: dict[str, Callable[[Pairs], float]] = {
    "least": lambda pairs: min((x for x, _ in pairs), default=float("inf")),
    "greatest": lambda pairs: max((x for x, _ in pairs), default=float("-inf")),
    "weighted_median": weighted_median,
}
"""What the functions of `Rank` mean."""
