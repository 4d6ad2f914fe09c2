"""Modes that are held: Newton's method, to the end of the digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

Values = dict[str, np.ndarray]
STILL, STEPS, SHORTEST = 1e-11, 500, 1e-12


def at_modes(
    expect: Callable[[Values], Values],
    parameters: Values,
    held: Mapping[str, str],
    heights: Sequence[str],
) -> Values:
    """The parameters with what is held where the log joint, the sum of the heights, is greatest."""
    point = dict(parameters)
    for _ in range(STEPS if held else 0):
        found = expect(point)
        step = {name: found[newton] - point[name] for name, newton in held.items()}
        if all(np.all(np.abs(s) <= STILL * (1 + np.abs(point[n]))) for n, s in step.items()):
            break
        share, before = 1.0, _height(found, heights)
        while share > SHORTEST:
            trial = point | {name: point[name] + share * s for name, s in step.items()}
            if _height(expect(trial), heights) >= before - STILL * (1 + abs(before)):
                break
            share /= 2
        point = trial
    return point


def _height(found: Values, heights: Sequence[str]) -> float:
    value = float(sum(np.sum(found[name]) for name in heights))
    return value if np.isfinite(value) else -np.inf
