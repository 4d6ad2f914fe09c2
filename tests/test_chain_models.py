"""Models along chains against their peers: hmmlearn, statsmodels, the dense joint Gaussian."""

from typing import Any

import numpy as np
import pytest
from hmmlearn.hmm import GMMHMM, GaussianHMM
from scipy import stats
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

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
    derive,
    fit,
    generate,
    previous,
    sample,
    verify,
    where,
)
from autoem.errors import NoExactPosterior, OutsideDomain
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]


def shipped(name: str) -> Any:
    return declared(ROOT / "models" / f"{name}.py")


def system() -> Arrays:
    """A stable linear-Gaussian system."""
    rng = np.random.default_rng(4)
    roots = rng.normal(size=(2, 2, 2))
    spread, drift = roots @ np.swapaxes(roots, -1, -2) + np.eye(2) / 2
    return {
        "start": rng.normal(size=2), "spread": spread, "drift": drift, "noise": np.eye(3) * 0.7,
        "dynamics": np.array([[0.8, 0.3], [-0.2, 0.7]]), "loading": rng.normal(size=(3, 2)),
    }  # fmt: skip


def smoother(x: np.ndarray, p: Arrays) -> Any:
    """statsmodels' filter and smoother of the same system."""
    peer = KalmanSmoother(k_endog=3, k_states=2, k_posdef=2)
    peer.bind(np.asfortranarray(x.T))
    peer["design"], peer["transition"], peer["selection"] = p["loading"], p["dynamics"], np.eye(2)
    peer["obs_cov"], peer["state_cov"] = p["noise"], p["drift"]
    peer.initialize_known(p["start"], p["spread"])
    return peer.smooth()


@pytest.mark.parametrize("steps", [40, 700])
def test_the_state_space_is_that_of_statsmodels(steps: int) -> None:
    model, p = shipped("state_space"), system()
    x = sample(model, p, sizes={"t": steps}, seed=1)["x"]
    module: Any = generate(model).module
    statistics, log_likelihood = module.e_step({"x": x}, p)
    found, expected = module.posterior({"x": x}, p), smoother(x, p)
    assert log_likelihood == pytest.approx(expected.llf, rel=1e-11)
    np.testing.assert_allclose(found["mean_z"], expected.smoothed_state.T, atol=1e-10)
    spread = np.moveaxis(expected.smoothed_state_cov, -1, 0)
    np.testing.assert_allclose(found["covariance_z"], spread, atol=1e-10)
    again = module.m_step(statistics, p)
    assert smoother(x, again).llf > expected.llf


def test_the_state_space_is_fitted_to_a_higher_likelihood_than_the_truth() -> None:
    model, p = shipped("state_space"), system()
    x = sample(model, p, sizes={"t": 300}, seed=2)["x"]
    found = fit(model, {"x": x}, start=p, max_iterations=60)
    peer = smoother(x, found.parameters).llf
    assert found.log_likelihood == pytest.approx(peer, rel=1e-10)
    assert found.log_likelihood > smoother(x, p).llf


def rounds(module: Any, data: Arrays, p: Arrays, count: int) -> Arrays:
    """The parameters after some maps."""
    for _ in range(count):
        statistics, _ = module.e_step(data, p)
        p = module.m_step(statistics, p)
    return p


