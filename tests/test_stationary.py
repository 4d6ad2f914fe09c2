"""Chains that start in the law that their steps leave as it is."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from scipy import optimize, special, stats
from statsmodels.tsa.statespace.sarimax import SARIMAX

from autoem import (
    Axis,
    Bernoulli,
    Categorical,
    Given,
    Index,
    Interval,
    Latent,
    Markov,
    Model,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    Stationary,
    derive,
    fit,
    generate,
    previous,
    sample,
    verify,
    where,
)
from autoem.errors import NotDerivable, NoUpdate
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]
EARTHQUAKES = np.loadtxt(ROOT / "examples" / "data" / "earthquakes.csv", skiprows=1)


def shipped(name: str) -> Any:
    return declared(ROOT / "models" / f"{name}.py")


@pytest.mark.parametrize(("states", "published"), [(1, 391.9189), (2, 342.3183), (3, 329.4603)])
def test_earthquakes_are_those_of_zucchini_and_macdonald(states: int, published: float) -> None:
    """Table 3.1 of their book."""
    found = fit(shipped("stationary_hidden_markov"), {"x": EARTHQUAKES}, {"k": states}, seed=1)
    assert -found.log_likelihood == pytest.approx(published, abs=6e-5)


def eigenvector(transition: np.ndarray) -> np.ndarray:
    """The law that the transition leaves as it is."""
    values, vectors = np.linalg.eig(transition.T)
    law = np.real(vectors[:, np.argmax(np.real(values))])
    return np.asarray(law / law.sum())


def minus_log_likelihood(
    transition: np.ndarray, rate: np.ndarray, series: np.ndarray = EARTHQUAKES
) -> float:
    """The forward recursion from an eigenvector."""
    total, state = 0.0, eigenvector(transition)
    for t, x in enumerate(series):
        state = (state if t == 0 else state @ transition) * stats.poisson.pmf(x, rate)
        total, state = total + np.log(state.sum()), state / state.sum()
    return -total


def test_zeros_that_are_fixed_leave_the_maximum_of_scipy() -> None:
    def neighbors(t: np.ndarray) -> float:
        middle = np.exp([0, t[2], t[3]])
        first, last = 1 / (1 + np.exp(-t[:2]))
        rows = [[1 - first, first, 0], middle / middle.sum(), [0, last, 1 - last]]
        return minus_log_likelihood(np.array(rows), np.exp(t[4:]))

    start = np.array([-2, -1, 2, 0, *np.log([13, 20, 30])])
    expected = optimize.minimize(neighbors, start, method="BFGS").fun
    nan = np.nan
    fixed = {"transition": [[nan, nan, 0], [nan, nan, nan], [0, nan, nan]]}
    model = shipped("stationary_hidden_markov")
    found = fit(model, {"x": EARTHQUAKES}, {"k": 3}, fixed=fixed, seed=1)
    assert -found.log_likelihood == pytest.approx(expected, abs=1e-6)
    assert found.standard_errors["transition"][0, 2] == 0


def test_a_chain_that_is_never_left_has_no_one_law() -> None:
    module: Any = generate(shipped("stationary_hidden_markov")).module
    p = {"transition": np.eye(2), "rate": np.array([15.0, 25.0])}
    assert np.isnan(module.stationary(p["transition"])).all()
    periodic = module.stationary(np.array([[0.0, 1.0], [1.0, 0.0]]))
    np.testing.assert_allclose(periodic, 0.5)
    absorbing = module.stationary(np.array([[[0.9, 0.1], [0.0, 1.0]]] * 2))
    np.testing.assert_allclose(absorbing, [[0, 1]] * 2, atol=1e-15)


@pytest.mark.slow
def test_a_stationary_start_is_certified() -> None:
    certificate = verify(derive(shipped("stationary_hidden_markov")))
    assert certificate, str(certificate)


def test_a_law_that_is_not_differentiated_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("autoem.derive.calculus"), "_invariant_slope", lambda *_: ())
    certificate = verify(derive(shipped("stationary_hidden_markov")))
    assert "M-step of transition" in [obligation.name for obligation in certificate.of("failed")]


def test_the_score_is_the_slope_of_the_likelihood() -> None:
    """By finite differences along curves A * exp(h D), normalized."""
    module: Any = generate(shipped("stationary_hidden_markov")).module
    a, rate = np.array([[0.8, 0.2], [0.3, 0.7]]), np.array([15.0, 25.0])
    along = np.array([[0.5, -1.0], [0.3, 2.0]])

    def moved(h: float) -> Arrays:
        share = a * np.exp(h * along)
        return {"transition": share / share.sum(axis=1, keepdims=True), "rate": rate}

    heights = [module.log_likelihood({"x": EARTHQUAKES}, moved(h)) for h in (-1e-5, 1e-5)]
    score = module.score({"x": EARTHQUAKES}, moved(0))["transition"]
    turn = a * (along - (a * along).sum(axis=1, keepdims=True))
    assert np.sum(score * turn) == pytest.approx(np.diff(heights)[0] / 2e-5, rel=1e-7)


def system() -> tuple[np.ndarray, Arrays]:
    model = shipped("noisy_autoregression")
    p = {"level": 3.0, "persistence": 0.8, "drift": 0.5, "noise": 0.4}
    return sample(model, p, sizes={"s": 4, "t": 60}, seed=1)["x"], p


def test_a_noisy_autoregression_is_that_of_statsmodels() -> None:
    x, p = system()
    theirs = [
        SARIMAX(row - p["level"], order=(1, 0, 0), measurement_error=True).loglike(
            [p["persistence"], p["noise"], p["drift"]]
        )
        for row in x
    ]
    module: Any = generate(shipped("noisy_autoregression")).module
    assert module.log_likelihood({"x": x}, p) == pytest.approx(sum(theirs), rel=1e-10)


def test_a_noisy_autoregression_is_fitted_to_the_maximum_of_the_dense_gaussian() -> None:
    x, _ = system()
    apart = np.abs(np.subtract.outer(np.arange(60), np.arange(60)))

    def dense(t: np.ndarray) -> float:
        f, drift, noise = np.tanh(t[1]), *np.exp(t[2:])
        cov = drift / (1 - f**2) * f**apart + noise * np.eye(60)
        return -stats.multivariate_normal(np.full(60, t[0]), cov).logpdf(x).sum()

    expected = optimize.minimize(dense, [3, 1, -0.7, -0.9], method="BFGS")
    found = fit(shipped("noisy_autoregression"), {"x": x})
    assert -found.log_likelihood == pytest.approx(expected.fun, rel=1e-9)
    assert found.parameters["persistence"] == pytest.approx(np.tanh(expected.x[1]), abs=1e-4)


def test_a_seen_autoregression_is_that_of_statsmodels() -> None:
    class Autoregression(Model):
        t = Axis("steps")
        f = Parameter(Interval(-1, 1))
        variance = Parameter(Positive())
        x = Observed(
            Markov(first=Stationary(), then=Normal(f * previous, variance=variance)), over=t
        )

    x = sample(Autoregression, {"f": 0.7, "variance": 2.0}, sizes={"t": 80}, seed=3)["x"]
    found = fit(Autoregression, {"x": x})
    peer = SARIMAX(x, order=(1, 0, 0)).fit(disp=False)
    assert found.log_likelihood == pytest.approx(peer.llf, rel=1e-9)
    np.testing.assert_allclose(
        [found.parameters["f"], found.parameters["variance"]], peer.params, rtol=1e-4
    )


class SeenStates(Model):
    """States that are seen, from the first on in the law of their steps."""

    s, t, k = Axis(), Axis(), Axis()
    move = Parameter(Simplex(k), over=k)
    x = Observed(Markov(first=Stationary(), then=Categorical(move[previous])), over=(s, t))


class SeenSpells(Model):
    """The same of two states, by the chances of a one after a one and after a zero."""

    s, t = Axis(), Axis()
    stays, begins = Parameter(Interval(0, 1)), Parameter(Interval(0, 1))
    x = Observed(
        Markov(first=Stationary(), then=Bernoulli(where(previous, stays, begins))), over=(s, t)
    )


class HiddenSpells(Model):
    """Counts that are larger in spells."""

    s, t = Axis(), Axis()
    stays, begins = Parameter(Interval(0, 1)), Parameter(Interval(0, 1))
    rate = Parameter(Positive())
    z = Latent(
        Markov(first=Stationary(), then=Bernoulli(where(previous, stays, begins))), over=(s, t)
    )
    x = Observed(Poisson(where(z, rate, 1)), over=(s, t))


class LogitSteps(Model):
    """Steps by their logits."""

    t, k = Axis(), Axis()
    move = Parameter(Real(k), over=k)
    rate = Parameter(Positive(), over=k)
    z = Latent(Markov(first=Stationary(), then=Categorical(logits=move[previous])), over=t)
    x = Observed(Poisson(rate[z]), over=t)


def chain_log_likelihood(transition: np.ndarray, x: np.ndarray) -> float:
    """Of states that are seen."""
    steps = np.log(transition[x[:, :-1], x[:, 1:]]).sum()
    return float(np.log(eigenvector(transition)[x[:, 0]]).sum() + steps)


def of_two(stays: float, begins: float) -> np.ndarray:
    return np.array([[1 - begins, begins], [1 - stays, stays]])


def test_states_that_are_seen_reach_the_maximum_of_scipy() -> None:
    truth = np.array([[0.8, 0.15, 0.05], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]])
    x = sample(SeenStates, {"move": truth}, sizes={"s": 30, "t": 12}, seed=1)["x"]

    def minus(free: np.ndarray) -> float:
        move = np.exp(np.c_[free.reshape(3, 2), np.zeros(3)])
        return -chain_log_likelihood(move / move.sum(axis=1, keepdims=True), x)

    expected = -optimize.minimize(minus, np.zeros(6), method="BFGS").fun
    found = fit(SeenStates, {"x": x}, {"k": 3})
    assert found.log_likelihood == pytest.approx(expected, rel=1e-9)
    own = chain_log_likelihood(found.parameters["move"], x)
    assert found.log_likelihood == pytest.approx(own, rel=1e-12)


def test_two_states_that_are_seen_reach_the_maximum_of_scipy() -> None:
    x = sample(SeenSpells, {"stays": 0.8, "begins": 0.3}, sizes={"s": 30, "t": 12}, seed=1)["x"]

    def minus(free: np.ndarray) -> float:
        return -chain_log_likelihood(of_two(*special.expit(free)), x.astype(int))

    best = optimize.minimize(minus, np.zeros(2), method="BFGS")
    found = fit(SeenSpells, {"x": x})
    assert found.log_likelihood == pytest.approx(-best.fun, rel=1e-10)
    chances = [found.parameters["stays"], found.parameters["begins"]]
    np.testing.assert_allclose(chances, special.expit(best.x), atol=1e-5)


def test_hidden_spells_have_the_likelihood_of_the_forward_recursion() -> None:
    p = {"stays": 0.8, "begins": 0.3, "rate": 6.0}
    x = sample(HiddenSpells, p, sizes={"s": 4, "t": 15}, seed=1)["x"]
    found = fit(HiddenSpells, {"x": x}, start=p, max_iterations=0)
    rates = np.array([1.0, 6.0])
    own = -sum(minus_log_likelihood(of_two(0.8, 0.3), rates, row) for row in x)
    assert found.log_likelihood == pytest.approx(own, rel=1e-12)


def test_steps_by_their_logits_are_the_same_steps() -> None:
    """The same maximum as by probabilities, which is published."""
    found = fit(LogitSteps, {"x": EARTHQUAKES}, {"k": 2}, seed=1)
    assert -found.log_likelihood == pytest.approx(342.3183, abs=6e-5)


@pytest.mark.slow
@pytest.mark.parametrize("model", [SeenSpells, HiddenSpells, LogitSteps])
def test_stationary_starts_of_other_states_are_certified(model: Any) -> None:
    certificate = verify(derive(model))
    assert certificate, str(certificate)


def test_a_wrong_law_of_two_states_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hand likelihood notices one that is turned around."""
    started = import_module("autoem.derive.started")
    right = started._at_states
    monkeypatch.setattr(
        started, "_at_states", lambda factor, term, scope, states: right(
            factor, term, scope, states[::-1]
        )
    )  # fmt: skip
    with pytest.raises(AssertionError):
        test_hidden_spells_have_the_likelihood_of_the_forward_recursion()


