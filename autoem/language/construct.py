"""Laws of data that are made from other variables: coarsened, summed, truncated, bounded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autoem.language.distribution import Law
from autoem.language.expression import Axis, Expression, bind, is_open, lift
from autoem.language.shape import minus, union


def _lifted(value: Any) -> Expression:
    return value if is_open(value) else lift(value)


@dataclass(frozen=True, eq=False)
class Truncated(Law):
    """A law restricted to an interval."""

    law: Law
    lower: Any = -math.inf
    upper: Any = math.inf

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", _lifted(self.lower))
        object.__setattr__(self, "upper", _lifted(self.upper))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (*self.law.expressions, self.lower, self.upper)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return union(self.law.plates, self.lower.plates, self.upper.plates)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.law.event

    @property
    def category(self) -> Axis | None:
        return self.law.category

    def bind(self, binding: Expression) -> Truncated:
        lower, upper = bind(self.lower, binding), bind(self.upper, binding)
        return Truncated(self.law.bind(binding), lower, upper)


@dataclass(frozen=True, eq=False)
class Aggregate(Law):
    """Groups of cells of a latent, of which only the sum is seen."""

    latent: Any
    groups: Sequence[tuple[int, ...]]

    def __post_init__(self) -> None:
        groups = tuple(tuple(group) for group in self.groups)
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "axis", Axis(size=len(groups)))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.latent,)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return self.latent.plates

    @property
    def event(self) -> tuple[Axis, ...]:
        return (self.axis,) if self.latent.event else ()  # type: ignore[attr-defined]

    @property
    def category(self) -> Axis | None:
        return None if self.latent.event else self.axis  # type: ignore[attr-defined]

    def bind(self, binding: Expression) -> Aggregate:
        return self


@dataclass(frozen=True, eq=False)
class Total(Law):
    """The sum of a latent over some of its plates."""

    latent: Any
    over: Any

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The plates that are summed over."""
        return self.over if isinstance(self.over, tuple) else (self.over,)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.latent,)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return minus(self.latent.plates, self.axes)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.latent.event

    def bind(self, binding: Expression) -> Total:
        return self


@dataclass(frozen=True, eq=False)
class Within(Law):
    """All that is seen of a latent is that it lies between two bounds."""

    latent: Any
    lower: Any = -math.inf
    upper: Any = math.inf

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", _lifted(self.lower))
        object.__setattr__(self, "upper", _lifted(self.upper))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.latent, self.lower, self.upper)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return union(*(expression.plates for expression in self.expressions))

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.latent.event

    def bind(self, binding: Expression) -> Within:
        return self


@dataclass(frozen=True, eq=False)
class Evidence(Law):
    """A known likelihood of each state: `table[z]`."""

    table: Any

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.table,)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return self.table.plates

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.table.event

    def bind(self, binding: Expression) -> Evidence:
        return self


@dataclass(frozen=True, eq=False)
class Tree(Law):
    """A process along the branches of a tree given by the parent of each node."""

    root: Any
    then: Law
    parent: Any

    @property
    def _shape(self) -> Law:
        return self.root if isinstance(self.root, Law) else self.then

    @property
    def expressions(self) -> tuple[Expression, ...]:
        root = self.root.expressions if isinstance(self.root, Law) else ()
        return (*root, *self.then.expressions, self.parent)

    @property
    def plates(self) -> tuple[Axis, ...]:
        laws = (law.plates for law in (self.root, self.then) if isinstance(law, Law))
        return union(*laws, self.parent.plates)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self._shape.event

    @property
    def category(self) -> Axis | None:
        return self._shape.category

    def bind(self, binding: Expression) -> Tree:
        root = self.root.bind(binding) if isinstance(self.root, Law) else self.root
        return Tree(root, self.then.bind(binding), self.parent)
