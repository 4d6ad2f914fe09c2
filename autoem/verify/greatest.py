"""Where an objective of the M-step is greatest: a climb by scipy, then a root of its gradient.

The unknowns move on lines: what is positive by its logarithm, a simplex by its logs against the
last entry, so that no direction is left that changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import optimize

from autoem.derive.maximum import Objective
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms
from autoem.language.declaration import Variable

if TYPE_CHECKING:
    from autoem.derive.index import Index
    from autoem.verify.evaluate_terms import Meaning

Values = tuple[np.ndarray, ...]
Moved = Callable[[np.ndarray], np.ndarray]


class Lines(NamedTuple):
    """The coordinates of a domain: there, back, and the slope by them of a function of x with the
    gradient g."""

    there: Moved
    back: Moved
    slope: Callable[[np.ndarray, np.ndarray], np.ndarray]


def _share(t: np.ndarray) -> np.ndarray:
    whole = np.exp(np.concatenate([t, np.zeros((*t.shape[:-1], 1))], axis=-1))
    return np.asarray(whole / whole.sum(axis=-1, keepdims=True))


def _share_slope(x: np.ndarray, g: np.ndarray) -> np.ndarray:
    return np.asarray((x * (g - np.sum(x * g, axis=-1, keepdims=True)))[..., :-1])


LINES = {
    "real": Lines(lambda x: x, lambda t: t, lambda x, g: g),
    "positive": Lines(np.log, np.exp, lambda x, g: x * g),
    "simplex": Lines(lambda x: np.log(x[..., :-1] / x[..., -1:]), _share, _share_slope),
}
"""Domain to its coordinates."""


def greatest(
    objective: Objective, old: Meaning, at: Callable[[dict[Variable, np.ndarray]], Meaning]
) -> Values:
    """The unknowns, from their old values; what is held stays.

    `at(arrays)` is the meaning with these values of the unknowns in the place of the old ones.
    """
    unknowns = objective.unknowns
    lines = [LINES[q.domain.kind] for q in unknowns]
    start = [line.there(old.array(q)) for q, line in zip(unknowns, lines, strict=True)]
    ends = np.cumsum([t.size for t in start])[:-1]
    first = np.concatenate([np.ravel(t) for t in start])
    chosen = np.concatenate(
        [_chosen(objective, q, t) for q, t in zip(unknowns, start, strict=True)]
    )

    def placed(t: np.ndarray) -> Values:
        whole = first.copy()
        whole[chosen] = t
        parts = zip(np.split(whole, ends), start, lines, strict=True)
        return tuple(line.back(part.reshape(there.shape)) for part, there, line in parts)

    def meaning(values: Values) -> Meaning:
        return at({q.variable: v for q, v in zip(unknowns, values, strict=True)})

    def slopes(t: np.ndarray) -> np.ndarray:
        values = placed(t)
        here, found = meaning(values), []
        for q, row, terms, x, line in zip(
            unknowns, objective.rows, objective.gradient, values, lines, strict=True
        ):
            found.append(np.ravel(line.slope(x, _gradient(q, row, terms, here))))
        return np.concatenate(found)[chosen]

    climbed = optimize.minimize(
        lambda t: -meaning(placed(t)).total(objective.value),
        first[chosen],
        method="BFGS",
        options={"gtol": 1e-6},
    )
    return placed(optimize.root(slopes, climbed.x, tol=1e-13).x)


def _chosen(objective: Objective, q: Declared, t: np.ndarray) -> np.ndarray:
    """Which coordinates of an unknown are those of free entries, flat."""
    if q not in objective.free:
        return np.ones(t.size, dtype=bool)
    return np.array([objective.free[q].at(place) for place in np.ndindex(t.shape)])


def _gradient(q: Declared, row: tuple[Index, ...], terms: Terms, here: Meaning) -> np.ndarray:
    """dQ by one unknown, entry by entry."""
    shape = tuple(here.length(axis) for axis in q.axes)
    found = [here.total(terms, dict(zip(row, p, strict=True))) for p in np.ndindex(shape)]
    return np.reshape(found, shape)