def test_what_has_no_stationary_law_is_refused() -> None:

    class Changing(Model):
        n, steps, states = Axis("series"), Axis("steps"), Axis("states")
        transition = Parameter(Simplex(states), over=(steps, states))
        rate = Parameter(Positive(), over=states)
        z = Latent(
            Markov(first=Stationary(), then=Categorical(transition[previous])), over=(n, steps)
        )
        x = Observed(Poisson(rate[z]), over=(n, steps))

    class Curved(Model):
        steps = Axis("steps")
        f = Parameter(Real())
        x = Observed(
            Markov(first=Stationary(), then=Normal(f * previous**2, variance=1)), over=steps
        )

    class Counting(Model):
        steps = Axis("steps")
        x = Observed(Markov(first=Stationary(), then=Poisson(1 + previous / 2)), over=steps)

    class Lumped(Model):
        s, steps, states, kinds = Axis(), Axis("steps"), Axis(), Axis()
        kind = Given(Index(kinds), over=states)
        move = Parameter(Simplex(states), over=kinds)
        x = Observed(
            Markov(first=Stationary(), then=Categorical(move[kind[previous]])), over=(s, steps)
        )

    refused = (
        (Lumped, "tied: does not reduce to statistics"),
        (Changing, "differ from one another"),
        (Curved, "not linear"),
        (Counting, "an observed Poisson: only states and Normal numbers"),
    )
    for model, reason in refused:
        with pytest.raises((NotDerivable, NoUpdate), match=reason):
            derive(model)
