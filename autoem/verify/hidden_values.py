"""The values of a hidden site: states of a discrete one, coordinates of a continuous one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from autoem.errors.verification import NotJudged
from autoem.language.construct import Aggregate, Truncated, Within
from autoem.language.declaration import Observed
from autoem.language.distribution import Distribution
from autoem.verify.lines import SUPPORTS, Line, entries, positive_definite, simplex
from autoem.verify.pointwise import size_of
from autoem.verify.sites import Assignment, Instance, Site
from autoem.verify.totals import sum_of

ENDS = {**SUPPORTS, "count": (0.0, np.inf)}


@dataclass(frozen=True)
class Coordinates:
    """Continuous sites as points of R^D, in order; of a vector with gaps, only the gaps."""

    instance: Instance
    sites: tuple[Site, ...]

    @property
    def size(self) -> int:
        """D."""
        return sum(self._lines(site)[0] for site in self.sites)

    def __call__(self, points: np.ndarray) -> tuple[Assignment, np.ndarray]:
        """The values at points (G, D), events last, and the log of the change of volume (G,)."""
        values: dict[Site, Any] = {}
        log_slope, start = np.zeros(len(points)), 0
        for site in self.sites:
            (size, to), free = self._lines(site), self._free(site).ravel()
            t, start = points[:, start : start + size], start + size
            flat = np.empty((len(points), free.size))
            flat[:, ~free] = self._known(site, values)
            flat[:, free] = to.value(t)
            values[site] = flat.reshape(-1, *_event(self.instance, site))
            log_slope += to.log_slope(t)
        return values, log_slope

    def _lines(self, site: Site) -> tuple[int, Line]:
        """How many coordinates a site has, and the change of variable from them."""
        event = _event(self.instance, site)
        if _support(site) == "simplex":
            return event[0] - 1, simplex(event[0])
        if _support(site) == "positive_definite":
            return event[0] * (event[0] + 1) // 2, positive_definite(event[0])
        return int(self._free(site).sum()), entries(*interval(self.instance, site))

    def _free(self, site: Site) -> np.ndarray:
        """Which entries of the event are unknown."""
        if isinstance(site.variable, Observed):
            return self.instance.gaps(site)
        total = sum_of(self.instance, site)
        determined = total is not None and total.determines(site)
        return np.full(_event(self.instance, site), not determined)

    def _known(self, site: Site, values: Assignment) -> np.ndarray:
        """The entries of the event that are known: seen, or what is left of a sum."""
        if not isinstance(site.variable, Observed):
            total = sum_of(self.instance, site)
            determined = total is not None and total.determines(site)
            return np.asarray(total.left(values))[:, None] if determined and total else np.empty(0)
        value = np.asarray(self.instance.known(site.variable)[site.place])
        return value[~self.instance.gaps(site)]


def interval(instance: Instance, site: Site) -> tuple[float, float]:
    """The ends of the support of a continuous site or a count, and of what is seen of it."""
    support = _support(site)
    if support not in ENDS:
        raise NotJudged(what=f"a latent whose support is {support}")
    lower, upper = ENDS[support]
    read = instance.reader({})
    for law in (instance.law(site), *(o.distribution for o in instance.declaration.observed)):
        seen = isinstance(law, Within) and law.latent is site.variable
        if seen or (law is instance.law(site) and isinstance(law, Truncated)):
            assert isinstance(law, Within | Truncated)
            lower = max(lower, float(read(law.lower, site.at)))
            upper = min(upper, float(read(law.upper, site.at)))
    return lower, upper


def _event(instance: Instance, site: Site) -> tuple[int, ...]:
    return tuple(size_of(axis, instance.sizes) for axis in site.variable.event)


def _support(site: Site) -> str:
    support = site.variable.support
    if support is None:
        raise NotJudged(what=f"the law of {site.variable.name}")
    return support


def states_of(instance: Instance, site: Site) -> list[Any] | None:
    """All values of a discrete site that the observed allow; None for a continuous one, and for a
    count without end."""
    seen = [o for o in instance.declaration.observed if _sums(o, site)]
    support = _support(site)
    if support == "cells" and isinstance(site.variable, Observed):
        return list(_completions(instance, site))
    if seen:
        (observed,) = seen
        sums = instance.known(observed)[site.place]
        law = observed.distribution
        assert isinstance(law, Aggregate)
        if support == "category":
            return list(law.groups[int(sums)])
        return list(_cells(_event(instance, site)[0], law.groups, sums))
    if support == "category":
        assert site.variable.category is not None
        return list(range(size_of(site.variable.category, instance.sizes)))
    if support == "binary":
        return [0, 1]
    total = sum_of(instance, site)
    if support == "count" and total is not None:
        return list(range(int(total.value) + 1))
    if support != "cells" and site.variable.event:
        return None
    lower, upper = interval(instance, site)
    if support == "count" and np.isfinite(upper):
        return list(range(int(np.ceil(lower)), int(upper) + 1))
    return [lower] if lower == upper else None


def is_count(site: Site) -> bool:
    """Whether the values of a site are counts."""
    return _support(site) == "count"


def _sums(observed: Observed, site: Site) -> bool:
    law = observed.distribution
    return isinstance(law, Aggregate) and law.latent is site.variable


def _cells(size: int, groups: Sequence[Sequence[int]], sums: np.ndarray) -> Iterator[np.ndarray]:
    """Every vector of counts whose groups have the given sums.

    >>> [cells.tolist() for cells in _cells(3, ((0, 1), (2,)), np.array([1, 5]))]
    [[0, 1, 5], [1, 0, 5]]
    """
    ways = [list(_compositions(int(y), len(g))) for g, y in zip(groups, sums, strict=True)]
    for chosen in product(*ways):
        cells = np.zeros(size, dtype=int)
        for group, counts in zip(groups, chosen, strict=True):
            cells[list(group)] = counts
        yield cells


def _completions(instance: Instance, site: Site) -> Iterator[np.ndarray]:
    """Every vector of counts with the cells that are seen and the sum of the trials."""
    cells, gaps = np.array(instance.known(site.variable)[site.place]), instance.gaps(site)
    law = instance.law(site)
    assert isinstance(law, Distribution)
    left = instance.reader({})(dict(law.arguments)["trials"], site.at) - np.nansum(cells)
    for counts in _compositions(int(left), int(gaps.sum())):
        cells[gaps] = counts
        yield cells.astype(int)


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write a total as an ordered sum of counts."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
