"""The iteration: init, step, terminate; an outcome is a value with advice in it.

    theta  <-  m_step(e_step(theta), theta)         one *map*: the objective never falls

A `State` is a point at which the E-step has been taken.  `advance` makes one map, `verdict` says
whether to stop and why, `run_em` turns the crank.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.digits import ROUNDING, Grain
from autoem.runtime.edges import (
    COLLAPSE,
    Place,
    at_edge,
    below,
    collapsing,
    first_flat,
    first_not_finite,
    most_extreme,
    running_off,
    shares,
)
from autoem.runtime.outcome import Outcome
from autoem.runtime.silent import carried

# --- standalone: begin
EStep = Callable[[Arrays], tuple[Arrays, float]]
MStep = Callable[[Arrays, Arrays], Arrays]


@dataclass(frozen=True)
class State:
    """A point of the iteration: `statistics` and `objective` are those of `parameters`."""

    parameters: Arrays
    statistics: Arrays
    objective: float
    maps: int = 0
    gain: float = math.inf
    best: float = -math.inf
    stalled: int = 0  # maps since the objective was last above its best
    path: tuple[Arrays, ...] = ()  # the points since the last jump
    secants: tuple[tuple[Arrays, Arrays], ...] = ()  # the last points and their maps
    jumps: int = 0  # those of an acceleration that were taken
    silent: tuple[Place, ...] = ()  # entries of which no data speak


MEMORY = 6
"""Steps that an acceleration may combine."""
ALL_DIGITS = Grain()
Accelerate = Callable[[EStep, State], State]


BREAKDOWN = (np.linalg.LinAlgError, FloatingPointError, ZeroDivisionError)


def evaluate(e_step: EStep, parameters: Arrays) -> tuple[Arrays, float]:
    """The E-step; where it breaks down numerically, no statistics and the objective nan."""
    with np.errstate(all="ignore"):
        try:
            return e_step(parameters)
        except BREAKDOWN:
            return {}, math.nan


def start(e_step: EStep, parameters: Arrays) -> State:
    """The E-step at the starting parameters."""
    statistics, objective = evaluate(e_step, parameters)
    return State(parameters, statistics, objective, best=objective, path=(parameters,))


def advance(e_step: EStep, m_step: MStep, state: State) -> State:
    """One map: M-step with the statistics at hand, E-step at its result.

    What breaks down numerically is a point with objective nan; `verdict` names it.
    """
    with np.errstate(all="ignore"):
        try:
            updated = m_step(state.statistics, state.parameters)
            parameters, silent = carried(updated, state.parameters)
            statistics, objective = evaluate(e_step, parameters)
        except BREAKDOWN:
            parameters, silent, statistics, objective = state.parameters, (), {}, math.nan
        if silent and objective < state.objective - rounding(objective):
            parameters, silent, statistics, objective = updated, (), {}, math.nan
        return State(
            parameters,
            statistics,
            objective,
            silent=silent,
            maps=state.maps + 1,
            gain=objective - state.objective,
            best=max(state.best, objective),
            stalled=0 if objective > state.best + rounding(objective) else state.stalled + 1,
            path=(*state.path[-2:], parameters),
            secants=(*state.secants[-MEMORY:], (state.parameters, parameters)),
            jumps=state.jumps,
        )


def rounding(objective: float) -> float:
    """The rounding error of the objective: gains below it cannot be seen."""
    return 4 * np.finfo(float).eps * (1 + abs(objective))


def settled(state: State, tol: float) -> bool:
    """Whether the gain of the last map, and all that would follow, is below the tolerance.

    Near an optimum steps fall geometrically, by `rate`, and gains by r = rate^2: the maps still to
    come would add gain r / (1 - r) (Aitken).  At the rounding floor the objective cannot be seen to
    move, while parameters, whose error is as the root of the objective's, may: they are given a
    fifth of the maps so far to settle.
    """
    if state.stalled:
        return state.stalled > state.maps // 5
    small = tol * (1 + abs(state.objective))
    if state.gain > small or len(state.path) < 3:
        return False
    r = rate(state.path) ** 2
    return r < 1 and state.gain * r / (1 - r) <= small


def rate(path: tuple[Arrays, ...]) -> float:
    """Length of the last step over that of the step before: the slowest of the parameters."""
    slowest = 0.0
    for name, last in path[-1].items():
        step, earlier = last - path[-2][name], path[-2][name] - path[-3][name]
        moving = np.max(np.abs(step), initial=0.0) > 1e-14 * np.max(np.abs(last), initial=0.0)
        if moving:
            unit = np.max(np.abs(step))  # the square of 1e-200 is zero
            length, before = (float(np.linalg.norm(each / unit)) for each in (step, earlier))
            slowest = max(slowest, length / before if before else np.inf)
    return slowest


def verdict(state: State, tol: float, max_iterations: int, noise: float = ROUNDING) -> str:
    """Why to stop at this point; empty to go on."""
    impossible = not math.isfinite(state.objective) and (state.maps or not state.statistics)
    if impossible or first_not_finite(state.parameters):
        return "degenerate"  # but a start may be impossible, if the first map leads on from there
    if state.maps and state.gain < -noise * (1 + abs(state.objective)):
        return "decreased"
    if state.maps and settled(state, tol):
        return "converged"
    return "max_iterations" if state.maps >= max_iterations else ""


LIGHT = 1e-6
"""A fall by a smaller share of the objective may be that of a parameter near infinity."""


def lightly(state: State) -> bool:
    """Whether the objective fell by no more than a parameter near an edge costs in digits."""
    return state.gain > -LIGHT * (1 + abs(state.objective))


def run_em(
    e_step: EStep,
    m_step: MStep,
    parameters: Arrays,
    domains: Mapping[str, Domain],
    *,
    tol: float = 1e-14,
    max_iterations: int = 10_000,
    accelerate: Accelerate | None = None,
    report: Callable[[State], None] | None = None,
    reference: Arrays | None = None,
    grain: Grain = ALL_DIGITS,
) -> Outcome:
    """Iterate `m_step(e_step(theta), theta)` from `parameters` until a verdict.

    `e_step(theta)` gives statistics and objective, `m_step(statistics, theta)` new parameters.
    `domains` are kind, lower and upper end by parameter; `accelerate` proposes a jump after each
    map; `report` is called with each state; `reference` are parameters of ordinary size, those
    after the first map if not given, by which a collapse is judged; `grain` is what is small.

    Source: Dempster, Laird and Rubin (1977), Journal of the Royal Statistical Society B 39.
    """
    state = before = start(e_step, parameters)
    trace, scale, why = [state.objective], reference or parameters | grain.typical, ""
    where: tuple[Place, ...] = ()
    try:
        while not (why := verdict(state, tol, max_iterations, grain.noise)):
            before, state = state, advance(e_step, m_step, state)
            trace.append(state.objective)
            if state.maps == 1 and not reference and math.isfinite(state.objective):
                scale = state.parameters | shares(domains, parameters) | grain.typical
            where = collapsing(domains, scale, before.parameters, state.parameters, state.gain)
            if where:
                why = "degenerate"
                break
            testing = state.gain <= tol * (1 + abs(state.objective)) and len(state.path) < 3
            if accelerate and not testing and not verdict(state, tol, max_iterations, grain.noise):
                state = accelerate(e_step, state)
                trace += [state.objective] * (state.maps + 1 - len(trace))
            if report:
                report(state)
    except KeyboardInterrupt:
        why = "interrupted"
    why, where = _explained(why, where, e_step, domains, scale, state, grain)
    last = before if why in WORSE else state
    finite = tuple(value for value in trace if math.isfinite(value))
    return Outcome(
        why,
        where,
        last.parameters,
        last.objective,
        finite,
        state.maps,
        scale,
        state.jumps,
        state.silent,
    )


def _explained(
    why: str,
    where: tuple[Place, ...],
    e_step: EStep,
    domains: Mapping[str, Domain],
    scale: Arrays,
    state: State,
    grain: Grain,
) -> tuple[str, tuple[Place, ...]]:
    """The verdict in the light of the edges, and the entries that it is about."""
    lost = below(grain.floors, domains, state.parameters)
    if lost and why in ("converged", "max_iterations", "decreased"):
        return "degenerate", lost

    def ask(probed: Arrays) -> float:
        return evaluate(e_step, probed)[1]

    if why in ("converged", "max_iterations") or (why == "decreased" and lightly(state)):
        edge, where = at_edge(
            domains,
            scale,
            state.parameters,
            state.objective,
            ask,
            grain.floors,
            LIGHT if why == "decreased" else grain.noise,
        )
        why = edge if edge == "degenerate" or (edge and why != "max_iterations") else why
    if why in ("converged", "max_iterations", "decreased"):
        together = running_off(domains, scale, state.parameters, state.objective, ask)
        why, where = ("degenerate", together) if together else (why, where)
    if why == "decreased":
        extreme, ratio = most_extreme(domains, state.parameters, scale)
        why, where = (why, ()) if COLLAPSE < ratio < 1 / COLLAPSE else ("degenerate", extreme)
    elif why == "degenerate" and not where:
        where = first_not_finite(state.parameters) or first_flat(domains, state.parameters)
        where = where or most_extreme(domains, state.parameters, scale)[0]
    return why, where


WORSE = ("degenerate", "decreased")
"""Verdicts on a last point that is worse than the one before."""
# --- standalone: end
