"""fit: data and starting values in, the EM iteration in the middle, a `Fit` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from autoem.errors.axis import OutsideAxis
from autoem.errors.data import NoSuchName
from autoem.runtime.alone import assigned
from autoem.runtime.anderson import anderson
from autoem.runtime.arrays import Arrays
from autoem.runtime.by_draws import check_drawn, fit_by_draws, started
from autoem.runtime.condensed import Condensed
from autoem.runtime.coordinates import coordinates
from autoem.runtime.data import Data, read_data
from autoem.runtime.digits import grain_of, real_sizes
from autoem.runtime.domains import check_parameters, check_shares, implied_sizes
from autoem.runtime.em import EStep, MStep, evaluate
from autoem.runtime.fit_result import AT_ONCE, Fit, Result, effort
from autoem.runtime.fixed import declared_fixed, free_parameters, hold
from autoem.runtime.infinity import run_off
from autoem.runtime.information import information
from autoem.runtime.initial import initial_parameters, initial_posterior
from autoem.runtime.leave import leave
from autoem.runtime.observations import observations
from autoem.runtime.options import check_mappings, check_options
from autoem.runtime.order import canonical, permute, permute_place
from autoem.runtime.outcome import Outcome
from autoem.runtime.program import Program
from autoem.runtime.progress import reporter
from autoem.runtime.ragged import by_groups, summed
from autoem.runtime.search import STARTS, Run, better
from autoem.runtime.settle import settle
from autoem.runtime.shorten import rising
from autoem.runtime.sizes import check_tables
from autoem.runtime.squarem import squarem
from autoem.runtime.units import by_units


def fit(
    program: Program,
    data: Any,
    sizes: Mapping[str, int] | None = None,
    *,
    weights: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    start: Mapping[str, Any] | None = None,
    restarts: int = 1,
    seed: int | None = None,
    tol: float = 1e-14,
    max_iterations: int = 10_000,
    accelerate: str | None = "anderson",
    progress: bool | None = None,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    sequence: str | None = None,
) -> Fit:
    """Fit a program to data by EM: theta <- m_step(e_step(theta), theta) until nothing is gained.

    `start` has parameters, or category probabilities of latents, by name; what it leaves out is
    started from the data.  `fixed` has parameters with nan where an entry is free; the M-step is
    derived for them, and maximizes over the others.  The iteration stops when the gain of one plain
    map, and all that can still follow, is below `tol * (1 + |objective|)`, or at the rounding
    floor.  `accelerate` is "anderson", "squarem" or None; `iterations` counts evaluations of the
    map.  The same `seed` gives the same fit (None is 0).  `progress` shows a line; None: if there
    is a terminal.
    Exchangeable categories come in the order of `runtime.order`, unless `start` or `fixed` names
    them.  A point that is no maximum is left, and the advice says so (`runtime.leave`).

    Errors: those of `read_data`; `BadOption`; `OutsideDomain` for a start outside its domain;
    `OutsideAxis` for an index that leaves its axis.
    """
    check_mappings(sizes=sizes, weights=weights, fixed=fixed, start=start, columns=columns)
    check_options(restarts, seed, tol, max_iterations, accelerate, progress)
    given = {**(start or {}), **(fixed or {})}
    schema = program.schema
    entries = declared_fixed(schema.to_dict()) | dict(fixed or {})
    lengths = implied_sizes(schema, entries | given) | dict(sizes or {})
    read = read_data(schema, data, lengths, weights, columns, sequence=sequence)
    check_tables(program.tables, read.sizes)
    held = check_parameters(schema, entries, "fixed", read.sizes)
    if fixed:
        program = program.with_fixed(held)
    program = program.taking(read)
    problem = _Problem(program, read, held, *_split(program, start or {}, read))
    jump = ACCELERATIONS[accelerate](schema.domains) if accelerate else None
    with reporter(progress) as report:
        grain = grain_of(program.plain, read.arrays, read.sizes)
        run = Run(*problem.steps, schema.domains, tol, max_iterations, jump, report, grain)
        try:
            outcome = _best(problem, run, restarts, seed or 0)
        except IndexError as error:
            raise OutsideAxis(model=schema.name, problem=str(error)) from error
        outcome, remark = _left(problem, run, outcome)
        found = _finish(problem, outcome, remark, ordered=not given)
        return settle(found, partial(_again, problem, run))


def _again(problem: _Problem, run: Run, program: Program, parameters: Arrays) -> Fit:
    """A fit of another program of the same model, from given parameters."""
    other = replace(problem, program=program, parameters=parameters, posterior={})
    e_step, m_step = other.steps
    outcome = replace(run, e_step=e_step, m_step=m_step).start(parameters)
    return _finish(other, outcome, "", ordered=False)


ACCELERATIONS = {"anderson": anderson, "squarem": squarem}


@dataclass(frozen=True)
class _Problem:
    """A program with its data, and what the user holds or starts from."""

    program: Program
    data: Data
    fixed: Arrays
    parameters: Arrays  # of start=
    posterior: Arrays  # of start=

    @cached_property
    def arrays(self) -> Arrays:
        """The data as the program takes them."""
        return self.program.arrays(self.data)

    @cached_property
    def weights(self) -> np.ndarray | None:
        """Those of the rows."""
        return self.program.row_weights(self.data)

    @cached_property
    def rows(self) -> Condensed:
        """What an iteration goes through: the data, or fewer rows with the same sums."""
        return self.program.condensed(self.arrays, self.weights)

    @cached_property
    def groups(self) -> tuple[Condensed, ...]:
        """The same, by length, or some groups at a time."""
        if self.program.units is not None:
            return by_units(self.program, self.rows, self.data.sizes)
        return by_groups(self.program.schema, self.program.rows, self.data.lengths, self.rows)

    @property
    def told(self) -> bool:
        """Whether the user says from where to start."""
        whole = [name for name, value in self.fixed.items() if not np.isnan(value).any()]
        known = {*self.parameters, *whole}
        return bool(self.posterior) or known >= set(self.program.schema.domains)

    def state(self, seed: int) -> Arrays:
        """A point with a state, of a program whose latents are parameters."""
        told = self.parameters | {f"held_{name}": soft for name, soft in self.posterior.items()}
        point = started(self.program, self.arrays, self.data.sizes, seed, told)
        return hold(self.program.schema.domains, point, self.fixed)

    def e_step(self, parameters: Arrays) -> tuple[Arrays, float]:
        """Statistics and objective."""
        return summed(self.program.e_step, self.groups, parameters)

    def m_step(self, statistics: Arrays, parameters: Arrays) -> Arrays:
        """The maximizer of Q."""
        return self.program.m_step(statistics, parameters)

    @property
    def steps(self) -> tuple[EStep, MStep]:
        """The two steps as they are run: what does not maximize Q is shortened until it rises."""
        steps, schema = (self.e_step, self.m_step), self.program.schema
        return steps if schema.exact or schema.draws else rising(*steps)

    def propose(self, generator: np.random.Generator, attempt: int) -> Arrays:
        """A starting point: parameters from the data, then one M-step at soft assignments."""
        plain, read, sizes = self.program.plain, self.arrays, self.data.sizes
        first = initial_parameters(plain, read, sizes, generator, attempt) | self.parameters
        first = hold(self.program.schema.domains, first, self.fixed)
        soft = self.posterior
        if not soft and not self.parameters:
            soft = initial_posterior(plain, read, sizes, generator, attempt)
        return assigned(plain, self.program.e_step, self.m_step, read, first, soft, self.weights)


def _split(program: Program, start: Mapping[str, Any], read: Data) -> tuple[Arrays, Arrays]:
    """Parameters and posteriors of `start=`, checked."""
    latents = {v.name: v for v in program.schema.of_kind("latent")}
    soft = {name: value for name, value in start.items() if name in latents}
    hard = {name: value for name, value in start.items() if name not in latents}
    for name in soft:
        if name not in program.expectations:
            known = (*program.schema.domains, *program.expectations)
            raise NoSuchName(name=name, what="start", known=known)
    shares = {name: check_shares(latents[name], value, read.sizes) for name, value in soft.items()}
    return check_parameters(program.schema, hard, "start", read.sizes), shares


def _best(problem: _Problem, run: Run, restarts: int, seed: int) -> Outcome:
    """The best outcome of the restarts; one run where the user says where to start."""
    if problem.program.schema.draws:
        check_drawn(restarts, problem.data.weights)
        return fit_by_draws(problem.program, run, problem.state(seed), seed)
    if problem.told:
        return run.start(problem.propose(np.random.default_rng(seed), 0))
    best: Outcome | None = None
    for restart in range(restarts):
        try:
            seeds = seed + 7919 * restart
            outcome = run.finish(run.screen(problem.propose, seeds, _starts(problem.data)))
        except KeyboardInterrupt:
            if best is None:
                raise
            break
        best = better(best, outcome)
        if outcome.result == "interrupted":
            break
    assert best is not None
    return best


def _starts(data: Data) -> int:
    """Fewer points where a map is dear."""
    return STARTS if data.numbers < 1e5 else STARTS // 2 if data.numbers < 1e6 else STARTS // 4


def _left(problem: _Problem, run: Run, outcome: Outcome) -> tuple[Outcome, str]:
    """Where EM stopped at a point that is no maximum, it is left, and a word said of it."""
    program = problem.program
    if program.score is None or outcome.result != "converged":
        return outcome, ""
    lengths = real_sizes(program.plain, problem.data.arrays, problem.data.sizes)
    near = coordinates(program.schema, outcome.parameters, problem.fixed, lengths)
    if effort(len(near.u), problem.rows.data) > AT_ONCE:
        return outcome, ""
    score = partial(program.score, problem.rows.data, weights=problem.rows.weights)
    found = information(program.schema, outcome.parameters, score, problem.fixed, lengths=lengths)
    rest = replace(run, max_iterations=max(0, run.max_iterations - outcome.iterations))
    return leave(outcome, found, near, lambda at: evaluate(run.e_step, at)[1], rest.start)


def _finish(problem: _Problem, outcome: Outcome, remark: str, ordered: bool) -> Fit:
    """The outcome as a value of its own, categories in canonical order."""
    schema, read = problem.program.schema, problem.data
    if ordered:
        outcome = _reordered(problem, outcome)
    point = {name: np.asarray(value) for name, value in outcome.parameters.items()}
    own = [variable.name for variable in schema.own_parameters]
    # A bound is no log-likelihood, nor is that of draws, and neither is called one.
    return Fit(
        schema=schema,
        parameters={name: point[name] for name in own},
        log_likelihood=problem.program.value(problem.groups, point)
        if schema.likelihood
        else np.nan,
        factors={name: value for name, value in point.items() if name not in own},
        objective=outcome.objective,
        trace=outcome.trace,
        result=Result(outcome.result, remark + outcome.advice + _at_infinity(outcome)),
        iterations=outcome.iterations,
        jumps=outcome.jumps,
        free_parameters=free_parameters(schema, read.sizes, problem.fixed),
        observations=observations(schema, read),
        sizes=read.sizes,
        levels=read.levels,
        missing=read.gaps(schema),
        fixed=problem.fixed,
        edges=outcome.places,
        condensed=problem.rows.remark,
        program=problem.program,
        data=read,
    )


def _at_infinity(outcome: Outcome) -> str:
    """The direction in which real parameters have run off, where they have."""
    return run_off(outcome.places, outcome.parameters) if outcome.result == "boundary" else ""


def _reordered(problem: _Problem, outcome: Outcome) -> Outcome:
    """The same outcome with exchangeable categories in canonical order."""
    schema = problem.program.schema

    def objective(parameters: Arrays) -> float:
        return evaluate(problem.e_step, parameters)[1]

    orders = canonical(schema, outcome.parameters, outcome.objective, objective)
    return replace(
        outcome,
        parameters=permute(schema, outcome.parameters, orders),
        places=tuple(permute_place(schema, place, orders) for place in outcome.places),
        silent=tuple(permute_place(schema, place, orders) for place in outcome.silent),
    )