def test_gaussian_emissions_are_those_of_hmmlearn() -> None:
    model = shipped("gaussian_hidden_markov")
    p: Arrays = {
        "initial": np.array([0.6, 0.4]),
        "transition": np.array([[0.8, 0.2], [0.3, 0.7]]),
        "mean": np.array([[0.0, 0.0], [1.5, 1.0]]),
        "cov": np.array([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.4], [0.4, 0.7]]]),
    }
    x = sample(model, p, sizes={"s": 30, "t": 20}, seed=1)["x"]
    peer: Any = GaussianHMM(2, "full", covars_prior=0, covars_weight=1, means_weight=0)
    peer.min_covar, peer.n_features, peer.implementation = 0, 2, "scaling"
    peer.startprob_, peer.transmat_ = p["initial"], p["transition"]
    peer.means_, peer.covars_ = p["mean"], p["cov"]
    rows, lengths = x.reshape(-1, 2), [20] * 30
    module: Any = generate(model).module
    assert module.log_likelihood({"x": x}, p) == pytest.approx(peer.score(rows, lengths), rel=1e-12)
    for _ in range(5):
        statistics, _ = peer._do_estep(rows, lengths)
        peer._do_mstep(statistics)
    found = rounds(module, {"x": x}, p, 5)
    theirs = (peer.startprob_, peer.transmat_, peer.means_, peer.covars_)
    for ours, expected in zip(found.values(), theirs, strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-12)
    states = peer.decode(rows, lengths)[1].reshape(x.shape[:2])
    np.testing.assert_array_equal(module.decode({"x": x}, found)["z"], states)


def test_what_is_zero_in_a_transition_stays_zero() -> None:
    model = shipped("left_to_right")
    p: Arrays = {
        "initial": np.array([1.0, 0.0, 0.0]),
        "transition": np.array([[0.7, 0.3, 0.0], [0.0, 0.8, 0.2], [0.0, 0.0, 1.0]]),
        "mean": np.array([0.0, 3.0, -2.0]),
        "variance": np.array([1.0, 0.5, 1.0]),
    }
    drawn = sample(model, p, sizes={"s": 60, "t": 15}, seed=5)
    found = fit(model, {"x": drawn["x"]})
    transition = found.parameters["transition"]
    assert (transition[p["transition"] == 0] == 0).all()
    np.testing.assert_allclose(transition, p["transition"], atol=0.08)
    np.testing.assert_allclose(found.parameters["mean"], p["mean"], atol=0.3)
    path = found.decode()["z"]
    assert (np.diff(path, axis=1) >= 0).all() and (path == drawn["z"]).mean() > 0.9
    assert np.isin(np.diff(path, axis=1), [0, 1]).all()


def test_knowledge_tracing_is_the_sum_over_when_it_was_learnt() -> None:
    model, rng = shipped("knowledge_tracing"), np.random.default_rng(0)
    p: Arrays = {
        "known": np.array([0.7, 0.3]),
        "learn": np.array([[0.8, 0.2], [0.0, 1.0]]),
        "answer": np.array([0.25, 0.9]),
    }
    right = rng.integers(2, size=(6, 5))
    total = 0.0
    for row in right:
        mass = 0.0
        for first in range(6):  # the exercise from which on the skill is there
            learnt = p["known"][1] if first == 0 else p["known"][0] * 0.8 ** (first - 1)
            learnt *= 1.0 if first == 0 else 0.2 if first < 5 else 1.0
            state = (np.arange(5) >= first).astype(int)
            mass += learnt * np.prod(np.where(row == 1, p["answer"][state], 1 - p["answer"][state]))
        total += np.log(mass)
    found = generate(model).module.log_likelihood({"right": right}, p)
    assert found == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "truth", "given"),
    [
        (
            "switching_regression",
            {"beta": [[1.0, 2.0], [-1.0, 0.5]], "variance": [0.2, 0.3]},
            {"v": (400, 2)},
        ),
        (
            "switching_autoregression",
            {"level": [1.0, -1.0], "persistence": [0.3, 0.6], "variance": [0.3, 0.5]},
            {},
        ),
    ],
)
def test_regimes_are_recovered(name: str, truth: Arrays, given: Arrays) -> None:
    model, rng = shipped(name), np.random.default_rng(3)
    chain = {"initial": [0.5, 0.5], "transition": [[0.95, 0.05], [0.1, 0.9]]}
    p = {key: np.array(value) for key, value in {**chain, **truth}.items()}
    v = {key: rng.normal(size=shape) for key, shape in given.items()}
    drawn = sample(model, p, sizes={"t": 400}, seed=2, given=v)
    found = fit(model, {"y": drawn["y"], **v}, {"k": 2})
    order = np.argsort(found.parameters[next(iter(truth))].reshape(2, -1)[:, 0])[::-1]
    for key, value in truth.items():
        np.testing.assert_allclose(found.parameters[key][order], value, atol=0.25)
    agree = (order[drawn["z"]] == found.decode()["z"]).mean()
    assert agree > 0.9


