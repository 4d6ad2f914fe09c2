"""(h) Decoding: no joint state is more probable than the one that is found.

On the small instance log p(x, z) of every joint state z of the discrete latents is known, all else
summed or integrated; the states that each program decodes have the largest.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special

from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared
from autoem.verify.chart import Arrays
from autoem.verify.reference import Cloud

Chosen = tuple[int, ...]


def decode(case: Case) -> Iterator[Obligation]:
    """The states that each program finds against all states."""
    if case.program.decode is None:
        return
    for name, runner in case.runners.items():
        found = runner.decode(case.data, case.theta)
        worst = max(_missed(cloud, found) for cloud in case.posterior)
        yield compared(f"decode: {name}", worst, 1.0, 9, f"{name} = the most probable states")


def _missed(cloud: Cloud, found: Arrays) -> float:
    """How much more probable, on a log scale, other states of a component are."""
    sites = [site for site in cloud.component.hidden if site.variable.name in found]
    weights: dict[Chosen, float] = {}
    for values, logs in cloud.parts:
        key = tuple(int(values[site]) for site in sites)
        weights[key] = np.logaddexp(weights.get(key, -np.inf), special.logsumexp(logs))
    own = tuple(int(found[str(site.variable.name)][site.place]) for site in sites)
    return float(max(weights.values()) - weights[own])
