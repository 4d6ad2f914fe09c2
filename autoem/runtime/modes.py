"""Newton's method for modes that are held by a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from autoem.runtime.arrays import Arrays

# --- standalone: begin
AT_MODE, STEPS, HALVED = 1e-6, 200, 60
"""A step so short, relative to 1 + |z|, ends at the mode: the one after it is of its square."""


def at_modes(
    expect: Callable[[Arrays, Arrays], Arrays],
    data: Arrays,
    parameters: Arrays,
    held: Mapping[str, str],
    heights: Sequence[str],
) -> Arrays:
    """The parameters with what is held at the mode.

    `expect` gives for each held array, by the name that `held` has for it, where a step of Newton's
    method leads, and the log joint there as the sum of `heights`.  A step is halved until the log
    joint does not fall.
    """

    def height(found: Arrays) -> float:
        value = float(sum(np.sum(found[name]) for name in heights))
        return value if np.isfinite(value) else -np.inf

    point, found = parameters, expect(data, parameters)
    for _ in range(STEPS):
        steps = {name: found[newton] - point[name] for name, newton in held.items()}
        longest = max(
            np.max(np.abs(s) / (1 + np.abs(point[n])), initial=0) for n, s in steps.items()
        )
        share, before = 1.0, height(found)
        for _ in range(HALVED):
            trial = point | {name: point[name] + share * step for name, step in steps.items()}
            found = expect(data, trial)
            if height(found) >= before - 1e-12 * (1 + abs(before)):
                break
            share /= 2
        point = trial
        if not longest > AT_MODE:
            break
    return point


# --- standalone: end
