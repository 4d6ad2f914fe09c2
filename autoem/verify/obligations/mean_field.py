"""A mean field: its bound F(q, theta) never falls, is no higher than the log-likelihood where
brute force can tell, and is greatest in q where the iteration ends.

    F(q, theta) <= l(theta),      F after other held means <= F(q, theta) at the end.

The programs agree with each other; the meaning of the symbols is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from autoem.errors.verification import NotJudged
from autoem.verify.case import Case, Runner
from autoem.verify.certificate import Obligation, compared, holds
from autoem.verify.chart import Arrays
from autoem.verify.instance import random_instance
from autoem.verify.judged import judged
from autoem.verify.obligations.agreement import difference, one_map
from autoem.verify.pointwise import size_of
from autoem.verify.reference import log_likelihood, log_prior
from autoem.verify.sites import Instance
from autoem.verify.tiny import tiny_sizes

MAPS, SWEEPS, POINTS, SLACK, NUDGE, CARRIED = 20, 400, 3, 1e-9, 1e-3, 1e-7


def mean_field(case: Case) -> Iterator[Obligation]:
    """Programs, ascent, the fixed point of the factors, and the bound."""
    runner, data = case.module or case.interpreter, case.data
    points = [_point(case, offset) for offset in range(POINTS)]
    found, value = one_map(case.interpreter, data, points[0])
    printed, own = one_map(runner, data, points[0])
    whole = {**found, "elbo": np.asarray(value)}
    yield difference(
        "programs", {**printed, "elbo": np.asarray(own)}, whole, "generated = interpreter"
    )
    falls = [_fall(runner, data, point) for point in points]
    scale = 1.0 + abs(value)
    yield holds("ascent", max(falls) <= SLACK * scale, f"the elbo never falls in {MAPS} maps")
    yield _fixed(case, runner, data, points[0])
    yield from _bound(case, runner, data)


def _point(case: Case, offset: int, instance: Instance | None = None) -> Arrays:
    """The parameters of the instance, and generic means for the factors to hold."""
    own = case.instance if instance is None else instance
    generator, sizes, held = case.generator(20 + offset), own.sizes, {}
    for mean in (mean for factor in case.derivation.e_step.factors for mean in factor.held):
        shape = tuple(size_of(axis, sizes) for axis in mean.quantity.axes)
        held[mean.quantity.name] = STARTS[mean.start](generator.normal(size=shape))
    return {**own.parameters, **held}


STARTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "simplex": lambda draw: np.exp(draw) / np.exp(draw).sum(axis=-1, keepdims=True),
    "positive": lambda draw: np.exp(draw / 2),
    "real": lambda draw: draw,
    "zero": np.zeros_like,
}


def _fall(runner: Runner, data: Arrays, point: Arrays) -> float:
    """The largest fall of the bound on the way of some maps."""
    trace = []
    for _ in range(MAPS):
        statistics, value = runner.e_step(data, point)
        trace.append(value)
        point = runner.m_step(statistics, point)
    return float(np.max(-np.diff(trace)))


def _fixed(case: Case, runner: Runner, data: Arrays, point: Arrays) -> Obligation:
    """Each mean that is held nudged up and down, at the end of many sweeps through the factors."""
    end = point
    for _ in range(SWEEPS):
        end = runner.m_step(runner.e_step(data, end)[0], end) | case.theta
    here, worst = runner.e_step(data, end)[1], 0.0
    for factor in case.derivation.e_step.factors:
        for q in factor.parameters:
            for place in np.ndindex(end[q.name].shape):
                for by in (1 + NUDGE, 1 - NUDGE):
                    moved = end[q.name].copy()
                    moved[place] *= by
                    worst = max(worst, runner.e_step(data, {**end, q.name: moved})[1] - here)
    detail = "no other mean of a factor raises the elbo at the end"
    return compared("fixed point of q", worst, 1.0 + abs(here), 7, detail)


def _bound(case: Case, runner: Runner, data: Arrays) -> Iterator[Obligation]:
    """F at generic q, against the judge and against what it is of q; where the instance is too
    large for the judge, on one in which every axis has a single entry."""
    points = [_point(case, offset) for offset in range(POINTS)]
    values = [runner.e_step(data, point)[1] for point in points]
    try:
        with np.errstate(all="ignore"):
            truth = case.log_likelihood
            meant = [_elbo(case, point) for point in points]
    except (NotJudged, ArithmeticError) as reason:
        yield _least(case, runner, f"F <= l: {reason}")
        return
    detail = f"F(q, theta) <= l(theta) at {POINTS} q"
    yield holds("bound", all(value <= truth + SLACK for value in values), detail)
    apart = [abs(value - own) for value, own in zip(values, meant, strict=True) if own is not None]
    if apart:
        detail = "F = E_q[log p - log q], summed over all z"
        yield compared("elbo", max(apart), 1.0 + abs(values[0]), 5, detail)


def _least(case: Case, runner: Runner, reason: str) -> Obligation:
    """The bound where every axis has one entry, after some sweeps; open where that is none."""
    model, generator = case.derivation.model, case.generator(30)
    instance = random_instance(model, dict.fromkeys(tiny_sizes(model), 1), generator)
    data, gaps = case.program_data(instance), []
    try:
        with np.errstate(all="ignore"):
            truth = log_likelihood(instance) + log_prior(instance)
    except (NotJudged, ArithmeticError):
        return Obligation("bound", "open", None, reason)
    for offset in range(POINTS):
        point = _point(case, offset, instance)
        for _ in range(MAPS):
            found, value = runner.e_step(data, point)
            gaps.append(truth - value)
            point = runner.m_step(found, point) | dict(instance.parameters)
    detail = f"F(q, theta) <= l(theta) on {POINTS} ways, with one entry of every axis"
    return holds("bound", min(gaps) >= -SLACK, detail)


def _elbo(case: Case, point: Arrays) -> float | None:
    """E_q[log p(x, z; theta) - log q(z)] on the points of the judge, which depend on no q; nothing
    where these, made for the exact posterior, do not carry q."""
    total = log_prior(case.instance)
    total += sum(c.log_likelihood for c in case.posterior if not c.component.hidden)
    for parts in judged(case, case.instance.at(point), case.posterior):
        if abs(sum(part.weight.sum() for part in parts) - 1) > CARRIED:
            return None
        for part in parts:
            likely = part.weight > 0
            total += np.sum((part.weight * (part.joint - part.log_q))[likely])
    return float(total)
