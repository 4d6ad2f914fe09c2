"""Variables: what a model declares.

    Parameter(domain, over)       theta, to be estimated       Latent(law, over)      not seen
    Given(domain, over)           known and not modeled        Observed(law, over)    seen

A variable has an array of values with the axes of `over=` in order, then its event axes.  Its name
is the one that the class body binds it to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import numpy as np

from autoem.errors import (
    BadFixed,
    BadPrior,
    NotADomain,
    NotALaw,
    OnlyObserved,
    Place,
    RepeatedAxis,
    UncoveredAxes,
    here,
)
from autoem.language.agree import names
from autoem.language.arithmetic import Axis, Node
from autoem.language.distribution import Law, Site
from autoem.language.domain import Domain, axes_of
from autoem.language.formula import Expression, subexpressions
from autoem.language.shape import contains, minus

Over: TypeAlias = Axis | tuple[Axis, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Variable(Node):
    """A declared name; it stands at `place` in the user's program.

    >>> from autoem.language import Real
    >>> Parameter(Real()).place.source
    'Parameter(Real()).place.source'
    """

    name: str = field(default="", init=False)
    place: Place = field(default_factory=here, init=False)

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of its array of values: of `over=`, then of the event."""
        return (*self.plates, *self.event)

    @property
    def operands(self) -> tuple[Expression, ...]:
        return ()

    @property
    def file(self) -> str:
        """The file of its declaration."""
        return self.place.file

    @property
    def line(self) -> int:
        """The line of its declaration."""
        return self.place.line

    @property
    def label(self) -> str:
        return self.name or f"a {type(self).__name__.lower()}"


@dataclass(frozen=True, eq=False, repr=False)
class Quantity(Variable):
    """A variable that has a domain and no law."""

    domain: Domain
    over: Over = ()

    def __post_init__(self) -> None:
        if not isinstance(self.domain, Domain):
            raise NotADomain(kind=type(self).__name__, came=self.domain)
        object.__setattr__(self, "over", axes_of("over=", self.over))

    @property
    def plates(self) -> tuple[Axis, ...]:
        return axes_of("over=", self.over)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.domain.event

    @property
    def category(self) -> Axis | None:
        return self.domain.axis

    @property
    def support(self) -> str | None:
        return self.domain.kind


@final
@dataclass(frozen=True, eq=False, repr=False)
class Given(Quantity):
    """Known numbers that are not modeled: covariates, positions, hyperparameters.

    >>> i, p = Axis("rows"), Axis("covariates")
    >>> from autoem.language import Real
    >>> Given(Real(p), over=i).axes
    (Axis('rows'), Axis('covariates'))
    """


@final
@dataclass(frozen=True, eq=False, repr=False)
class Parameter(Quantity):
    """Numbers to be estimated; with a prior the estimate is that of highest posterior density.

    `fixed` holds entries: an array of the parameter's axes, nan where it is free.

    >>> from autoem.language import Positive
    >>> Parameter(Positive(), fixed=2.0).fixed
    array(2.)
    """

    prior: Law | None = field(default=None, kw_only=True)
    fixed: Any = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        Quantity.__post_init__(self)
        if self.prior is not None:
            object.__setattr__(self, "prior", settled_prior(self, self.prior))
        if self.fixed is not None:
            object.__setattr__(self, "fixed", np.asarray(self.fixed, dtype=float))
            if self.fixed.ndim not in (0, len(self.axes)):
                raise BadFixed(expected=len(self.axes), came=self.fixed.ndim)


@dataclass(frozen=True, eq=False, repr=False)
class Random(Variable):
    """A variable that has a law."""

    distribution: Law
    over: Over = ()

    def __post_init__(self) -> None:
        kind, over = type(self).__name__, axes_of("over=", self.over)
        object.__setattr__(self, "over", over)
        if not isinstance(self.distribution, Law):
            raise NotALaw(kind=kind, came=self.distribution)
        law = self.distribution.settle(Site(self, over))
        object.__setattr__(self, "distribution", law)
        if law.observes and not isinstance(self, Observed):
            raise OnlyObserved(construct=law.title)
        check_covered(law, kind, over)
        for place, axis in enumerate(over):
            if contains((*over[:place], *law.event), axis):
                raise RepeatedAxis(what=f"this {kind}", axis=str(axis))

    @property
    def plates(self) -> tuple[Axis, ...]:
        return axes_of("over=", self.over)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.distribution.event

    @property
    def category(self) -> Axis | None:
        return self.distribution.category

    @property
    def support(self) -> str | None:
        return self.distribution.support


@final
@dataclass(frozen=True, eq=False, repr=False)
class Latent(Random):
    """What is not seen: labels, effects, hidden states, missing numbers.

    >>> from autoem.families import Categorical
    >>> from autoem.language import Simplex
    >>> n, k = Axis("rows"), Axis("groups")
    >>> z = Latent(Categorical(Parameter(Simplex(k))), over=n)
    >>> z.plates, z.category
    ((Axis('rows'),), Axis('groups'))
    """


@final
@dataclass(frozen=True, eq=False, repr=False)
class Observed(Random):
    """What is seen: data, with nan where a value is missing.

    >>> from autoem.families import MultivariateNormal
    >>> from autoem.language import Identity
    >>> n, d = Axis("rows"), Axis("features")
    >>> Observed(MultivariateNormal(0, cov=Identity(d)), over=n).axes
    (Axis('rows'), Axis('features'))
    """


def settled_prior(parameter: Parameter, prior: Law) -> Law:
    """The prior at its parameter: of the same event, and a law of numbers that are not random."""
    if not isinstance(prior, Law):
        raise NotALaw(kind="prior=", came=prior)
    event, axes = parameter.event, parameter.axes
    law = prior.settle(Site(parameter, axes, event=event))
    if law.observes or law.category is not None:
        raise BadPrior(reason=f"{law.title} is a law of data")
    if law.event not in ((), event):
        raise BadPrior(reason=f"{law.title} has the event {names(law.event)}, not {names(event)}")
    if not law.event and parameter.domain.kind in ("simplex", "positive_definite"):
        raise BadPrior(reason=f"{law.title} is a law of single numbers")
    mentioned = (node for e in law.expressions for node in subexpressions(e))
    if any(isinstance(node, Random) for node in mentioned):
        raise BadPrior(reason="it mentions a variable that is not known before the data")
    check_covered(law, "the parameter", axes)
    return law


def check_covered(law: Law, what: str, over: tuple[Axis, ...]) -> None:
    """The variable repeats over all plates of its law."""
    for axis in minus(law.plates, over):
        argument = next((e.label for e in law.expressions if contains(e.plates, axis)), law.title)
        outside = names(minus(law.plates, over))
        raise UncoveredAxes(what=what, argument=argument, axes=outside, over=names(over))
