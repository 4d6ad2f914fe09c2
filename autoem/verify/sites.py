"""A model with numbers, and its random elements one by one.

A *site* is one element of a random variable: z at n = 3.  Its log density reads the sites of its
parents.  Latent sites that meet in one density belong to one *component*; the likelihood is a
product over components, and within one everything is enumerated or integrated together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from autoem.errors.verification import NotJudged
from autoem.language import expression
from autoem.language.construct import Aggregate
from autoem.language.declaration import Latent, Observed, Parameter, Random, Variable
from autoem.language.distribution import Distribution, Law, Switch
from autoem.language.expression import Axis, Expression
from autoem.language.model import Declaration, ModelType
from autoem.verify.densities import DENSITIES
from autoem.verify.pointwise import Place, Pointwise, size_of


class Site(NamedTuple):
    """One element of a random variable."""

    variable: Variable
    place: tuple[int, ...]


Assignment = Mapping[Site, Any]
"""Latent site to its value, or to an array of trial values with the event last."""


@dataclass(frozen=True, eq=False)
class Instance:
    """A model at sizes, data (givens and observed) and parameters, by name."""

    model: ModelType
    sizes: Mapping[Axis, int]
    data: Mapping[str, np.ndarray]
    parameters: Mapping[str, np.ndarray]

    @property
    def declaration(self) -> Declaration:
        """The declaration of the model."""
        return self.model.declaration

    def at(self, parameters: Mapping[str, np.ndarray]) -> Instance:
        """The same data at other parameters."""
        return replace(self, parameters=parameters)

    def known(self, variable: Variable) -> np.ndarray:
        """The array of a parameter, a given or an observed variable."""
        source = self.parameters if isinstance(variable, Parameter) else self.data
        return np.asarray(source[variable.name])

    def places(self, variable: Variable) -> Iterator[tuple[int, ...]]:
        """Every place of a variable, in order."""
        return iter(np.ndindex(*(size_of(axis, self.sizes) for axis in variable.plates)))

    def sites(self, kind: type[Variable]) -> Iterator[Site]:
        """Every element of the random variables of a kind."""
        for variable in self.declaration.variables:
            if isinstance(variable, kind):
                for place in self.places(variable):
                    yield Site(variable, place)

    def reader(self, latents: Assignment) -> Pointwise:
        """The reading of expressions where the latents have these values."""

        def entry(variable: Variable, place: tuple[int, ...], event: tuple[int, ...]) -> Any:
            if isinstance(variable, Latent):
                value, entries = latents[Site(variable, place)], (..., *event)
                return np.asarray(value)[entries] if event else value  # type: ignore[index]
            return self.known(variable)[(*place, *event)]

        return Pointwise(self.sizes, entry)

    def log_density(self, site: Site, latents: Assignment) -> np.ndarray:
        """log p(site | its parents), at these values of the latents."""
        variable, place = site
        at = dict(zip(variable.plates, place, strict=True))
        law = variable.prior if isinstance(variable, Parameter) else _law(variable)
        value = latents[site] if isinstance(variable, Latent) else self.known(variable)[place]
        return _log_density(law, value, at, self.reader(latents))


def _law(variable: Variable) -> Any:
    assert isinstance(variable, Random)
    return variable.distribution


def _log_density(law: Any, value: Any, at: Place, read: Pointwise) -> np.ndarray:
    match law:
        case Distribution():
            arguments = {name: read.event(node, at) for name, node in law.arguments}
            return np.asarray(DENSITIES[law.family.name](value, arguments))
        case Switch(condition, yes, no):
            chosen = yes if read(condition, at) else no
            return _log_density(chosen, value, at, read)
        case Aggregate(latent, groups):
            return _constraint(read.event(latent, at), groups, value)
    raise NotJudged(what=f"the law {type(law).__name__}")


def _constraint(cells: np.ndarray, groups: Any, sums: np.ndarray) -> np.ndarray:
    """Zero where the cells of each group have the observed sum, else minus infinity."""
    if not cells.ndim:
        return np.where(int(cells) in groups[int(sums)], 0.0, -np.inf)
    holds = [
        cells[..., list(group)].sum(axis=-1) == y for group, y in zip(groups, sums, strict=True)
    ]
    return np.where(np.all(holds, axis=0), 0.0, -np.inf)


@dataclass(frozen=True)
class Component:
    """Latent sites that are coupled, and all sites whose density reads one of them."""

    latents: tuple[Site, ...]
    factors: tuple[Site, ...]


def components(instance: Instance) -> tuple[Component, ...]:
    """The components, in the order of their first latent; sites without latents come last, as a
    component that has none."""
    touching = {
        site: tuple(dict.fromkeys(_latents(instance, site)))
        for kind in (Latent, Observed)
        for site in instance.sites(kind)
    }
    group = {site: site for site in instance.sites(Latent)}

    def find(site: Site) -> Site:
        while group[site] != site:
            site = group[site]
        return site

    for latents in touching.values():
        for latent in latents[1:]:
            group[find(latent)] = find(latents[0])
    members: dict[Site | None, list[Site]] = {}
    for site in group:
        members.setdefault(find(site), []).append(site)
    factors: dict[Site | None, list[Site]] = {None: []}
    for site, latents in touching.items():
        factors.setdefault(find(latents[0]) if latents else None, []).append(site)
    coupled = [Component(tuple(members[root]), tuple(factors[root])) for root in members]
    return (*coupled, Component((), tuple(factors[None])))


def _latents(instance: Instance, site: Site) -> Iterator[Site]:
    """The latent sites that the density of a site reads, itself included."""
    variable, place = site
    at = dict(zip(variable.plates, place, strict=True))
    if isinstance(variable, Latent):
        yield site
    law: Law = _law(variable)
    for node in law.expressions:
        yield from _read_by(instance, node, at)


def _read_by(instance: Instance, node: Expression, at: Place) -> Iterator[Site]:
    """The latent sites that an expression may read, whatever the states of the latents."""
    if isinstance(node, Latent):
        ranges = [_positions(instance, axis, at) for axis in node.plates]
        yield from (Site(node, place) for place in product(*ranges))
    elif isinstance(node, expression.Lookup):
        moved = dict(at)
        for axis, index in node.entries:
            inner = list(_read_by(instance, index, at))
            yield from inner
            if inner:
                moved.pop(axis, None)
            else:
                moved[axis] = int(instance.reader({})(index, at))
        yield from _read_by(instance, node.base, moved)
    else:
        for operand in node.operands:
            yield from _read_by(instance, operand, at)


def _positions(instance: Instance, axis: Axis, at: Place) -> range:
    return range(at[axis], at[axis] + 1) if axis in at else range(size_of(axis, instance.sizes))
