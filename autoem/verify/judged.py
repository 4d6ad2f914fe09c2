"""The derived q on the points of the judge: one table for the obligations on the posterior."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from autoem.derive.posterior import Posterior
from autoem.language.declaration import Latent
from autoem.verify.case import Case
from autoem.verify.derived_density import Question, latent_of, log_q
from autoem.verify.evaluate_terms import Meaning
from autoem.verify.reference import Cloud
from autoem.verify.remembered import Remembered
from autoem.verify.sites import Assignment, Instance, Site
from autoem.verify.tabulated import States, tabulated

LogQ = Callable[[Assignment], np.ndarray]
"""log q of one site, at values of the hidden sites."""


@dataclass(frozen=True, eq=False)
class Judged:
    """One joint state of the discrete latents of a component at all points of its grid; where there
    are only discrete latents, their joint states are the points.

    `joint` is log p(x, z), `volume` the log of the volume of each point, and `by_latent` has log q
    of each latent, in the order in which the E-step eliminates them; `codes` are the states, or the
    cells, of each discrete site, a row for each point.
    """

    codes: Mapping[Site, np.ndarray]
    joint: np.ndarray
    volume: np.ndarray
    by_latent: dict[Latent, np.ndarray]

    @property
    def log_q(self) -> np.ndarray:
        """log q(z), of all latents together."""
        return np.asarray(sum(self.by_latent.values(), start=np.zeros(self.joint.shape)))

    @property
    def weight(self) -> np.ndarray:
        """q(z) times the volume: these add to one over a component."""
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(np.exp(self.log_q + self.volume), nan=0.0)

    def states(self, latents: tuple[Latent, ...]) -> np.ndarray:
        """The codes of some latents side by side, a row for each point."""
        chosen = [codes for site, codes in self.codes.items() if site.variable in latents]
        return np.concatenate([np.zeros((len(self.joint), 1), dtype=int), *chosen], axis=1)


def judged(case: Case, instance: Instance, posterior: tuple[Cloud, ...]) -> list[list[Judged]]:
    """For every component with latents, its joint states; q is that of the instance."""
    meaning, known = case.meaning(instance), Remembered(instance)
    return [
        list(_Derived(case, instance, meaning, cloud).parts(known))
        for cloud in posterior
        if cloud.component.hidden
    ]


@dataclass(frozen=True, eq=False)
class _Derived:
    """The derived q of an instance, on the points of one cloud."""

    case: Case
    instance: Instance
    meaning: Meaning
    cloud: Cloud

    def parts(self, known: Remembered) -> Iterator[Judged]:
        """The joint states of the discrete latents: all at once, or each with its grid."""
        table, states = self.cloud.table, self.cloud.states
        log_joints = self.cloud.log_joint(known)
        if table is not None:
            q = self._by_latent(lambda log_q: tabulated(log_q, states), table.shape)
            yield _judged(_codes(states), next(log_joints), table.ravel(), q)
        for joint, (latents, logs) in zip(log_joints, self.cloud.grids, strict=True):
            q = self._by_latent(partial(_at, latents), joint.shape)
            yield _judged(_fixed(latents, len(joint)), joint, np.atleast_1d(logs), q)

    def _by_latent(
        self, values: Callable[[LogQ], np.ndarray], shape: tuple[int, ...]
    ) -> dict[Latent, np.ndarray]:
        """log q of each latent, that of its sites added up."""
        found: dict[Latent, np.ndarray] = {}
        for q in self.case.derivation.e_step.posteriors:
            total = np.zeros(shape)
            for site in self.cloud.component.hidden:
                if site.variable is latent_of(q):
                    total = total + values(partial(self._log_q, q, site))
            found[latent_of(q)] = total.ravel()
        return found

    def _log_q(self, q: Posterior, site: Site, latents: Assignment) -> np.ndarray:
        joint = self.case.derivation.log_joint
        return log_q(Question(q, joint, self.meaning, site, latents, self.instance))


def _at(latents: Assignment, log_q: LogQ) -> np.ndarray:
    return log_q(latents)


def _judged(
    codes: Mapping[Site, np.ndarray],
    joint: np.ndarray,
    logs: np.ndarray,
    by_latent: dict[Latent, np.ndarray],
) -> Judged:
    with np.errstate(invalid="ignore"):
        return Judged(codes, joint, logs - joint, by_latent)


def _codes(states: States) -> dict[Site, np.ndarray]:
    """The codes of every joint state."""
    places = np.indices([len(each) for each in states.values()]).reshape(len(states), -1)
    return {
        site: np.reshape(each, (len(each), -1))[place]
        for (site, each), place in zip(states.items(), places, strict=True)
    }


def _fixed(latents: Assignment, points: int) -> dict[Site, np.ndarray]:
    """The codes of one joint state; what is continuous has none."""
    values = {site: np.asarray(value) for site, value in latents.items()}
    return {
        site: np.broadcast_to(value.ravel(), (points, value.size))
        for site, value in values.items()
        if value.dtype.kind == "i"
    }
