"""Sums over plates: the summands of a total, the last of which the others determine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.language.construct import Total
from autoem.language.declaration import Latent
from autoem.verify.sites import Assignment, Instance, Site


@dataclass(frozen=True)
class Sum:
    """An observed total and its summands."""

    value: float
    summands: tuple[Site, ...]

    def determines(self, site: Site) -> bool:
        """Whether the others determine the site: it is the last."""
        return self.summands[-1] == site

    def left(self, values: Assignment) -> Any:
        """What the others leave of the total."""
        return self.value - sum(values[other] for other in self.summands[:-1])


def sum_of(instance: Instance, site: Site) -> Sum | None:
    """The observed total that a latent site is a summand of."""
    for observed in instance.declaration.observed:
        law = observed.distribution
        if isinstance(law, Total) and law.latent is site.variable:
            total = Site(observed, tuple(site.at[axis] for axis in observed.plates))
            value = float(instance.known(observed)[total.place])
            return Sum(value, tuple(instance.summands(total, law)))
    return None


def adding_up(instance: Instance, drawn: Mapping[Latent, np.ndarray]) -> dict[Latent, np.ndarray]:
    """Draws of the latents whose summands have the observed totals: the last takes the rest."""
    latents = {latent: np.array(value) for latent, value in drawn.items()}
    for site in instance.sites(Latent):
        total = sum_of(instance, site)
        if total is not None and total.determines(site):
            assert isinstance(site.variable, Latent)
            own = latents[site.variable]
            own[site.place] = total.left({each: own[each.place] for each in total.summands})
    return latents
