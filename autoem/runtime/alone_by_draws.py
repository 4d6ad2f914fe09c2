"""fit of a generated module whose E-step is a sweep of a Markov chain, on plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autoem.runtime.alone import FullEStep, domains_of, lengths_of
from autoem.runtime.arrays import Arrays
from autoem.runtime.em import MStep
from autoem.runtime.fixed import declared_fixed, hold
from autoem.runtime.outcome import Outcome
from autoem.runtime.sweeps import chain_of, first_state, run_by_draws


# --- standalone: begin
def fit_alone_by_draws(
    schema: Mapping[str, Any],
    e_step: FullEStep,
    m_step: MStep,
    data: Arrays,
    sizes: Mapping[str, int] | None = None,
    start: Arrays | None = None,
    seed: int = 0,
    max_iterations: int = 10_000,
) -> Outcome:
    """EM by draws from `start`, or from the scale of the data; see `run_by_draws`."""

    def expect(parameters: Arrays) -> tuple[Arrays, float]:
        return e_step(data, parameters, None, None)

    generator, domains = np.random.default_rng(seed), domains_of(schema)
    lengths = lengths_of(schema, data, start or {}) | dict(sizes or {})
    point = first_state(schema, data, lengths, generator) | (start or {})
    chain = chain_of(schema, expect, m_step, generator)
    first = hold(domains, point, declared_fixed(schema))
    return run_by_draws(chain, first, domains, schema["draws"], max_iterations)


# --- standalone: end
