"""A derivation judged by brute force: what every model of the zoo must satisfy.

    likelihood      interpreter and generated module = the judge (scipy, enumeration, quadrature)
    maximum         the judge's Q, at the old posterior, has zero gradient at the new parameters
    ascent          the objective never falls
    stationary      where the iteration ends, the judge's log-likelihood has zero gradient

The judge reads neither terms nor rules nor programs, see `autoem/verify/reference.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.derive.stages import Derivation, derive
from autoem.language.model import ModelType
from autoem.program.check import check
from autoem.program.interpret import Interpretation, interpret
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from autoem.runtime.em import EStep, MStep, run_em
from autoem.runtime.outcome import Outcome
from autoem.runtime.schema import Schema
from autoem.runtime.shorten import rising
from autoem.runtime.squarem import squarem
from autoem.runtime.transforms import from_line, to_line
from autoem.verify import reference
from autoem.verify.instance import random_instance, random_parameters
from autoem.verify.sites import Instance
from tests.derive.zoo.case import Case

Arrays = dict[str, np.ndarray]
STEP = 1e-4


@dataclass(frozen=True)
class Judged:
    """A derivation, its program interpreted and as a module."""

    model: ModelType
    derivation: Derivation
    program: Interpretation
    module: Any
    schema: Schema


def judged(model: ModelType, printed: bool = True) -> Judged:
    """Derive, lower, check, print, load; where nothing is printed, the interpreter runs instead."""
    derivation = derive(model)
    program = lower(derivation)
    check(program)
    plain = schema_of(derivation, program)
    meaning = interpret(program)
    module = load(emit(program, plain), derivation.name) if printed else meaning
    return Judged(model, derivation, meaning, module, Schema.from_dict(plain))


def instance_of(case: Case) -> Instance:
    """Data simulated at generic parameters, seen at other generic ones."""
    return random_instance(case.model, case.sizes, np.random.default_rng(case.seed))


def objective(instance: Instance) -> float:
    """log p(x; theta) + log p(theta), by the judge."""
    return reference.log_likelihood(instance) + reference.log_prior(instance)


def check_likelihood(found: Judged, instance: Instance) -> None:
    """Both programs agree with the judge, and with each other in the step that they take."""
    data, theta = dict(instance.data), dict(instance.parameters)
    statistics, meant = found.program.e_step(data, theta)
    printed, value = found.module.e_step(data, theta)
    expected, close = objective(instance), {"rtol": 1e-9, "atol": 1e-9}
    np.testing.assert_allclose(meant, expected, **close, err_msg="interpreter against judge")
    np.testing.assert_allclose(value, expected, **close, err_msg="module against judge")
    new = found.program.m_step(statistics, theta)
    same = found.module.m_step(printed, theta)
    for name, wanted in new.items():
        np.testing.assert_allclose(same[name], wanted, rtol=1e-6, atol=1e-9, err_msg=name)


def check_maximum(found: Judged, instance: Instance, tolerance: float = 1e-6) -> None:
    """The new parameters are a maximum of the judge's Q: no slope, and no gain by a small step."""
    statistics, _ = found.module.e_step(dict(instance.data), dict(instance.parameters))
    new = found.module.m_step(statistics, dict(instance.parameters))
    posterior = reference.clouds(instance)

    def q(theta: Arrays) -> float:
        moved = instance.at(theta)
        return reference.expected_log_joint(posterior, moved) + reference.log_prior(moved)

    check_flat(q, new, found.schema, tolerance, "Q at the new parameters")


def check_flat(
    function: Callable[[Arrays], float],
    theta: Arrays,
    schema: Schema,
    tolerance: float,
    what: str,
) -> None:
    """No slope at theta along any unconstrained coordinate, relative to the curvature there."""
    top = function(theta)
    for name, domain in schema.domains.items():
        line = to_line(domain, theta[name])
        for place in np.ndindex(line.shape):
            up, down = (
                function({**theta, name: _moved(domain, line, place, h, theta[name].shape)})
                for h in (STEP, -STEP)
            )
            slope, bend = (up - down) / (2 * STEP), (up + down - 2 * top) / STEP**2
            scale = 1 + abs(bend)
            assert abs(slope) < tolerance * scale, f"{what}: slope {slope} along {name}{place}"
            assert bend < 1e-3 * scale, f"{what}: curvature {bend} along {name}{place}"


def _moved(
    domain: tuple[str, float, float],
    line: np.ndarray,
    place: tuple[int, ...],
    step: float,
    shape: tuple[int, ...],
) -> np.ndarray:
    moved = line.copy()
    moved[place] += step
    return from_line(domain, moved, shape)


def steps(found: Judged, instance: Instance) -> tuple[EStep, MStep]:
    """E-step and M-step as they are run: a step that need not maximize Q is shortened."""
    data = dict(instance.data)

    def e_step(theta: Arrays) -> tuple[Arrays, float]:
        return found.module.e_step(data, theta)

    exact = found.schema.exact
    return (e_step, found.module.m_step) if exact else rising(e_step, found.module.m_step)


def check_ascent(found: Judged, case: Case, maps: int = 20) -> None:
    """From random parameters the objective never falls."""
    theta = random_parameters(case.model, case.sizes, np.random.default_rng(case.seed + 100))
    e_step, m_step = steps(found, instance_of(case))
    last = -np.inf
    for number in range(maps):
        statistics, value = e_step(theta)
        assert np.isfinite(value), f"the objective is {value} after {number} maps"
        assert value >= last - 1e-9 * (1 + abs(value)), f"a fall of {last - value} in map {number}"
        theta, last = m_step(statistics, theta), value


def converged(found: Judged, instance: Instance) -> Outcome:
    """The end of the iteration from the parameters of the instance."""
    domains = found.schema.domains
    return run_em(
        *steps(found, instance),
        dict(instance.parameters),
        domains,
        accelerate=squarem(domains),
        max_iterations=3000,
    )


def check_stationary(found: Judged, instance: Instance, tolerance: float = 1e-5) -> None:
    """Where the iteration has converged, the judge's objective is flat."""
    outcome = converged(found, instance)
    assert outcome.result == "converged", outcome.advice
    check_flat(
        lambda theta: objective(instance.at(theta)),
        outcome.parameters,
        found.schema,
        tolerance,
        "the objective at the end",
    )
