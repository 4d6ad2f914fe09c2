"""Where an iteration leaves the interior: collapse, empty components, optima at an edge.

A variance that follows one data point to zero makes the likelihood infinite: *degenerate*.  A noise
variance that is best at zero, a probability of zero, are finite optima on the edge: *boundary*.
The two are told apart by asking the objective: what does it do if the parameter goes further?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from autoem.runtime.arrays import Arrays, Domain

# --- standalone: begin
COLLAPSE = 1e-12
"""A scale this far below (or above) its size after the first map is on its way out."""
NEAR = 1e-2
"""An entry this near its edge, relative to its size after the first map, is worth a question."""


def place(name: str, index: tuple[int, ...]) -> str:
    """`cov[1]` for entry (1,) of cov; the bare name for a scalar."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def first_not_finite(parameters: Arrays) -> str:
    """The first entry that is nan or infinite, as `name[index]`; empty if there is none."""
    for name, value in parameters.items():
        wrong = np.argwhere(~np.isfinite(value))
        if len(wrong):
            return place(name, tuple(map(int, wrong[0])))
    return ""


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
    """Eigenvalues W, ascending, of `value` relative to `reference`, and B with value = B W B'."""
    try:
        factor = np.linalg.cholesky(reference)
        inner = np.linalg.solve(factor, np.swapaxes(np.linalg.solve(factor, value), -1, -2))
        eigenvalues, vectors = np.linalg.eigh((inner + np.swapaxes(inner, -1, -2)) / 2)
        return eigenvalues, factor @ vectors
    except np.linalg.LinAlgError:
        return np.ones(value.shape[:-1]), np.broadcast_to(np.eye(value.shape[-1]), value.shape)


def most_extreme(
    domains: Mapping[str, Domain], now: Arrays, reference: Arrays
) -> tuple[str, float]:
    """The scale farthest from its reference, as `name[index]`, and the ratio; ("", 1) if none."""
    worst, at = 1.0, ""
    for name, ratio in relative_scales(domains, now, reference):
        with np.errstate(all="ignore"):
            distance = np.nan_to_num(np.abs(np.log(np.maximum(ratio, 0.0))), nan=0.0)
        index = np.unravel_index(np.argmax(distance), distance.shape)
        if distance[index] > abs(np.log(max(worst, 1e-300))):
            worst, at = max(float(ratio[index]), 0.0), place(name, tuple(map(int, index)))
    return at, worst


def collapsing(
    domains: Mapping[str, Domain], reference: Arrays, before: Arrays, now: Arrays, gain: float
) -> str:
    """The scale that runs to zero (or infinity) while the objective grows with it; empty if none.

    Two points in a row beyond `COLLAPSE`, moving on, and the objective up by a share of the
    logarithm of the move, as a log density of some rows is: d log N / d log variance = -rows / 2.
    """
    at, ratio = most_extreme(domains, now, reference)
    same, earlier = most_extreme(domains, before, reference)
    if at != same or not all(r < COLLAPSE or r > 1 / COLLAPSE for r in (ratio, earlier)):
        return ""
    with np.errstate(divide="ignore"):
        move = abs(float(np.log(ratio)) - float(np.log(earlier)))
    return at if move > np.log(1.5) and gain > 0.05 * move else ""


def at_edge(
    domains: Mapping[str, Domain],
    reference: Arrays,
    parameters: Arrays,
    objective: float,
    evaluate: Callable[[Arrays], float],
) -> tuple[str, str]:
    """("boundary" or "degenerate", `name[index]`) if the optimum lies on an edge, else ("", "").

    Each suspicious entry is moved ten times nearer its edge.  Where the objective does not fall,
    the optimum is at the edge; where a vanishing scale still changes it, it has none.
    """
    for name in domains:
        for index, nearness, moved in _probes(domains[name], parameters[name], reference[name]):
            if moved is None:
                return "boundary", place(name, index)
            probed = evaluate({**parameters, name: moved})
            slack = 1e-9 * (1 + abs(objective))
            if objective - slack <= probed <= objective + max(slack, 1e-3):
                return "boundary", place(name, index)
            if nearness < COLLAPSE or probed > objective + slack:
                return "degenerate", place(name, index)
    return "", ""


Probe = tuple[tuple[int, ...], float, np.ndarray | None]


def _probes(domain: Domain, value: np.ndarray, reference: np.ndarray) -> Iterator[Probe]:
    """The entry nearest each edge: its index, its relative distance, and the array moved closer.

    The moved array is None where the entry is already exactly there.
    """
    kind, lower, upper = domain
    if kind == "positive_definite":
        yield from _probe_covariance(value, reference)
    elif kind == "simplex":
        yield from _probe_low(value, np.where(value == reference, 1.0, value), _renormalized)
    elif kind == "interval":
        share = np.where(value == reference, 0.5, (value - lower) / (upper - lower))
        yield from _probe_low(
            value, share, lambda v, at: _set(v, at, lower + 0.1 * (v[at] - lower))
        )
        yield from _probe_low(
            value, 1 - share, lambda v, at: _set(v, at, upper - 0.1 * (upper - v[at]))
        )
    elif kind in ("positive", "nonnegative"):
        with np.errstate(all="ignore"):
            ratio = np.where(value == reference, 1.0, value / reference)
            yield from _probe_low(value, ratio, lambda v, at: _set(v, at, v[at] / 10))
            yield from _probe_low(value, 1 / ratio, lambda v, at: _set(v, at, v[at] * 10))


def _probe_low(
    value: np.ndarray,
    nearness: np.ndarray,
    nearer: Callable[[np.ndarray, tuple[int, ...]], np.ndarray],
) -> Iterator[Probe]:
    index = tuple(map(int, np.unravel_index(np.argmin(nearness), nearness.shape)))
    if nearness.size and nearness[index] < NEAR:
        there = nearness[index] <= 0
        yield index, float(nearness[index]), None if there else nearer(value, index)


def _set(value: np.ndarray, index: tuple[int, ...], entry: float) -> np.ndarray:
    moved = np.array(value, dtype=float)
    moved[index] = entry
    return moved


def _renormalized(value: np.ndarray, index: tuple[int, ...]) -> np.ndarray:
    moved = _set(value, index, value[index] / 10)
    return moved / moved.sum(axis=-1, keepdims=True)


def _probe_covariance(value: np.ndarray, reference: np.ndarray) -> Iterator[Probe]:
    """The covariance with its relatively smallest eigenvalue divided by ten."""
    eigenvalues, basis = _whitened(value, reference)
    smallest = eigenvalues[..., 0]
    index = tuple(map(int, np.unravel_index(np.argmin(smallest), smallest.shape)))
    if smallest[index] < NEAR:
        direction = basis[index][:, 0]
        shrink = 0.9 * smallest[index] * np.outer(direction, direction)
        yield index, float(smallest[index]), _set_matrix(value, index, value[index] - shrink)


def _set_matrix(value: np.ndarray, index: tuple[int, ...], matrix: np.ndarray) -> np.ndarray:
    moved = np.array(value, dtype=float)
    moved[index] = matrix
    return moved


# --- standalone: end
