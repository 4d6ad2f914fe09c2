"""A program whose E-step is a sweep of a Markov chain: its fit, and its posterior."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from autoem.errors.run import BadOption
from autoem.runtime.arrays import Arrays
from autoem.runtime.latents import SPREADS, by_latent
from autoem.runtime.outcome import Outcome
from autoem.runtime.program import Program
from autoem.runtime.search import Run
from autoem.runtime.sweeps import Chain, chain_of, first_state, run_by_draws

Posterior = dict[str, Any]
SWEEPS = 1000
"""Sweeps of which the posterior is the mean."""


def check_drawn(restarts: int, weights: Mapping[str, np.ndarray]) -> None:
    """Raises BadOption for restarts, since there is no log-likelihood by which to compare them, and
    for weights, since the latents of rows that are alike are not."""
    if restarts != 1:
        expected = "1, since draws give no log-likelihood by which fits are compared"
        raise BadOption(option="restarts", value=restarts, expected=expected)
    if weights:
        expected = "none: a row that counts for several has a latent for each; repeat the rows"
        raise BadOption(option="weights", value=tuple(weights), expected=expected)


def fit_by_draws(program: Program, run: Run, point: Arrays, seed: int) -> Outcome:
    """From a point with a state to where the draws show no gain any more."""
    options = program.schema.draws
    generator = np.random.default_rng((options["seed"], seed))
    chain = chain_of(program.plain, run.e_step, run.m_step, generator)
    return run_by_draws(chain, point, run.domains, options, run.max_iterations, run.report)


def started(
    program: Program, data: Arrays, sizes: Mapping[str, int], seed: int, told: Arrays
) -> Arrays:
    """A point to begin from, with a state; what is `told` stands."""
    return first_state(program.plain, data, sizes, np.random.default_rng(seed)) | told


def posterior_by_draws(
    program: Program, data: Arrays, point: Arrays, sizes: Mapping[str, int]
) -> Posterior:
    """By latent the mean over sweeps of what is expected given the other latents; a variance is
    the mean of those given the others, and the variance of the means."""
    schema = program.schema
    chain = chain_of(
        program.plain, partial(program.e_step, data), program.m_step,
        np.random.default_rng(schema.draws["seed"]),
    )  # fmt: skip
    drawn: list[Posterior] = []
    for number in range(-schema.draws["burn_in"], SWEEPS):
        point = chain.noisy(point)
        if number >= 0:
            arrays = program.posterior(data, point)
            drawn.append(by_latent(schema, program.latents, arrays, sizes))
        point = _next(chain, point)
    return {latent: _mean([each[latent] for each in drawn]) for latent in drawn[0]}


def _next(chain: Chain, point: Arrays) -> Arrays:
    return chain.moved(point, chain.e_step(point)[0])


def _mean(drawn: list[Any]) -> Any:
    """The mean of probabilities; of words each by itself, a spread with that of the means."""
    if not isinstance(drawn[0], dict):
        return np.mean(drawn, axis=0)
    found = {word: np.mean([each[word] for each in drawn], axis=0) for word in drawn[0]}
    for word in SPREADS:
        if word in found:
            apart = np.array([each["mean"] for each in drawn]) - found["mean"]
            pairs = apart**2 if word == "variance" else apart[..., :, None] * apart[..., None, :]
            found[word] = found[word] + np.mean(pairs, axis=0)
    return found
