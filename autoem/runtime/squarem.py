"""SQUAREM: two maps show how fast a parameter creeps; the third point is where it is creeping to.

From three points of the plain iteration, in unconstrained coordinates u0, u1, u2,

    r = u1 - u0,   v = (u2 - u1) - r,   a = -|r| / |v| <= -1,   u' = u0 - 2 a r + a^2 v.

The point u' is taken where the objective there is no lower than at u2, so the iteration still never
falls; nor does the test of convergence change, which looks at plain maps only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.em import Accelerate, EStep, State, evaluate, rounding
from autoem.runtime.transforms import from_line, to_line


# --- standalone: begin
def squarem(domains: Mapping[str, Domain], after: int = 30) -> Accelerate:
    """The jump proposed after every second map, for `run_em(..., accelerate=squarem(domains))`.

    The first `after` maps are plain: far from the optimum they are the better steps.
    Source: Varadhan and Roland (2008), Scandinavian Journal of Statistics 35, scheme S3.
    """

    def jump(e_step: EStep, state: State) -> State:
        if len(state.path) < 3 or state.maps < after:
            return state
        proposed = extrapolate(domains, *state.path)
        if proposed is None:
            return replace(state, path=state.path[-1:])
        statistics, objective = evaluate(e_step, proposed)
        state = replace(state, maps=state.maps + 1, path=state.path[-1:])
        if not objective >= state.objective - rounding(state.objective):
            return state
        return replace(
            state,
            parameters=proposed,
            statistics=statistics,
            objective=objective,
            best=max(state.best, objective),
            path=(),
            jumps=state.jumps + 1,
        )

    return jump


def extrapolate(
    domains: Mapping[str, Domain], zero: Arrays, one: Arrays, two: Arrays
) -> Arrays | None:
    """The point u' of three successive points; None where it is no farther than the third.

    The length |r| / |v| is a mean over the parameters, each in its own units.  Entries that stood
    still (fixed ones, structural zeros) stay.
    """
    try:
        lines = {name: _three_lines(domains[name], name, (zero, one, two)) for name in domains}
    except np.linalg.LinAlgError:
        return None
    units = {name: _unit(domains[name][0], u0) for name, (u0, _, _) in lines.items()}
    step = math.hypot(*(_length(u1 - u0) / units[n] for n, (u0, u1, _) in lines.items()))
    bend = math.hypot(
        *(_length((u2 - u1) - (u1 - u0)) / units[n] for n, (u0, u1, u2) in lines.items())
    )
    if not 0 < bend < step:
        return None
    a = -step / bend
    moved: Arrays = {}
    for name, (u0, u1, u2) in lines.items():
        u = u0 - 2 * a * (u1 - u0) + a * a * ((u2 - u1) - (u1 - u0))
        with np.errstate(all="ignore"):
            proposed = from_line(domains[name], u, two[name].shape)
        moved[name] = keep_still(domains[name][0], proposed, zero[name], two[name])
    return moved


def _three_lines(
    domain: Domain, name: str, points: tuple[Arrays, Arrays, Arrays]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    zero, one, two = (to_line(domain, point[name]) for point in points)
    return zero, one, two


def _unit(kind: str, u: np.ndarray) -> float:
    """The largest coordinate of what may be in any unit; logarithms have none."""
    scaled = kind in ("real", "positive_definite")
    return max(float(np.abs(u).max(initial=0.0)), 1e-300) if scaled else 1.0


def _length(step: np.ndarray) -> float:
    """The norm, where a square may be above or below all numbers."""
    largest = float(np.abs(step).max(initial=0.0))
    return largest * float(np.linalg.norm(step / largest)) if 0 < largest < math.inf else largest


def keep_still(kind: str, moved: np.ndarray, zero: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Entries that did not move stay; the others of a simplex share what is left."""
    still = zero == two
    if kind == "simplex":
        free = np.where(still, 0.0, moved)
        left = 1 - np.sum(np.where(still, two, 0.0), axis=-1, keepdims=True)
        total = free.sum(axis=-1, keepdims=True)
        return np.where(still, two, free * (left / np.where(total > 0, total, 1.0)))
    return np.where(still, two, moved)


# --- standalone: end
