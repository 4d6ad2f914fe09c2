"""Log densities of sites, each computed once for the states and the parameters that it reads.

The joint density of a component is the sum of one small table for each of its factors, each read at
the axes that are its own.  An instance is asked again and again at other parameters, of which most
are often the same: a table is kept with the parameters that were read for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from autoem.verify.components import Component
from autoem.verify.sites import Assignment, Instance, Site
from autoem.verify.tabulated import States, tabulated

KEPT = 8
"""How many tables of a site are kept, for as many values of the parameters that it reads."""


@dataclass(frozen=True, eq=False)
class _Noted(Mapping[str, np.ndarray]):
    """Parameters, and which of them were read."""

    arrays: Mapping[str, np.ndarray]
    read: dict[str, None] = field(default_factory=dict)

    def __getitem__(self, name: str) -> np.ndarray:
        self.read[name] = None
        return self.arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


@dataclass(frozen=True, eq=False)
class Remembered:
    """The densities of an instance; `known` are those that read nothing but states."""

    instance: Instance
    known: dict[tuple[Site, tuple[int, ...]], np.ndarray] = field(default_factory=dict)
    numbers: dict[str, bytes] = field(default_factory=dict)

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
        total = np.zeros(())
        for site in component.factors:
            total = total + self.log_density(component, site, latents)
        return np.asarray(np.where(np.isnan(total), -np.inf, total))

    def table(self, component: Component, states: States) -> np.ndarray:
        """The log joint density at every joint state of a component that has nothing else, an axis
        for each site."""
        total = np.zeros([len(each) for each in states.values()])
        for site in component.factors:
            total = total + self._table(site, states)
        return np.where(np.isnan(total), -np.inf, total)

    def _table(self, site: Site, states: States) -> np.ndarray:
        """The density of one site at every joint state of a component."""
        kept = self.instance.tables.setdefault(site, {})
        for names, numbers in kept:
            if all(self._bytes(n) == b for n, b in zip(names, numbers, strict=True)):
                return kept[names, numbers]
        noted = _Noted(self.instance.parameters)
        asked = replace(self.instance, parameters=noted)
        found = tabulated(lambda latents: asked.log_density(site, latents), states)
        if len(kept) >= KEPT:
            del kept[next(iter(kept))]
        names = tuple(noted.read)
        kept[names, tuple(self._bytes(name) for name in names)] = found
        return found

    def _bytes(self, name: str) -> bytes:
        """A parameter as something to compare."""
        if name not in self.numbers:
            self.numbers[name] = np.asarray(self.instance.parameters[name]).tobytes()
        return self.numbers[name]
