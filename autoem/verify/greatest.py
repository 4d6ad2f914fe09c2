"""Where an objective of the M-step is greatest: a climb by scipy, then a root of its gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

from autoem.derive.maximum import Objective
from autoem.language.declaration import Variable

if TYPE_CHECKING:
    from autoem.verify.evaluate_terms import Meaning

Values = tuple[np.ndarray, ...]


def greatest(
    objective: Objective, old: Meaning, at: Callable[[dict[Variable, np.ndarray]], Meaning]
) -> Values:
    """The unknowns, from their old values; what is positive is moved by its logarithm.

    `at(arrays)` is the meaning with these values of the unknowns in the place of the old ones.
    """
    start = tuple(old.array(q) for q in objective.unknowns)
    logs = [q.domain.kind == "positive" for q in objective.unknowns]
    ends = np.cumsum([value.size for value in start])[:-1]

    def placed(t: np.ndarray) -> Values:
        parts = zip(np.split(t, ends), start, logs, strict=True)
        return tuple((np.exp(p) if log else p).reshape(x.shape) for p, x, log in parts)

    def meaning(t: np.ndarray) -> Meaning:
        return at({q.variable: v for q, v in zip(objective.unknowns, placed(t), strict=True)})

    def slopes(t: np.ndarray) -> np.ndarray:
        found = np.concatenate(list(_gradient(objective, meaning(t))))
        pairs = zip(placed(t), logs, strict=True)
        scale = [np.ravel(v) if log else np.ones(v.size) for v, log in pairs]
        return np.asarray(found * np.concatenate(scale))

    first = np.concatenate(
        [np.ravel(np.log(x) if log else x) for x, log in zip(start, logs, strict=True)]
    )
    climbed = optimize.minimize(
        lambda t: -meaning(t).total(objective.value), first, method="BFGS", options={"gtol": 1e-6}
    )
    return placed(optimize.root(slopes, climbed.x, tol=1e-13).x)


def _gradient(objective: Objective, meaning: Meaning) -> Iterator[np.ndarray]:
    """dQ by each unknown, entry by entry, flat."""
    for q, row, terms in zip(objective.unknowns, objective.rows, objective.gradient, strict=True):
        places = np.ndindex(tuple(meaning.length(axis) for axis in q.axes))
        yield np.array([meaning.total(terms, dict(zip(row, p, strict=True))) for p in places])
