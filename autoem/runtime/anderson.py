"""Anderson acceleration: the combination of the last maps whose steps cancel.

From the last points u_i of the iteration and their maps g_i, with the steps f_i = g_i - u_i,

    gamma = argmin |f_k - sum_i gamma_i (f_{i+1} - f_i)| ,
    u'    = g_k - sum_i gamma_i (g_{i+1} - g_i) ,

a secant method in as many directions as there are points.  The point u' is taken where the
objective there is no lower than at g_k, so the iteration still never falls; nor does the test of
convergence change, which looks at plain maps only.  One slow direction is what SQUAREM finds;
this finds several, and ends faster than any geometric rate.

Source: Walker and Ni (2011), SIAM Journal on Numerical Analysis 49; Henderson and Varadhan (2019),
Journal of Computational and Graphical Statistics 28, with monotonicity control for EM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.em import Accelerate, EStep, State, evaluate, rounding
from autoem.runtime.squarem import keep_still
from autoem.runtime.transforms import from_line, to_line

FLATTEST = 1e-10
"""Directions of the steps that are shorter than this share of the longest are rounding errors."""


def anderson(domains: Mapping[str, Domain], after: int = 4) -> Accelerate:
    """The jump proposed after every map, for `run_em(..., accelerate=anderson(domains))`.

    The first `after` maps are plain: far from the optimum they are the better steps.
    """

    def jump(e_step: EStep, state: State) -> State:
        if len(state.secants) < 2 or state.maps < after:
            return state
        proposed = combined(domains, state.secants)
        if proposed is None:
            return replace(state, secants=state.secants[-1:])
        statistics, objective = evaluate(e_step, proposed)
        state = replace(state, maps=state.maps + 1)
        if not objective >= state.objective - rounding(state.objective):
            return replace(state, secants=state.secants[-1:])
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


def combined(
    domains: Mapping[str, Domain], secants: tuple[tuple[Arrays, Arrays], ...]
) -> Arrays | None:
    """The point u' of pairs of a point and its map, the latest last; None where there is none.

    Each parameter counts in units of its own longest step.  Entries that stood still stay.
    """
    try:
        lines = {
            name: [
                (to_line(domains[name], u[name]), to_line(domains[name], g[name]))
                for u, g in secants
            ]
            for name in domains
        }
    except np.linalg.LinAlgError:
        return None
    steps = {name: np.array([(g - u).ravel() for u, g in pairs]) for name, pairs in lines.items()}
    units = {name: np.abs(f).max(initial=0.0) for name, f in steps.items()}
    moving = [name for name in domains if 0 < units[name] < np.inf]
    if not moving or not all(np.isfinite(units[name]) for name in domains):
        return None
    scaled = np.concatenate([steps[name] / units[name] for name in moving], axis=1)
    gamma = np.linalg.lstsq(np.diff(scaled, axis=0).T, scaled[-1], rcond=FLATTEST)[0]
    first, last = secants[0][0], secants[-1][1]
    moved: Arrays = {}
    for name, pairs in lines.items():
        maps = np.array([g for _, g in pairs])
        u = maps[-1] - np.tensordot(gamma, np.diff(maps, axis=0), axes=1)
        with np.errstate(all="ignore"):
            proposed = from_line(domains[name], u, last[name].shape)
        moved[name] = keep_still(domains[name][0], proposed, first[name], last[name])
    return moved
