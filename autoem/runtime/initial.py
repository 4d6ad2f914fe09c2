"""Starting values from the data, for any model: what the schema tells, and nothing else.

A parameter is brought to the scale of the observed array with which it shares an axis, and made
asymmetric along every axis that belongs to a latent variable, since EM never leaves a symmetric
point.  Where the model has categories, one M-step at soft assignments does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.clusters import responsibilities

# --- standalone: begin
Variable = Mapping[str, Any]

FEATURES = ("votes", "observed", "random", "all")
"""How the rows are assigned in successive starts."""


@dataclass(frozen=True)
class Case:
    """A parameter to be started: its noise is zero where no latent axis asks for asymmetry."""

    schema: Mapping[str, Any]
    variable: Variable
    data: Arrays
    sizes: Mapping[str, int]
    noise: np.ndarray
    guess: int  # which of the plausible scales


def initial_parameters(
    schema: Mapping[str, Any],
    data: Arrays,
    sizes: Mapping[str, int],
    generator: np.random.Generator,
    attempt: int = 0,
) -> Arrays:
    """One asymmetric starting point: parameter name to array.

    `schema` is the plain dictionary of a model.  Attempt 0 takes the likeliest guess of every
    scale, later attempts vary it.
    """
    latent = _latent_axes(schema)
    parameters: Arrays = {}
    for variable in schema["variables"]:
        if variable["kind"] == "parameter":
            axes = _axes(variable)
            shape = tuple(sizes[axis] for axis in axes)
            noise = generator.normal(size=shape) * any(axis in latent for axis in axes)
            guess = int(generator.choice(3, p=[0.5, 0.25, 0.25])) if attempt else 0
            case = Case(schema, variable, data, sizes, noise, guess)
            value = _of_domain(case)
            parameters[variable["name"]] = np.array(np.broadcast_to(value, shape), dtype=float)
    return parameters


def initial_posterior(
    schema: Mapping[str, Any],
    data: Arrays,
    sizes: Mapping[str, int],
    generator: np.random.Generator,
    attempt: int = 0,
) -> Arrays:
    """Soft assignments of every categorical latent, by name: plates, then category."""
    features = FEATURES[attempt % len(FEATURES)]
    return {
        latent["name"]: responsibilities(schema, latent, data, sizes, features, generator)
        for latent in schema["variables"]
        if latent["kind"] == "latent" and latent.get("category") in sizes
    }


def _of_domain(case: Case) -> np.ndarray:
    return _START.get(case.variable["domain"], _real)(case)


def _axes(variable: Variable) -> tuple[str, ...]:
    return (*variable.get("plates", ()), *variable.get("event", ()))


def _latent_axes(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Axes that belong to latent variables only: their categories and events."""
    found: list[str] = []
    for variable in schema["variables"]:
        if variable["kind"] == "latent":
            found += [
                axis for axis in (variable.get("category"), *variable.get("event", ())) if axis
            ]
    return tuple(found)


def _moments(
    case: Case, axes_of: Variable, kind: str
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...], str] | None:
    """Mean and variance of the closest array of this kind, along the axes shared with it.

    What is seen of a variable between bounds are the bounds.
    """
    best = None
    for other in case.schema["variables"]:
        known = other["name"] in case.data and not other.get("category")
        if known and kind == ("observed" if other.get("bound") else other["kind"]):
            shared = tuple(axis for axis in _axes(other) if axis in _axes(axes_of))
            if best is None or len(shared) > len(best[1]):
                best = other, shared
    if best is None:
        return None
    axes, value = _axes(best[0]), _thinned(np.asarray(case.data[best[0]["name"]]))
    rest = tuple(place for place, axis in enumerate(axes) if axis not in best[1])
    seen = np.isfinite(value)
    count = np.maximum(seen.sum(axis=rest, keepdims=True), 1)
    mean = np.where(seen, value, 0).sum(axis=rest, keepdims=True) / count
    variance = (np.where(seen, value - mean, 0) ** 2).sum(axis=rest, keepdims=True) / count
    return mean.squeeze(rest), variance.squeeze(rest), best[1], best[0]["domain"]


