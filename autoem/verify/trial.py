"""Trial fits: EM on data simulated from the model, from random starts.

Each start makes some plain maps, whose objectives must not fall, and runs on with the iteration of
the runtime; the best of them, which alone is judged, to the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from autoem.derive.maximizers.problem import STEPS
from autoem.language.declaration import Random
from autoem.runtime.anderson import anderson
from autoem.runtime.em import EStep, MStep, run_em
from autoem.runtime.shorten import rising
from autoem.runtime.silent import carried
from autoem.verify.case import Case, Runner
from autoem.verify.chart import Arrays
from autoem.verify.instance import COUNTS, random_parameters, resampled, simulated
from autoem.verify.sites import Instance
from autoem.verify.supports import FAR
from autoem.verify.tiny import tiny_sizes

ENDED_WELL = ("converged", "boundary", "max_iterations")
ROWS, STARTS, PLAIN, SHORT, MOST = 240, 3, 25, 300, 1500
DRAWN, HUGE, STREAMS = 20, 1e6, (7, 27)


@dataclass(frozen=True, eq=False)
class Trial:
    """One start: the objectives of its plain maps, and where it ended."""

    trace: tuple[float, ...]
    parameters: Arrays
    objective: float
    result: str

    @property
    def fall(self) -> float:
        """The largest fall in one map, relative to the objective; negative where it only rose."""
        value = np.array(self.trace)
        if np.isneginf(value[0]):  # an impossible start
            value = value[1:]
        if not np.all(np.isfinite(value)):
            return np.inf
        return float(np.max((value[:-1] - value[1:]) / (1 + np.abs(value[1:]))))


@dataclass(frozen=True, eq=False)
class Trials:
    """The parameters that made the data, the data, fresh data of the same law, and the fits."""

    truth: Arrays
    made: Arrays
    fresh: Arrays
    runner: Runner
    fits: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """The fit that ended well and says most of fresh data: no collapse onto a few points."""
        good = [fit for fit in self.fits if fit.result in ENDED_WELL]
        return max(good or self.fits, key=lambda fit: self.objective_of_fresh(fit.parameters))

    def objective(self, parameters: Arrays) -> float:
        """The log-likelihood that the program gives of the data."""
        return self.runner.e_step(self.made, parameters)[1]

    def objective_of_fresh(self, parameters: Arrays) -> float:
        """The log-likelihood of the fresh data."""
        return self.runner.e_step(self.fresh, parameters)[1]


def trials(case: Case) -> Trials:
    """Fits of one simulated data set; of another one where the best of them still creeps at the
    end, as components do that are nearly one."""
    for stream in STREAMS:
        found = _trials(case, case.generator(stream))
        creeps = found.best.result == "max_iterations"
        if not creeps or max(fit.fall for fit in found.fits) > 0:
            break
    return found


def _trials(case: Case, generator: np.random.Generator) -> Trials:
    """Fits of one data set; a model without rows gets large counts instead."""
    model = case.derivation.model
    sizes = tiny_sizes(model, ROWS)
    made = case.gapped(_made(case, sizes, generator), generator)
    fresh = case.gapped(resampled(made, generator), generator)
    runner = case.module or case.interpreter
    data = case.program_data(made)
    starts = [random_parameters(model, sizes, generator, FAR) for _ in range(STARTS)]
    fits = tuple(_fit(case, runner, data, start) for start in starts)
    found = Trials(dict(made.parameters), data, case.program_data(fresh), runner, fits)
    ended: list[Trial] = []
    while (best := found.best) not in ended and best.result == "max_iterations":
        ended.append(_run(case, runner, data, best.parameters, best.trace, MOST))
        found = replace(found, fits=tuple(ended[-1] if f is best else f for f in found.fits))
    return found


def _made(case: Case, sizes: Mapping[str, int], generator: np.random.Generator) -> Instance:
    """Simulated data that do not explode, as a chain does whose steps multiply it."""
    model = case.derivation.model
    has_rows = any(v.plates for v in model.declaration.variables if isinstance(v, Random))
    counts = COUNTS if has_rows else (ROWS, 2 * ROWS)
    for _ in range(DRAWN):
        made = simulated(model, sizes, generator, counts)
        seen = [made.data[v.name] for v in model.declaration.observed if v.name in made.data]
        if all(np.all(np.abs(value) < HUGE) for value in seen):
            break
    return made


def _fit(case: Case, runner: Runner, data: Arrays, start: Arrays) -> Trial:
    """Plain maps from a start, then a short run."""
    parameters, trace = start, []
    expect, maximize = _steps(case, runner, data)
    for _ in range(PLAIN):
        statistics, objective = expect(parameters)
        trace.append(objective)
        parameters = maximize(statistics, parameters)
    return _run(case, runner, data, parameters, tuple(trace), SHORT)


def _run(
    case: Case, runner: Runner, data: Arrays, start: Arrays, trace: tuple[float, ...], most: int
) -> Trial:
    """The runtime's own iteration, after the plain maps of which there is a trace."""
    expect, maximize = _steps(case, runner, data)
    domains = {p.name: _range(p.domain) for p in case.derivation.declaration.parameters}
    outcome = run_em(
        expect,
        maximize,
        start,
        domains,
        tol=1e-13,
        max_iterations=most,
        accelerate=anderson(domains),
    )
    return Trial(trace, outcome.parameters, outcome.objective, outcome.result)


def _steps(case: Case, runner: Runner, data: Arrays) -> tuple[EStep, MStep]:
    """The two steps as they are run: a Newton step is shortened until the objective has risen."""

    def expect(theta: Arrays) -> tuple[Arrays, float]:
        return runner.e_step(data, theta)

    def maximize(statistics: Arrays, old: Arrays) -> Arrays:
        return carried(runner.m_step(statistics, old), old)[0]

    updates = case.derivation.m_step.updates
    steps = expect, maximize
    return rising(*steps) if any(update.rule in STEPS for update in updates) else steps


def _range(domain: object) -> tuple[str, float, float]:
    kind, lower, upper = domain.kind, domain.lower, domain.upper  # type: ignore[attr-defined]
    ends = (-np.inf if lower is None else float(lower), np.inf if upper is None else float(upper))
    return (kind, *ends)
