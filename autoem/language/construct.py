"""Laws of what is seen of a latent: a coarsening, a sum, an interval, a likelihood; and truncation.

Truncated(law, lower, upper)     p(x) / P(lower < X < upper) between the bounds
Aggregate(x, groups)             the sum, or the union, of cells of x in each group
Total(z, over)                   the sum of z over some of its plates
Within(t, lower, upper)          the event  lower <= t <= upper
Evidence(table[z])               a likelihood of each state, known as a table
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, final

from autoem.errors import BadBounds, BadGroups, NotALatent, NotAPlate
from autoem.language.agree import names
from autoem.language.arithmetic import Axis, Number, lift
from autoem.language.chain import check_laws
from autoem.language.declaration import Latent, Over
from autoem.language.distribution import Law, Site
from autoem.language.domain import axes_of
from autoem.language.formula import Expression, subexpressions
from autoem.language.previous import bind
from autoem.language.shape import contains, minus, union


def check_bounds(what: str, lower: Expression, upper: Expression) -> None:
    """Literal bounds leave something between them, and are not both infinite."""
    if isinstance(lower, Number) and isinstance(upper, Number):
        nothing = lower.value > upper.value or (what == "Truncated" and lower.value == upper.value)
        if nothing or (lower.value, upper.value) == (-math.inf, math.inf):
            raise BadBounds(what=what, lower=lower.value, upper=upper.value)


def check_latent(construct: str, value: object) -> None:
    """What a construct observes is a latent."""
    if not isinstance(value, Latent):
        came = value.label if isinstance(value, Expression) else repr(value)
        raise NotALatent(construct=construct, came=came or "a number")


@final
@dataclass(frozen=True, eq=False, repr=False)
class Truncated(Law):
    """A law restricted to an interval; an omitted bound is infinite.

    >>> from autoem.families import Normal
    >>> Truncated(Normal(0, variance=1), lower=0).support
    'real'
    """

    law: Law
    lower: Any = field(default=-math.inf, kw_only=True)
    upper: Any = field(default=math.inf, kw_only=True)

    def __post_init__(self) -> None:
        check_laws("Truncated", self.law)
        object.__setattr__(self, "lower", lift(self.lower))
        object.__setattr__(self, "upper", lift(self.upper))
        check_bounds("Truncated", self.lower, self.upper)

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

    @property
    def support(self) -> str | None:
        return self.law.support

    def settle(self, site: Site) -> Truncated:
        lower, upper = bind(self.lower, site.previous), bind(self.upper, site.previous)
        return Truncated(self.law.settle(site), lower=lower, upper=upper)


@dataclass(frozen=True, eq=False, repr=False)
class Seen(Law):
    """What is seen of a latent: of the same shape and support, unless it says otherwise."""

    observes: ClassVar[bool] = True
    latent: Any

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.latent,)

    @property
    def event(self) -> tuple[Axis, ...]:
        return tuple(self.latent.event)

    @property
    def support(self) -> str | None:
        return self.latent.support

    def settle(self, site: Site) -> Self:
        return self


@final
@dataclass(frozen=True, eq=False, repr=False)
class Aggregate(Seen):
    """Groups of cells of a latent, of which only the sums are seen; of codes, only the group.

    >>> from autoem.families import Multinomial
    >>> x = Latent(Multinomial(10, [1 / 2, 1 / 4, 1 / 4]))
    >>> Aggregate(x, groups=[(0, 1), (2,)]).event
    (Axis('2 entries'),)
    """

    groups: Sequence[Sequence[int]]
    axis: Axis = field(init=False)

    def __post_init__(self) -> None:
        check_latent("Aggregate", self.latent)
        groups = checked_groups(self.groups, cells(self.latent))
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "axis", Axis.anonymous(len(groups)))

    @property
    def plates(self) -> tuple[Axis, ...]:
        return tuple(self.latent.plates)

    @property
    def event(self) -> tuple[Axis, ...]:
        return (self.axis,) if self.latent.event else ()

    @property
    def category(self) -> Axis | None:
        return None if self.latent.event else self.axis


def cells(latent: Latent) -> Axis:
    """The axis of the cells of a latent: of its categories, or of its one event axis."""
    if latent.category is not None:
        return latent.category
    if len(latent.event) != 1:
        raise BadGroups(reason=f"{latent.label} has no cells")
    return latent.event[0]


def checked_groups(groups: Any, axis: Axis) -> tuple[tuple[int, ...], ...]:
    """Groups of positions along an axis, none in two groups."""
    if not isinstance(groups, list | tuple) or not all(isinstance(g, list | tuple) for g in groups):
        raise BadGroups(reason=f"{groups!r} is no list of tuples")
    flat = [position for group in groups for position in group]
    if not groups or not all(groups):
        raise BadGroups(reason="a group is empty")
    for position in flat:
        if not isinstance(position, int) or position < 0:
            raise BadGroups(reason=f"{position!r} is no position")
        if axis.size is not None and position >= axis.size:
            raise BadGroups(reason=f"there are {axis.size} cells, and no cell {position}")
        if flat.count(position) > 1:
            raise BadGroups(reason=f"cell {position} is in two of them")
    return tuple(tuple(group) for group in groups)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Total(Seen):
    """The sum of a latent over some of its plates.

    >>> from autoem.families import Poisson
    >>> n, b = Axis("detectors"), Axis("boxes")
    >>> Total(Latent(Poisson(1), over=(n, b)), over=b).plates
    (Axis('detectors'),)
    """

    over: Over

    def __post_init__(self) -> None:
        check_latent("Total", self.latent)
        object.__setattr__(self, "over", axes_of("over=", self.over))
        for axis in self.summed:
            if not contains(self.latent.plates, axis):
                plates = names(self.latent.plates)
                raise NotAPlate(latent=self.latent.label, axis=str(axis), plates=plates)

    @property
    def summed(self) -> tuple[Axis, ...]:
        """The plates that are summed over."""
        return axes_of("over=", self.over)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return minus(self.latent.plates, self.summed)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Within(Seen):
    """All that is seen of a latent is that it lies between two bounds; equal bounds are exact.

    >>> from autoem.families import Exponential
    >>> n = Axis("patients")
    >>> survival = Latent(Exponential(rate=1), over=n)
    >>> Within(survival, lower=2).plates
    (Axis('patients'),)
    """

    lower: Any = -math.inf
    upper: Any = math.inf

    def __post_init__(self) -> None:
        check_latent("Within", self.latent)
        object.__setattr__(self, "lower", lift(self.lower))
        object.__setattr__(self, "upper", lift(self.upper))
        check_bounds("Within", self.lower, self.upper)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.latent, self.lower, self.upper)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Evidence(Law):
    """A known likelihood of each state of a latent.

    >>> from autoem.families import Categorical
    >>> from autoem.language import Given, NonNegative, Ones
    >>> n, k = Axis("reads"), Axis("transcripts")
    >>> table = Given(NonNegative(), over=(n, k))
    >>> z = Latent(Categorical(Ones(k) / 3), over=n)
    >>> Evidence(table[z]).plates
    (Axis('reads'),)
    """

    observes: ClassVar[bool] = True
    table: Expression

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", lift(self.table))
        if not any(isinstance(node, Latent) for node in subexpressions(self.table)):
            raise NotALatent(construct="Evidence", came=self.table.label or "a number")

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (self.table,)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.table.event

    def settle(self, site: Site) -> Evidence:
        return self
