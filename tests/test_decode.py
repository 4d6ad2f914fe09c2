"""The most probable states: against every joint state, and against hmmlearn."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hmmlearn.hmm import CategoricalHMM, GaussianHMM

from autoem import (
    Axis,
    Categorical,
    Given,
    Index,
    Latent,
    Markov,
    Model,
    MultivariateNormal,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    previous,
)
from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.derive.stages import derive
from autoem.errors import NothingToDecode
from autoem.pipeline import fit, sample
from autoem.program.ir import BestPath
from autoem.program.lower import lower
from autoem.verify.case import Case
from autoem.verify.obligations.decode import decode
from tests.derive.test_product_chain import Driven, TwoChains, Varying
from tests.test_models import ROOT, declared


class MixedEmissions(Model):
    """A chain whose state chooses a mixture: two latents a step."""

    s, t, k, c = Axis(), Axis(), Axis(), Axis()
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    share = Parameter(Simplex(c), over=k)
    mean = Parameter(Real(), over=(k, c))
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    part = Latent(Categorical(share[z]), over=(s, t))
    x = Observed(Normal(mean[z, part], variance=1), over=(s, t))


class Nested(Model):
    """A group that is seen itself, and whose rows have classes of their own."""

    i, g, k, c = Axis(), Axis(), Axis(), Axis()
    group = Given(Index(g), over=i)
    weight = Parameter(Simplex(k))
    share = Parameter(Simplex(c), over=k)
    rate = Parameter(Positive(), over=(k, c))
    height = Parameter(Real(), over=k)
    kind = Latent(Categorical(weight), over=g)
    y = Observed(Normal(height[kind], variance=1), over=g)
    part = Latent(Categorical(share[kind[group]]), over=i)
    x = Observed(Poisson(rate[kind[group], part]), over=i)


def case_of(model: Any) -> Case:
    derivation = derive(model)
    program = lower(derivation)
    return Case(derivation, program, load(emit(program), "decoded"))


@pytest.mark.parametrize("model", [MixedEmissions, Nested, TwoChains, Driven, Varying])
def test_no_joint_state_is_more_probable(model: Any) -> None:
    found = list(decode(case_of(model)))
    assert len(found) == 2 and all(obligation.holds for obligation in found), found


@pytest.mark.parametrize(
    "name",
    ["gaussian_mixture", "mixture_of_factor_analyzers", "poisson_hidden_markov", "two_coins"],
)
def test_shipped_models_decode(name: str) -> None:
    found = list(decode(case_of(declared(ROOT / "models" / f"{name}.py"))))
    assert len(found) == 2 and all(obligation.holds for obligation in found), found


def test_the_judge_sees_a_planted_path() -> None:
    case = case_of(declared(ROOT / "models" / "hidden_markov.py"))
    function = case.program.decode
    assert function is not None
    body = list(function.body)
    place = next(i for i, let in enumerate(body) if isinstance(let.operation, BestPath))
    operation = body[place].operation
    turned = replace(operation, step=replace(operation.step, axes=operation.step.axes[::-1]))
    body[place] = replace(body[place], operation=turned)
    program = replace(case.program, decode=replace(function, body=tuple(body)))
    module: Any = load(emit(program), "broken")
    tried = [Case(case.derivation, program, module, seed) for seed in range(10)]
    assert any(not obligation.holds for broken in tried for obligation in decode(broken))


def test_chains_that_meet_take_the_best_joint_path() -> None:
    """Against hmmlearn's path of the chain over both states."""
    rng = np.random.default_rng(3)
    theta = {
        "first": rng.dirichlet(np.ones(3)), "move": rng.dirichlet(np.ones(3), 3),
        "start": rng.dirichlet(np.ones(2)), "turn": rng.dirichlet(np.ones(2), 2),
        "mean": rng.normal(0, 2, (3, 2)), "variance": np.array(0.7),
    }  # fmt: skip
    x = sample(TwoChains, theta, {"s": 5, "t": 30, "k": 3, "m": 2}, seed=1)["x"]
    found = fit(TwoChains, {"x": x}, {"k": 3, "m": 2}, start=theta, max_iterations=0).decode()
    peer = GaussianHMM(6, covariance_type="diag")
    peer.startprob_ = np.kron(theta["first"], theta["start"])
    peer.transmat_ = np.kron(theta["move"], theta["turn"])
    peer.means_, peer.covars_ = theta["mean"].reshape(6, 1), np.full((6, 1), theta["variance"])
    states = peer.decode(x.reshape(-1, 1), [30] * 5)[1].reshape(x.shape)
    np.testing.assert_array_equal(2 * found["z"] + found["w"], states)


def test_hmmlearn_finds_the_same_paths() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(4, size=(30, 25))
    found = fit(declared(ROOT / "models" / "hidden_markov.py"), {"x": x}, {"k": 3}, tol=1e-6)
    peer = CategoricalHMM(3, n_features=4)
    peer.startprob_ = found.parameters["initial"]
    peer.transmat_ = found.parameters["transition"]
    peer.emissionprob_ = found.parameters["emission"]
    lengths = [x.shape[1]] * len(x)
    _, states = peer.decode(x.reshape(-1, 1), lengths)
    np.testing.assert_array_equal(found.decode()["z"], states.reshape(x.shape))
    np.testing.assert_array_equal(found.decode({"x": x[:3]})["z"], found.decode()["z"][:3])


def test_a_model_without_states_says_so() -> None:
    class Plain(Model):
        n, d = Axis(), Axis()
        mean = Parameter(Real(d))
        cov = Parameter(PositiveDefinite(d))
        x = Observed(MultivariateNormal(mean, cov=cov), over=n)

    found = fit(Plain, {"x": np.random.default_rng(0).normal(size=(9, 2))})
    with pytest.raises(NothingToDecode, match="no latents"):
        found.decode()
