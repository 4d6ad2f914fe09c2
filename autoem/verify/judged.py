"""The derived q on the points of the judge: one table for the obligations on the posterior."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from autoem.derive.posterior import Posterior
from autoem.language.declaration import Latent
from autoem.verify.case import Case
from autoem.verify.derived_density import Question, latent_of, log_q
from autoem.verify.evaluate_terms import Meaning
from autoem.verify.reference import Cloud
from autoem.verify.remembered import Remembered
from autoem.verify.sites import Assignment, Instance, Site


@dataclass(frozen=True, eq=False)
class Judged:
    """One joint state of the discrete latents of a component, at all points of its grid.

    `joint` is log p(x, z), `volume` the log of the volume of each point, and `by_latent` has log q
    of each latent, in the order in which the E-step eliminates them.
    """

    latents: Assignment
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

    def states(self, latents: tuple[Latent, ...]) -> tuple[int, ...]:
        """The states, or the cells, of the discrete sites of some latents."""
        chosen = [np.asarray(v) for site, v in self.latents.items() if site.variable in latents]
        return tuple(int(n) for value in chosen if value.dtype.kind == "i" for n in value.ravel())


def judged(case: Case, instance: Instance, posterior: tuple[Cloud, ...]) -> list[list[Judged]]:
    """For every component with latents, its joint states; q is that of the instance."""
    meaning, densities = case.meaning(instance), Remembered(instance)
    return [
        [_judged(case, densities, meaning, cloud, *part) for part in cloud.parts]
        for cloud in posterior
        if cloud.component.hidden
    ]


def _judged(
    case: Case,
    known: Remembered,
    meaning: Meaning,
    cloud: Cloud,
    latents: Assignment,
    logs: np.ndarray,
) -> Judged:
    joint = np.atleast_1d(known.log_p(cloud.component, latents))
    by_latent = {}
    for q in case.derivation.e_step.posteriors:
        densities = [
            np.broadcast_to(
                log_q(
                    Question(q, case.derivation.log_joint, meaning, site, latents, known.instance)
                ),
                joint.shape,
            )
            for site in _sites(cloud, q)
        ]
        by_latent[latent_of(q)] = np.asarray(sum(densities, start=np.zeros(joint.shape)))
    with np.errstate(invalid="ignore"):
        return Judged(latents, joint, np.atleast_1d(logs) - joint, by_latent)


def _sites(cloud: Cloud, q: Posterior) -> Iterator[Site]:
    return (site for site in cloud.component.hidden if site.variable is latent_of(q))
