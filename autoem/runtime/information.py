"""The observed information: how sharply the data tell the parameters.

    I(theta) = - d^2 log p(x; theta) / d theta^2 = - d score / d theta

in free coordinates (`runtime.coordinates`), the score by Fisher's identity from Q.  At a maximum
its inverse is the asymptotic covariance of the estimates; the delta method carries it to the
parameters.  With priors it is that of the log posterior.  Source: Louis (1982), Journal of the
Royal Statistical Society B 44; Efron and Hinkley (1978), Biometrika 65.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.coordinates import Coordinates, coordinates, place_name
from autoem.runtime.differences import Bend, bend
from autoem.runtime.edges import Place
from autoem.runtime.schema import Schema

FLAT = 1e-8
"""An eigenvalue below this, or below its own error, is zero."""
RISE = 1e-3
"""Where the log-likelihood can still rise by more than this, the point is no optimum."""
EDGE = 0.1
"""At an edge x = 0 the score by log x is as large as the curvature; at an optimum it is zero."""
SEEN = 1e-3
"""A parameter moves with a direction if so much of its own change does."""

Score = Callable[[Arrays], Arrays]


@dataclass(frozen=True)
class Information:
    """The observed information at a point.

    `matrix` is in the coordinates `names`; `kind` is maximum, saddle, not identified or not
    stationary; `eigenvalues`, ascending, are those of the matrix in units of each coordinate's own
    standard error, so that 1 is a coordinate independent of all others; `directions` has those
    that are not positive, with the coordinates that move, by one standard error in all, the largest
    part first.  `covariance` is the inverse over what is identified.  `standard_errors` has an
    array for each parameter: 0 where it is held fixed, nan where there is none, and then the entry
    has one of the `reasons`.  `rise` is how much the log-likelihood can still rise.
    """

    kind: str
    names: tuple[str, ...]
    matrix: np.ndarray = field(repr=False)
    eigenvalues: np.ndarray = field(repr=False)
    directions: tuple[tuple[float, Mapping[str, float]], ...]
    covariance: np.ndarray = field(repr=False)
    standard_errors: Arrays
    reasons: Mapping[str, str]
    rise: float = 0.0
    slopes: Arrays = field(default_factory=dict, repr=False)

    def covariance_of(self, name: str) -> np.ndarray:
        """The covariance of the entries of a parameter, each against each, by the delta method."""
        return np.asarray(self.slopes[name] @ self.covariance @ self.slopes[name].T)

    @property
    def along(self) -> str:
        """The first directions in words."""
        words = [combination(moving) for _, moving in self.directions[:2]]
        more = len(self.directions) - len(words)
        return "; ".join(words) + (f" and {more} more directions" if more else "")

    @property
    def advice(self) -> str:
        """What kind of a point it is, and what to do about it."""
        held = [name for name, reason in self.reasons.items() if reason == AT_EDGE]
        more = f" At an edge, held there: {', '.join(held)}." if held else ""
        return ADVICE[self.kind].format(along=self.along, rise=self.rise) + more

    def __str__(self) -> str:
        return f"{self.kind}: {self.advice}"

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers; nan stays."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> Information:
        """The inverse of `to_dict`."""
        arrays = {n: np.array(plain[n], float) for n in ("matrix", "eigenvalues", "covariance")}
        named = {
            group: {name: np.array(value, float) for name, value in plain[group].items()}
            for group in ("standard_errors", "slopes")
        }
        directions = tuple((value, moving) for value, moving in plain["directions"])
        tuples = {"names": tuple(plain["names"]), "directions": directions}
        return Information(**{**plain, **arrays, **named, **tuples})


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return value


ADVICE = {
    "maximum": "All eigenvalues of the information are positive.",
    "saddle": "The log-likelihood rises along {along}: start elsewhere.",
    "not identified": "The data do not tell {along}: fix a parameter, or give it a prior.",
    "not stationary": "The log-likelihood can still rise by {rise:.2g}: raise max_iterations.",
}


AT_EDGE = "at the edge of its domain"
AT_CORNER = "at a corner of the likelihood, which has no curvature there"
UNSURE = {
    "saddle": "not at a maximum",
    "not stationary": "not at a maximum",
    "not identified": "not identified",
    "maximum": "",
}
"""Why an entry has no standard error."""


def combination(moving: Mapping[str, float]) -> str:
    """The first parts of a direction, relative to the first.

    >>> combination({"b": -2.0, "a": 1.0, "c": 2.0})
    'b - 0.5 a - 1 c'
    """
    largest = next(iter(moving.values()))
    shares = {name: step / largest for name, step in list(moving.items())[:4]}
    words = [f"{'-' if share < 0 else '+'} {abs(share):.2g} {n}" for n, share in shares.items()]
    return " ".join(words).removeprefix("+ 1 ")


def information(
    schema: Schema,
    parameters: Arrays,
    score: Score,
    fixed: Arrays | None = None,
    edges: Sequence[Place] = (),
    lengths: Arrays | None = None,
) -> Information:
    """The observed information at `parameters`, from the gradient `score` of the log-likelihood.

    `fixed` has nan where an entry is free; `edges` are entries known to be at the edge of their
    domain, where there is no information: they are held, as are those that the score shows there.
    `lengths` are sizes of real parameters that the data tell.
    """
    near = coordinates(schema, parameters, fixed or {}, lengths)

    def gradient(u: np.ndarray) -> np.ndarray:
        return near.pulled(u, score(near.point(u)))

    slope, found = gradient(near.u), bend(gradient, near.u, *near.steps)
    inside = found.known & ~_at_edge(near, slope, found, edges)
    judged = _judged(near, slope, found, inside)
    return _without_corners(judged, schema, fixed or {})


def _without_corners(judged: Information, schema: Schema, fixed: Arrays) -> Information:
    """No standard error where the likelihood has a corner and not a curvature."""
    errors, reasons = dict(judged.standard_errors), dict(judged.reasons)
    for variable in schema.of_kind("parameter"):
        if variable.corner:
            held = ~np.isnan(fixed.get(variable.name, np.nan))
            errors[variable.name] = np.where(held, 0.0, np.nan + errors[variable.name])
            reasons[variable.name] = AT_CORNER
    return replace(judged, standard_errors=errors, reasons=reasons)


def _at_edge(
    near: Coordinates, slope: np.ndarray, found: Bend, edges: Sequence[Place]
) -> np.ndarray:
    """The coordinates that have run off: known ones, and those with the score of an edge.

    There log L = c x + ..., so that the score and the curvature by log x are both c x.
    """
    curvature, start = np.abs(np.diagonal(found.matrix)), 0
    result = np.zeros(len(slope), bool)
    for patch in near.patches:
        part = slice(start, start + len(patch.u))
        shape = np.shape(near.parameters[patch.name])
        places = [i for name, i in edges if name == patch.name and len(i) == len(shape)]
        known = [int(np.ravel_multi_index(i, shape)) if i else 0 for i in places]
        leaving = (np.abs(slope[part]) > EDGE * curvature[part]) & (np.abs(slope[part]) < RISE)
        whole = (patch.name, ()) in edges
        result[part] = np.isin(patch.own, known) | (patch.bent & leaving) | whole
        start = part.stop
    return result


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues and vectors of the matrix in units of `scale`; below `tolerance` is zero."""

    values: np.ndarray
    vectors: np.ndarray
    scale: np.ndarray
    pull: np.ndarray
    tolerance: float

    @property
    def sure(self) -> np.ndarray:
        """The directions in which the log-likelihood falls on both sides."""
        return np.asarray(self.values > self.tolerance)

    @property
    def rise(self) -> float:
        """How much the log-likelihood can still rise, to second order."""
        bent = np.abs(self.values) > self.tolerance
        return float(
            np.sum((self.vectors.T @ self.pull)[bent] ** 2 / np.abs(self.values[bent])) / 2
        )

    @property
    def kind(self) -> str:
        if self.rise > RISE:
            return "not stationary"
        if self.values.min(initial=1) < -self.tolerance:
            return "saddle"
        return "maximum" if self.sure.all() else "not identified"

    @property
    def spread(self) -> np.ndarray:
        """B with B B' the covariance of the coordinates, over the sure directions."""
        size = np.where(self.sure, self.values, 1.0)
        return np.asarray(self.scale[:, None] * self.vectors * (self.sure / np.sqrt(size)))

    def unsure(self, slopes: np.ndarray) -> np.ndarray:
        """Which functions of the coordinates change along a direction that is not sure; at a saddle
        all, since nothing is estimated there."""
        if self.kind == "saddle":
            return np.full(len(slopes), True)
        moves = slopes * self.scale
        lost = np.hypot.reduce(moves @ self.vectors[:, ~self.sure], axis=1)
        return np.asarray(lost > SEEN * np.hypot.reduce(moves, axis=1))

    def directions(self, names: Sequence[str]) -> tuple[tuple[float, Mapping[str, float]], ...]:
        """Eigenvalue and direction, one standard error long, of those that are not sure."""
        found = []
        for place in np.flatnonzero(~self.sure):
            part, moving = np.abs(self.vectors[:, place]), self.vectors[:, place] * self.scale
            order = [i for i in np.argsort(-part, kind="stable") if part[i] > 1e-6 * part.max()]
            steps = {names[i]: float(moving[i]) for i in order}
            found.append((float(self.values[place]), steps))
        return tuple(found)


