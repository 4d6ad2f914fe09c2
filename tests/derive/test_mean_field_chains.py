"""Factors of q that are chains: against sums over all paths, and against exact answers."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

import autoem
from autoem import mean_field
from autoem.derive.stages import derive
from autoem.errors import NoExactPosterior
from autoem.verify.examine import verify
from tests.test_models import ROOT, declared

FACTORIAL = declared(ROOT / "models/factorial_chain.py")
SWITCHING = declared(ROOT / "models/switching_state_space.py")

THETA: dict[str, Any] = {
    "first": [0.6, 0.4],
    "start": [0.5, 0.5],
    "move": [[0.9, 0.1], [0.2, 0.8]],
    "turn": [[0.8, 0.2], [0.3, 0.7]],
    "mean": [[0.0, 1.0], [5.0, 6.5]],
    "variance": 0.3,
}
REGIMES: dict[str, Any] = {
    "initial": [0.5, 0.5],
    "move": [[0.95, 0.05], [0.1, 0.9]],
    "decay": [0.95, -0.5],
    "push": [0.1, 2.0],
    "noise": 0.05,
}


def normal(x: Any, mean: Any, variance: Any) -> np.ndarray:
    return np.asarray(-0.5 * np.log(2 * np.pi * variance) - (x - mean) ** 2 / (2 * variance))


def over_paths(
    first: Any, move: Any, unary: np.ndarray
) -> tuple[dict[tuple[int, ...], float], Any]:
    """q of every path, proportional to its prior times exp(unary), and its marginals."""
    steps, states = unary.shape
    paths = list(product(range(states), repeat=steps))
    weight = np.array([
        np.log(first[z[0]])
        + sum(np.log(move[a][b]) for a, b in pairwise(z))
        + sum(unary[t, k] for t, k in enumerate(z))
        for z in paths
    ])  # fmt: skip
    q = np.exp(weight - np.logaddexp.reduce(weight))
    marginal = np.zeros((steps, states))
    for path, share in zip(paths, q, strict=True):
        marginal[range(steps), path] += share
    return dict(zip(paths, q, strict=True)), marginal


def log_prior(path: tuple[int, ...], first: Any, move: Any) -> float:
    return float(np.log(first[path[0]]) + sum(np.log(move[a][b]) for a, b in pairwise(path)))


def test_a_factorial_chain_is_that_of_all_pairs_of_paths() -> None:
    """One E-step: z given what is held of w, then w given z, and F = E_q[log p - log q]."""
    x, held = np.array([0.3, 5.2, 1.1, 6.0]), np.random.default_rng(0).dirichlet([1, 1], 4)
    density = normal(x[:, None, None], np.array(THETA["mean"]), THETA["variance"])
    q_z, r_z = over_paths(THETA["first"], THETA["move"], np.einsum("tkm,tm->tk", density, held))
    q_w, r_w = over_paths(THETA["start"], THETA["turn"], np.einsum("tkm,tk->tm", density, r_z))
    bound = sum(
        a * b * (log_prior(z, THETA["first"], THETA["move"])
                 + log_prior(w, THETA["start"], THETA["turn"])
                 + density[range(4), z, w].sum() - np.log(a) - np.log(b))
        for z, a in q_z.items() for w, b in q_w.items()
    )  # fmt: skip
    module = autoem.generate(autoem.derive(FACTORIAL, mean_field())).module
    point = {name: np.asarray(value) for name, value in THETA.items()}
    point["held_responsibility_w"] = held[None]
    assert module.e_step({"x": x[None]}, point)[1] == pytest.approx(bound, abs=1e-12)
    found = module.posterior({"x": x[None]}, point)
    np.testing.assert_allclose(found["responsibility_z"][0], r_z, atol=1e-12)
    np.testing.assert_allclose(found["responsibility_w"][0], r_w, atol=1e-12)
    exact = autoem.generate(derive(FACTORIAL)).module.log_likelihood({"x": x[None]}, point)
    assert bound < exact


def test_a_factorial_chain_comes_near_its_exact_fit() -> None:
    x = autoem.sample(FACTORIAL, THETA, {"s": 30, "t": 20}, seed=1)["x"]
    sizes = {"k": 2, "m": 2}
    found = autoem.fit(autoem.derive(FACTORIAL, mean_field()), {"x": x}, sizes)
    exact = autoem.fit(FACTORIAL, {"x": x}, sizes)
    assert found.result == "converged" and np.min(np.diff(found.trace)) > -1e-9
    assert exact.log_likelihood - 3 < found.elbo < exact.log_likelihood
    at_found = autoem.generate(derive(FACTORIAL)).module.log_likelihood({"x": x}, found.parameters)
    assert found.elbo < at_found <= exact.log_likelihood
    np.testing.assert_allclose(found.parameters["mean"], exact.parameters["mean"], atol=0.05)
    assert found.score({"x": x}) == pytest.approx(found.elbo, abs=1.0)
    again = found.posterior({"x": x[:5]})["z"]
    assert np.abs(again - found.posterior()["z"][:5]).max() < 0.1


def test_a_switching_state_space_is_that_of_a_dense_gaussian_and_of_all_paths() -> None:
    """One E-step: the level given what is held of the regimes, then these given the level."""
    generator = np.random.default_rng(0)
    x, r = generator.normal(size=4), generator.dirichlet([1, 1], 4)
    decay, push, noise = np.array([0.8, -0.4]), np.array([0.3, 1.5]), 0.4
    first, move = [0.3, 0.7], [[0.9, 0.1], [0.4, 0.6]]
    precision = np.eye(4) / noise
    precision[0, 0] += 1
    for t in range(1, 4):
        for w, a in zip(r[t] / push, decay, strict=True):
            precision[t - 1 : t + 1, t - 1 : t + 1] += w * np.array([[a * a, -a], [-a, 1]])
    spread = np.linalg.inv(precision)
    mean = spread @ x / noise
    second = spread + np.outer(mean, mean)
    unary = np.zeros((4, 2))
    for t in range(1, 4):
        square = second[t, t] - 2 * decay * second[t, t - 1] + decay**2 * second[t - 1, t - 1]
        unary[t] = -0.5 * np.log(2 * np.pi * push) - square / (2 * push)
    q_z, r_z = over_paths(first, move, unary)
    bound = sum(q * (log_prior(z, first, move) - np.log(q)) for z, q in q_z.items())
    bound += (r_z * unary).sum() - 0.5 * np.log(2 * np.pi) - second[0, 0] / 2
    bound += np.sum(normal(x, mean, noise) - np.diagonal(spread) / (2 * noise))
    bound += 0.5 * np.linalg.slogdet(2 * np.pi * np.e * spread)[1]
    derivation = autoem.derive(SWITCHING, mean_field())
    rules = {q.local.latent.name: q.rule for q in derivation.e_step.posteriors}
    assert rules == {"h": "smoother", "is_z": "chain"}
    point = {"initial": first, "move": move, "decay": decay, "push": push, "noise": noise}
    point = {name: np.asarray(value) for name, value in point.items()}
    module = autoem.generate(derivation).module
    value = module.e_step({"x": x[None]}, {**point, "held_responsibility_z": r[None]})[1]
    assert value == pytest.approx(bound, abs=1e-12)


def test_the_error_names_what_then_fits_a_switching_state_space() -> None:
    with pytest.raises(NoExactPosterior, match=r"posterior=mean_field\(\)"):
        derive(SWITCHING)
    drawn = autoem.sample(SWITCHING, REGIMES, {"s": 20, "t": 60}, seed=1)
    found = autoem.fit(autoem.derive(SWITCHING, mean_field()), {"x": drawn["x"]}, {"k": 2})
    assert found.result == "converged" and np.min(np.diff(found.trace)) > -1e-9
    calm = int(np.argmin(found.parameters["push"]))
    assert found.parameters["decay"][calm] == pytest.approx(0.95, abs=0.05)
    assert found.parameters["push"][1 - calm] == pytest.approx(2.0, abs=0.5)
    regimes = found.posterior()["z"].argmax(axis=-1) != calm
    assert np.mean(regimes == drawn["z"]) > 0.85


@pytest.mark.parametrize("model", [FACTORIAL, SWITCHING])
def test_it_is_certified(model: type[autoem.Model]) -> None:
    certificate = verify(derive(model, assume=mean_field()))
    assert certificate, str(certificate)


class Large(autoem.Model):
    """Chains whose joint states no table holds."""

    s, t = autoem.Axis("sequences"), autoem.Axis("steps")
    k, m = autoem.Axis("states", size=40), autoem.Axis("other states", size=30)
    first, start = autoem.Parameter(autoem.Simplex(k)), autoem.Parameter(autoem.Simplex(m))
    move = autoem.Parameter(autoem.Simplex(k), over=k)
    turn = autoem.Parameter(autoem.Simplex(m), over=m)
    mean = autoem.Parameter(autoem.Real(), over=(k, m))
    z = autoem.Latent(
        autoem.Markov(
            first=autoem.Categorical(first), then=autoem.Categorical(move[autoem.previous])
        ),
        over=(s, t),
    )
    w = autoem.Latent(
        autoem.Markov(
            first=autoem.Categorical(start), then=autoem.Categorical(turn[autoem.previous])
        ),
        over=(s, t),
    )
    x = autoem.Observed(autoem.Normal(mean[z, w], variance=1), over=(s, t))


def test_a_large_factorial_chain_is_refused_with_its_size_and_taken_by_choice() -> None:
    with pytest.raises(NoExactPosterior, match=r"1,440,000.*mean_field\(\)"):
        derive(Large)
    found = derive(Large, assume=mean_field())
    assert [len(factor.posteriors) for factor in found.e_step.factors] == [1, 1]
