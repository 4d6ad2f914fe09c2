"""The judge: likelihood and posterior of a small instance by brute force.

    p(x; theta) = product over components of  sum over z of  p(x, z; theta)

where the sum enumerates every joint state of the discrete latents, adds those counts without end
that matter, and integrates the continuous latents by quadrature.  The densities are scipy's, the
expressions are read from the declaration place by place; neither terms nor rules nor programs are
used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from scipy import special

from autoem.errors.verification import NotJudged
from autoem.language.declaration import Parameter
from autoem.verify.components import Component, components
from autoem.verify.hidden_values import Coordinates, interval, is_count, states_of
from autoem.verify.quadrature import MOST_DIMENSIONS, integrate
from autoem.verify.remembered import Remembered
from autoem.verify.sites import Assignment, Instance, Site
from autoem.verify.summation import summed
from autoem.verify.tabulated import States

IMPOSSIBLE = -1e300


@dataclass(frozen=True)
class Cloud:
    """The posterior of one component as weighted points.

    `grids` holds, for each joint state of the discrete latents, the values of all latents (arrays
    over the points of a grid for the continuous ones) and log p(x, z) plus the log of the volume.
    Where there are only discrete latents, `states` are those of each and `table` is log p(x, z) at
    their product.
    """

    component: Component
    grids: tuple[tuple[Assignment, np.ndarray], ...] = ()
    states: States = field(default_factory=dict)
    table: np.ndarray | None = None

    @property
    def parts(self) -> Iterator[tuple[Assignment, np.ndarray]]:
        """The joint states of the discrete latents one by one."""
        if self.table is None:
            yield from self.grids
            return
        for values, logs in zip(product(*self.states.values()), self.table.flat, strict=True):
            yield dict(zip(self.states, values, strict=True)), logs

    @cached_property
    def log_likelihood(self) -> float:
        """log sum_z p(x, z) of the component."""
        if self.table is not None:
            return float(special.logsumexp(self.table))
        return float(special.logsumexp(np.concatenate([np.ravel(logs) for _, logs in self.grids])))

    def log_joint(self, densities: Remembered) -> Iterator[np.ndarray]:
        """log p(x, z) at the points, grid by grid; of the discrete latents all at once."""
        if self.table is not None:
            yield densities.table(self.component, self.states).ravel()
        for latents, _ in self.grids:
            yield np.atleast_1d(densities.log_p(self.component, latents))

    def expectation(self, function: Callable[[Assignment], Any]) -> np.ndarray:
        """E[f(z) | x]; f gets arrays of points and gives values with the points first."""
        total = self.log_likelihood
        result: Any = 0.0
        for latents, logs in self.parts:
            weight = np.atleast_1d(np.exp(logs - total))
            value = np.asarray(function(latents), dtype=float)
            value = np.broadcast_to(value, (len(weight), *value.shape[np.ndim(logs) :]))
            weight = weight.reshape(-1, *[1] * (value.ndim - 1))
            with np.errstate(invalid="ignore"):
                result = result + np.sum(np.where(weight == 0, 0.0, weight * value), axis=0)
        return np.asarray(result)


def clouds(instance: Instance) -> tuple[Cloud, ...]:
    """The posterior of every component."""
    return tuple(_cloud(instance, component) for component in components(instance))


def log_likelihood(instance: Instance) -> float:
    """log p(x; theta), the latents summed and integrated out.

    >>> from autoem.families import Categorical, Normal
    >>> from autoem.language import Axis, Latent, Model, Observed, Parameter, Real, Simplex
    >>> class Two(Model):
    ...     n, k = Axis(), Axis(size=2)
    ...     weight = Parameter(Simplex(k))
    ...     mean = Parameter(Real(), over=k)
    ...     z = Latent(Categorical(weight), over=n)
    ...     x = Observed(Normal(mean[z], variance=1), over=n)
    >>> theta = {"weight": [0.25, 0.75], "mean": [0.0, 1.0]}
    >>> two = Instance(Two, {Two.n: 1}, {"x": np.array([0.5])}, theta)
    >>> bool(np.isclose(log_likelihood(two), -np.log(2 * np.pi) / 2 - 0.125, atol=0, rtol=1e-12))
    True
    """
    return float(sum(cloud.log_likelihood for cloud in clouds(instance)))


def log_prior(instance: Instance) -> float:
    """log p(theta), zero without priors."""
    sites = [s for s in instance.sites(Parameter) if _prior(s) is not None]
    # The prior of an array may be that of each of its entries.
    return sum(float(np.sum(instance.log_density(site, {}))) for site in sites)


def _prior(site: Site) -> Any:
    assert isinstance(site.variable, Parameter)
    return site.variable.prior


def log_joint(instance: Instance, latents: Assignment) -> float:
    """log p(x, z; theta) at one value of every latent."""
    return float(
        sum(
            instance.log_density(site, latents)
            for component in components(instance)
            for site in component.factors
        )
    )


def expected_log_joint(posterior: tuple[Cloud, ...], instance: Instance) -> float:
    """Q(theta) = E[log p(x, z; theta)] under a posterior held fixed."""
    densities = Remembered(instance)
    return sum(_expected(densities, cloud) for cloud in posterior)


def _expected(densities: Remembered, cloud: Cloud) -> float:
    """E[log p] of one component."""
    if cloud.table is None:
        return float(cloud.expectation(lambda latents: densities.log_p(cloud.component, latents)))
    weight = np.exp(cloud.table - cloud.log_likelihood)
    joint = densities.table(cloud.component, cloud.states)
    return float(np.sum(weight[weight > 0] * joint[weight > 0]))


def _cloud(instance: Instance, component: Component) -> Cloud:
    every = {site: states_of(instance, site) for site in component.hidden}
    discrete = {site: states for site, states in every.items() if states is not None}
    continuous = tuple(site for site in component.hidden if site not in discrete)
    densities = Remembered(instance)
    if not continuous:
        return Cloud(component, states=discrete, table=densities.table(component, discrete))
    chosen = product(*discrete.values())
    joint = (dict(zip(discrete, states, strict=True)) for states in chosen)  # may be too many
    return Cloud(
        component, tuple(_part(densities, component, known, continuous) for known in joint)
    )


def _part(
    densities: Remembered, component: Component, states: Assignment, sites: tuple[Site, ...]
) -> tuple[Assignment, np.ndarray]:
    """The points of one joint state of the discrete sites."""
    if any(map(is_count, sites)):
        return _counted(densities, component, states, sites)
    coordinates = Coordinates(densities.instance, sites)

    def log_f(points: np.ndarray) -> np.ndarray:
        values, log_slope = coordinates(points)
        with np.errstate(all="ignore"):
            total = densities.log_p(component, {**states, **values}) + log_slope
        return np.nan_to_num(total, nan=-np.inf)

    origin = np.zeros((1, coordinates.size))
    few = coordinates.size <= MOST_DIMENSIONS
    if few and log_f(origin)[0] < IMPOSSIBLE:  # a summand that is not what its total leaves
        return {**states, **coordinates(origin)[0]}, np.array([-np.inf])
    points, logs = integrate(log_f, coordinates.size)
    return {**states, **coordinates(points)[0]}, logs


def _counted(
    densities: Remembered, component: Component, states: Assignment, sites: tuple[Site, ...]
) -> tuple[Assignment, np.ndarray]:
    """The points of one joint state of the other sites: counts, as many as matter."""
    if not all(map(is_count, sites)):
        raise NotJudged(what="counts without end beside continuous latents")

    def values(points: np.ndarray) -> Assignment:
        return {**states, **dict(zip(sites, points.T, strict=True))}

    lowest = np.array([np.ceil(interval(densities.instance, site)[0]) for site in sites])
    points, logs = summed(lambda n: densities.log_p(component, values(n)), lowest)
    return values(points), logs
