"""The size of the data along the axes that a parameter shares with them, in powers of its units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays

# --- standalone: begin
Variable = Mapping[str, Any]

Measure = Callable[[np.ndarray, tuple[int, ...], str], np.ndarray]
"""An array (nan where nothing is seen), the axes that go, kind of its domain -> its size, those
axes of length one."""


def axes_of(variable: Variable) -> tuple[str, ...]:
    """The axes of the array of a variable, in order."""
    return (*variable.get("plates", ()), *variable.get("event", ()))


def is_table(value: Any) -> bool:
    """Whether the data are a sparse matrix, whose size is not measured."""
    return np.asarray(value).dtype == object


def aligned(value: np.ndarray, axes: tuple[str, ...], variable: Variable) -> np.ndarray:
    """The array over `axes`, shaped to broadcast over the axes of the variable."""
    if axes == axes_of(variable):
        return value  # a matrix, whose two axes are one
    own = list(dict.fromkeys(axes_of(variable)))
    order = [axes.index(axis) for axis in own if axis in axes]
    shape = iter(np.transpose(value, order).shape)
    return np.transpose(value, order).reshape([next(shape) if a in axes else 1 for a in own])


def moments(
    array: np.ndarray, variable: Variable, kept: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of what is seen of an array, along the axes that are kept."""
    value, rest = _seen(array, variable, kept)
    count = np.maximum(np.isfinite(value).sum(axis=rest, keepdims=True), 1)
    mean = np.nansum(value, axis=rest, keepdims=True) / count
    variance = np.nansum((value - mean) ** 2, axis=rest, keepdims=True) / count
    return mean.squeeze(rest), variance.squeeze(rest)


def deviation(value: np.ndarray, rest: tuple[int, ...], kind: str) -> np.ndarray:
    """A deviation that a few outliers do not change; the mean of what is positive; else 1."""
    low, middle, high = np.nanquantile(value, (0.25, 0.5, 0.75), axis=rest, keepdims=True)
    size = (high - low) / 1.349 if kind == "real" else middle
    size = np.where(size > 0, size, np.nanstd(value, axis=rest, keepdims=True))
    size = np.where(size > 0, size, np.abs(middle))
    return np.where(size > 0, size, 1.0)


def spread(array: np.ndarray, variable: Variable, kept: tuple[str, ...]) -> np.ndarray:
    """The deviation of what is seen of an array, along the axes that are kept."""
    value, rest = _seen(array, variable, kept)
    return deviation(value, rest, variable["domain"]).squeeze(rest)


def product_of_powers(
    parameter: Variable, known: Mapping[str, Variable], data: Arrays, measure: Measure
) -> np.ndarray:
    """The product of the powers that the units of a parameter tell, of the sizes of the data.

    >>> x = {"domain": "real", "plates": ["n"]}
    >>> variance = {"units": {"x": 2.0}}
    >>> mean = lambda value, rest, kind: value.mean(axis=rest, keepdims=True)
    >>> float(product_of_powers(variance, {"x": x}, {"x": np.array([2.0, 4.0])}, mean))
    9.0
    """
    size: np.ndarray = np.ones(())
    for name, power in parameter["units"].items():
        if is_table(data[name]):
            continue
        other = known[name]
        axes = _shared(axes_of(other), axes_of(parameter))
        value, rest = _seen(data[name], other, axes)
        own = measure(value, rest, other["domain"]).squeeze(rest)
        size = size * aligned(own, axes, parameter) ** power
    return size


def _shared(own: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """The axes that both have.  Of a matrix whose two axes are one neither is that of a vector."""
    if own == theirs:
        return own
    return tuple(axis for axis in own if axis in theirs and own.count(axis) == 1)


def _seen(
    array: np.ndarray, variable: Variable, kept: tuple[str, ...]
) -> tuple[np.ndarray, tuple[int, ...]]:
    """Floats, nan where nothing finite is seen, and the places of the axes that go."""
    value = _thinned(np.asarray(array))
    rest = tuple(place for place, axis in enumerate(axes_of(variable)) if axis not in kept)
    return np.where(np.isfinite(value), value, np.nan), rest


def _thinned(value: np.ndarray) -> np.ndarray:
    """At most some ten thousand entries along the longest axis, evenly spaced: enough to begin."""
    if value.ndim == 0:
        return value.astype(float)
    longest = int(np.argmax(value.shape))
    stride = max(1, value.shape[longest] // 10_000)
    keep = [slice(None, None, stride if axis == longest else 1) for axis in range(value.ndim)]
    return value[tuple(keep)].astype(float)


# --- standalone: end
