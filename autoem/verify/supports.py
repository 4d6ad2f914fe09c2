"""Ends of supports: parameters that generic values would put inside the data.

An instance is seen at parameters that did not make its data, and has no likelihood where an end of
the support leaves a row out.  So ends lie apart, and farther out where data are only seen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.language.declaration import Parameter, Random
from autoem.language.distribution import Distribution, Law, Switch
from autoem.language.expression import Lookup
from autoem.language.model import ModelType

NEAR, FAR = 1.0, 4.0
"""How far out ends lie: of the parameters that make data, and of those at which data are seen."""


def ends_of(model: ModelType) -> dict[Parameter, str]:
    """The parameters that are ends of a support: least or greatest of what is in it."""
    found: dict[Parameter, str] = {}
    for variable in model.declaration.variables:
        if isinstance(variable, Random):
            for law in _densities(variable.distribution):
                for name, side in law.family.ends.items():
                    end = law.argument(name)
                    base = end.base if isinstance(end, Lookup) else end
                    if isinstance(base, Parameter):
                        found[base] = side
    return found


def _densities(law: Law) -> Iterator[Distribution]:
    if isinstance(law, Distribution):
        yield law
    elif isinstance(law, Switch):
        for branch in (law.yes, law.no):
            yield from _densities(branch)


def end(
    side: str, parameter: Parameter, value: np.ndarray, reach: float, generator: np.random.Generator
) -> np.ndarray:
    """A generic end, on its side of zero; of what is positive, on its side of one."""
    kind = parameter.domain.kind
    if kind not in ("real", "positive", "nonnegative"):
        return value
    far = reach * (1 + np.exp(generator.normal(0, 0.2, value.shape)))
    if side == "greatest":
        return np.asarray(far)
    return np.asarray(-far if kind == "real" else 1 / far)
