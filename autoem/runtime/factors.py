"""New data under a mean field: the means that its factors hold are found for them.

The parameters stay where they are, and sweeps through the factors go on until the bound has
settled.  It may have several maxima in q: of some starts, always the same, the best one counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.em import run_em
from autoem.runtime.initial import initial_parameters
from autoem.runtime.outcome import Outcome
from autoem.runtime.program import Program

TOLERANCE, SWEEPS, STARTS = 1e-10, 1000, 8
"""When the bound has settled, relative to 1 + |it|; after how many sweeps it is left; and from how
many points."""


def at_rest(
    program: Program,
    data: Arrays,
    parameters: Arrays,
    sizes: Mapping[str, int],
    weights: np.ndarray | None = None,
) -> Arrays:
    """The parameters, and the means that the factors hold at these data."""

    def expect(point: Arrays) -> tuple[Arrays, float]:
        return program.e_step(data, point, weights)

    def sweep(found: Arrays, point: Arrays) -> Arrays:
        return program.m_step(found, point) | parameters

    def settled(seed: int) -> Outcome:
        first = initial_parameters(program.plain, data, sizes, np.random.default_rng(seed), seed)
        return run_em(
            expect, sweep, first | parameters, program.schema.domains,
            tol=TOLERANCE, max_iterations=SWEEPS,
        )  # fmt: skip

    return max(map(settled, range(STARTS)), key=lambda outcome: outcome.objective).parameters
