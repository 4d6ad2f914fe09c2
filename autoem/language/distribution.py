"""Laws: how a variable is distributed.

A law repeats over *plates*, which the variable must have in its `over=`, and gives values with an
*event*; where the values are codes, they are positions along its *category*.  A law is written
before its variable exists.  When the variable is declared, the law is *settled* there: `previous`
is bound, the axes that only the variable knows are found, and everything is checked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar, Protocol, final

from autoem.errors import NoEvent, UnlikeLaws
from autoem.language.agree import check_condition
from autoem.language.arithmetic import Axis, lift
from autoem.language.event import main_axis, with_event
from autoem.language.formula import Expression
from autoem.language.previous import bind
from autoem.language.shape import plates_beside, union


@final
@dataclass(frozen=True)
class Site:
    """Where a law stands: its variable, `over=`, the event of a prior, the value a step earlier."""

    variable: Expression
    over: tuple[Axis, ...]
    event: tuple[Axis, ...] | None = None
    previous: Expression | None = None


class Law(ABC):
    """How a variable is distributed."""

    observes: ClassVar[bool] = False
    """Whether it says what is seen of a latent, and so stands in `Observed` only."""

    @property
    @abstractmethod
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions that stand in it."""

    @abstractmethod
    def settle(self, site: Site) -> Law:
        """The law at its site: bound, completed and checked."""

    @property
    def plates(self) -> tuple[Axis, ...]:
        """The axes that it repeats over."""
        return plates_beside(self.event, [e.shape for e in self.expressions])

    @property
    def event(self) -> tuple[Axis, ...]:
        """The axes of one value."""
        return ()

    @property
    def category(self) -> Axis | None:
        """The axis along which the values are positions, where they are codes."""
        return None

    @property
    def support(self) -> str | None:
        """The kind of its values: real, positive, count, binary, category, simplex, ..."""
        return None

    @property
    def title(self) -> str:
        """Its name, for messages."""
        return type(self).__name__

    def __repr__(self) -> str:
        return f"{self.title}({', '.join(e.label for e in self.expressions if e.label)})"


class Argument(Protocol):
    """What the language reads of an argument of a family."""

    @property
    def name(self) -> str: ...

    @property
    def domain(self) -> str: ...


class Family(Protocol):
    """What the language reads of a family; the families themselves are a layer above."""

    @property
    def name(self) -> str: ...

    @property
    def event_rank(self) -> int: ...

    @property
    def support(self) -> str: ...

    @property
    def arguments(self) -> Sequence[Argument]: ...


@final
@dataclass(frozen=True, eq=False, repr=False)
class Distribution(Law):
    """A family at its arguments; settled, each argument has exactly the event that it must have.

    `axis` is the axis of the event, or of the categories, of a settled distribution.

    >>> from autoem.families import Normal
    >>> Normal(0, variance=2).argument("variance").value
    Fraction(2, 1)
    """

    family: Any
    arguments: tuple[tuple[str, Any], ...]
    axis: Axis | None = None

    def __post_init__(self) -> None:
        lifted = tuple((name, lift(value)) for name, value in self.arguments)
        object.__setattr__(self, "arguments", lifted)

    def argument(self, name: str) -> Expression:
        """The argument of that name."""
        return next(value for key, value in self.arguments if key == name)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(value for _, value in self.arguments)

    @property
    def event(self) -> tuple[Axis, ...]:
        rank = self.family.event_rank
        return (self._axis(),) * rank if rank else ()

    @property
    def category(self) -> Axis | None:
        return self._axis() if self.support == "category" else None

    @property
    def support(self) -> str | None:
        return str(self.family.support)

    @property
    def title(self) -> str:
        return str(self.family.name)

    def settle(self, site: Site) -> Distribution:
        bound = [bind(value, site.previous) for value in self.expressions]
        facts = tuple(self.family.arguments)
        axis = main_axis(self.family, bound, site.over, site.event)
        settled = [
            (fact.name, with_event(self.title, fact, value, axis))
            for fact, value in zip(facts, bound, strict=True)
        ]
        return replace(self, arguments=tuple(settled), axis=axis)

    def _axis(self) -> Axis:
        if self.axis is not None:
            return self.axis
        found = main_axis(self.family, self.expressions, (), None)
        if found is None:
            raise NoEvent(family=self.title)
        return found


CONTINUOUS = ("real", "positive", "nonnegative", "unit", "interval")
WHOLE = ("count", "binary")


def alike(construct: str, laws: Sequence[Law]) -> None:
    """The laws of one variable give values of one kind, with the same event and categories."""

    def values(law: Law) -> tuple[object, ...]:
        kind = law.support
        group = "number" if kind in CONTINUOUS else "count" if kind in WHOLE else kind
        return group, law.event, law.category

    for one, other in pairwise(laws):
        if values(one) != values(other):
            raise UnlikeLaws(construct=construct, one=one.title, other=other.title)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Switch(Law):
    """`where(condition, yes, no)`: one law where the condition holds, another where it does not.

    >>> from autoem.families import Bernoulli, Poisson
    >>> from autoem.language import Latent, where
    >>> barren = Latent(Bernoulli(1 / 4))
    >>> where(barren, Poisson(0), Poisson(3)).support
    'count'
    """

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

    @property
    def support(self) -> str | None:
        return self.yes.support

    def settle(self, site: Site) -> Switch:
        condition = bind(self.condition, site.previous)
        yes, no = self.yes.settle(site), self.no.settle(site)
        alike("where", (yes, no))
        check_condition(condition)
        return Switch(condition, yes, no)