def _thinned(value: np.ndarray) -> np.ndarray:
    """At most some ten thousand entries along the longest axis, evenly spaced: enough to begin."""
    if value.ndim == 0:
        return value.astype(float)
    longest = int(np.argmax(value.shape))
    stride = max(1, value.shape[longest] // 10_000)
    keep = [slice(None, None, stride if axis == longest else 1) for axis in range(value.ndim)]
    return value[tuple(keep)].astype(float)


def _spread(value: np.ndarray, axes: tuple[str, ...], variable: Variable) -> np.ndarray:
    """The array over `axes`, shaped to broadcast over the axes of the variable."""
    own = list(dict.fromkeys(_axes(variable)))
    order = [axes.index(axis) for axis in own if axis in axes]
    shape = iter(np.transpose(value, order).shape)
    return np.transpose(value, order).reshape([next(shape) if a in axes else 1 for a in own])


def _real(case: Case) -> np.ndarray:
    """A location at the mean of the data; a coefficient near zero, in units of both its sides."""
    found = _moments(case, case.variable, "observed")
    if found is None:
        return case.noise
    mean, variance, shared, domain = found
    deviation = _spread(np.sqrt(variance), shared, case.variable)
    covariates = _moments(case, case.variable, "given")
    events = [axis for axis in case.variable.get("event", ()) if axis not in shared]
    if events and covariates and any(axis in covariates[2] for axis in events):
        units = _spread(np.sqrt(covariates[1]), covariates[2], case.variable)
        return (
            0.1
            * case.noise
            * (deviation if domain == "real" else 1.0)
            / np.where(units > 0, units, 1)
        )
    if events or domain != "real":
        return 0.5 * case.noise * (deviation if domain == "real" else 1.0)
    return _spread(mean, shared, case.variable) + case.noise * deviation


def _positive(case: Case) -> np.ndarray:
    """A variance like that of real data, a rate like the mean of counts; or another power."""
    found = _moments(case, case.variable, "observed")
    size = np.ones(())
    if found is not None:
        mean, variance, shared, domain = found
        guesses = [variance, np.sqrt(variance), np.ones(mean.shape)]
        if domain != "real":
            guesses = [mean, np.ones(mean.shape), variance]
        size = _spread(guesses[case.guess], shared, case.variable)
    return np.where(size > 0, size, 1.0) * np.exp(0.3 * case.noise)


def _simplex(case: Case) -> np.ndarray:
    """Nearly uniform; nearly the frequencies where the same categories are observed."""
    shares: np.ndarray = np.ones((case.sizes[_axes(case.variable)[-1]],))
    for other in case.schema["variables"]:
        if other["kind"] == "observed" and other.get("category") == _axes(case.variable)[-1]:
            codes = np.asarray(case.data[other["name"]])
            shares = 0.5 + np.bincount(codes[codes >= 0].ravel(), minlength=len(shares))
    value = shares * np.exp(0.5 * case.noise)
    return value / value.sum(axis=-1, keepdims=True)


def _interval(case: Case) -> np.ndarray:
    """Around the middle, or around the frequency of what is observed in the same range."""
    lower, upper = case.variable.get("lower", 0.0), case.variable.get("upper", 1.0)
    found = _moments(case, case.variable, "observed")
    share: np.ndarray = np.full((), 0.5)
    if found is not None and found[3] in ("binary", "interval"):
        mean = _spread(found[0], found[2], case.variable)
        share = np.clip((mean - lower) / (upper - lower), 0.05, 0.95)
    return lower + (upper - lower) / (1 + np.exp(-np.log(share / (1 - share)) - 0.5 * case.noise))


def _covariance(case: Case) -> np.ndarray:
    """Diagonal, with the variances of the data."""
    axis = case.variable["event"][-1]
    found = _moments(case, {"event": (axis,)}, "observed")
    variance: np.ndarray = np.ones((case.sizes[axis],))
    if found is not None and found[2] == (axis,):
        variance = variance * np.where(found[1] > 0, found[1], 1.0)
    return np.exp(0.3 * case.noise[..., :1, :1]) * np.diag(variance)


_START: dict[str, Callable[[Case], np.ndarray]] = {
    "positive": _positive,
    "nonnegative": _positive,
    "simplex": _simplex,
    "interval": _interval,
    "positive_definite": _covariance,
}
# --- standalone: end
