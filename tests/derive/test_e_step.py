"""The posterior: log joint - log q is the log-likelihood, whatever the latents are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log

import numpy as np
import pytest

from autoem.derive.e_step import EStep, check_e_step, e_step
from autoem.derive.index import Index, substitute
from autoem.derive.log_joint import LogJoint, log_joint
from autoem.derive.posteriors.enumerate import StatePosterior
from autoem.derive.term import Terms
from autoem.graph.factor_graph import factor_graph
from autoem.language import Latent
from autoem.verify import reference
from autoem.verify.evaluate_terms import Meaning
from tests.derive.complete import complete
from tests.derive.test_log_joint import small
from tests.derive.test_zoo import FILES
from tests.derive.zoo import plates
from tests.derive.zoo.case import Case

CASES = [case for file in FILES for case in file.CASES]
DERIVED = [case for case in CASES if "Gaussian latents" not in case.pending]
DERIVED = [case for case in DERIVED if "vector" not in case.pending]


def expanded(case: Case) -> tuple[LogJoint, EStep]:
    joint = log_joint(factor_graph(case.model))
    return joint, e_step(joint)


def _is_discrete(case: Case) -> bool:
    """Whether all latents of a case are states."""
    variables = case.model.declaration.variables
    latents = [v for v in variables if isinstance(v, Latent)]
    supports = [getattr(v.distribution, "support", None) for v in latents]
    return bool(latents) and set(supports) <= {"category", "binary"}


every_case = pytest.mark.parametrize(
    "case", [case for case in DERIVED if not case.slow], ids=lambda case: case.name
)
discrete = pytest.mark.parametrize(
    "case",
    [case for case in DERIVED if _is_discrete(case)],
    ids=lambda case: case.name,
)


@every_case
def test_what_is_left_is_the_log_likelihood(case: Case) -> None:
    """The log-normalizers of all eliminations, in which no latent is left, by enumeration and
    quadrature."""
    joint, step = expanded(case)
    check_e_step(joint, step)
    found = complete(small(case))
    wanted = reference.log_likelihood(found.instance) + reference.log_prior(found.instance)
    meaning = replace(found, latents={}).meaning()
    np.testing.assert_allclose(meaning.total(step.evidence), wanted, rtol=1e-8, atol=1e-8)


Log = Callable[[Meaning, StatePosterior, dict[Index, int]], float]


def log_share(meaning: Meaning, posterior: StatePosterior, at: dict[Index, int]) -> float:
    """log q(z_n = k | context)."""
    return log(meaning.value(posterior.expectations["responsibility"], at))


def log_posterior(meaning: Meaning, posterior: StatePosterior, share: Log) -> float:
    """Summed over the elements of one latent, at the values that the meaning has."""
    local, total = posterior.local, 0.0
    shape = tuple(meaning.length(index.axis) for index in local.plates)
    array = meaning.arrays[posterior.indicator.latent.variable]
    for place in np.ndindex(shape):
        at = dict(zip(local.plates, place, strict=True))
        for context in local.contexts:
            where = tuple(meaning.read(substitute(r, {}), at) for r in context.reads)
            at[context.state] = int(meaning.arrays[context.indicator.latent.variable][where])
        total += share(meaning, posterior, {**at, posterior.state: int(array[place])})
    return total


def law_of_the_posterior(case: Case, share: Log = log_share) -> None:
    """log p(x, z) - log q(z) is one number for every z."""
    joint, step = expanded(case)
    found, differences = complete(small(case)), []
    draw = np.random.default_rng(0)
    for _ in range(4):
        latents = {
            p.indicator.latent.name: draw.integers(
                0, found.meaning().length(p.state.axis),
                found.latents[p.indicator.latent.name].shape)
            for p in step.posteriors if isinstance(p, StatePosterior)
        }  # fmt: skip
        meaning = replace(found, latents=latents).meaning()
        logs = [log_posterior(meaning, p, share) for p in step.posteriors]  # type: ignore[arg-type]
        differences.append(meaning.total(joint.terms) - sum(logs))
    np.testing.assert_allclose(differences, meaning.total(step.evidence), rtol=1e-9)


SUPPORTED = ("ZeroInflated", "Hurdle", "CoarseCategory")
"""Where some states are impossible, log q of them is -infinity."""


@discrete
def test_the_posterior_of_states(case: Case) -> None:
    if case.name.startswith(SUPPORTED):
        pytest.skip("a state of probability zero")
    law_of_the_posterior(case)


def next_state(meaning: Meaning, posterior: StatePosterior, at: dict[Index, int]) -> float:
    """Wrong: the share of the next state."""
    size = meaning.length(posterior.state.axis)
    return log_share(meaning, posterior, {**at, posterior.state: (at[posterior.state] + 1) % size})


def no_normalizer(meaning: Meaning, posterior: StatePosterior, at: dict[Index, int]) -> float:
    """Wrong: the log weight itself."""
    return meaning.value(posterior.natural["log_weight"], at)


def no_context(meaning: Meaning, posterior: StatePosterior, at: dict[Index, int]) -> float:
    """Wrong: the context is always state 0."""
    zero = {context.state: 0 for context in posterior.local.contexts}
    return log_share(meaning, posterior, {**at, **zero})


@pytest.mark.parametrize("wrong", [next_state, no_normalizer, no_context])
def test_a_wrong_posterior_is_seen(wrong: Log) -> None:
    (case,) = [case for case in plates.CASES if case.name == "NestedStates"]
    with pytest.raises(AssertionError):
        law_of_the_posterior(case, wrong)


def test_shares_add_up_to_one() -> None:
    for case in plates.CASES:
        step, found = expanded(case)[1], complete(small(case))
        meaning = replace(found, latents={}).meaning()
        for posterior in step.posteriors:
            assert isinstance(posterior, StatePosterior)
            element = posterior.expectations["responsibility"]
            shares = meaning.array(element.base)
            axis = element.indices.index(posterior.state)
            np.testing.assert_allclose(shares.sum(axis=axis), 1.0)


def test_a_latent_that_is_left_is_found() -> None:
    (case,) = [case for case in plates.CASES if case.name == "TwoObserved"]
    joint, step = expanded(case)
    left: Terms = (*step.evidence, joint.terms[0])
    with pytest.raises(AssertionError, match="is_z is left"):
        check_e_step(joint, replace(step, evidence=left))
