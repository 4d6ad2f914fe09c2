"""Where an iteration leaves the interior: collapse, empty components, optima at an edge.

A variance that follows one data point to zero makes the likelihood infinite: *degenerate*.  A noise
variance that is best at zero, a probability of zero, are finite optima on the edge: *boundary*.
The two are told apart by asking the objective: what does it do if the parameter goes further?
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.definite import cholesky

# --- standalone: begin
COLLAPSE = 1e-12
"""A scale this far below (or above) its size after the first map is on its way out."""
DEPENDENT = 1e-14
"""A correlation matrix is singular where its smallest eigenvalue is this share of its largest."""
NEAR = 1e-2
"""An entry this near its edge, relative to its size after the first map, is worth a question."""
GROWN = 0.1
"""So are real numbers of which those after the first map are this share."""

Place = tuple[str, tuple[int, ...]]
"""An entry of a parameter, ("cov", (1,)): the covariance of component 1."""


def place(name: str, index: Sequence[int] | np.ndarray | tuple[np.intp, ...]) -> Place:
    """The entry of the parameter `name` at an index of any integers."""
    return name, tuple(int(i) for i in index)


def first_not_finite(parameters: Arrays) -> tuple[Place, ...]:
    """The first entry that is nan or infinite, if there is one."""
    for name, value in parameters.items():
        wrong = np.argwhere(~np.isfinite(value))
        if len(wrong):
            return (place(name, wrong[0]),)
    return ()


def first_flat(domains: Mapping[str, Domain], parameters: Arrays) -> tuple[Place, ...]:
    """The first scale that is zero, of finite ones, if there is one."""
    for name, (kind, _, _) in domains.items():
        if kind in ("positive", "positive_definite"):
            value = parameters[name]
            least = np.linalg.eigvalsh(value)[..., 0] if kind == "positive_definite" else value
            flat = np.argwhere(least <= 0)
            if len(flat):
                return (place(name, flat[0]),)
    return ()


def shares(domains: Mapping[str, Domain], start: Arrays) -> Arrays:
    """Reference values of probabilities: those of the start.  One that is zero there stands still;
    one that the first map makes zero is at the edge."""
    return {name: start[name] for name in domains if domains[name][0] in ("simplex", "interval")}


def relative_scales(
    domains: Mapping[str, Domain], now: Arrays, reference: Arrays
) -> Iterator[tuple[str, np.ndarray]]:
    """Name and relative scale of every positive parameter: value over reference value.

    Of a covariance, the smallest eigenvalue of L^-1 V L^-T with reference L L'.  Free of units.
    """
    for name, (kind, _, _) in domains.items():
        with np.errstate(all="ignore"):
            if kind in ("positive", "nonnegative"):
                ratio = now[name] / reference[name]
                yield name, np.where(now[name] == reference[name], 1.0, ratio)
            elif kind == "positive_definite":
                yield name, _whitened(now[name], reference[name])[0][..., 0]


def _whitened(value: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues W, ascending, of `value` relative to `reference`, and B with value = B W B'.

    Of the inverse, since the small ones are asked for, and a variance of 1e24 beside one of 1
    would hide them.  Zeros where it is not definite.
    """
    whole, factor = cholesky(value), cholesky(reference)
    lost = np.isnan(whole).any(axis=(-2, -1), keepdims=True)
    if np.isnan(factor).any():
        return np.ones(value.shape[:-1]), np.broadcast_to(np.eye(value.shape[-1]), value.shape)
    inner = np.linalg.solve(np.where(lost, factor, whole), factor)
    eigenvalues, vectors = np.linalg.eigh(np.swapaxes(inner, -1, -2) @ inner)
    with np.errstate(divide="ignore"):
        small = np.where(lost[..., 0], 0.0, 1 / np.maximum(eigenvalues[..., ::-1], 0))
    return small, factor @ vectors[..., ::-1]


def below(floors: Arrays, domains: Mapping[str, Domain], parameters: Arrays) -> tuple[Place, ...]:
    """The first scale that is no larger than the rounding errors of the data, if there is one.

    Of a covariance, a diagonal entry that is, or a matrix that is singular up to rounding.
    """
    for name, floor in floors.items():
        value = parameters[name]
        small = value <= floor
        if domains[name][0] == "positive_definite":
            diagonal = np.diagonal(value, axis1=-2, axis2=-1)
            unit = np.sqrt(np.maximum(diagonal, np.finfo(float).tiny))
            with np.errstate(all="ignore"):
                inner = value / (unit[..., :, None] * unit[..., None, :])
            inner = np.linalg.eigvalsh(np.where(np.isfinite(inner), inner, 0.0))
            flat = np.any(diagonal <= np.diagonal(floor, axis1=-2, axis2=-1), axis=-1)
            small = flat | (inner[..., 0] < DEPENDENT * inner[..., -1])
        where = np.argwhere(small)
        if len(where):
            return (place(name, where[0]),)
    return ()


def most_extreme(
    domains: Mapping[str, Domain], now: Arrays, reference: Arrays
) -> tuple[tuple[Place, ...], float]:
    """The scale farthest from its reference, and the ratio; ((), 1) if all are where they were."""
    worst: float = 1.0
    at: tuple[Place, ...] = ()
    for name, ratio in relative_scales(domains, now, reference):
        with np.errstate(all="ignore"):
            distance = np.nan_to_num(np.abs(np.log(np.maximum(ratio, 0.0))), nan=0.0)
        index = np.unravel_index(np.argmax(distance), distance.shape)
        if distance[index] > abs(np.log(max(worst, 1e-300))):
            worst, at = max(float(ratio[index]), 0.0), (place(name, index),)
    return at, worst