def test_mixture_emissions_are_those_of_hmmlearn() -> None:
    p: Arrays = {
        "initial": np.array([0.5, 0.5]),
        "transition": np.array([[0.9, 0.1], [0.2, 0.8]]),
        "weight": np.array([[0.3, 0.7], [0.6, 0.4]]),
        "mean": np.array([[[0.0, 1.0], [2.0, -1.0]], [[4.0, 0.0], [7.0, 3.0]]]),
        "variance": np.array([[[1.0, 2.0], [0.5, 0.3]], [[0.7, 0.9], [1.2, 1.5]]]),
    }
    x = sample(shipped("mixture_hidden_markov"), p, sizes={"s": 8, "t": 40}, seed=3)["x"]
    peer: Any = GMMHMM(2, 2, covariance_type="diag")
    peer.n_features = 2
    peer.startprob_, peer.transmat_, peer.weights_ = p["initial"], p["transition"], p["weight"]
    peer.means_, peer.covars_ = p["mean"], p["variance"]
    score = peer.score(x.reshape(-1, 2), [40] * 8)
    module: Any = generate(shipped("mixture_hidden_markov")).module
    assert module.log_likelihood({"x": x}, p) == pytest.approx(score, rel=1e-12)
    values = [module.log_likelihood({"x": x}, rounds(module, {"x": x}, p, n)) for n in range(6)]
    assert np.diff(values).min() > 0


def test_a_row_that_does_not_sum_to_one_and_a_state_that_is_never_visited_are_named() -> None:
    model, x = shipped("hidden_markov"), np.random.default_rng(0).integers(3, size=(5, 6))
    start: Arrays = {
        "initial": [0.5, 0.5], "transition": [[0.5, 0.6], [0.5, 0.5]],
        "emission": [[0.2, 0.3, 0.5], [0.5, 0.3, 0.2]],
    }  # fmt: skip
    with pytest.raises(OutsideDomain, match=r"transition at k = 0 is \[0.5, 0.6\]"):
        fit(model, {"x": x}, start=start)
    start |= {"initial": [1, 0], "transition": [[1, 0], [0.5, 0.5]]}
    found = fit(model, {"x": x}, start=start)
    assert found.result == "converged"
    assert "Without data: transition[1], emission[1], as at the start" in found.result.advice
    np.testing.assert_array_equal(found.parameters["transition"][1], [0.5, 0.5])


def test_chains_without_an_exact_posterior_say_what_blocks_them() -> None:
    class Switching(Model):
        t, k = Axis(), Axis()
        initial, transition = Parameter(Simplex(k)), Parameter(Simplex(k), over=k)
        drift = Parameter(Positive(), over=k)
        z = Latent(
            Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=t
        )
        level = Latent(
            Markov(first=Normal(0, variance=1), then=Normal(previous, variance=drift[z])), over=t
        )
        x = Observed(Normal(level, variance=1), over=t)

    with pytest.raises(NoExactPosterior, match="switch with z: the posterior has exponentially"):
        derive(Switching)


def test_covariates_move_the_state() -> None:
    model, rng = shipped("covariate_hidden_markov"), np.random.default_rng(1)
    slope = np.array([[[2.0, 0.0], [-2.0, 0.0]], [[-1.0, 0.0], [-2.0, 0.0]]])
    rate = np.array([1.0, 8.0])
    p: Arrays = {"initial": np.array([0.5, 0.5]), "slope": slope, "rate": rate}
    v = np.stack([np.ones((40, 30)), rng.normal(size=(40, 30))], axis=-1)
    x = sample(model, p, sizes={"s": 40, "t": 30}, seed=4, given={"v": v})["x"]
    found = fit(model, {"x": x, "v": v}, {"k": 2})
    order = np.argsort(found.parameters["rate"])
    np.testing.assert_allclose(found.parameters["rate"][order], rate, rtol=0.1)
    contrast = np.diff(found.parameters["slope"][order][:, :, order], axis=-1)[..., 0]
    np.testing.assert_allclose(contrast, np.diff(slope, axis=-1)[..., 0], atol=0.5)


