"""Leaving a point that EM cannot leave: a saddle, a plateau, an inflection.

The score is zero there, and the map of EM stays; the information can see it.  Along an eigenvector
with a negative eigenvalue the log-likelihood rises to both sides (murray's covariance at
correlation 0).  Along one with eigenvalue zero it may rise further out (components that are equal),
or to one side alone (a skew of zero).  Just beside such a point the eigenvalue is small, of either
sign, and gains are too small to be seen.  So where one is negative or small, the objective is
looked at on both sides, and EM goes on from there; where it does not come higher, the data do not
tell, and nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.coordinates import Coordinates
from autoem.runtime.information import Information, combination
from autoem.runtime.outcome import Outcome
from autoem.runtime.search import LOST

HIGHER = 1e-6
"""What is left for is higher by this share of 1 + |objective|."""
WEAK = 1e-2
"""An eigenvalue below this may be that of a plateau: a maximum is then looked at from afar."""
STEPS, FAR = (1, 4, 16, 64, 256), 5.0
"""How far it is looked, in standard errors that each coordinate has if the others are known; and
how far at most along a logarithm."""
LEFT = "The start led to a point that is no maximum, which was left along {along}. "
STAYS = "No maximum, and no higher point was found from here: {advice} "


def leave(
    outcome: Outcome,
    information: Information,
    near: Coordinates,
    objective: Callable[[Arrays], float],
    start: Callable[[Arrays], Outcome],
) -> tuple[Outcome, str]:
    """The highest end of the iterations that `start` beside the point, and what to say of it.

    The outcome as it is, and nothing to say, where no end is higher; the trace goes on otherwise.
    """
    least = HIGHER * (1 + abs(outcome.objective))
    along, best = doubtful(information), outcome
    for points in _sides(along, near):
        heights = np.nan_to_num([objective(point) for point in points], nan=-np.inf)
        top = int(heights.argmax())
        if information.kind == "maximum" and heights[top] <= outcome.objective + least:
            continue
        end = start(points[top])
        higher = end.objective > best.objective + least  # of two sides as high, the first
        if higher and end.result not in LOST:
            best = end
    if best is outcome:
        stays = information.kind == "saddle"
        return outcome, STAYS.format(advice=information.advice) if stays else ""
    trace, maps = (*outcome.trace, *best.trace), outcome.iterations + best.iterations
    return replace(best, trace=trace, iterations=maps), LEFT.format(along=combination(along))


def doubtful(information: Information) -> dict[str, float]:
    """A direction in which the point may be no maximum: the steepest way up of a saddle, all that
    is not identified, or the least sure direction of a maximum.  Coordinate to length."""
    if information.kind == "maximum":
        return _weakest(information)
    found: dict[str, float] = {}
    if information.kind in ("saddle", "not identified"):
        first = 1 if information.kind == "saddle" else None
        for number, (_, moving) in enumerate(information.directions[:first]):
            for label, length in moving.items():
                found[label] = found.get(label, 0.0) + length / (number + 1)
    return found


def _weakest(information: Information) -> dict[str, float]:
    """The eigenvector of the least eigenvalue, where that is small."""
    if not information.eigenvalues.min(initial=1.0) < WEAK:
        return {}
    scale = 1 / np.sqrt(np.diagonal(information.matrix))
    vectors = np.linalg.eigh(information.matrix * scale[:, None] * scale)[1]
    lengths = dict(zip(information.names, map(float, vectors[:, 0] * scale), strict=True))
    return dict(sorted(lengths.items(), key=lambda item: -abs(item[1])))


def _sides(along: dict[str, float], near: Coordinates) -> Iterator[list[Arrays]]:
    """Points on one side of the point and on the other, the nearest first."""
    direction = np.zeros(len(near.u))
    for label, length in along.items():
        direction[near.labels.index(label)] = length
    bent = np.concatenate([np.zeros(0, bool), *(patch.bent for patch in near.patches)])
    longest = FAR / max(float(np.abs(direction[bent]).max(initial=0.0)), FAR / STEPS[-1])
    for side in (1, -1) if along else ():
        yield [near.point(near.u + side * min(step, longest) * direction) for step in STEPS]
