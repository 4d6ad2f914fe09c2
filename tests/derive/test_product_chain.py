"""Chains that meet in an emission, taken as one: judged by enumeration of all paths."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Categorical,
    Interval,
    Latent,
    Markov,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    Simplex,
    previous,
    where,
)
from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.errors import NoExactPosterior, TooManyStates
from tests.derive import judged as judge
from tests.derive.zoo.case import Case


class TwoChains(Model):
    """Two hidden chains and one number that depends on both."""

    s, t, k, m = Axis(), Axis(), Axis(), Axis()
    first, move = Parameter(Simplex(k)), Parameter(Simplex(k), over=k)
    start, turn = Parameter(Simplex(m)), Parameter(Simplex(m), over=m)
    mean = Parameter(Real(), over=(k, m))
    variance = Parameter(Positive())
    z = Latent(Markov(first=Categorical(first), then=Categorical(move[previous])), over=(s, t))
    w = Latent(Markov(first=Categorical(start), then=Categorical(turn[previous])), over=(s, t))
    x = Observed(Normal(mean[z, w], variance=variance), over=(s, t))


class Driven(Model):
    """A chain whose steps depend on where another has gone."""

    s, t, k, m = Axis(), Axis(), Axis(), Axis()
    first, move = Parameter(Simplex(k)), Parameter(Simplex(k), over=k)
    start, turn = Parameter(Simplex(m)), Parameter(Simplex(m), over=(k, m))
    mean = Parameter(Real(), over=m)
    z = Latent(Markov(first=Categorical(first), then=Categorical(move[previous])), over=(s, t))
    w = Latent(Markov(first=Categorical(start), then=Categorical(turn[z, previous])), over=(s, t))
    x = Observed(Normal(mean[w], variance=1), over=(s, t))


class Varying(Model):
    """Steps that change: of one chain by their number, of the other by sequence."""

    s, t, k, m = Axis(), Axis(), Axis(), Axis()
    first, move = Parameter(Simplex(k)), Parameter(Simplex(k), over=(t, k))
    start, turn = Parameter(Simplex(m)), Parameter(Simplex(m), over=(s, m))
    mean = Parameter(Real(), over=(k, m))
    z = Latent(Markov(first=Categorical(first), then=Categorical(move[previous])), over=(s, t))
    w = Latent(Markov(first=Categorical(start), then=Categorical(turn[previous])), over=(s, t))
    x = Observed(Normal(mean[z, w], variance=1), over=(s, t))


CASES = (
    Case(Varying, {"s": 2, "t": 3, "k": 2, "m": 2}),
    Case(TwoChains, {"s": 2, "t": 3, "k": 2, "m": 2}),
    Case(Driven, {"s": 2, "t": 3, "k": 2, "m": 2}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_chains_that_meet_are_judged(case: Case) -> None:
    found, instance = judge.judged(case.model), judge.instance_of(case)
    assert {q.rule for q in found.derivation.e_step.posteriors} == {"product_chain"}
    judge.check_likelihood(found, instance)
    judge.check_maximum(found, instance)


def paths(x: np.ndarray, a: dict[str, Any]) -> tuple[float, np.ndarray]:
    """log p(x) of one sequence and P(z_t = i, w_t = j), by a chain over joint states."""
    seen = stats.norm.logpdf(x[:, None, None], a["mean"], np.sqrt(a["variance"])).reshape(
        len(x), -1
    )
    step = np.log(np.kron(a["move"], a["turn"]))
    past = [np.log(np.kron(a["first"], a["start"])) + seen[0]]
    for row in seen[1:]:
        past.append(special.logsumexp(past[-1][:, None] + step, axis=0) + row)
    future = [np.zeros(seen.shape[1])]
    for row in seen[:0:-1]:
        future.insert(0, special.logsumexp(step + (row + future[0]), axis=1))
    total = float(special.logsumexp(past[-1]))
    return total, np.exp(np.array(past) + future - total).reshape(len(x), *a["mean"].shape)


def test_smoothed_states_are_those_of_the_kronecker_chain() -> None:
    rng = np.random.default_rng(2)
    sizes = {"s": 4, "t": 9, "k": 3, "m": 2}
    theta: dict[str, Any] = {
        "first": rng.dirichlet(np.ones(3)), "move": rng.dirichlet(np.ones(3), 3),
        "start": rng.dirichlet(np.ones(2)), "turn": rng.dirichlet(np.ones(2), 2),
        "mean": rng.normal(0, 2, (3, 2)), "variance": np.array(0.7),
    }  # fmt: skip
    x = autoem.sample(TwoChains, theta, sizes, seed=1)["x"]
    found = autoem.fit(TwoChains, {"x": x}, {"k": 3, "m": 2}, start=theta, max_iterations=0)
    each = [paths(row, theta) for row in x]
    assert_allclose(found.log_likelihood, sum(total for total, _ in each), rtol=1e-12)
    states = found.posterior()
    assert_allclose(states["z"], [joint.sum(axis=2) for _, joint in each], atol=1e-12)
    assert_allclose(states["w"], [joint.sum(axis=1) for _, joint in each], atol=1e-12)


def test_a_wrong_part_of_the_recursion_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge notices pairs of neighbors that are made of the wrong arrays."""
    right = ProductChainPosterior._expected

    def wrong(self: ProductChainPosterior, term: Any, chosen: Any) -> Any:
        parts = {**self.joint, "after": self.joint["responsibility"]}
        return right(replace(self, joint=parts), term, chosen)

    monkeypatch.setattr(ProductChainPosterior, "_expected", wrong)
    case = Case(TwoChains, {"s": 2, "t": 2, "k": 2, "m": 2})
    with pytest.raises(AssertionError):
        judge.check_maximum(judge.judged(TwoChains), judge.instance_of(case))


def test_too_many_joint_states_are_refused_with_the_size_of_a_step() -> None:
    data = {"x": np.zeros((2, 5)) + np.arange(5)}
    with pytest.raises(TooManyStates, match=r"2,560,000 entries.*mean_field") as found:
        autoem.fit(TwoChains, data, {"k": 40, "m": 40})
    assert found.value.sizes == (40, 40, 40, 40)


def test_many_binary_chains_are_refused_when_they_are_derived() -> None:
    class Crowd(Model):
        s, t, k = Axis(), Axis(), Axis(size=110)
        p = Parameter(Simplex(k))
        q = Parameter(Simplex(k), over=k)
        share = Parameter(Interval(0, 1))
        mean = Parameter(Real(), over=k)
        a = Latent(Markov(first=Categorical(p), then=Categorical(q[previous])), over=(s, t))
        b = Latent(Markov(first=Categorical(p), then=Categorical(q[previous])), over=(s, t))
        c = Latent(Bernoulli(share), over=s)
        x = Observed(Normal(mean[a] + mean[b], variance=1), over=(s, t))
        y = Observed(Normal(where(c, 1, 2), variance=1), over=s)

    with pytest.raises(NoExactPosterior, match=r"12,100 states together, and a step 146,410,000"):
        autoem.derive(Crowd)
