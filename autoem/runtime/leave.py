"""Leaving a saddle: from a symmetric start EM converges to a point that is no maximum.

EM cannot see it, since the score is zero there; the information can.  Along an eigenvector with a
negative eigenvalue the log-likelihood rises to both sides, and EM from one standard error away goes
on to a maximum.  Along one with eigenvalue zero (components that are equal) it may rise further
out; where it does not, the data do not tell, and nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.coordinates import Coordinates
from autoem.runtime.em import Outcome
from autoem.runtime.information import Information

HIGHER = 1e-6
"""What is left for is higher by this share of 1 + |objective|."""
REMARK = "The start led to a point that is no maximum, which was left along {along}. "


def leave(
    outcome: Outcome,
    information: Information,
    near: Coordinates,
    start: Callable[[Arrays], Outcome],
) -> tuple[Outcome, str]:
    """The highest end of the iterations that `start` beside the point, and what to say of it.

    The outcome as it is, and nothing to say, where no end is higher; the trace goes on otherwise.
    """
    ends = [start(parameters) for parameters in beside(information, near)]
    best = outcome
    for end in ends:  # of two sides that are as high, the first
        if end.objective > best.objective + HIGHER * (1 + abs(best.objective)):
            best = end
    if best is outcome:
        return outcome, ""
    trace, maps = (*outcome.trace, *best.trace), outcome.iterations + best.iterations
    return replace(best, trace=trace, iterations=maps), REMARK.format(along=information.along)


def beside(information: Information, near: Coordinates) -> Iterator[Arrays]:
    """Points one standard error away: on both sides of a saddle along the steepest way up, or
    somewhere along all that the data do not tell."""
    if information.kind not in ("saddle", "not identified"):
        return
    both = information.kind == "saddle"
    step = np.zeros(len(near.u))
    for number, (_, moving) in enumerate(information.directions[: 1 if both else None]):
        for label, length in moving.items():
            step[near.labels.index(label)] += length / (number + 1)
    yield near.point(near.u + step)
    if both:
        yield near.point(near.u - step)
