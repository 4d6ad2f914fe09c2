"""An approximation at the mode: what the programs call the objective is

    g(m) + log det(2 pi V) / 2,      V = (-g''(m))^-1,

with the mode m and the curvature of the judge's log joint found by differences; its slope by theta
is the score, and the updates lead uphill.  What it is an approximation of, brute force would tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import optimize

from autoem.language.declaration import Latent
from autoem.verify.case import Case, Runner
from autoem.verify.certificate import Obligation, compared, holds
from autoem.verify.chart import Arrays, directions
from autoem.verify.obligations.agreement import difference, one_map
from autoem.verify.pointwise import size_of
from autoem.verify.reference import log_joint, log_prior
from autoem.verify.sites import Instance, Site

STEP, MANY, FLAT = 1e-3, 5, 1e-9


def laplace(case: Case) -> Iterator[Obligation]:
    """Programs, objective, Fisher identity and ascent."""
    runner, data, point = case.module or case.interpreter, case.data, started(case)
    found, value = one_map(case.interpreter, data, point)
    printed, own = one_map(runner, data, point)
    yield difference(
        "programs",
        {**printed, "objective": np.asarray(own)},
        {**found, "objective": np.asarray(value)},
        "generated = interpreter",
    )
    meant = at_mode(case.instance) + log_prior(case.instance)
    detail = "g(m) + log det(2 pi V) / 2, by differences of the log joint"
    yield compared("objective", own - meant, 1.0 + abs(meant), 6, detail)
    yield fisher(case, runner, data, point)
    moved = {name: printed[name] - point[name] for name in case.theta}
    uphill = along(runner.score(data, point), moved)
    yield holds("ascent", uphill >= -FLAT, "the updates lead to where the objective rises")


def started(case: Case) -> Arrays:
    """The parameters of the instance; what is held begins at zero."""
    sizes, held = case.instance.sizes, {}
    for q in (q for factor in case.derivation.e_step.factors for q in factor.parameters):
        held[q.name] = np.zeros(tuple(size_of(axis, sizes) for axis in q.axes))
    return {**case.theta, **held}


def fisher(case: Case, runner: Runner, data: Arrays, point: Arrays) -> Obligation:
    """The score against differences of the objective, along some directions."""
    chart = case.chart(point)
    ways = directions(chart.size, MANY, case.generator(3))
    judged = chart.slopes(lambda theta: runner.log_likelihood(data, theta), ways)
    slope, found = runner.score(data, point), []
    for v in ways:
        up, down = chart(STEP * v), chart(-STEP * v)
        apart = {name: (up[name] - down[name]) / (2 * STEP) for name in case.theta}
        found.append(along(slope, apart))
    error, size = float(np.max(np.abs(found - judged))), 1.0 + float(np.max(np.abs(judged)))
    detail = f"score = gradient of the objective, along {len(ways)} directions"
    return compared("Fisher identity", error, size, 5, detail)


def along(slope: Arrays, move: Arrays) -> float:
    """The slope along a move of the parameters."""
    return float(sum(np.sum(slope[name] * value) for name, value in move.items()))


def at_mode(instance: Instance) -> float:
    """The approximation by numbers alone: a search for the mode, then differences about it."""
    sites = list(instance.sites(Latent))
    shapes = [tuple(size_of(a, instance.sizes) for a in s.variable.event) for s in sites]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])

    def height(z: np.ndarray) -> float:
        parts = zip(sites, np.split(z, ends[:-1]), shapes, strict=True)
        latents: dict[Site, np.ndarray] = {site: part.reshape(s) for site, part, s in parts}
        return log_joint(instance, latents)

    z = optimize.minimize(lambda z: -height(z), np.zeros(ends[-1]), tol=1e-10).x
    for _ in range(3):
        slope, bend = _bent(height, z)
        z = z - np.linalg.solve(bend, slope)
    return height(z) - np.linalg.slogdet(-_bent(height, z)[1] / (2 * np.pi))[1] / 2


def _bent(f: Callable[[np.ndarray], float], z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and Hessian by differences of the fourth order along, the second across."""
    h, unit = STEP, np.eye(len(z))
    near = [[f(z + t * h * e) for t in (1, -1, 2, -2)] for e in unit]
    up, down, far_up, far_down = np.array(near).T
    slope = (8 * (up - down) - (far_up - far_down)) / (12 * h)
    bend = np.diag((16 * (up + down) - far_up - far_down - 30 * f(z)) / (12 * h**2))
    for i in range(len(z)):
        for j in range(i):
            a, b = h * unit[i], h * unit[j]
            corners = (f(z + a + b) + f(z - a - b), f(z + a - b) + f(z - a + b))
            bend[i, j] = bend[j, i] = (corners[0] - corners[1]) / (4 * h**2)
    return slope, bend
