"""A derivation under examination: its small instance, and what is computed of it once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from autoem.derive.stages import Derivation
from autoem.language.declaration import Latent, Parameter, Variable
from autoem.program.interpret import interpret
from autoem.program.ir import ArrayProgram
from autoem.runtime.gaps import filled
from autoem.runtime.silent import carried
from autoem.verify.chart import Arrays, Chart
from autoem.verify.evaluate_terms import Meaning
from autoem.verify.instance import random_parameters, tiny_instance, with_gaps
from autoem.verify.pointwise import size_of
from autoem.verify.reference import Cloud, clouds, expected_log_joint, log_likelihood, log_prior
from autoem.verify.sites import Instance
from autoem.verify.supports import FAR
from autoem.verify.tiny import tiny_sizes

DRAWN, SINGULAR = 12, 1e-12


class Runner(Protocol):
    """An EM algorithm as code: an interpreted program, or a generated module."""

    def e_step(
        self, data: Arrays, parameters: Arrays, weights: np.ndarray | None = None
    ) -> tuple[Arrays, float]: ...
    def m_step(self, statistics: Arrays, parameters: Arrays) -> Arrays: ...
    def posterior(self, data: Arrays, parameters: Arrays) -> Arrays: ...
    def score(self, data: Arrays, parameters: Arrays) -> Arrays: ...
    def log_likelihood(
        self, data: Arrays, parameters: Arrays, weights: np.ndarray | None = None
    ) -> float: ...
    def decode(self, data: Arrays, parameters: Arrays) -> Arrays: ...


PLAIN = {"simplex": 0.5, "positive": 1.0, "real": 0.0, "zero": 0.0}
"""What is held of a factor of a mean field where nothing else is said."""


@dataclass(frozen=True, eq=False)
class Case:
    """A derivation with its program and its generated module, at a small instance.

    The instance's parameters are the old ones, theta_t; `seed` makes every random choice.
    """

    derivation: Derivation
    program: ArrayProgram
    module: Runner | None = None
    seed: int = 0

    @cached_property
    def interpreter(self) -> Runner:
        """The program, interpreted."""
        return interpret(self.program)

    @property
    def runners(self) -> dict[str, Runner]:
        """The programs that are run, by name."""
        found = {"interpreter": self.interpreter}
        return found if self.module is None else {**found, "generated": self.module}

    @cached_property
    def _drawn(self) -> tuple[Instance, Meaning]:
        """The first of some data sets for which every update has a value in its domain, and not at
        its end, as the mean of counts that are all zero; if there is none, the first of all."""
        found = []
        for seed in range(self.seed, self.seed + DRAWN):
            tiny = tiny_instance(self.derivation.model, seed)
            instance = self.gapped(tiny, np.random.default_rng([seed, 0]))
            found.append((instance, self.meaning(instance)))
            if not any(map(_at_end, self._updates(found[-1][1]))):
                return found[-1]
        return found[0]

    @property
    def instance(self) -> Instance:
        """Simulated data, at parameters theta_t that did not make them."""
        return self._drawn[0]

    @property
    def old(self) -> Meaning:
        """The meaning of the derivation at theta_t."""
        return self._drawn[1]

    def _updates(self, old: Meaning) -> Iterator[tuple[Parameter, np.ndarray]]:
        """Each parameter with its update; what is only handed on has none."""
        for update in self.derivation.m_step.updates:
            if update.rule == "coordinate":
                continue
            for q, value in zip(update.parameters, update.values, strict=True):
                assert isinstance(q.variable, Parameter)
                yield q.variable, _told(q.variable, old.array(value.base))

    @property
    def theta(self) -> Arrays:
        """The old parameters, theta_t."""
        return dict(self.instance.parameters)

    def gapped(self, instance: Instance, generator: np.random.Generator) -> Instance:
        """The instance with gaps where the derivation is made for them."""
        joint = self.derivation.log_joint
        missing = [variable.name for variable in joint.scope.masks]
        incomplete = [quantity.name for quantity in joint.incomplete]
        return with_gaps(instance, missing, incomplete, generator)

    def program_data(self, instance: Instance) -> Arrays:
        """The data of an instance as a program takes them: gaps filled, masks beside them."""
        masked = tuple(self.derivation.log_joint.scope.masks)
        data = dict(instance.data)
        for variable in masked:
            if variable.category is not None:
                codes = np.nan_to_num(data[variable.name], nan=-1)
                data[variable.name] = codes.astype(int)
        lengths = {axis.key: size for axis, size in instance.sizes.items()}
        program = self.program
        every = [array for array in program.data if array.name in program.every]
        data |= {a.name: np.arange(lengths[program.sizes[a.axes[0]]]) for a in every}
        counts = [variable.name for variable in masked if variable.support in ("count", "cells")]
        return filled(data, [variable.name for variable in masked], counts)

    @property
    def data(self) -> Arrays:
        """Givens and observed of the instance, for a program."""
        return self.program_data(self.instance)

    @cached_property
    def posterior(self) -> tuple[Cloud, ...]:
        """The posterior at theta_t, by brute force."""
        return clouds(self.instance)

    @cached_property
    def log_likelihood(self) -> float:
        """l(theta_t), by brute force; with priors the log posterior, but for log p(x)."""
        return sum(cloud.log_likelihood for cloud in self.posterior) + log_prior(self.instance)

    @cached_property
    def updated(self) -> Arrays:
        """The parameters after the derived updates, by their meaning.  An entry of which no data
        speak is as it was: then Q has to be flat in it."""
        values = {parameter.name: value for parameter, value in self._updates(self.old)}
        return {**self.theta, **carried(values, self.theta)[0]}

    @cached_property
    def others(self) -> tuple[Arrays, ...]:
        """Other generic parameters."""
        generator, model = self.generator(1), self.derivation.model
        sizes = tiny_sizes(model)
        return tuple(random_parameters(model, sizes, generator, FAR) for _ in range(4))

    def generator(self, offset: int) -> np.random.Generator:
        """A stream of random numbers for one purpose."""
        return np.random.default_rng([self.seed, offset])

    def meaning(
        self, instance: Instance, latents: Mapping[Latent, np.ndarray] | None = None
    ) -> Meaning:
        """The meaning of the derivation at an instance, with values for the latents."""
        known: dict[Variable, np.ndarray] = {
            v: instance.known(v)
            for v in instance.declaration.variables
            if v.name in instance.data or v.name in instance.parameters
        }
        for held in (held for f in self.derivation.e_step.factors for held in f.held):
            q = held.quantity
            plain = np.full(tuple(size_of(a, instance.sizes) for a in q.axes), PLAIN[held.start])
            known[q.variable] = np.asarray(instance.parameters.get(q.name, plain))
        for noise in (noise for f in self.derivation.e_step.factors for noise in f.noise):
            shape = tuple(size_of(axis, instance.sizes) for axis in noise.axes)
            known[noise.variable] = np.zeros(shape)
        for latent, value in (latents or {}).items():
            known[latent] = value
        return Meaning(known, instance.sizes)

    def surrogate(self, parameters: Arrays) -> float:
        """Q(theta), by the meaning of its terms; a constant may be missing."""
        new = self.meaning(self.instance.at(parameters))
        return Meaning(new.arrays, new.sizes, self.old).total(self.derivation.surrogate.terms)

    def expected(self, parameters: Arrays) -> float:
        """Q(theta) = E[log p(x, z; theta)], by brute force."""
        instance = self.instance.at(parameters)
        return expected_log_joint(self.posterior, instance) + log_prior(instance)

    def likelihood(self, parameters: Arrays) -> float:
        """l(theta), by brute force."""
        instance = self.instance.at(parameters)
        return log_likelihood(instance) + log_prior(instance)

    def chart(self, point: Arrays, *names: str) -> Chart:
        """Coordinates about a point, of all parameters or of those named."""
        chosen: tuple[Parameter, ...] = self.derivation.declaration.parameters
        held = self.derivation.held
        return Chart(tuple(p for p in chosen if not names or p.name in names), point, held)


def _told(parameter: Parameter, value: np.ndarray) -> np.ndarray:
    """The update, unknown where it is 0/0: what reads as a simplex of zeros."""
    if parameter.domain.kind != "simplex":
        return value
    return np.where(value.sum(axis=-1, keepdims=True) == 0, np.nan, value)


def _at_end(update: tuple[Parameter, np.ndarray]) -> bool:
    """Whether a value is unknown, a positive one zero, or a matrix singular."""
    parameter, value = update
    if parameter.domain.kind == "positive_definite":
        value = np.where(np.abs(np.linalg.det(value)) < SINGULAR, 0.0, 1.0)
    ends = parameter.domain.kind in ("positive", "positive_definite")
    return bool(np.isnan(value).any() or (ends and np.any(value == 0)))