def collapsing(
    domains: Mapping[str, Domain], reference: Arrays, before: Arrays, now: Arrays, gain: float
) -> tuple[Place, ...]:
    """The scale that runs to zero (or infinity) while the objective grows with it, if there is one.

    Two points in a row beyond `COLLAPSE`, moving away, and the objective up by a share of the
    logarithm of the move, as a log density of some rows is: d log N / d log variance = -rows / 2.
    """
    at, ratio = most_extreme(domains, now, reference)
    if COLLAPSE <= ratio <= 1 / COLLAPSE:
        return ()
    same, earlier = most_extreme(domains, before, reference)
    if at != same or COLLAPSE <= earlier <= 1 / COLLAPSE:
        return ()
    with np.errstate(divide="ignore"):
        move = abs(float(np.log(ratio))) - abs(float(np.log(earlier)))
    return at if move > np.log(1.5) and gain > 0.05 * move else ()


def at_edge(
    domains: Mapping[str, Domain],
    reference: Arrays,
    parameters: Arrays,
    objective: float,
    evaluate: Callable[[Arrays], float],
    measured: Container[str] = (),
    noise: float = 1e-9,
) -> tuple[str, tuple[Place, ...]]:
    """("boundary", the entries at an edge), ("degenerate", (entry,)), or ("", ()).

    Each suspicious entry is moved ten times nearer its edge.  Where the objective does not fall,
    the optimum is at the edge; where a vanishing scale still changes it, it has no maximum, but for
    one `measured` in units of the data, of which `below` tells.  Entries that run off in step, as
    both shapes of a Beta, are moved together where none is at an edge alone.  A change of the
    objective by the share `noise` is none.  The edge of the real numbers is at infinity, as for the
    slope of classes that can be separated.
    """
    found: list[Place] = []
    near: list[Place] = []
    together, slack = dict(parameters), noise * (1 + abs(objective))
    for name in domains:
        for index, nearness in _suspects(domains[name], parameters[name], reference[name]):
            moved = _nearer(domains[name], parameters[name], reference[name], index)
            probed = evaluate({**parameters, name: moved}) if nearness > 0 else objective
            if objective - slack <= probed <= objective + 1:
                found.append(place(name, index))
            elif nearness < COLLAPSE and (name not in measured or probed > objective):
                return "degenerate", (place(name, index),)
            together[name] = _nearer(domains[name], together[name], reference[name], index)
            near.append(place(name, index))
    # Numbers ten times as large have rounding errors ten times as large.
    if not found and len(near) > 1 and abs(evaluate(together) - objective) <= 10 * slack:
        found = near
    return ("boundary", tuple(found)) if found else ("", ())


def running_off(
    domains: Mapping[str, Domain],
    reference: Arrays,
    parameters: Arrays,
    objective: float,
    evaluate: Callable[[Arrays], float],
) -> tuple[Place, ...]:
    """The scales that run off together while the objective grows with them, if there are some: the
    parameters of a Beta law whose data are all alike."""
    found, moved = [], dict(parameters)
    for name, domain in domains.items():
        if domain[0] in ("positive", "nonnegative"):
            for index, _ in _suspects(domain, parameters[name], reference[name]):
                moved[name] = _nearer(domain, moved[name], reference[name], index)
                found.append(place(name, index))
    return tuple(found) if len(found) > 1 and evaluate(moved) > objective + 1 else ()


def _suspects(
    domain: Domain, value: np.ndarray, reference: np.ndarray
) -> Iterator[tuple[tuple[int, ...], float]]:
    """The few entries nearest an edge, with their relative distances; entries that stood still not.

    Zero is at the edge.  A covariance counts by its smallest relative eigenvalue, real numbers by
    the size of all together.
    """
    kind, lower, upper = domain
    with np.errstate(all="ignore"):
        if kind == "positive_definite":
            near = _whitened(value, reference)[0][..., 0]
        elif kind in ("positive", "nonnegative"):
            near = np.where(value > 0, np.minimum(value / reference, reference / value), 0.0)
        elif kind == "interval":
            near = np.minimum(value - lower, upper - value) / (upper - lower)
        elif kind == "simplex":
            near = value
        else:
            if np.linalg.norm(np.ravel(reference)) < GROWN * np.linalg.norm(np.ravel(value)):
                yield (), GROWN
            return
    if kind != "positive_definite":
        near = np.where((value == reference) & ((value != 0) | (kind != "positive")), 1.0, near)
    for flat in np.argsort(near, axis=None)[:8]:
        _, index = place("", np.unravel_index(flat, near.shape))
        if near[index] < NEAR:
            yield index, max(float(near[index]), 0.0)


def _nearer(
    domain: Domain, value: np.ndarray, reference: np.ndarray, index: tuple[int, ...]
) -> np.ndarray:
    """The array with one entry ten times nearer the edge that is near."""
    kind, lower, upper = domain
    value = np.array(value, dtype=float)
    if kind == "positive_definite":
        eigenvalues, basis = _whitened(value[index], reference[index])
        value[index] -= 0.9 * eigenvalues[0] * np.outer(basis[:, 0], basis[:, 0])
    elif kind in ("positive", "nonnegative"):
        value[index] *= 0.1 if value[index] < reference[index] else 10.0
    elif kind == "real":
        value = 10 * value
    elif kind == "interval":
        end = lower if value[index] - lower < upper - value[index] else upper
        value[index] = end + 0.1 * (value[index] - end)
    else:
        value[index] *= 0.1
        others = np.arange(value.shape[-1]) != index[-1]
        row = value[index[:-1]]
        row[others] *= (1 - row[index[-1]]) / max(row[others].sum(), 1e-300)
    return value


# --- standalone: end
