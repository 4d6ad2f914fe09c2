"""What the data can tell: their own size, the size below which all is rounding, the digits left.

Values of 1e9 with a spread of 1 have seven digits left of sixteen.  A residual carries the rounding
error of the values, and the objective as many times that of a residual: a fall that small is no
error of an algorithm, and a variance that small is none of the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.measure import (
    Measure,
    Variable,
    axes_of,
    deviation,
    moments,
    product_of_powers,
)

# --- standalone: begin
ROUNDING = 1e-9
"""A fall of the objective by more than this share of 1 + |objective| is no rounding error."""
GRAIN = 1e-14
"""A deviation below this share of the values is that of their rounding errors."""


@dataclass(frozen=True)
class Grain:
    """What is small.  `noise`: a fall of the objective by this share of it is one of rounding;
    `typical`: parameters, by name, of the size of the data; `floors`: the size below which a
    parameter is rounding error (of a covariance, the diagonal)."""

    noise: float = ROUNDING
    typical: Arrays = field(default_factory=dict)
    floors: Arrays = field(default_factory=dict)


def grain_of(schema: Mapping[str, Any], data: Arrays, sizes: Mapping[str, int]) -> Grain:
    """The grain of the data, for all parameters whose units are known.

    >>> x = {"name": "x", "kind": "observed", "domain": "real", "plates": ["n"]}
    >>> v = {"name": "v", "kind": "parameter", "domain": "positive", "units": {"x": 2.0}}
    >>> grain = grain_of({"variables": [v, x]}, {"x": 1e9 + np.array([0.0, 2.0])}, {"n": 2})
    >>> f"{grain.noise:.1e}", f"{grain.typical['v']:.2f}", f"{grain.floors['v']:.0e}"
    ('2.2e-07', '0.55', '1e-10')
    """
    positive = tuple(_measurable(schema, ("positive", "nonnegative", "positive_definite")))
    typical = {p["name"]: _in_units(p, schema, data, sizes, deviation) for p in positive}
    floors = {
        p["name"]: _in_units(p, schema, data, sizes, _rounding)
        for p in positive
        if p["units"] and min(p["units"].values()) >= 0
    }
    return Grain(_noise(schema, data), typical, floors)


def _measurable(schema: Mapping[str, Any], domains: tuple[str, ...]) -> Iterator[Variable]:
    """The parameters of these domains whose units are known."""
    for variable in schema["variables"]:
        known = variable["kind"] == "parameter" and variable.get("units") is not None
        if known and variable["domain"] in domains:
            yield variable


def _in_units(
    parameter: Variable,
    schema: Mapping[str, Any],
    data: Arrays,
    sizes: Mapping[str, int],
    measure: Measure,
) -> np.ndarray:
    """The size of a parameter in the units of the data."""
    known = {variable["name"]: variable for variable in schema["variables"]}
    size = product_of_powers(parameter, known, data, measure)
    return _placed(size, tuple(sizes[axis] for axis in axes_of(parameter)), parameter["domain"])


def _placed(size: np.ndarray, shape: tuple[int, ...], kind: str) -> np.ndarray:
    """Over the axes of the parameter; of a covariance, on the diagonal."""
    full = np.array(np.broadcast_to(size, shape))
    if kind == "positive_definite":
        full = full * np.eye(shape[-1])
    return full


def _rounding(value: np.ndarray, rest: tuple[int, ...], kind: str) -> np.ndarray:
    """The rounding error of the values, and of what is computed from a few of them."""
    return GRAIN * np.nanmedian(np.abs(value), axis=rest, keepdims=True)


def _noise(schema: Mapping[str, Any], data: Arrays) -> float:
    """The rounding error of the objective, as a share of it: that of a value over its deviation."""
    worst = ROUNDING
    for variable in schema["variables"]:
        if variable["domain"] == "real" and variable["name"] in data:
            events = tuple(variable.get("event", ()))
            mean, variance = moments(data[variable["name"]], variable, events)
            with np.errstate(divide="ignore", invalid="ignore"):
                digits = np.abs(mean) / np.sqrt(variance) * np.finfo(float).eps
            worst = max(worst, float(np.max(digits, where=variance > 0, initial=0.0)))
    return worst


# --- standalone: end


def real_sizes(schema: Mapping[str, Any], data: Arrays, sizes: Mapping[str, int]) -> Arrays:
    """The size that a real parameter may have, by name, for all whose units are known."""
    real = _measurable(schema, ("real",))
    return {p["name"]: _in_units(p, schema, data, sizes, deviation) for p in real}
