"""Newton's method climbs, in every domain, from far away and along redundant directions."""

from __future__ import annotations

import numpy as np
import pytest

from autoem.runtime.newton import Triple, Values, ascent_step, maximize
from autoem.runtime.transforms import Domain, curvature, from_line, jacobian, to_line

DOMAINS: dict[str, tuple[Domain, np.ndarray]] = {
    "real": (("real", 0, 0), np.array([1.0, -2.0])),
    "positive": (("positive", 0, 0), np.array([0.3, 7.0])),
    "interval": (("interval", -1.0, 3.0), np.array([[-0.5], [2.0]])),
    "simplex": (("simplex", 0, 1), np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]])),
    "positive_definite": (("positive_definite", 0, 0), np.array([[[2.0, 0.3], [0.3, 1.0]]])),
}


@pytest.mark.parametrize("kind", DOMAINS)
def test_coordinates_invert(kind: str) -> None:
    domain, x = DOMAINS[kind]
    np.testing.assert_allclose(from_line(domain, to_line(domain, x), x.shape), x, rtol=1e-14)


@pytest.mark.parametrize("kind", DOMAINS)
def test_derivatives_of_the_coordinates(kind: str) -> None:
    domain, x = DOMAINS[kind]
    u, h = to_line(domain, x), 1e-5
    g = np.random.default_rng(0).normal(size=(len(u), x.size // len(u)))
    speed, bend = jacobian(domain, u, x.shape[-1]), curvature(domain, u, g)
    for j in range(u.shape[1]):
        step = h * np.eye(u.shape[1])[j]
        ahead, behind = (from_line(domain, u + s * step, x.shape) for s in (1, -1))
        slope = (ahead - behind).reshape(len(u), -1) / (2 * h)
        np.testing.assert_allclose(speed[:, :, j], slope, atol=1e-8)
        pulled = [
            np.einsum("ni,nij->nj", g, jacobian(domain, u + s * step, x.shape[-1])) for s in (1, -1)
        ]
        np.testing.assert_allclose(bend[:, j], (pulled[0] - pulled[1]) / (2 * h), atol=1e-8)


def covariance_objective(values: Values) -> Triple:
    """The log density of a Normal with sample covariance S: greatest at V = S."""
    sample, v = np.array([[2.0, -1.0], [-1.0, 3.0]]), values[0]
    p = np.linalg.inv(v)
    objective = float(-np.linalg.slogdet(v)[1] - np.trace(p @ sample))
    q = p @ sample @ p
    hessian = np.einsum("il,kj->ijkl", p, p) - np.einsum("ik,lj->ijkl", p, q)
    return objective, (q - p,), ((hessian - np.einsum("ik,lj->ijkl", q, p),),)


def test_a_covariance_is_found_from_far_away() -> None:
    (v,) = maximize(covariance_objective, (1e4 * np.eye(2),), ("positive_definite",))
    np.testing.assert_allclose(v, [[2, -1], [-1, 3]], rtol=1e-8)


def test_two_unknowns_of_different_domains() -> None:
    def evaluate(values: Values) -> Triple:
        """A Normal sample 1, 2, 6: mean 3, variance 14/3."""
        m, v = values
        u = np.array([1.0, 2.0, 6.0]) - m
        objective = float(-np.sum(u**2) / (2 * v) - 1.5 * np.log(v))
        g = np.sum(u) / v, np.sum(u**2) / (2 * v**2) - 1.5 / v
        cross = -np.sum(u) / v**2
        return objective, g, ((-3 / v, cross), (cross, 1.5 / v**2 - np.sum(u**2) / v**3))

    mean, variance = maximize(evaluate, (np.array(-40.0), np.array(1e3)), ("real", "positive"))
    np.testing.assert_allclose([mean, variance], [3, 14 / 3], rtol=1e-9)


def test_the_redundant_direction_of_a_softmax_does_not_move() -> None:
    counts = np.array([3.0, 5.0, 2.0])

    def evaluate(values: Values) -> Triple:
        e = np.exp(values[0])
        p = e / e.sum()
        hessian = -10 * (np.diag(p) - np.outer(p, p))
        return float(counts @ np.log(p)), (counts - 10 * p,), ((hessian,),)

    (logits,) = maximize(evaluate, (np.zeros(3),), ("real",))
    np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(), counts / 10, rtol=1e-9)
    assert abs(logits.sum()) < 1e-9


def test_a_simplex_with_its_multiplier_built_in() -> None:
    counts = np.array([[3.0, 5.0, 2.0], [1.0, 1.0, 8.0]])

    def evaluate(values: Values) -> Triple:
        (p,) = values
        hessian = -np.diag((counts / p**2).ravel()).reshape(2, 3, 2, 3)
        return float(np.sum(counts * np.log(p))), (counts / p,), ((hessian,),)

    (p,) = maximize(evaluate, (np.full((2, 3), 1 / 3),), ("simplex",))
    np.testing.assert_allclose(p, counts / 10, rtol=1e-9)


def test_the_objective_never_falls_and_a_saddle_is_left_upwards() -> None:
    seen: list[float] = []

    def evaluate(values: Values) -> Triple:
        x = values[0]
        return float(x**2 / 2 - x**4 / 4), (x - x**3,), ((1 - 3 * x**2,),)

    def watched(values: Values) -> Triple:
        seen.append(float(values[0]))
        return evaluate(values)

    (x,) = maximize(watched, (np.array(0.01),), ("real",))
    assert abs(float(x) - 1) < 1e-9
    assert ascent_step(np.array([1.0]), np.array([[4.0]])) == 0.25


def test_a_wrong_gradient_does_not_move() -> None:
    def evaluate(values: Values) -> Triple:
        x = values[0]
        return float(-(x**2)), (2 * x,), ((np.array(-2.0),),)

    assert float(maximize(evaluate, (np.array(3.0),), ("real",))[0]) == 3.0
