"""A mean field: its bound F(lambda, theta) never falls, is no higher than the log-likelihood where
brute force can tell, and is greatest in lambda where the iteration ends.

    F(lambda, theta) <= l(theta),      F(lambda + e, theta) <= F(lambda, theta) at the end.

The programs agree with each other; the meaning of the symbols is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.errors.verification import NotJudged
from autoem.verify.case import Case, Runner
from autoem.verify.certificate import Obligation, compared, holds
from autoem.verify.chart import Arrays
from autoem.verify.obligations.agreement import difference, one_map
from autoem.verify.pointwise import size_of

MAPS, STARTS, SLACK, NUDGE = 400, 3, 1e-9, 1e-3


def mean_field(case: Case) -> Iterator[Obligation]:
    """Programs, ascent, the fixed point of the factors, and the bound."""
    runner, data = case.module or case.interpreter, case.data
    points = [_point(case, offset) for offset in range(STARTS)]
    found, value = one_map(case.interpreter, data, points[0])
    printed, own = one_map(runner, data, points[0])
    whole = {**found, "elbo": np.asarray(value)}
    yield difference(
        "programs", {**printed, "elbo": np.asarray(own)}, whole, "generated = interpreter"
    )
    falls, ends = [], []
    for point in points:
        trace, end = _ascended(runner, data, point)
        falls.append(float(np.max(trace[:-1] - trace[1:])))
        ends.append(end)
    scale = 1.0 + abs(value)
    yield holds("ascent", max(falls) <= SLACK * scale, f"the elbo never falls in {MAPS} maps")
    yield _fixed(case, runner, data, ends[0])
    yield from _bound(case, runner, data)


def _point(case: Case, offset: int) -> Arrays:
    """The parameters of the instance, and generic ones of the factors."""
    generator, sizes = case.generator(20 + offset), case.instance.sizes
    factors = {}
    for factor in case.derivation.e_step.factors:
        for q in factor.parameters:
            shape = tuple(size_of(axis, sizes) for axis in q.axes)
            draw = generator.normal(size=shape)
            factors[q.name] = np.exp(draw / 2) if q.sign == "positive" else draw
    return {**case.theta, **factors}


def _ascended(runner: Runner, data: Arrays, point: Arrays) -> tuple[np.ndarray, Arrays]:
    trace = []
    for _ in range(MAPS):
        statistics, value = runner.e_step(data, point)
        trace.append(value)
        point = runner.m_step(statistics, point)
    return np.array(trace), point


def _fixed(case: Case, runner: Runner, data: Arrays, end: Arrays) -> Obligation:
    """Each parameter of a factor nudged up and down, at the end, all else held."""
    here, worst = runner.e_step(data, end)[1], 0.0
    for factor in case.derivation.e_step.factors:
        for q in factor.parameters:
            for place in np.ndindex(end[q.name].shape):
                for by in (1 + NUDGE, 1 - NUDGE):
                    moved = end[q.name].copy()
                    moved[place] *= by
                    worst = max(worst, runner.e_step(data, {**end, q.name: moved})[1] - here)
    detail = "no parameter of a factor raises the elbo at the end"
    return compared("fixed point of q", worst, 1.0 + abs(here), 7, detail)


def _bound(case: Case, runner: Runner, data: Arrays) -> Iterator[Obligation]:
    """F at generic lambda against the judge."""
    try:
        with np.errstate(all="ignore"):
            truth = case.log_likelihood
    except (NotJudged, ArithmeticError) as reason:
        yield Obligation("bound", "open", None, f"F <= l: {reason}")
        return
    values = [runner.e_step(data, _point(case, offset))[1] for offset in range(STARTS)]
    detail = f"F(lambda, theta) <= l(theta) at {STARTS} lambda"
    yield holds("bound", all(value <= truth + SLACK for value in values), detail)
