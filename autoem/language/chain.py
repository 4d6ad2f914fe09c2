"""Chains and trees: laws in which a variable depends on its own earlier value.

Markov(first, then)           p(z_0) prod over t of p(z_t | z_(t-1)),  t the last axis of over=
Tree(root, then, parent)      p(z_root) prod over v of p(z_v | z_parent(v))
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from autoem.errors import NoStep, NotALaw
from autoem.language.arithmetic import Axis, lift
from autoem.language.distribution import Law, Site, alike
from autoem.language.formula import Expression
from autoem.language.previous import ParentValue, Previous
from autoem.language.shape import contains, union


@final
@dataclass(frozen=True, eq=False, repr=False)
class Stationary(Law):
    """The start of a chain in the law that its transition leaves as it is.

    >>> from autoem.families import Normal
    >>> from autoem.language import previous
    >>> Markov(first=Stationary(), then=Normal(previous / 2, variance=1)).support
    'real'
    """

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return ()

    def settle(self, site: Site) -> Stationary:
        return self


@final
@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Markov(Law):
    """A chain along the last axis of `over=`; in `then`, `previous` is the value a step earlier.

    >>> from autoem.families import Categorical
    >>> from autoem.language import Latent, Parameter, Simplex, previous
    >>> s, t, k = Axis("sequences"), Axis("steps"), Axis("states")
    >>> initial, transition = Parameter(Simplex(k)), Parameter(Simplex(k), over=k)
    >>> chain = Markov(first=Categorical(initial), then=Categorical(transition[previous]))
    >>> Latent(chain, over=(s, t)).category
    Axis('states')
    """

    first: Law
    then: Law

    def __post_init__(self) -> None:
        check_laws("Markov", self.first, self.then)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (*self.first.expressions, *self.then.expressions)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return union(self.first.plates, self.then.plates)

    @property
    def start(self) -> Law:
        """The law that says what the values are: of the first, or of a step if that is tied."""
        return self.then if isinstance(self.first, Stationary) else self.first

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.start.event

    @property
    def category(self) -> Axis | None:
        return self.start.category

    @property
    def support(self) -> str | None:
        return self.start.support

    def settle(self, site: Site) -> Markov:
        if not site.over:
            raise NoStep(
                construct="Markov", reason="runs along the last axis of over=, and it has none"
            )
        first = self.first.settle(site)
        start = self.then if isinstance(first, Stationary) else first
        earlier = Previous(site.variable, start.event, start.category, start.support)
        then = self.then.settle(replace(site, previous=earlier))
        if start is first:
            alike("Markov", (first, then))
        return Markov(first=first, then=then)


@final
@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Tree(Law):
    """A variable along the branches of a tree; in `then`, `previous` is the value at the parent.

    `parent` is a position along the axis of the nodes, -1 at a root.

    >>> from autoem.families import Normal
    >>> from autoem.language import Given, Index, Latent, previous
    >>> node = Axis("species")
    >>> ancestor = Given(Index(node), over=node)
    >>> step = Normal(previous, variance=1)
    >>> Latent(Tree(root=Normal(0, variance=9), then=step, parent=ancestor), over=node).axes
    (Axis('species'),)
    """

    root: Law
    then: Law
    parent: Expression

    def __post_init__(self) -> None:
        check_laws("Tree", self.root, self.then)
        object.__setattr__(self, "parent", lift(self.parent))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return (*self.root.expressions, *self.then.expressions, self.parent)

    @property
    def plates(self) -> tuple[Axis, ...]:
        return union(self.root.plates, self.then.plates, self.parent.plates)

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.root.event

    @property
    def category(self) -> Axis | None:
        return self.root.category

    @property
    def support(self) -> str | None:
        return self.root.support

    def settle(self, site: Site) -> Tree:
        nodes = self.parent.category
        if nodes is None or not contains(self.parent.plates, nodes):
            raise NoStep(construct="Tree", reason="needs for each node the position of its parent")
        if not contains(site.over, nodes):
            raise NoStep(construct="Tree", reason=f"runs along {nodes}, which is not in over=")
        if isinstance(self.root, Stationary):
            raise NoStep(construct="Tree", reason="needs a law of its root, and has Stationary()")
        root = self.root.settle(site)
        above = ParentValue(site.variable, root.event, root.category, root.support)
        then = self.then.settle(replace(site, previous=above))
        alike("Tree", (root, then))
        return Tree(root=root, then=then, parent=self.parent)


def check_laws(construct: str, *laws: object) -> None:
    """The parts of a construct that must be laws are laws."""
    for law in laws:
        if not isinstance(law, Law):
            raise NotALaw(kind=construct, came=law)
