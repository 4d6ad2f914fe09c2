"""Log densities of sites, each computed once for the states that it reads.

A sum over all joint states of many sites meets the same few values again and again: the density of
one step of a chain reads two states of the whole path.  So a density is kept by the states that it
reads, and the joint density of a component is the sum of one small table for each of its factors,
each read at the axes that are its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autoem.verify.components import Component
from autoem.verify.sites import Assignment, Instance, Site


@dataclass(frozen=True, eq=False)
class Remembered:
    """The densities of an instance; `known` are those that read nothing but states."""

    instance: Instance
    known: dict[tuple[Site, tuple[int, ...]], np.ndarray] = field(default_factory=dict)

    def log_density(self, component: Component, site: Site, latents: Assignment) -> np.ndarray:
        """log p(site | its parents), as the instance has it."""
        read = tuple(latents[each] for each in component.factors[site])
        if not all(isinstance(value, int) for value in read):
            return self.instance.log_density(site, latents)
        if (site, read) not in self.known:
            self.known[site, read] = self.instance.log_density(site, latents)
        return self.known[site, read]

    def log_p(self, component: Component, latents: Assignment) -> np.ndarray:
        """The log joint density of a component, -inf where it is not defined."""
        total: Any = np.zeros(())
        for site in component.factors:
            total = total + self.log_density(component, site, latents)
        return np.asarray(np.where(np.isnan(total), -np.inf, total))

    def table(self, component: Component, states: Mapping[Site, Sequence[Any]]) -> np.ndarray:
        """The log joint density at every joint state of a component that has nothing else, an axis
        for each site."""
        total = np.zeros([len(each) for each in states.values()])
        for site, read in component.factors.items():
            own = [each for each in states if each in read]
            table = np.empty([len(states[each]) for each in own])
            for place in np.ndindex(table.shape):
                latents = {e: states[e][i] for e, i in zip(own, place, strict=True)}
                table[place] = self.log_density(component, site, latents)
            total = total + table.reshape([len(states[e]) if e in own else 1 for e in states])
        return np.where(np.isnan(total), -np.inf, total)
