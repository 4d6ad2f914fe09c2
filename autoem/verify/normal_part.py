"""Integrals whose integrand is normal in some of its coordinates, given the others.

    int f(s, u) ds du  =  int F(s) ds,    F(s) = f(s, m(s)) (2 pi)^(D/2) |det L(s)|,

where log f(s, .) is a quadratic with its mode at m(s) and curvature -(L L')^-1.  At each s the
mode, with a third of the weight, and the 2 D points m +- (3 D / 2)^(1/2) L e_i have the moments of
f(s, .) up to the third.  Only F is left to a grid: a normal that another variable scales is a
funnel, which no grid in all coordinates covers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LogIntegrand = Callable[[np.ndarray], np.ndarray]

TRIED, EXACT = 5, 1e-9


@dataclass(frozen=True, eq=False)
class NormalPart:
    """log f, the coordinates u in which it is quadratic, and the others, s."""

    log_f: LogIntegrand
    inner: np.ndarray
    outer: np.ndarray

    @property
    def dimension(self) -> int:
        """D, how many coordinates are integrated in closed form."""
        return len(self.inner)

    def at(self, s: np.ndarray, u: np.ndarray) -> np.ndarray:
        """log f (N, M) at the points u (N, M, D) of each s (N, S)."""
        points = self.points(s, u)
        return self.log_f(points.reshape(-1, points.shape[-1])).reshape(points.shape[:2])

    def points(self, s: np.ndarray, u: np.ndarray) -> np.ndarray:
        """The points (N, M, D + S) in the order of the coordinates of f."""
        found = np.empty((*u.shape[:2], self.dimension + len(self.outer)))
        found[..., self.inner], found[..., self.outer] = u, s[:, None]
        return found

    def shape(self, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """m (N, D) and L (N, D, D), by differences with steps of one, which are exact; L is zero
        where f is."""
        size = self.dimension
        unit = np.eye(size)
        both = (unit[:, None] + unit[None]).reshape(-1, size)
        stencil = np.concatenate([np.zeros((1, size)), unit, -unit, both])
        values = self.at(s, np.broadcast_to(stencil, (len(s), *stencil.shape)))
        top, up, down = values[:, :1], values[:, 1 : size + 1], values[:, size + 1 : 2 * size + 1]
        corner = values[:, 2 * size + 1 :].reshape(-1, size, size)
        with np.errstate(invalid="ignore"):
            precision = -(corner - up[:, :, None] - up[:, None] + top[:, :, None])
            precision[:, np.arange(size), np.arange(size)] = -(up + down - 2 * top)
        root = np.zeros_like(precision)
        for place, matrix in enumerate(precision):
            root[place] = _root(matrix)
        slope = (np.nan_to_num(up) - np.nan_to_num(down)) / 2
        mean = np.einsum("nij,nkj,nk->ni", root, root, slope)
        return mean, root

    def log_marginal(self, s: np.ndarray) -> np.ndarray:
        """log F(s)."""
        mean, root = self.shape(s)
        with np.errstate(divide="ignore"):
            volume = np.linalg.slogdet(root)[1] + self.dimension * np.log(2 * np.pi) / 2
        return np.asarray(self.at(s, mean[:, None])[:, 0] + volume)

    def spread(self, s: np.ndarray, logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The 2 D + 1 points of every s, with its weight shared among them."""
        mean, root = self.shape(s)
        step = np.sqrt(1.5 * self.dimension) * np.swapaxes(root, 1, 2)
        centre = mean[:, None]
        u = np.concatenate([centre, centre + step, centre - step], axis=1)
        shares = np.full(u.shape[1], 1 / (3 * self.dimension))
        shares[0] = 1 / 3
        points, each = self.points(s, u), logs[:, None] + np.log(shares)
        return points.reshape(-1, points.shape[-1]), each.ravel()


def _root(precision: np.ndarray) -> np.ndarray:
    """L with L L' the inverse of a precision; zero where it is none."""
    try:
        return np.asarray(np.linalg.cholesky(np.linalg.inv((precision + precision.T) / 2)))
    except np.linalg.LinAlgError:
        return np.zeros_like(precision)


def normal_part(log_f: LogIntegrand, dimension: int) -> NormalPart | None:
    """The coordinates in which log f is a quadratic, seen at some points; none, nothing."""
    around = np.random.default_rng(dimension).normal(size=(TRIED, dimension))
    inner = np.flatnonzero(_parabolas(log_f, around))
    if not len(inner):
        return None
    outer = np.setdiff1d(np.arange(dimension), inner)
    found = NormalPart(log_f, inner, outer)
    return found if _is_normal(found, around) else None


def _parabolas(log_f: LogIntegrand, around: np.ndarray) -> np.ndarray:
    """Along which axes third differences vanish, and second ones are negative."""
    size = around.shape[1]
    steps = np.arange(-2.0, 3.0)[:, None] * np.eye(size)[:, None, None]
    lines = around[:, None] + steps
    values = log_f(lines.reshape(-1, size)).reshape(lines.shape[:-1])
    with np.errstate(invalid="ignore"):
        second, third = np.diff(values, 2), np.abs(np.diff(values, 3))
    scale = np.abs(values).max(axis=(1, 2), keepdims=True)
    good = np.isfinite(values).all(axis=2) & (second < 0).all(axis=2)
    return np.asarray((good & (third <= EXACT * scale).all(axis=2)).all(axis=1))


def _is_normal(part: NormalPart, around: np.ndarray) -> bool:
    """Whether log f is the quadratic of its shape at other points."""
    s, u = around[:, part.outer], np.random.default_rng(0).normal(size=(TRIED, 4, part.dimension))
    mean, root = part.shape(s)
    if not np.all(np.any(root, axis=(1, 2))):
        return False
    expected = part.at(s, mean[:, None]) - np.sum(u**2, axis=2) / 2
    found = part.at(s, mean[:, None] + np.einsum("nij,nmj->nmi", root, u))
    return bool(np.allclose(found, expected, rtol=EXACT, atol=EXACT))
