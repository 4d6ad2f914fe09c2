"""initialize and fit of a generated module: the same search as the library's, on plain arrays.

The library checks what the user gives before it comes here; a generated module takes arrays as they
are: float, codes from 0, axes `over=` in order and then the event's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.condensed import condensed
from autoem.runtime.definite import cholesky
from autoem.runtime.digits import grain_of
from autoem.runtime.em import Accelerate, MStep
from autoem.runtime.fixed import declared_fixed, hold
from autoem.runtime.initial import initial_parameters, initial_posterior
from autoem.runtime.outcome import Outcome
from autoem.runtime.search import Run
from autoem.runtime.shorten import rising

# --- standalone: begin
FullEStep = Callable[[Arrays, Arrays, np.ndarray | None, Arrays | None], tuple[Arrays, float]]
"""data, parameters, weights, posterior -> statistics, objective."""


def starting_point(
    schema: Mapping[str, Any],
    e_step: FullEStep,
    m_step: MStep,
    data: Arrays,
    sizes: Mapping[str, int],
    generator: np.random.Generator,
    attempt: int = 0,
    weights: np.ndarray | None = None,
) -> Arrays:
    """One asymmetric point at the scale of the data: an M-step at soft assignments of the rows.

    Without categories, or where that M-step breaks down, the parameters that it began with.
    """
    domains, fixed = domains_of(schema), declared_fixed(schema)
    first = hold(domains, initial_parameters(schema, data, sizes, generator, attempt), fixed)
    soft = initial_posterior(schema, data, sizes, generator, attempt)
    return assigned(schema, e_step, m_step, data, first, soft, weights)


def assigned(
    schema: Mapping[str, Any],
    e_step: FullEStep,
    m_step: MStep,
    data: Arrays,
    first: Arrays,
    soft: Arrays,
    weights: np.ndarray | None = None,
) -> Arrays:
    """The M-step at category probabilities `soft` (plates, then category), from `first`."""
    axes = {v["name"]: (*v.get("plates", ()), v.get("category")) for v in schema["variables"]}
    given: Arrays = {}
    for latent, (name, order) in schema.get("expectations", {}).items():
        if latent in soft:
            given[name] = np.transpose(soft[latent], [axes[latent].index(axis) for axis in order])
    if not given:
        return first
    with np.errstate(all="ignore"):
        try:
            moved = m_step(e_step(data, first, weights, given)[0], first)
        except np.linalg.LinAlgError:
            return first
    return moved if all(_inside(*item, domains_of(schema)) for item in moved.items()) else first


def _inside(name: str, value: np.ndarray, domains: Mapping[str, Domain]) -> bool:
    """Whether all is finite, and no scale is zero."""
    kind = domains[name][0]
    if kind == "positive_definite":
        return bool(np.isfinite(cholesky(value)).all())
    return bool(np.isfinite(value).all() and (kind != "positive" or np.all(value > 0)))


def domains_of(schema: Mapping[str, Any]) -> dict[str, Domain]:
    """Parameter to kind, lower and upper end of its domain."""
    return {
        v["name"]: (v["domain"], v.get("lower", -np.inf), v.get("upper", np.inf))
        for v in schema["variables"]
        if v["kind"] == "parameter"
    }


def lengths_of(schema: Mapping[str, Any], *arrays: Arrays) -> dict[str, int]:
    """Axis to length, as the shapes of the arrays and the largest codes tell."""
    lengths: dict[str, int] = dict(schema.get("sizes", {}))
    codes: dict[str, int] = {}
    for variable in schema["variables"]:
        for values in arrays:
            if variable["name"] in values:
                value = np.asarray(values[variable["name"]])
                axes = (*variable.get("plates", ()), *variable.get("event", ()))
                lengths = dict(zip(axes, value.shape, strict=True)) | lengths
                if variable.get("category") and value.size:
                    axis = variable["category"]
                    codes[axis] = max(codes.get(axis, 0), int(value.max()) + 1)
    return codes | lengths


def fit_alone(
    schema: Mapping[str, Any],
    e_step: FullEStep,
    m_step: MStep,
    data: Arrays,
    sizes: Mapping[str, int] | None = None,
    weights: np.ndarray | None = None,
    start: Arrays | None = None,
    seed: int = 0,
    tol: float = 1e-14,
    max_iterations: int = 10_000,
    accelerate: Accelerate | None = None,
) -> Outcome:
    """EM from `start`, or from the best of several starting points; see `run_em`."""
    rows, domains, fixed = (
        condensed(schema, data, weights),
        domains_of(schema),
        declared_fixed(schema),
    )

    def expect(parameters: Arrays) -> tuple[Arrays, float]:
        return e_step(rows.data, parameters, rows.weights, None)

    steps = (expect, m_step) if schema.get("exact", True) else rising(expect, m_step)
    lengths = lengths_of(schema, data, start or {}) | dict(sizes or {})
    grain = grain_of(schema, data, lengths)
    run = Run(*steps, domains, tol, max_iterations, accelerate, grain=grain)
    if start is not None:
        return run.start(hold(domains, start, fixed))

    def propose(generator: np.random.Generator, attempt: int) -> Arrays:
        return starting_point(schema, e_step, m_step, data, lengths, generator, attempt, weights)

    return run.finish(run.screen(propose, seed))


# --- standalone: end
