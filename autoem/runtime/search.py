"""From where to start: several asymmetric points, a few maps each, and the better half goes on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.digits import ROUNDING, Grain
from autoem.runtime.em import ALL_DIGITS, Accelerate, EStep, MStep, State, run_em
from autoem.runtime.outcome import Outcome

# --- standalone: begin
STARTS, SCREENING = 16, 8
"""Points that are tried, and maps that each is given before the worse half is dropped.

The maps double with every halving: a point that rises slowly may yet rise higher.
"""


@dataclass(frozen=True)
class Run:
    """An iteration to be started from anywhere: the two steps, and when to stop."""

    e_step: EStep
    m_step: MStep
    domains: dict[str, Domain]
    tol: float = 1e-14
    max_iterations: int = 10_000
    accelerate: Accelerate | None = None
    report: Callable[[State], None] | None = None
    grain: Grain = ALL_DIGITS

    def start(self, parameters: Arrays) -> Outcome:
        """Run to the end from these parameters."""
        return self.finish(Outcome("", (), parameters, -math.inf, (), 0))

    def finish(self, outcome: Outcome) -> Outcome:
        """Run on to the end from where a shorter run stopped; trace and count go on too."""
        if outcome.result == "interrupted":
            return outcome
        return self._on(outcome, self.max_iterations, self.accelerate, self.report)

    def screen(
        self,
        propose: Callable[[np.random.Generator, int], Arrays],
        seed: int,
        starts: int = STARTS,
    ) -> Outcome:
        """The best of the points `propose(generator, attempt)`, by halving."""
        generators = (np.random.default_rng((seed, attempt)) for attempt in range(starts))
        points = [propose(generator, attempt) for attempt, generator in enumerate(generators)]
        field = [Outcome("", (), point, -math.inf, (), 0) for point in points]
        maps = SCREENING
        while len(field) > 1:
            tried: list[Outcome] = []
            for outcome in field:
                jump = self.accelerate if outcome.iterations else None
                tried.append(self._on(outcome, outcome.iterations + maps, jump))
                if tried[-1].result == "interrupted":
                    return replace(min(tried, key=_rank), result="interrupted", places=())
            field, maps = _ranked(tried)[: (len(tried) + 1) // 2], 2 * maps
        return field[0]

    def _on(
        self,
        before: Outcome,
        until: int,
        accelerate: Accelerate | None = None,
        report: Callable[[State], None] | None = None,
    ) -> Outcome:
        """The run continued until so many maps in all."""
        after = run_em(
            self.e_step,
            self.m_step,
            before.parameters,
            self.domains,
            tol=self.tol,
            max_iterations=max(0, min(until, self.max_iterations) - before.iterations),
            accelerate=accelerate,
            report=report,
            reference=before.reference or None,
            grain=self.grain,
        )
        return replace(
            after,
            objective=after.objective if math.isfinite(after.objective) else -math.inf,
            trace=before.trace[:-1] + after.trace,
            iterations=before.iterations + after.iterations,
            jumps=before.jumps + after.jumps,
        )


ALIKE = 1e-4
"""Outcomes are alike whose objectives differ by less, or by the share ROUNDING of them: a
log-likelihood has no unit."""
LOST = ("degenerate", "decreased")


def _rank(outcome: Outcome) -> tuple[bool, float]:
    """Small is good: what is not lost before what is, then by the objective."""
    return outcome.result in LOST, -outcome.objective


def _ranked(outcomes: list[Outcome]) -> list[Outcome]:
    """The best first; of those that only rounding tells apart, the earlier first."""
    best = min(outcomes, key=_rank)
    unit = max(ALIKE, ROUNDING * abs(best.objective))

    def steps(outcome: Outcome) -> tuple[bool, float]:
        lost, loss = _rank(outcome)
        return lost, np.floor((loss + best.objective) / unit)

    return sorted(outcomes, key=steps)


def better(one: Outcome | None, two: Outcome) -> Outcome:
    """The outcome with the higher objective; one that is not lost before any that is."""
    return two if one is None or _rank(two) < _rank(one) else one


# --- standalone: end
