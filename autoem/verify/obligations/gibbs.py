"""Gibbs sampling: a sweep leaves p(x, z; theta) as it is, and the M-step is that of its draws.

For x and z simulated by the declaration, and z' one sweep from z given x,

    E f(x, z') = E f(x, z)      for every f ,

here the log joint and every statistic of the M-step, over many simulations that are independent of
each other.  The simulation knows nothing of how the laws of a sweep were derived.
Source: Geweke (2004), JASA 99; Grosse and Duvenaud (2014), Testing MCMC code.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.derive.gibbs import DrawnPosterior
from autoem.derive.quantity import Indicator
from autoem.language.declaration import Latent
from autoem.verify.case import Case, Runner
from autoem.verify.certificate import Obligation, compared, holds
from autoem.verify.chart import Arrays
from autoem.verify.instance import axis_sizes, random_givens
from autoem.verify.obligations.agreement import difference, one_map
from autoem.verify.pointwise import size_of
from autoem.verify.simulate import sample
from autoem.verify.sites import Instance
from autoem.verify.tiny import tiny_sizes

SIMULATED, SIGMAS, STEPS, SURE = 1000, 5.0, (1.0, 0.1, 0.01, 0.001), 0.8


def gibbs(case: Case) -> Iterator[Obligation]:
    """Programs, the log joint at a state, the M-step, and what a sweep leaves as it is."""
    runner = case.module or case.interpreter
    instance, latents = _simulated(case, case.generator(40))
    data, state = case.program_data(instance), _point(case, instance, latents, 41)
    point = {**state, **_between(case, state)}
    found, value = one_map(case.interpreter, data, point)
    printed, own = one_map(runner, data, point)
    whole = {**found, "log joint": np.asarray(value)}
    yield difference(
        "programs", {**printed, "log joint": np.asarray(own)}, whole, "generated = interpreter"
    )
    own = runner.e_step(data, state)[1]
    with np.errstate(all="ignore"):
        meant = case.meaning(instance, latents).total(case.derivation.log_joint.terms)
    detail = "e_step at a state = log p(x, z)"
    yield compared("complete data", own - meant, 1.0 + abs(meant), 9, detail)
    yield _greatest(case, runner, data, point, printed)
    yield _invariant(case, runner)


def _simulated(
    case: Case, generator: np.random.Generator
) -> tuple[Instance, dict[Latent, np.ndarray]]:
    """Data and latents drawn by the declaration at the old parameters."""
    model, sizes, theta = case.derivation.model, tiny_sizes(case.derivation.model), case.theta
    given = random_givens(model, sizes, generator)
    drawn = sample(model, theta, sizes, generator, given=given)
    hidden = {v: np.asarray(drawn.pop(v.name)) for v in model.declaration.latents}
    lengths = axis_sizes(model, sizes)
    return Instance(model, lengths, {**given, **drawn}, theta), hidden


def _point(
    case: Case, instance: Instance, latents: dict[Latent, np.ndarray], offset: int
) -> Arrays:
    """The parameters, the latents as the state of the chain, and noise."""
    generator, held = case.generator(offset), {}
    for q in case.derivation.e_step.posteriors:
        if not isinstance(q, DrawnPosterior):
            continue
        latent = q.local.latent
        if isinstance(latent, Indicator):
            value = latents[latent.latent.variable].astype(int)  # type: ignore[index]
            held[latent.latent.name] = np.eye(size_of(latent.axes[-1], instance.sizes))[value]
        else:
            held[latent.name] = latents[latent.variable]  # type: ignore[attr-defined]
    noise = {
        q.name: generator.standard_normal(tuple(size_of(a, instance.sizes) for a in q.axes))
        for factor in case.derivation.e_step.factors
        for q in factor.noise
    }
    return {**case.theta, **{f"held_{name}": value for name, value in held.items()}, **noise}


def _between(case: Case, state: Arrays) -> Arrays:
    """Shares in the place of single states, as in the mean of draws: none is without data."""
    found = {}
    for q in case.derivation.e_step.posteriors:
        if isinstance(q, DrawnPosterior) and isinstance(q.local.latent, Indicator):
            name = f"held_{q.local.latent.latent.name}"
            found[name] = SURE * state[name] + (1 - SURE) / state[name].shape[-1]
    return found


def _greatest(
    case: Case, runner: Runner, data: Arrays, point: Arrays, updated: Arrays
) -> Obligation:
    """log p(x, z; theta) at the updates and elsewhere, z the state that they are made at."""

    def height(theta: Arrays) -> float:
        return runner.e_step(data, {**point, **theta})[1]

    own = {name: updated[name] for name in case.theta}
    if not case.derivation.m_step.exact:
        way = [{n: v + s * (own[n] - v) for n, v in case.theta.items()} for s in STEPS]
        risen = max(map(height, way)) >= height(case.theta) - 1e-9
        return holds("log joint rises", risen, "by the update, shortened or not")
    others = (
        {name: value + step * (other[name] - value) for name, value in own.items()}
        for other in (case.theta, *case.others)
        for step in STEPS
    )
    best, tried = height(own), [height(theta) for theta in others]
    detail = f"of {len(tried) + 1} points tried"
    return holds("log joint is greatest", best >= np.nanmax(tried) - 1e-9 * (1 + abs(best)), detail)


def _invariant(case: Case, runner: Runner) -> Obligation:
    """The mean change of the log joint and of every statistic by a sweep, over its error."""
    generator, changes = case.generator(42), list[np.ndarray]()
    drawn = _held(case)
    for number in range(SIMULATED):
        instance, latents = _simulated(case, generator)
        data = case.program_data(instance)
        point = _point(case, instance, latents, 1000 + number)
        before = runner.e_step(data, point)
        found = runner.m_step(before[0], point)
        after = runner.e_step(data, point | {name: found[name] for name in drawn})
        changes.append(_told(after, found, drawn) - _told(before, point, drawn))
    change = np.array(changes)
    error = np.maximum(change.std(axis=0) / np.sqrt(SIMULATED), 1e-12)
    worst = float(np.max(np.abs(change.mean(axis=0)) / error))
    detail = (
        f"after one sweep the log joint, statistics and latents have the means of the simulation: "
        f"{worst:.1f} standard errors at most, of {SIMULATED} simulations"
    )
    return holds("invariance", bool(worst < SIGMAS), detail)


def _held(case: Case) -> tuple[str, ...]:
    return tuple(h.quantity.name for f in case.derivation.e_step.factors for h in f.held)


def _told(found: tuple[Arrays, float], state: Arrays, drawn: tuple[str, ...]) -> np.ndarray:
    """The log joint, the statistics but for what is drawn next, and the state itself."""
    statistics, height = found
    own = [value for name, value in statistics.items() if not name.startswith("found_")]
    return np.concatenate([[height], *(np.ravel(v) for v in (*own, *(state[n] for n in drawn)))])
