"""Chains against sums over all paths, and against the dense joint Gaussian."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from autoem import (
    Axis,
    Categorical,
    Diagonal,
    Identity,
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
from autoem.derive.stages import derive
from autoem.errors import NoExactPosterior
from autoem.pipeline import fit, generate
from autoem.program.interpret import axis_sizes, call, interpret
from autoem.program.ir import ForwardBackward
from autoem.program.lower import lower
from autoem.program.names import fresh_names
from autoem.program.simplify import Context
from autoem.program.simplify.first_steps import split_first_steps


class Hidden(Model):
    s, t, k, v = Axis("sequences"), Axis("steps"), Axis("states"), Axis("symbols")
    initial = Parameter(Simplex(k))
    move = Parameter(Simplex(k), over=k)
    emission = Parameter(Simplex(v), over=k)
    z = Latent(Markov(first=Categorical(initial), then=Categorical(move[previous])), over=(s, t))
    x = Observed(Categorical(emission[z]), over=(s, t))


class Switching(Model):
    t, k = Axis(), Axis()
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    phi = Parameter(Real(), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=t)
    y = Observed(
        Markov(
            first=Normal(0, variance=variance[z]),
            then=Normal(phi[z] * previous, variance=variance[z]),
        ),
        over=t,
    )


class StateSpace(Model):
    s, t, d, q = Axis(), Axis(), Axis(), Axis()
    start = Parameter(Real(q))
    dynamics = Parameter(Real(q, q))
    noise = Parameter(PositiveDefinite(q))
    loading = Parameter(Real(d, q))
    error = Parameter(Positive(d))
    z = Latent(
        Markov(
            first=MultivariateNormal(start, cov=Identity(q)),
            then=MultivariateNormal(dynamics @ previous, cov=noise),
        ),
        over=(s, t),
    )
    x = Observed(MultivariateNormal(loading @ z, cov=Diagonal(error)), over=(s, t))


def hidden():
    rng = np.random.default_rng(0)
    parameters = {
        "initial": rng.dirichlet([1, 1]),
        "move": rng.dirichlet([1, 1], size=2),
        "emission": rng.dirichlet([1, 1, 1], size=2),
    }
    return {"x": rng.integers(3, size=(4, 5))}, parameters


def paths(data, p):
    """Log-likelihood and state probabilities by enumeration of every path."""
    x, total = data["x"], 0.0
    states = np.zeros((*x.shape, 2))
    for s, sequence in enumerate(x):
        weights = np.zeros((*sequence.shape, 2))
        mass = 0.0
        for path in product(range(2), repeat=len(sequence)):
            one = p["initial"][path[0]] * p["emission"][path[0], sequence[0]]
            for t in range(1, len(path)):
                one *= p["move"][path[t - 1], path[t]] * p["emission"][path[t], sequence[t]]
            mass += one
            weights[np.arange(len(path)), path] += one
        states[s] = weights / mass
        total += np.log(mass)
    return total, states


def space():
    rng = np.random.default_rng(0)
    parameters = {
        "start": rng.normal(size=2),
        "dynamics": rng.normal(size=(2, 2)) / 2,
        "noise": np.array([[1, 0.3], [0.3, 0.8]]),
        "loading": rng.normal(size=(3, 2)),
        "error": np.array([0.5, 0.6, 0.7]),
    }
    return {"x": rng.normal(size=(3, 4, 3))}, parameters


def dense(data, p):
    """The log density of each sequence as one Gaussian vector."""
    steps = data["x"].shape[1]
    mean, cov, level = [p["start"]], np.zeros((steps, 2, steps, 2)), np.eye(2)
    for t in range(steps):
        if t:
            mean.append(p["dynamics"] @ mean[-1])
            level = p["dynamics"] @ level @ p["dynamics"].T + p["noise"]
        ahead = level
        for u in range(t, steps):
            cov[u, :, t], cov[t, :, u] = ahead, ahead.T
            ahead = p["dynamics"] @ ahead
    read = np.kron(np.eye(steps), p["loading"])
    whole = read @ cov.reshape(2 * steps, -1) @ read.T + np.kron(np.eye(steps), np.diag(p["error"]))
    law = multivariate_normal(read @ np.concatenate(mean), whole)
    return sum(law.logpdf(x.ravel()) for x in data["x"])


def test_a_hidden_chain_is_the_sum_over_all_paths():
    (data, parameters), program = hidden(), lower(derive(Hidden))
    total, states = paths(data, parameters)
    for made in (interpret(program), generate(Hidden).module):
        assert made.e_step(data, parameters)[1] == pytest.approx(total, abs=1e-12)
        found = made.posterior(data, parameters)["responsibility_z"]
        np.testing.assert_allclose(found, states, atol=1e-12)


def test_the_check_sees_a_transition_read_backward():
    data, parameters = hidden()
    turned = parameters | {"move": parameters["move"].T}
    made = generate(Hidden).module
    assert abs(made.e_step(data, turned)[1] - paths(data, parameters)[0]) > 1e-3


def test_a_switching_autoregression():
    rng = np.random.default_rng(1)
    y, p = (
        rng.normal(size=6),
        {
            "initial": rng.dirichlet([1, 1]),
            "transition": rng.dirichlet([1, 1], size=2),
            "phi": np.array([0.5, -0.3]),
            "variance": np.array([1.0, 0.4]),
        },
    )
    deviation, total = np.sqrt(p["variance"]), 0.0
    for path in product(range(2), repeat=6):
        one = p["initial"][path[0]] * norm(0, deviation[path[0]]).pdf(y[0])
        for t in range(1, 6):
            k = path[t]
            one *= p["transition"][path[t - 1], k]
            one *= norm(p["phi"][k] * y[t - 1], deviation[k]).pdf(y[t])
        total += one
    found = generate(Switching).module.e_step({"y": y}, p)[1]
    assert found == pytest.approx(np.log(total), abs=1e-12)


def test_a_state_space_is_one_dense_gaussian():
    (data, parameters), program = space(), lower(derive(StateSpace))
    total = dense(data, parameters)
    for made in (interpret(program), generate(StateSpace).module):
        assert made.e_step(data, parameters)[1] == pytest.approx(total, abs=1e-11)


@pytest.mark.parametrize("model, case", [(Hidden, hidden), (StateSpace, space)])
def test_the_likelihood_never_falls(model, case):
    (data, parameters), made, trace = case(), generate(model).module, []
    for _ in range(30):
        statistics, value = made.e_step(data, parameters)
        trace.append(value)
        parameters = made.m_step(statistics, parameters)
    assert np.diff(trace).min() > -1e-10 and trace[-1] > trace[0] + 1


def test_an_observed_chain_is_counted():
    class Visible(Model):
        s, t, k = Axis(), Axis(), Axis()
        initial = Parameter(Simplex(k))
        transition = Parameter(Simplex(k), over=k)
        y = Observed(
            Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
        )

    y = np.random.default_rng(2).integers(3, size=(20, 30))
    counts = np.zeros((3, 3))
    np.add.at(counts, (y[:, :-1].ravel(), y[:, 1:].ravel()), 1)
    found = fit(Visible, {"y": y}).parameters["transition"]
    np.testing.assert_allclose(found, counts / counts.sum(axis=1, keepdims=True), atol=1e-12)


def test_chains_that_are_not_tractable_are_refused_with_the_reason():
    class PoissonChain(Model):
        t = Axis()
        variance = Parameter(Positive())
        level = Latent(
            Markov(first=Normal(0, variance=1), then=Normal(previous, variance=variance)), over=t
        )
        x = Observed(Poisson(level**2), over=t)

    with pytest.raises(NoExactPosterior, match="smoother: the log joint is not quadratic in level"):
        derive(PoissonChain)


def test_weights_of_a_planted_program_do_not_agree():
    program = lower(derive(Hidden))
    (data, parameters), body = hidden(), list(program.posterior.body)
    place = next(i for i, let in enumerate(body) if isinstance(let.operation, ForwardBackward))
    operation = body[place].operation
    turned = replace(operation, step=replace(operation.step, axes=operation.step.axes[::-1]))
    body[place] = replace(body[place], operation=turned)
    broken = replace(program, posterior=replace(program.posterior, body=tuple(body)))
    wrong = interpret(broken).e_step(data, parameters)[1]
    assert abs(wrong - paths(data, parameters)[0]) > 1e-3


def test_what_weighs_on_the_first_step_stands_by_itself():
    program = lower(derive(Hidden))
    data, parameters = hidden()
    values = data | parameters
    context = Context(program.row, program.sizes, fresh_names(program))
    split = split_first_steps(program.posterior, context)
    chains = [let.operation for let in split.body if isinstance(let.operation, ForwardBackward)]
    assert [chain.first is not None for chain in chains] == [True]
    wanted = call(program.posterior, values, axis_sizes(program, values))
    for name, value in call(split, values, axis_sizes(program, values)).items():
        np.testing.assert_allclose(value, wanted[name], atol=1e-14)


def test_sequences_of_different_lengths_add_up():
    rng = np.random.default_rng(3)
    sequences = [rng.integers(3, size=length).tolist() for length in (1, 4, 9, 30, 2)]
    found = fit(Hidden, {"x": sequences}, {"k": 2}, max_iterations=20)
    one_by_one = generate(Hidden).module
    total = sum(one_by_one.e_step({"x": np.array([x])}, found.parameters)[1] for x in sequences)
    assert found.log_likelihood == pytest.approx(total, abs=1e-10)
