"""Laws: how a variable is distributed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autoem.errors import BadAxes
from autoem.language.expression import Axis, Expression, bind, is_open, lift
from autoem.language.shape import minus, union


class Argument(Protocol):
    """What the language reads of an argument of a family."""

    @property
    def name(self) -> str: ...

    @property
    def domain(self) -> str: ...


class Family(Protocol):
    """What the language reads of a family."""

    @property
    def name(self) -> str: ...

    @property
    def event_rank(self) -> int: ...

    @property
    def support(self) -> str: ...

    @property
    def arguments(self) -> Sequence[Argument]: ...


class Law(ABC):
    """How a variable is distributed: the plates it needs, its event and its category axis."""

    @property
    @abstractmethod
    def plates(self) -> tuple[Axis, ...]: ...

    @property
    @abstractmethod
    def event(self) -> tuple[Axis, ...]: ...

    @property
    def category(self) -> Axis | None:
        return None

    @property
    @abstractmethod
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions that stand in the law."""

    @abstractmethod
    def bind(self, binding: Expression) -> Law:
        """The law with `previous` bound and, for logits, the category axis found."""


RANK = {"simplex": 1, "vector": 1, "matrix": 2}


@dataclass(frozen=True, eq=False)
class Distribution(Law):
    """A family with its arguments."""

    family: Any
    arguments: tuple[tuple[str, Any], ...]
    codes: Axis | None = None

    def __post_init__(self) -> None:
        lifted = tuple((name, lift(value)) for name, value in self.arguments)
        object.__setattr__(self, "arguments", lifted)

    def argument(self, name: str) -> Expression:
        """The argument of that name."""
        return dict(self.arguments)[name]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(value for _, value in self.arguments)

    @property
    def plates(self) -> tuple[Axis, ...]:
        own = (*self.event, *(() if self.category is None else (self.category,)))
        everything = union(*((*value.plates, *value.event) for value in self.expressions))
        return minus(everything, own)

    @property
    def event(self) -> tuple[Axis, ...]:
        rank = self.family.event_rank
        if rank == 0:
            return ()
        axis = self._main_axis()
        return (axis,) * rank

    @property
    def category(self) -> Axis | None:
        if self.family.support != "category":
            return None
        if self.codes is not None:
            return self.codes
        return self._main_axis()

    def _main_axis(self) -> Axis:
        for value in self.expressions:
            if not is_open(value) and value.event:
                return value.event[-1]
        raise BadAxes(problem=f"{self.family.name} needs an event axis", write="Zeros(d)")

    def bind(self, binding: Expression) -> Distribution:
        bound = tuple((name, bind(value, binding)) for name, value in self.arguments)
        return Distribution(self.family, bound, self.codes)


@dataclass(frozen=True, eq=False)
class Switch(Law):
    """One law where the condition holds, another where it does not."""

    condition: Expression
    yes: Law
    no: Law

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.condition, *self.yes.expressions, *self.no.expressions)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return union(self.condition.plates, self.yes.plates, self.no.plates)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.yes.event

    @property
    def category(self) -> Axis | None:
        return self.yes.category

    def bind(self, binding: Expression) -> Switch:
        condition = bind(self.condition, binding)
        return Switch(condition, self.yes.bind(binding), self.no.bind(binding))


@dataclass(frozen=True, eq=False)
class Stationary:
    """The start of a chain in its stationary law."""


@dataclass(frozen=True, eq=False)
class Markov(Law):
    """A chain along the last axis of `over=`."""

    first: Any
    then: Law

    @property
    def _shape(self) -> Law:
        return self.first if isinstance(self.first, Law) else self.then

    @property
    def expressions(self) -> tuple[Expression, ...]:
        first = self.first.expressions if isinstance(self.first, Law) else ()
        return (*first, *self.then.expressions)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return union(*(law.plates for law in (self.first, self.then) if isinstance(law, Law)))

    @property
    def event(self) -> tuple[Axis, ...]:
        return self._shape.event

    @property
    def category(self) -> Axis | None:
        return self._shape.category

    def bind(self, binding: Expression) -> Markov:
        first = self.first.bind(binding) if isinstance(self.first, Law) else self.first
        return Markov(first, self.then.bind(binding))
