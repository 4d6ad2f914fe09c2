"""A model with numbers, and its random elements one by one.

A *site* is one element of a random variable: z at n = 3.  Its log density reads the sites of its
parents.  A site is hidden if it is latent, or if it is a vector of which some cells are missing and
coupled to the others; what else is missing is left out of its density, which integrates to one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from autoem.errors.verification import NotJudged
from autoem.language.chain import Markov, Stationary, Tree
from autoem.language.construct import Aggregate, Evidence, Total, Truncated, Within
from autoem.language.declaration import Latent, Observed, Parameter, Random, Variable
from autoem.language.distribution import Distribution, Law, Switch
from autoem.language.expression import Axis
from autoem.language.model import Declaration, ModelType
from autoem.verify.densities import DENSITIES
from autoem.verify.intervals import log_mass
from autoem.verify.pointwise import Place, Pointwise, size_of
from autoem.verify.started import start


class Site(NamedTuple):
    """One element of a random variable."""

    variable: Variable
    place: tuple[int, ...]

    @property
    def at(self) -> Place:
        """The place by axis."""
        return dict(zip(self.variable.plates, self.place, strict=True))


Assignment = Mapping[Site, Any]
"""Hidden site to its value, or to an array of trial values with the event last."""

Tables = dict[tuple[tuple[str, ...], tuple[bytes, ...]], np.ndarray]
"""The parameters that were read, by name and value, to a density at every joint state."""


@dataclass(frozen=True, eq=False)
class Instance:
    """A model at sizes, data (givens and observed, nan where missing) and parameters, by name.

    `incomplete` names the observed vectors whose missing cells are latents; `tables` are densities
    that are kept for the same data at other parameters.
    """

    model: ModelType
    sizes: Mapping[Axis, int]
    data: Mapping[str, np.ndarray]
    parameters: Mapping[str, np.ndarray]
    incomplete: tuple[str, ...] = ()
    tables: dict[Site, Tables] = field(default_factory=dict, repr=False)

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

    # --- what is not seen ---------------------------------------------------------------------

    def gaps(self, site: Site) -> np.ndarray:
        """Which cells of an observed site are missing."""
        if site.variable.name not in self.data:  # what is seen stands in a law, not in an array
            return np.zeros((), dtype=bool)
        return np.isnan(np.asarray(self.known(site.variable)[site.place], dtype=float))

    def is_hidden(self, site: Site) -> bool:
        """Whether the value of a site is unknown, wholly or in part, and is summed over."""
        if isinstance(site.variable, Latent):
            return True
        return site.variable.name in self.incomplete and bool(self.gaps(site).any())

    def is_absent(self, site: Site) -> bool:
        """Whether an observed site is missing and contributes nothing."""
        observed = isinstance(site.variable, Observed)
        return observed and not self.is_hidden(site) and bool(self.gaps(site).all())

    # --- densities ----------------------------------------------------------------------------

    def reader(self, hidden: Assignment) -> Pointwise:
        """The reading of expressions where the hidden sites have these values."""

        def entry(variable: Variable, place: tuple[int, ...], event: tuple[int, ...]) -> Any:
            if Site(variable, place) in hidden:
                value, entries = hidden[Site(variable, place)], (..., *event)
                return np.asarray(value)[entries] if event else value  # type: ignore[index]
            found = self.known(variable)[(*place, *event)]
            if isinstance(variable, Observed) and np.isnan(found):
                raise NotJudged(what=f"a missing value that others depend on: {variable.name}")
            return found

        return Pointwise(self.sizes, entry)

    def law(self, site: Site) -> Law:
        """The law of one site: of a chain, that of its start or that of a step."""
        variable = site.variable
        law: Any = variable.prior if isinstance(variable, Parameter) else None
        if isinstance(variable, Random):
            law = variable.distribution
        if isinstance(law, Markov):
            return law.then if site.place[-1] else law.first
        if isinstance(law, Tree):
            return law.root if self.reader({})(law.parent, site.at) < 0 else law.then
        assert isinstance(law, Law)
        return law

    def summands(self, total: Site, law: Total) -> list[Site]:
        """The latent sites that an observed total is the sum of, in order."""
        ranges = [
            range(size_of(axis, self.sizes)) if axis in law.summed else [total.at[axis]]
            for axis in law.latent.plates
        ]
        return [Site(law.latent, place) for place in product(*ranges)]

    def log_density(self, site: Site, hidden: Assignment) -> np.ndarray:
        """log p(site | its parents), at these values of the hidden sites."""
        if self.is_absent(site):
            return np.zeros(())
        law, read = self.law(site), self.reader(hidden)
        match law:
            case Stationary():
                return self._log_start(site, hidden)
            case Evidence(table):
                with np.errstate(divide="ignore"):
                    return np.asarray(np.log(read(table, site.at)))
            case Within(latent, lower, upper):
                t = read(latent, site.at)
                inside = (t >= read(lower, site.at)) & (t <= read(upper, site.at))
                return np.where(inside, 0.0, -np.inf)
            case Total():
                parts = [np.asarray(hidden[part], float) for part in self.summands(site, law)]
                off = np.abs(sum(parts) - self.known(site.variable)[site.place])
                return np.where(off <= 1e-9 * (1 + sum(map(np.abs, parts))), 0.0, -np.inf)
        value = hidden[site] if site in hidden else self.known(site.variable)[site.place]
        return _log_density(law, value, site.at, read)

    def _log_start(self, site: Site, hidden: Assignment) -> np.ndarray:
        """log p of the first step of a chain that is stationary, from the law of its steps."""
        variable: Any = site.variable
        law, before = variable.distribution.then, Site(variable, (*site.place[:-1], -1))

        def step(previous: Any) -> dict[str, np.ndarray]:
            read = self.reader({**hidden, before: previous})
            return {name: read.event(node, site.at) for name, node in law.arguments}

        states = None
        if variable.category is not None:
            states = range(size_of(variable.category, self.sizes))
        elif variable.support == "binary":
            states = range(2)
        family, arguments = start(law, states, step)
        value = hidden[site] if site in hidden else self.known(variable)[site.place]
        return _of_seen(family.name, value, arguments)


def _log_density(law: Law, value: Any, at: Place, read: Pointwise) -> np.ndarray:
    match law:
        case Truncated(inner, lower=lower, upper=upper):
            return _truncated(inner, value, (read(lower, at), read(upper, at)), at, read)
        case Distribution():
            arguments = {name: read.event(node, at) for name, node in law.arguments}
            return _of_seen(law.family.name, value, arguments)
        case Switch(condition, yes, no):
            return _log_density(yes if read(condition, at) else no, value, at, read)
        case Aggregate(latent, groups):
            return _constraint(read.event(latent, at), groups, value)
    raise NotJudged(what=f"the law {type(law).__name__}")


def _of_seen(family: str, value: Any, arguments: dict[str, np.ndarray]) -> np.ndarray:
    """The density; of a Gaussian vector with gaps, that of the cells that are seen."""
    seen = ~np.isnan(np.asarray(value, dtype=float))
    if not seen.all():
        if family != "MultivariateNormal":
            raise NotJudged(what=f"partly missing values of {family}")
        mean, cov = arguments["mean"], arguments["cov"]
        arguments = {"mean": mean[..., seen], "cov": cov[..., seen, :][..., seen]}
        value = value[seen]
    return np.asarray(DENSITIES[family](value, arguments))


def _truncated(
    law: Law, value: Any, bounds: tuple[Any, Any], at: Place, read: Pointwise
) -> np.ndarray:
    """The density over the probability of the interval."""
    if not isinstance(law, Distribution):
        raise NotJudged(what=f"a truncated {type(law).__name__}")
    arguments = {name: read.event(node, at) for name, node in law.arguments}
    inside = (value >= bounds[0]) & (value <= bounds[1])
    density = _log_density(law, value, at, read) - log_mass(law.family.name, *bounds, arguments)
    return np.where(inside, density, -np.inf)


def _constraint(cells: np.ndarray, groups: Any, sums: np.ndarray) -> np.ndarray:
    """Zero where the cells of each group have the observed sum, else minus infinity."""
    if not cells.ndim:
        return np.where(int(cells) in groups[int(sums)], 0.0, -np.inf)
    holds = [
        cells[..., list(group)].sum(axis=-1) == y for group, y in zip(groups, sums, strict=True)
    ]
    return np.where(np.all(holds, axis=0), 0.0, -np.inf)