def test_steep_covariates_are_certain_steps() -> None:
    """Logits of a thousand: each step is told, and the likelihood is that of the one path."""
    module: Any = generate(shipped("covariate_hidden_markov")).module
    slope = np.array([[[900.0, -900.0]], [[-900.0, 900.0]]])
    p = {"initial": np.array([1.0, 0.0]), "slope": slope, "rate": np.array([2.0, 5.0])}
    x, v = np.array([[1.0, 3.0, 2.0, 0.0]]), np.array([[[1.0], [1.0], [-1.0], [1.0]]])
    path = stats.poisson.logpmf(x[0], p["rate"][[0, 0, 1, 1]]).sum()
    assert module.log_likelihood({"x": x, "v": v}, p) == pytest.approx(path, rel=1e-12)
    np.testing.assert_array_equal(module.decode({"x": x, "v": v}, p)["z"], [[0, 0, 1, 1]])


class OnAndOff(Model):
    """A switch that is on or off; how long it stays depends on which."""

    s, t = Axis("machines"), Axis("steps")
    first, stay = Parameter(Interval(0, 1)), Parameter(Interval(0, 1))
    start = Parameter(Interval(0, 1))
    low, high = Parameter(Real()), Parameter(Real())
    z = Latent(
        Markov(first=Bernoulli(first), then=Bernoulli(where(previous, stay, start))), over=(s, t)
    )
    x = Observed(Normal(where(z, high, low), variance=1), over=(s, t))


SWITCH: Arrays = {"first": 0.3, "stay": 0.9, "start": 0.2, "low": 0.0, "high": 1.5}


def test_a_binary_chain_is_one_of_two_states() -> None:
    x = sample(OnAndOff, SWITCH, sizes={"s": 20, "t": 30}, seed=1)["x"]
    peer: Any = GaussianHMM(2, "diag", covars_prior=0, covars_weight=1, means_weight=0)
    peer.n_features, peer.startprob_ = 1, np.array([0.7, 0.3])
    peer.transmat_ = np.array([[0.8, 0.2], [0.1, 0.9]])
    peer.means_, peer.covars_ = np.array([[0.0], [1.5]]), np.ones((2, 1))
    module: Any = generate(OnAndOff).module
    score = peer.score(x.reshape(-1, 1), [30] * 20)
    assert module.log_likelihood({"x": x}, SWITCH) == pytest.approx(score, rel=1e-12)
    states = peer.decode(x.reshape(-1, 1), [30] * 20)[1].reshape(20, 30)
    np.testing.assert_array_equal(module.decode({"x": x}, SWITCH)["z"], states)
    statistics, _ = peer._do_estep(x.reshape(-1, 1), [30] * 20)
    peer._do_mstep(statistics)
    again = rounds(module, {"x": x}, SWITCH, 1)
    np.testing.assert_allclose([again["start"], again["stay"]], peer.transmat_[:, 1], rtol=1e-10)
    np.testing.assert_allclose([again["low"], again["high"]], peer.means_[:, 0], rtol=1e-10)


@pytest.mark.slow
def test_a_binary_chain_is_certified() -> None:
    certificate = verify(derive(OnAndOff))
    assert certificate, str(certificate)


def test_a_binary_chain_that_is_seen_is_counted() -> None:
    class Weather(Model):
        t = Axis("days")
        wet, dry = Parameter(Interval(0, 1)), Parameter(Interval(0, 1))
        rain = Observed(
            Markov(first=Bernoulli(0.5), then=Bernoulli(where(previous, wet, dry))), over=t
        )

    rain = np.array([0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1])
    found = fit(Weather, {"rain": rain}).parameters
    before, after = rain[:-1], rain[1:]
    assert found["wet"] == pytest.approx(after[before == 1].mean(), rel=1e-12)
    assert found["dry"] == pytest.approx(after[before == 0].mean(), rel=1e-12)
