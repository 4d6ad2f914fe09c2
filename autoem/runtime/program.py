"""The algorithm of one model, as the runtime calls it: a schema and a handful of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autoem.errors.data import MissingValues
from autoem.errors.run import OtherFixed
from autoem.errors.tables import OtherTables
from autoem.errors.weights import OtherWeights
from autoem.runtime.arrays import Arrays
from autoem.runtime.condensed import Condensed, condensed
from autoem.runtime.data import Data
from autoem.runtime.dense import check_dense
from autoem.runtime.em import BREAKDOWN
from autoem.runtime.gaps import filled
from autoem.runtime.latents import Told
from autoem.runtime.schema import Schema
from autoem.runtime.weights import weights_along


class EStepFunction(Protocol):
    """Statistics, additive over rows, and the objective at the parameters."""

    def __call__(
        self,
        data: Arrays,
        parameters: Arrays,
        weights: np.ndarray | None = None,
        posterior: Arrays | None = None,
    ) -> tuple[Arrays, float]: ...


class Likelihood(Protocol):
    """The log-likelihood of the data, without the log prior of the parameters."""

    def __call__(
        self, data: Arrays, parameters: Arrays, weights: np.ndarray | None = None
    ) -> float: ...


class Score(Protocol):
    """The gradient of the objective by every parameter."""

    def __call__(
        self, data: Arrays, parameters: Arrays, weights: np.ndarray | None = None
    ) -> Arrays: ...


def no_gaps(names: tuple[str, ...]) -> Program:
    """A generated program takes gaps only where it was generated for them."""
    raise MissingValues(names=names)


def not_sparse(names: tuple[str, ...]) -> Program:
    """A generated program takes the sparse tables that it was generated for, and no others."""
    raise OtherTables(names=names)


def not_fixed(fixed: Arrays) -> Program:
    """A generated program holds the entries that it was generated to hold, and no others."""
    raise OtherFixed(names=tuple(fixed))


def not_weighted(axis: str) -> Program:
    """A generated program has weights inside its sums only where it was generated with them."""
    raise OtherWeights(axis=axis)


@dataclass(frozen=True)
class Program:
    """An EM algorithm that can be run on data.

    `e_step` gives statistics and the objective: the log-likelihood, plus the log prior of the
    parameters where they have one.  `weights` repeat the entries of the program's row axis;
    `repeats` names the data that are weights of another axis, inside the sums.  `units` is the
    axis of groups over which all is additive, where that is not the row axis.
    `expectations` say which array of the posterior holds the category probabilities of a latent,
    and in which order of axes: latent to (array, axes); these can be handed to the E-step instead
    of being computed.  `tables` are the axes of the joint states that the posterior of a
    latent keeps for each row, `sparse` the data that are sparse matrices.  `every`
    names an array 0, 1, ... for each axis that no other array has.
    `score` is the gradient of the objective, from which the information comes.  `decode` gives the
    most probable states by latent, where some are discrete.
    `latents` say which arrays hold the expectations of each latent (`runtime.latents`).  `rows` say
    which arrays have rows, and what an iteration reads of them (`runtime.condensed`); `dense` are
    the axes whose square matrices are inverted (`runtime.dense`).  `hooks` are
    further functions of the model by name (`sample`), for stages above the runtime.  `nodes`
    are those of an objective that is an integral by nodes; `finer` gives the program with twice as
    many, and how much that may change the objective, relative to 1 + |it|.
    """

    schema: Schema
    e_step: EStepFunction
    m_step: Callable[[Arrays, Arrays], Arrays]
    log_likelihood: Likelihood
    posterior: Callable[[Arrays, Arrays], Arrays]
    expectations: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    every: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    with_gaps: Callable[[tuple[str, ...]], Program] = no_gaps
    tables: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sparse: tuple[str, ...] = ()
    with_sparse: Callable[[tuple[str, ...]], Program] = not_sparse
    with_fixed: Callable[[Arrays], Program] = not_fixed
    repeats: Mapping[str, str] = field(default_factory=dict)
    with_weights: Callable[[str], Program] = not_weighted
    units: str | None = None
    score: Score | None = None
    decode: Callable[[Arrays, Arrays], Arrays] | None = None
    latents: Told = field(default_factory=dict)
    rows: Mapping[str, Any] = field(default_factory=dict)
    dense: tuple[str, ...] = ()
    hooks: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    nodes: int = 0
    finer: Callable[[], tuple[Program, float]] | None = None

    @staticmethod
    def from_module(module: Any) -> Program:
        """The program of a generated module; its `SCHEMA` may name the `expectations`."""
        plain = module.SCHEMA
        named = {
            latent: (array, tuple(axes))
            for latent, (array, axes) in plain.get("expectations", {}).items()
        }
        return Program(
            Schema.from_dict(plain),
            module.e_step,
            module.m_step,
            module.log_likelihood,
            module.posterior,
            named,
            plain.get("every", {}),
            tuple(plain.get("gaps", ())),
            tables=plain.get("tables", {}),
            sparse=tuple(plain.get("sparse", ())),
            repeats=plain.get("repeats", {}),
            units=plain.get("units"),
            score=vars(module).get("score"),
            decode=vars(module).get("decode"),
            latents=plain.get("posterior", {}),
            rows=plain.get("rows", {}),
            dense=tuple(plain.get("dense", ())),
        )

    def taking(self, data: Data) -> Program:
        """The program for data with these sparse tables, gaps and weights."""
        program = self if data.sparse == self.sparse else self.with_sparse(data.sparse)
        if not set(data.missing) <= set(program.gaps):
            program = program.with_gaps(tuple(data.missing))
        return program.weighing(data)

    def arrays(self, data: Data) -> Arrays:
        """The data as the functions take them, gaps filled where they may have some, with the
        weights inside of sums and the positions along every axis that no array has.  Errors:
        `TooLargeMatrix`."""
        check_dense(self.dense, data.sizes)
        every = {name: np.arange(data.sizes[axis]) for axis, name in self.every.items()}
        inside = {
            self.repeats[axis]: weight
            for axis, weight in data.weights.items()
            if axis in self.repeats
        }
        counts = [v.name for v in self.schema.of_kind("observed") if v.domain == "count"]
        return filled(data.arrays, self.gaps, counts) | every | inside

    def row_weights(self, data: Data) -> np.ndarray | None:
        """How often each row counts, where that is not inside of sums.

        A schema that tells nothing of weights is that of a program with rows."""
        row = self.schema.row if self.schema.within else next(iter(data.weights), None)
        return weights_along(self.schema, data.arrays, data.weights, row)

    def weighing(self, data: Data) -> Program:
        """The program that takes the weights of the data."""
        for axis in data.weights:
            over_rows = self.schema.row in self.schema.within.get(axis, {self.schema.row: ()})
            if not over_rows and axis not in self.repeats:
                return self.with_weights(axis)
        return self

    def condensed(self, arrays: Arrays, weights: np.ndarray | None = None) -> Condensed:
        """Arrays as the functions take them, of fewer rows with the same sums where that pays."""
        return condensed({"rows": self.rows}, arrays, weights)

    def value(self, parts: Sequence[Condensed], parameters: Arrays) -> float:
        """log p(x) of all parts; minus infinity where it breaks down, as at a collapse."""
        with np.errstate(all="ignore"):
            try:
                value = sum(self.log_likelihood(p.data, parameters, p.weights) for p in parts)
            except BREAKDOWN:
                return -np.inf
        return value if np.isfinite(value) else -np.inf

    @property
    def plain(self) -> dict[str, Any]:
        """The schema as a generated module has it."""
        expected = {
            latent: [array, list(axes)] for latent, (array, axes) in self.expectations.items()
        }
        return self.schema.to_dict() | {"expectations": expected}
