"""Starting values from the data, for any model: what the schema tells, and nothing else.

A parameter is a product of powers of the data, as its units in the schema tell; where they are not
known, it is brought to the scale of the observed array with which it shares an axis.  So data in
other units lead to the same start in other units.  It is made asymmetric along every axis that
belongs to a latent variable, since EM never leaves a symmetric point; where there is no such axis,
later attempts vary every parameter, since a multiple of a latent (a skew) may be a trap.  Where the
model has categories, one M-step at soft assignments does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.clusters import DOUBT, responsibilities
from autoem.runtime.measure import (
    Variable,
    aligned,
    axes_of,
    is_table,
    moments,
    product_of_powers,
    spread,
)

# --- standalone: begin
FEATURES = ("votes", "observed", "random", "all")
"""How the rows are assigned in successive starts."""
SURE, FAR = 5, 100
"""The start in which every row is wholly of one category, where outliers make a deviation so many
times longer: a share of such a row outweighs all others."""


@dataclass(frozen=True)
class Case:
    """A parameter to be started: its noise is zero where nothing asks for asymmetry."""

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
    own = [v for v in schema["variables"] if v["kind"] == "parameter"]
    varied = {v["name"] for v in own if any(axis in latent for axis in axes_of(v))}
    if attempt and not varied:
        varied = {v["name"] for v in own}
    varied |= {v["name"] for v in own if v.get("variational")}
    parameters: Arrays = {}
    for variable in own:
        shape = tuple(sizes[axis] for axis in axes_of(variable))
        noise = generator.normal(size=shape) * (variable["name"] in varied)
        guess = int(generator.choice(3, p=[0.5, 0.25, 0.25])) if attempt else 0
        case = Case(schema, variable, data, sizes, noise, guess)
        value = _of_domain(case) + max(sizes.get(variable.get("above", ""), 1) - 1, 0)
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
    doubt = 0.0 if attempt == SURE and _outlying(schema, data) else DOUBT
    return {
        latent["name"]: responsibilities(schema, latent, data, sizes, features, generator, doubt)
        for latent in schema["variables"]
        if latent["kind"] == "latent"
        and latent.get("category") in sizes
        and latent["name"] in schema.get("expectations", (latent["name"],))
    }


def _outlying(schema: Mapping[str, Any], data: Arrays) -> bool:
    """Whether a deviation of what is observed is that of a few outliers."""
    for variable in schema["variables"]:
        measured = variable["kind"] == "observed" and variable["domain"] == "real"
        if measured and variable["name"] in data:
            array, kept = data[variable["name"]], tuple(variable.get("event", ()))
            whole = np.sqrt(moments(array, variable, kept)[1])
            if np.any(whole > FAR * spread(array, variable, kept)):
                return True
    return False


def _of_domain(case: Case) -> np.ndarray:
    if case.variable.get("variational"):
        return _held(case)
    if case.variable.get("corner") in ("least", "greatest"):
        return _around(case)
    return _START.get(case.variable["domain"], _real)(case)


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
    case: Case, near: Variable, kind: str
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...], str] | None:
    """Mean and variance of the closest array of this kind, along the axes shared with it.

    What is seen of a variable between bounds are the bounds.
    """
    best = None
    for other in case.schema["variables"]:
        known = other["name"] in case.data and not other.get("category")
        if (
            known
            and not is_table(case.data[other["name"]])
            and kind == ("observed" if other.get("bound") else other["kind"])
        ):
            shared = tuple(axis for axis in axes_of(other) if axis in axes_of(near))
            if best is None or len(shared) > len(best[1]):
                best = other, shared
    if best is None:
        return None
    mean, variance = moments(case.data[best[0]["name"]], best[0], best[1])
    return mean, variance, best[1], best[0]["domain"]


def _real(case: Case) -> np.ndarray:
    """A location at the mean of the data; a coefficient near that of least squares, or zero."""
    if case.variable.get("units") == {}:
        return case.noise
    found = _moments(case, case.variable, "observed")
    if found is None:
        return case.noise
    mean, variance, shared, domain = found
    deviation = aligned(np.sqrt(variance), shared, case.variable)
    events = [axis for axis in case.variable.get("event", ()) if axis not in shared]
    if case.variable.get("units") is not None:
        if events or len(case.variable["units"]) > 1:
            share = 0.1 if len(case.variable["units"]) > 1 else 0.5
            return _least_squares(case) + share * case.noise * _size(case)
    elif events or domain != "real":
        return 0.5 * case.noise * (deviation if domain == "real" else 1.0)
    return aligned(mean, shared, case.variable) + case.noise * deviation


def _size(case: Case) -> np.ndarray:
    """The product of the powers of the data that the units tell."""
    known = {variable["name"]: variable for variable in case.schema["variables"]}
    return product_of_powers(case.variable, known, case.data, _typical)


def _typical(value: np.ndarray, rest: tuple[int, ...], kind: str) -> np.ndarray:
    """The deviation; the mean of what is positive; 1 for zero.  Rather too large than too small:
    a variance falls faster than a loading grows."""
    size = (np.nanstd if kind == "real" else np.nanmean)(value, axis=rest, keepdims=True)
    return np.where(size > 0, size, 1.0)


def _least_squares(case: Case) -> np.ndarray | float:
    """The coefficients of one given in the regression on it of what has the unit of their product;
    zero where nothing has."""
    powers = case.variable["units"]
    known = {v["name"]: v for v in case.schema["variables"]}
    givens = [known[name] for name, power in powers.items() if power == -1]
    responses = [known[name] for name, power in powers.items() if power == 1]
    if len(givens) != 1 or len(responses) != 1:
        return 0.0
    rows, axes = tuple(givens[0].get("plates", ())), axes_of(responses[0])
    events = givens[0].get("event", ())
    if not rows or len(events) != 1 or axes != rows:
        return 0.0
    v = np.asarray(case.data[givens[0]["name"]], dtype=float).reshape(-1, case.sizes[events[0]])
    y = np.asarray(case.data[responses[0]["name"]], dtype=float).reshape(-1)
    seen = np.isfinite(y)
    length = np.abs(v).max(axis=0, initial=0)
    length = np.where(length > 0, length, 1.0)
    solution = np.linalg.lstsq(v[seen] / length, y[seen], rcond=None)[0] / length
    return aligned(solution, (events[0],), case.variable)


def _around(case: Case) -> np.ndarray:
    """An end of a support: so far out that all data are inside, for the first M-step to draw in."""
    far = 1.0
    for variable in case.schema["variables"]:
        if variable["kind"] == "observed" and variable["name"] in case.data:
            value = np.asarray(case.data[variable["name"]], dtype=float)
            far = max(far, 2 * float(np.max(np.abs(value[np.isfinite(value)]), initial=0.0)))
    if case.variable["corner"] == "greatest":
        return np.full(case.noise.shape, far)
    return np.full(case.noise.shape, -far if case.variable["domain"] == "real" else 1 / far)


def _positive(case: Case) -> np.ndarray:
    """A variance like that of the data, a rate like the mean of counts; or some other size."""
    found = _moments(case, case.variable, "observed")
    size = np.ones(())
    if found is not None:
        mean, variance, shared, domain = found
        if case.variable.get("units") is not None and domain in ("real", "positive"):
            return _size(case) * (1.0, 0.1, 10.0)[case.guess] * np.exp(0.3 * case.noise)
        guesses = [variance, np.sqrt(variance), np.ones(mean.shape)]
        if domain != "real":
            guesses = [mean, np.ones(mean.shape), variance]
        size = aligned(guesses[case.guess], shared, case.variable)
    return np.where(size > 0, size, 1.0) * np.exp(0.3 * case.noise)


def _simplex(case: Case) -> np.ndarray:
    """Nearly uniform; nearly the frequencies where the same categories are observed."""
    shares: np.ndarray = np.ones((case.sizes[axes_of(case.variable)[-1]],))
    for other in case.schema["variables"]:
        if other["kind"] == "observed" and other.get("category") == axes_of(case.variable)[-1]:
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
        mean = aligned(found[0], found[2], case.variable)
        share = np.clip((mean - lower) / (upper - lower), 0.05, 0.95)
    return lower + (upper - lower) / (1 + np.exp(-np.log(share / (1 - share)) - 0.5 * case.noise))


def _held(case: Case) -> np.ndarray:
    """A mean of a factor of a mean field, of which nothing is known yet."""
    start, noise = case.variable["variational"], case.noise
    if start == "simplex":
        value = np.exp(0.5 * noise)
        return value / value.sum(axis=-1, keepdims=True)
    return {"positive": np.exp(0.3 * noise), "real": noise}.get(start, np.zeros(noise.shape))


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
