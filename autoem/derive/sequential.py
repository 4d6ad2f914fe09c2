"""Chains and trees as the log joint reads them: what a step is, and what is before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from autoem.derive.index import Lookup, Read
from autoem.derive.law import Readable, readable
from autoem.derive.scope import Scope
from autoem.errors import NotDerivable
from autoem.graph.factor_graph import Factor
from autoem.language import chain, declaration, distribution
from autoem.language.expression import Axis

Sequential: TypeAlias = chain.Markov | chain.Tree
"""Laws in which a variable depends on its own earlier value."""


def density_of(factor: Factor, law: distribution.Law) -> Readable:
    """The law of a start or of a step: a density, or a choice between two."""
    found = readable(law, factor.name)
    if found is None:
        raise NotDerivable(
            what=f"a chain whose start or step is {type(law).__name__}", where=factor.name
        )
    return found


def upward(factor: Factor, law: chain.Tree, scope: Scope, plates: Mapping[Axis, Read]) -> Lookup:
    """The parent of a node, as a lookup."""
    nodes, parent = factor.variable.plates[-1], law.parent
    if not isinstance(parent, declaration.Given) or parent.plates != (nodes,):
        raise NotDerivable(
            what="a tree whose parent is no Given(Index(node)) along the last axis of over=",
            where=factor.name,
        )
    return Lookup(scope.quantity(parent), tuple(plates[axis] for axis in parent.plates))
