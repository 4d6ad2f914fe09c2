"""Sums over plates: the summands of a total, the last of which the others determine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autoem.language.construct import Total
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
