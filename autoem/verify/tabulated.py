"""A function of hidden states as a table, asked once for each thing that it tells apart.

A sum over all joint states of many sites meets the same few values again and again: the density of
one step of a chain reads two states of the whole path.  So a function is given states one by one,
as it asks for them: where it asks for a site, each state of that site is one branch, and what it
never asks for it cannot depend on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.verify.sites import Assignment, Site

States = Mapping[Site, Sequence[Any]]


class _Asked(Exception):
    """The state of this site is read, and not yet chosen."""

    def __init__(self, site: Site) -> None:
        self.site = site


@dataclass(frozen=True, eq=False)
class _Chosen(Mapping[Site, Any]):
    """The hidden sites, of which some have a state by now."""

    states: States
    known: Assignment

    def __getitem__(self, site: Site) -> Any:
        if site in self.known:
            return self.known[site]
        if site in self.states:
            raise _Asked(site)
        raise KeyError(site)

    def __contains__(self, site: object) -> bool:
        return site in self.states

    def __iter__(self) -> Iterator[Site]:
        return iter(self.states)

    def __len__(self) -> int:
        return len(self.states)


def tabulated(function: Callable[[Assignment], Any], states: States) -> np.ndarray:
    """The function at every joint state, an axis for each site; of length one where it does not
    depend on it.

    >>> from autoem.families import Bernoulli
    >>> from autoem.language import Axis, Latent
    >>> z = Latent(Bernoulli(0.5), over=Axis())
    >>> states = {Site(z, (place,)): (0, 1) for place in range(3)}
    >>> tabulated(lambda known: 5 + known[Site(z, (1,))], states)
    array([[[5.],
            [6.]]])
    """
    branches = list(_branches(function, states, {}))
    read = {site for known, _ in branches for site in known}
    table = np.empty([len(each) if site in read else 1 for site, each in states.items()])
    for known, value in branches:
        table[tuple(known.get(site, slice(None)) for site in states)] = value
    return table


def _branches(
    function: Callable[[Assignment], Any], states: States, places: Mapping[Site, int]
) -> Iterator[tuple[Mapping[Site, int], Any]]:
    """The places of the states that the function asks for, and its value there."""
    known = {site: states[site][place] for site, place in places.items()}
    try:
        value = function(_Chosen(states, known))
    except _Asked as asked:
        for place in range(len(states[asked.site])):
            yield from _branches(function, states, {**places, asked.site: place})
    else:
        yield places, value
