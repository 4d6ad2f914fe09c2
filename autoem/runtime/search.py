"""From where to start: several asymmetric points, screened by a few maps; the best runs on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.em import Accelerate, EStep, MStep, Outcome, State, evaluate, run_em

# --- standalone: begin
STARTS, SCREENING = 10, 5
"""Points that are tried, and maps that each is given, before the best runs to the end."""


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

    def start(self, parameters: Arrays) -> Outcome:
        """Run to the end from these parameters."""
        return run_em(
            self.e_step,
            self.m_step,
            parameters,
            self.domains,
            tol=self.tol,
            max_iterations=self.max_iterations,
            accelerate=self.accelerate,
            report=self.report,
        )

    def screen(self, propose: Callable[[np.random.Generator, int], Arrays], seed: int) -> Arrays:
        """The best of `STARTS` points `propose(generator, attempt)` after `SCREENING` maps.

        A point at which the objective is not finite, or that collapses, counts as the worst.
        """
        best, best_value = None, -np.inf
        for attempt in range(STARTS):
            proposed = propose(np.random.default_rng((seed, attempt)), attempt)
            short = run_em(
                self.e_step, self.m_step, proposed, self.domains, max_iterations=SCREENING
            )
            value = short.objective if short.result not in LOST else -np.inf
            if best is None or value > best_value:
                best, best_value = short.parameters, value
            if short.result == "interrupted":
                raise KeyboardInterrupt
        assert best is not None
        return best

    def one_map(self, statistics: Arrays, parameters: Arrays) -> Arrays:
        """The M-step at given statistics; the old parameters where it breaks down."""
        with np.errstate(all="ignore"):
            moved = self.m_step(statistics, parameters)
        finite = all(np.all(np.isfinite(value)) for value in moved.values())
        usable = finite and np.isfinite(evaluate(self.e_step, moved)[1])
        return moved if usable else parameters


LOST = ("degenerate", "decreased")


def better(one: Outcome | None, two: Outcome) -> Outcome:
    """The outcome with the higher objective; one that is not lost before any that is."""
    if one is None or (one.result in LOST) > (two.result in LOST):
        return two
    if (one.result in LOST) < (two.result in LOST):
        return one
    return two if two.objective > one.objective else one


# --- standalone: end
