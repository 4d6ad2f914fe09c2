"""Directions inside the domains, and derivatives along them.

A `Chart` has coordinates u in R^m for the parameters near a point, with u = 0 at the point, so that
every move stays in the domains:

    real      x + u              simplex           softmax(log p + u)
    positive  x exp(u)           interval (a, b)   a + (b - a) expit(logit share + u)
    positive definite            L expm(S(u)) L',  where the point is L L' and S is symmetric

A stationary point in these coordinates is one in the domain; an entry on an edge does not move,
nor does one that is held: the free entries of a simplex share what these leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import linalg, special

from autoem.language.declaration import Parameter
from autoem.language.domain import Domain

Arrays = dict[str, np.ndarray]
Objective = Callable[[Arrays], float]


def _interval(x: np.ndarray, u: np.ndarray, domain: Domain) -> np.ndarray:
    assert domain.lower is not None and domain.upper is not None
    lower, width = float(domain.lower), float(domain.upper) - float(domain.lower)
    share = np.clip((x - lower) / width, 0.0, 1.0)
    return lower + width * special.expit(special.logit(share) + u)


def _simplex(p: np.ndarray, u: np.ndarray, domain: Domain) -> np.ndarray:
    moved = p * np.exp(u)
    return np.asarray(moved / moved.sum(axis=-1, keepdims=True))


def _positive_definite(matrix: np.ndarray, u: np.ndarray, domain: Domain) -> np.ndarray:
    size = matrix.shape[-1]
    rows, columns = np.tril_indices(size)
    flat = matrix.reshape(-1, size, size)
    coordinates = u.reshape(len(flat), -1)
    moved = []
    for each, entries in zip(flat, coordinates, strict=True):
        symmetric = np.zeros((size, size))
        symmetric[rows, columns] = entries
        symmetric = (symmetric + symmetric.T) / 2
        root = np.linalg.cholesky(each)
        moved.append(root @ linalg.expm(symmetric) @ root.T)
    return np.array(moved).reshape(matrix.shape)


MOVES: dict[str, Callable[[np.ndarray, np.ndarray, Domain], np.ndarray]] = {
    "real": lambda x, u, _: x + u,
    "positive": lambda x, u, _: x * np.exp(u),
    "nonnegative": lambda x, u, _: x * np.exp(u),
    "interval": _interval,
    "simplex": _simplex,
    "positive_definite": _positive_definite,
}
"""Kind of domain to the move by u from a point."""


@dataclass(frozen=True)
class Chart:
    """Coordinates of some parameters about a point; other parameters are held."""

    parameters: tuple[Parameter, ...]
    point: Mapping[str, np.ndarray]
    held: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of coordinates."""
        return sum(self._length(p) for p in self.parameters)

    def __call__(self, u: np.ndarray) -> Arrays:
        """The parameters at coordinates u."""
        moved, start = dict(self.point), 0
        for parameter in self.parameters:
            x, end = np.asarray(self.point[parameter.name]), start + self._length(parameter)
            own = u[start:end] if _is_matrix(parameter) else u[start:end].reshape(x.shape)
            domain = parameter.domain
            there = np.asarray(MOVES[domain.kind](x, own, domain))
            moved[parameter.name] = self._held(parameter, x, there)
            start = end
        return moved

    def _held(self, parameter: Parameter, x: np.ndarray, moved: np.ndarray) -> np.ndarray:
        """The point moved to, with what is held where it was."""
        if parameter.name not in self.held:
            return moved
        free = np.isnan(np.broadcast_to(self.held[parameter.name], x.shape))
        if parameter.domain.kind == "simplex":
            total, left = (np.where(free, p, 0).sum(-1, keepdims=True) for p in (moved, x))
            moved = moved * left / np.where(total > 0, total, 1)
        return np.where(free, moved, x)

    def slopes(self, objective: Objective, directions: np.ndarray) -> np.ndarray:
        """The derivative along each direction (a row)."""
        return self.derivatives(objective, directions)[0]

    def derivatives(
        self, objective: Objective, directions: np.ndarray, h: float = 3e-3
    ) -> tuple[np.ndarray, np.ndarray]:
        """First and second derivative along each direction, by differences to fourth order.

        >>> chart = Chart((), {})
        >>> chart.derivatives(lambda theta: 1.0, np.zeros((1, 0)))
        (array([0.]), array([0.]))
        """
        middle, steps = objective(self(np.zeros(self.size))), np.array([1.0, -1.0, 2.0, -2.0])
        values = np.array([[objective(self(t * h * v)) for t in steps] for v in directions])
        up, down, far_up, far_down = values.T
        slopes = (8 * (up - down) - (far_up - far_down)) / (12 * h)
        bends = (16 * (up + down) - (far_up + far_down) - 30 * middle) / (12 * h**2)
        return slopes, bends

    def _length(self, parameter: Parameter) -> int:
        shape = np.shape(self.point[parameter.name])
        if _is_matrix(parameter):
            size = shape[-1]
            return int(np.prod(shape[:-2])) * size * (size + 1) // 2
        return int(np.prod(shape))


def _is_matrix(parameter: Parameter) -> bool:
    return parameter.domain.kind == "positive_definite"


def directions(size: int, number: int, generator: np.random.Generator) -> np.ndarray:
    """Random unit vectors, which no error of the gradient is orthogonal to; all axes if few."""
    if size <= number:
        return np.eye(size)
    found = generator.normal(size=(number, size))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))