def _spectrum(found: Bend, slope: np.ndarray, inside: np.ndarray) -> Spectrum:
    scale = found.scale[inside]
    values, vectors = np.linalg.eigh(found.matrix[inside][:, inside] * scale[:, None] * scale)
    pull = slope[inside] * scale
    tolerance = max(FLAT, 10 * found.error, min(float(np.abs(pull).max(initial=0)), 1e-4))
    return Spectrum(values, vectors, scale, pull, tolerance)


def _judged(near: Coordinates, slope: np.ndarray, found: Bend, inside: np.ndarray) -> Information:
    """The information of the coordinates inside, and what its eigenvalues say."""
    spectrum = _spectrum(found, slope, inside)
    names = tuple(name for name, kept in zip(near.labels, inside, strict=True) if kept)
    slopes = {name: near.slopes(name)[:, inside] for name in near.free}
    errors: Arrays = {}
    reasons: dict[str, str] = {}
    for name, value in ((name, near.parameters[name]) for name in near.free):
        gone = near.free[name].reshape(-1) & (near.own(name, ~inside) | ~slopes[name].any(axis=1))
        unsure = spectrum.unsure(slopes[name]) & ~gone
        # hypot: the square of 1e-200 is zero.
        error = np.hypot.reduce(slopes[name] @ spectrum.spread, axis=1)
        errors[name] = np.where(gone | unsure, np.nan, error).reshape(np.shape(value))
        words = {AT_EDGE: gone, UNSURE[spectrum.kind]: unsure}
        for reason, where in words.items():
            for place in np.flatnonzero(where):
                reasons[place_name(name, np.unravel_index(place, np.shape(value)))] = reason
    return Information(
        kind=spectrum.kind,
        names=names,
        matrix=found.matrix[inside][:, inside],
        eigenvalues=spectrum.values,
        directions=spectrum.directions(names),
        covariance=spectrum.spread @ spectrum.spread.T,
        standard_errors=errors,
        reasons=reasons,
        rise=spectrum.rise,
        slopes=slopes,
    )
