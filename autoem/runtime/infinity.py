"""Real parameters whose optimum is at infinity: the direction in which they run off.

Where v'd >= 0 for all rows with y = 1 and v'd <= 0 for all others, the likelihood of a logistic
regression rises without end along d: the outcomes are *separated*.  Far out, beta / |beta| is d.
Source: Albert and Anderson (1984), Biometrika 71.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.coordinates import place_name
from autoem.runtime.edges import Place

SMALL, MOST = 1e-4, 12
"""Shares of a direction below this are not named, nor more than so many."""


def direction(name: str, value: np.ndarray) -> str:
    """The direction of a parameter, in shares of its largest entry.

    >>> direction("beta", np.array([-300.0, 600.0, 0.01]))
    'beta[1] - 0.5 beta[0]'
    """
    flat = np.ravel(value)
    order = [i for i in np.argsort(-np.abs(flat), kind="stable") if flat[i] != 0][:MOST]
    first = flat[order[0]]
    words = []
    for i in order:
        share = flat[i] / abs(first)
        if abs(share) >= SMALL:
            entry = place_name(name, np.unravel_index(i, value.shape))
            size = "" if abs(share) == 1 else f"{abs(share):.4g} "
            words.append(f"{'-' if share < 0 else '+'} {size}{entry}")
    return " ".join(words).removeprefix("+ ").replace("- ", "-", 1 if first < 0 else 0)


def run_off(places: Iterable[Place], parameters: Arrays) -> str:
    """What is said of the parameters that run to infinity; nothing where none does."""
    found = [name for name, index in places if index == () and np.ndim(parameters[name])]
    if not found:
        return ""
    along = "; ".join(direction(name, parameters[name]) for name in found)
    return (
        f" The likelihood rises without end along {along}: this separates the outcomes. Give the "
        "parameter a prior, or drop a covariate."
    )
