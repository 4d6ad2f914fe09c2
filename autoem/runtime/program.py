"""The algorithm of one model, as the runtime calls it: a schema and a handful of functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema


class EStepFunction(Protocol):
    """Statistics, additive over rows, and the log-likelihood (or bound) at the parameters."""

    def __call__(
        self,
        data: Arrays,
        parameters: Arrays,
        weights: np.ndarray | None = None,
        posterior: Arrays | None = None,
    ) -> tuple[Arrays, float]: ...


class Module(Protocol):
    """What a generated module defines, as far as the runtime calls it."""

    SCHEMA: dict[str, Any]

    def e_step(
        self,
        data: Arrays,
        parameters: Arrays,
        weights: np.ndarray | None = None,
        posterior: Arrays | None = None,
    ) -> tuple[Arrays, float]: ...

    def m_step(self, statistics: Arrays, parameters: Arrays) -> Arrays: ...

    def posterior(self, data: Arrays, parameters: Arrays) -> Arrays: ...


def no_prior(parameters: Arrays) -> float:
    """The log prior of a model without priors."""
    return 0.0


@dataclass(frozen=True)
class Program:
    """An EM algorithm that can be run on data.

    `weights` of the E-step repeat the entries of the program's row axis.  `expectations` say which
    array of the posterior holds the category probabilities of a latent, and in which order of axes:
    latent to (array, axes); these can be handed to the E-step instead of being computed.
    `log_prior` turns the log-likelihood into the objective.  `hooks` are further functions of the
    model by name (`sample`, `information`), for stages above the runtime.
    """

    schema: Schema
    e_step: EStepFunction
    m_step: Callable[[Arrays, Arrays], Arrays]
    posterior: Callable[[Arrays, Arrays], Arrays]
    expectations: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    log_prior: Callable[[Arrays], float] = no_prior
    hooks: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    @staticmethod
    def from_module(module: Module) -> Program:
        """The program of a generated module; its schema may name the `expectations`."""
        plain = module.SCHEMA
        named = {
            name: (array, tuple(axes)) for name, (array, axes) in plain.get(EXPECTED, {}).items()
        }
        schema = Schema.from_dict(plain)
        return Program(schema, module.e_step, module.m_step, module.posterior, named)


EXPECTED = "expectations"
