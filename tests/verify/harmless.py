"""Whether a planted change changes nothing: what it computes is what the right one computes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autoem.backends import BACKENDS
from autoem.backends.load import load
from autoem.derive.stages import Derivation, derive
from autoem.program.interpret import interpret
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from autoem.verify.case import Case
from autoem.verify.instance import random_instance
from autoem.verify.tiny import tiny_sizes
from tests.verify.planting import Planted

SEED, ROWS = 41, 9


def is_harmless(planted: Planted) -> bool:
    """Whether the variant agrees with the right one on an instance that no examination uses."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return bool(_alike(*_pair(planted)))
        except Exception:  # what breaks down does harm
            return False


def _pair(planted: Planted) -> tuple[Any, Any]:
    right = derive(planted.derivation.model)
    if planted.source is not None and planted.program is None:
        program = lower(right)
        source = BACKENDS["numpy"](program, schema_of(right, program))
        return _run(right, load(source, "right")), _run(right, load(planted.source, "wrong"))
    if planted.program is not None:
        return _run(right, interpret(lower(right))), _run(right, interpret(planted.program))
    return _meant(right), _meant(planted.derivation)


def _run(derivation: Derivation, runner: Any) -> list[Any]:
    """One map, the likelihood and the posterior, with weights and without."""
    generator = np.random.default_rng(SEED)
    sizes = tiny_sizes(derivation.model, ROWS)
    instance = random_instance(derivation.model, sizes, generator)
    data, theta = dict(instance.data), dict(instance.parameters)
    results: list[Any] = [runner.log_likelihood(data, theta), runner.posterior(data, theta)]
    for weights in (None, 1.0 + np.arange(ROWS)):
        try:
            statistics, value = runner.e_step(data, theta, weights)
        except (ValueError, IndexError):  # no rows to be weighted
            continue
        results += [value, runner.m_step(statistics, theta)]
    return results


def _meant(derivation: Derivation) -> list[Any]:
    """Log joint, likelihood, posterior, Q and update, by their meaning."""
    case = Case(derivation, program=None, seed=SEED)  # type: ignore[arg-type]
    model = derivation.model
    latents = {
        v: np.random.default_rng(SEED).random(_shape(case, v)) for v in model.declaration.latents
    }
    discrete = {v: np.zeros_like(a) for v, a in latents.items() if v.category is not None}
    meaning = case.meaning(case.instance, {**latents, **discrete})
    expectations = [
        case.old.array(e.base)
        for q in derivation.e_step.posteriors
        for e in q.expectations.values()
    ]
    return [
        meaning.total(derivation.log_joint.terms),
        case.old.total(derivation.e_step.evidence),
        expectations,
        case.updated,
        [case.surrogate(other) - case.surrogate(case.theta) for other in case.others],
    ]


def _shape(case: Case, variable: Any) -> tuple[int, ...]:
    return tuple(case.old.length(axis) for axis in (*variable.plates, *variable.event))


def _alike(one: Any, two: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(_alike(one[key], two[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(two) and all(map(_alike, one, two))
    return np.shape(one) == np.shape(two) and bool(
        np.allclose(one, two, rtol=1e-11, atol=1e-11, equal_nan=True)
    )
