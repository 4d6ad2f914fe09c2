"""Variables: what a model declares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autoem.errors import BadAxes, Place, here
from autoem.language.distribution import Distribution, Law
from autoem.language.domain import Domain
from autoem.language.expression import Axis, Expression, ParentValue, Previous, is_open
from autoem.language.shape import minus

Over = Axis | tuple[Axis, ...]


def axes_of(over: Any) -> tuple[Axis, ...]:
    """The axes of `over=`."""
    axes = over if isinstance(over, tuple) else (over,)
    if not all(isinstance(axis, Axis) for axis in axes):
        raise BadAxes(problem=f"over={over!r} is no axis", write="over=n or over=(n, t)")
    return axes


@dataclass(frozen=True, eq=False)
class Variable(Expression):
    """A declared name."""

    name: str = field(default="", init=False)
    place: Place = field(default_factory=here, init=False)

    @property
    def file(self) -> str:
        return self.place.file

    @property
    def line(self) -> int:
        return self.place.line


@dataclass(frozen=True, eq=False)
class Parameter(Variable):
    """A number or array to be estimated."""

    domain: Domain
    over: Over = ()
    prior: Law | None = field(default=None, kw_only=True)
    fixed: np.ndarray | float | None = field(default=None, kw_only=True)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return axes_of(self.over)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.domain.event


@dataclass(frozen=True, eq=False)
class Given(Variable):
    """Known numbers that are not modeled."""

    domain: Domain
    over: Over = ()

    @property
    def plates(self) -> tuple[Axis, ...]:
        return axes_of(self.over)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.domain.event

    @property
    def category(self) -> Axis | None:
        return self.domain.axis


@dataclass(frozen=True, eq=False)
class Random(Variable):
    """A variable that has a law."""

    distribution: Any
    over: Over = ()

    def __post_init__(self) -> None:
        law = self.distribution
        object.__setattr__(self, "distribution", law.bind(Previous(self)))
        outside = minus(self.distribution.plates, self.plates)
        if outside:
            labels = ", ".join(axis.label for axis in outside)
            raise BadAxes(problem=f"the law has axes ({labels}) not in over=", write="over=...")

    @property
    def plates(self) -> tuple[Axis, ...]:
        return axes_of(self.over)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.distribution.event

    @property
    def category(self) -> Axis | None:
        return self.distribution.category


@dataclass(frozen=True, eq=False)
class Latent(Random):
    """What is not seen."""


@dataclass(frozen=True, eq=False)
class Observed(Random):
    """What is seen."""
