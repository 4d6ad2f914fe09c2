"""Draws from the laws of a model, each a whole array over the plates of its variable.

The steps of a chain and the nodes of a tree come one after the other: there `previous` is the array
that has the value before at every place, and of the draws only the own step is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.errors.verification import NotSimulated
from autoem.language.chain import Markov, Stationary, Tree
from autoem.language.construct import Aggregate, Total, Truncated
from autoem.language.declaration import Random
from autoem.language.distribution import Distribution, Law, Switch
from autoem.language.evaluate import align, evaluate
from autoem.language.expression import Axis, Expression, Previous, subexpressions
from autoem.verify.pointwise import size_of
from autoem.verify.started import start

MOST_DRAWS = 10_000


@dataclass(frozen=True)
class Draws:
    """The values drawn so far, by variable."""

    values: dict[Any, np.ndarray]
    sizes: dict[Axis, int]
    generator: np.random.Generator

    def draw(self, variable: Random, law: Law) -> np.ndarray:
        """One array of draws over the plates, then the event."""
        match law:
            case Distribution():
                arguments = {name: self._laid(variable, node) for name, node in law.arguments}
                return np.asarray(
                    law.family.sample(self.generator, arguments, self._shape(variable))
                )
            case Switch(condition, yes, no):
                chosen = self._laid(variable, condition) != 0
                chosen = chosen.reshape((*chosen.shape, *[1] * len(variable.event)))
                return np.where(chosen, self.draw(variable, yes), self.draw(variable, no))
            case Aggregate(latent, groups):
                return _aggregated(self.values[latent], groups, bool(latent.event))
            case Total(latent):
                axes = [latent.plates.index(axis) for axis in law.summed]
                return np.asarray(self.values[latent].sum(axis=tuple(axes)))
            case Truncated(inner, lower=lower, upper=upper):
                ends = [self._laid(variable, end) for end in (lower, upper)]
                return self._between(variable, inner, *ends)
            case Markov(first=first, then=then):
                order = ((step, step - 1) for step in range(self._shape(variable)[-1]))
                return self._chained(variable, first, then, order)
            case Tree(root=root, then=then):
                return self._chained(variable, root, then, _order(self._parents(variable, law)))
        raise NotSimulated(what=f"the law {type(law).__name__}", variable=variable.name)

    def _between(
        self, variable: Random, law: Law, lower: np.ndarray, upper: np.ndarray
    ) -> np.ndarray:
        """Draws are repeated where they are outside of the bounds."""
        value = self.draw(variable, law)
        for _ in range(MOST_DRAWS):
            outside = (value < lower) | (value > upper)
            if not outside.any():
                return value
            value = np.where(outside, self.draw(variable, law), value)
        raise NotSimulated(what="bounds that hold almost nothing", variable=variable.name)

    def _chained(
        self, variable: Random, first: Law, then: Law, order: Iterator[tuple[int, int]]
    ) -> np.ndarray:
        """Step by step, each with the step before it, -1 where it is a first one.

        Only that step is drawn, from arrays cut to it, unless positions along the steps count.
        """
        leaves = [n for e in then.expressions for n in subexpressions(e) if not n.operands]
        nodes = [leaf for leaf in leaves if isinstance(leaf, Previous)]
        if isinstance(first, Stationary):
            chain = np.array(self._stationary(variable, then, nodes))
        else:
            chain = np.array(self.draw(variable, first))
        axis, time = len(variable.plates) - 1, variable.plates[-1]
        moving = {v: v.plates.index(time) for v in leaves if v in self.values and time in v.plates}
        others = (n for n in leaves if n not in moving and not isinstance(n, Previous))
        whole = time.size is not None or any(time in (*n.plates, *n.event) for n in others)
        sizes = self.sizes if whole else {**self.sizes, time: 1}
        for step, before in order:
            if before >= 0:
                past = np.take(chain, [before], axis=axis)
                values = self.values | dict.fromkeys(
                    nodes, np.broadcast_to(past, chain.shape) if whole else past
                )
                if not whole:
                    values |= {v: np.take(values[v], [step], axis=a) for v, a in moving.items()}
                drawn = Draws(values, sizes, self.generator).draw(variable, then)
                chain[(slice(None),) * axis + (step,)] = np.take(drawn, step if whole else 0, axis)
        return chain

    def _stationary(self, variable: Random, then: Law, nodes: list[Previous]) -> np.ndarray:
        """Draws from the law that a step leaves as it is."""
        shape = self._shape(variable)

        def step(previous: Any) -> dict[str, np.ndarray]:
            value = np.broadcast_to(previous, (*shape, *np.shape(previous)))
            inner = Draws(
                {**self.values, **dict.fromkeys(nodes, value)}, self.sizes, self.generator
            )
            assert isinstance(then, Distribution)
            return {name: inner._laid(variable, node) for name, node in then.arguments}

        states = None
        if variable.category is not None:
            states = range(size_of(variable.category, self.sizes))
        elif variable.support == "binary":
            states = range(2)
        family, arguments = start(then, states, step)
        return np.asarray(family.sample(self.generator, arguments, shape))

    def _parents(self, variable: Random, law: Tree) -> np.ndarray:
        parents = evaluate(law.parent, self.values, self.sizes)
        if parents.ndim != 1:
            raise NotSimulated(what="trees that differ between plates", variable=variable.name)
        return parents.astype(int)

    def _shape(self, variable: Random) -> tuple[int, ...]:
        return tuple(size_of(axis, self.sizes) for axis in variable.plates)

    def _laid(self, variable: Random, node: Expression) -> np.ndarray:
        """The values of an expression over the plates of the variable, then its event."""
        value = evaluate(node, self.values, self.sizes)
        return align(value, node.shape, (variable.plates, node.event))


def _order(parents: np.ndarray) -> Iterator[tuple[int, int]]:
    """The nodes of a tree with their parents, parents first.

    >>> list(_order(np.array([2, 0, -1])))
    [(2, -1), (0, 2), (1, 0)]
    """
    level = [int(node) for node in np.flatnonzero(parents < 0)]
    while level:
        yield from ((node, int(parents[node])) for node in level)
        level = [int(node) for node in np.flatnonzero(np.isin(parents, level))]


def _aggregated(cells: np.ndarray, groups: Any, counted: bool) -> np.ndarray:
    """Sums of counts in each group, or the group of a category."""
    if counted:
        return np.stack([cells[..., list(group)].sum(axis=-1) for group in groups], axis=-1)
    found = (position * np.isin(cells, group) for position, group in enumerate(groups))
    return np.asarray(sum(found, start=np.zeros(np.shape(cells), dtype=int)))
