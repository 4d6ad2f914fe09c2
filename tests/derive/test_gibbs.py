"""Gibbs sampling: draws against enumeration, estimates against the maximum of the likelihood, and
its certificate, seen to fail on a wrong law."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import optimize, special, stats

import autoem
from autoem import (
    Axis,
    Categorical,
    Dirichlet,
    Gamma,
    Given,
    Identity,
    Index,
    Latent,
    Markov,
    Model,
    MultivariateNormal,
    Normal,
    Observed,
    Ones,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Uniform,
    Zeros,
    dot,
    monte_carlo,
    previous,
)
from autoem.errors import BadOption, NoExactPosterior, NoLikelihood, NoUpdate
from autoem.runtime.quantiles import beta_quantile, gamma_quantile, gumbel_quantile
from autoem.runtime.sweeps import batch_error
from autoem.verify.examine import verify
from tests.test_models import ROOT, declared

GIBBS = monte_carlo(kernel="gibbs")


class Topics(Model):
    """Topics of documents."""

    d, i, k, v = Axis("documents"), Axis("tokens"), Axis("topics"), Axis("words")
    of = Given(Index(d), over=i)
    topic = Parameter(Simplex(v), over=k)
    share = Latent(Dirichlet(Ones(k) / 2), over=d)
    z = Latent(Categorical(share[of]), over=i)
    word = Observed(Categorical(topic[z]), over=i)


class Clusters(Model):
    """Rows in clusters, with an effect of their group."""

    i, g, k = Axis("rows"), Axis("groups"), Axis("clusters")
    group = Given(Index(g), over=i)
    weight, mean = Parameter(Simplex(k)), Parameter(Real(), over=k)
    tau2, sigma2 = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(0, variance=tau2), over=g)
    z = Latent(Categorical(weight), over=i)
    y = Observed(Normal(mean[z] + b[group], variance=sigma2), over=i)


class Ended(Model):
    """Clusters, and beside them sizes up to an end."""

    i, g, k = Axis("rows"), Axis("groups"), Axis("clusters")
    group = Given(Index(g), over=i)
    weight, mean = Parameter(Simplex(k)), Parameter(Real(), over=k)
    top = Parameter(Positive())
    b = Latent(Normal(0, variance=1), over=g)
    z = Latent(Categorical(weight), over=i)
    y = Observed(Normal(mean[z] + b[group], variance=1), over=i)
    size = Observed(Uniform(0, top), over=i)


class Table(Model):
    """A table as the product of two vectors."""

    i, j, r = Axis("rows"), Axis("columns"), Axis("rank")
    noise, cov = Parameter(Positive()), Parameter(PositiveDefinite(r))
    u = Latent(MultivariateNormal(Zeros(r), cov=Identity(r)), over=i)
    v = Latent(MultivariateNormal(Zeros(r), cov=cov), over=j)
    y = Observed(Normal(dot(u, v), variance=noise), over=(i, j))


class Rates(Model):
    """Counts whose rates have a rate of their group."""

    g, i = Axis("groups"), Axis("rows")
    group = Given(Index(g), over=i)
    shape, rate = Parameter(Positive()), Parameter(Positive())
    of_group = Latent(Gamma(shape, rate=rate), over=g)
    own = Latent(Gamma(2, rate=of_group[group]), over=i)
    y = Observed(Poisson(own), over=i)


def clusters() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(1)
    group, z = np.arange(36) % 6, generator.integers(0, 2, 36)
    effect = generator.normal(0, 1, 6)[group]
    return {"group": group, "y": np.array([-2.0, 2.0])[z] + effect + generator.normal(0, 0.7, 36)}


def log_likelihood(data: dict[str, np.ndarray], theta: np.ndarray) -> float:
    """Of the clusters, summed over all labels of a group."""
    weight, tau2, sigma2 = special.expit(theta[0]), np.exp(theta[3]), np.exp(theta[4])
    total = 0.0
    for group in range(6):
        y = data["y"][data["group"] == group]
        law = stats.multivariate_normal(None, sigma2 * np.eye(len(y)) + tau2)
        labels = np.array(list(product((0, 1), repeat=len(y))))
        prior = np.where(labels == 0, np.log(weight), np.log1p(-weight)).sum(axis=1)
        total += special.logsumexp(prior + law.logpdf(y - theta[1:3][labels]))
    return float(total)


def test_the_estimates_are_near_the_maximum_of_the_likelihood() -> None:
    data = clusters()
    found = autoem.fit(
        autoem.derive(Clusters, monte_carlo(kernel="gibbs", tolerance=0.2)), data, {"k": 2}
    )
    assert found.result == "converged" and "log-likelihood is not estimated" in found.summary()
    assert np.isnan(found.log_likelihood) and "AIC" not in found.summary()
    p = found.parameters
    logit, logs = special.logit(p["weight"][0]), np.log([p["tau2"], p["sigma2"]])
    theta = np.array([logit, *p["mean"], *logs])
    best = optimize.minimize(lambda t: -log_likelihood(data, t), theta)
    assert log_likelihood(data, theta) > -best.fun - 0.05
    with pytest.raises(NoLikelihood, match="no log-likelihood of new data"):
        found.score(data)


def test_the_posterior_is_that_of_enumeration() -> None:
    """Two documents of four words: shares integrated out, labels one after another."""
    data = {"of": np.repeat([0, 1], 4), "word": np.array([0, 0, 1, 2, 2, 2, 1, 2])}
    topic = np.array([[0.6, 0.3, 0.1], [0.1, 0.2, 0.7]])
    found = autoem.fit(
        autoem.derive(Topics, GIBBS), data, {"k": 2}, fixed={"topic": topic}, max_iterations=1
    )
    drawn = found.posterior()
    for document in range(2):
        words = data["word"][4 * document : 4 * document + 4]
        labels = np.array(list(product((0, 1), repeat=4)))
        counts = np.stack([(labels == k).sum(axis=1) for k in (0, 1)], axis=1) + 0.5
        weight = np.exp(special.gammaln(counts).sum(axis=1)) * topic[labels, words].prod(axis=1)
        weight /= weight.sum()
        share = weight @ (counts / counts.sum(axis=1, keepdims=True))
        # With 1000 sweeps a probability has an error of about 0.015 where draws are independent.
        np.testing.assert_allclose(drawn["share"]["mean"][document], share, atol=0.08)
        chance = (weight[:, None] * (labels == 1)).sum(axis=0)
        np.testing.assert_allclose(drawn["z"][4 * document : 4 * document + 4, 1], chance, atol=0.1)


def test_its_certificate() -> None:
    certificate = verify(autoem.derive(Clusters, GIBBS))
    assert certificate, str(certificate)
    names = {obligation.name for obligation in certificate.obligations}
    assert {"programs", "complete data", "log joint is greatest", "invariance"} <= names


@pytest.mark.slow
@pytest.mark.parametrize("model", [Topics, Rates, Table])
def test_more_certificates(model: type[Model]) -> None:
    certificate = verify(autoem.derive(model, GIBBS))
    assert certificate, str(certificate)


WRONG = {
    "the noise of a label": (
        Clusters,
        "gumbel_quantile(noise_z)",
        "0.6 * gumbel_quantile(noise_z)",
    ),
    "the spread of an effect": (Clusters, "np.sqrt(variance_b)", "np.sqrt(2 * variance_b)"),
    "the shape of a rate": (Rates, "gamma_quantile(shape_own", "gamma_quantile(1 + shape_own"),
}


@pytest.mark.parametrize(
    "what",
    [next(iter(WRONG)), *(pytest.param(w, marks=pytest.mark.slow) for w in list(WRONG)[1:])],
)
def test_a_wrong_law_is_found(what: str) -> None:
    model, right, wrong = WRONG[what]
    derivation = autoem.derive(model, GIBBS)
    source = autoem.generate(derivation).source
    assert right in source
    certificate = verify(derivation, source=source.replace(right, wrong))
    assert "invariance" in {obligation.name for obligation in certificate.of("failed")}


def test_a_generated_module_fits_alone() -> None:
    data, derivation = clusters(), autoem.derive(Clusters, monte_carlo(draws=32, kernel="gibbs"))
    module = autoem.generate(derivation).module
    outcomes = [module.fit(data, {"k": 2}, seed=seed, max_iterations=8) for seed in (1, 1, 2)]
    means = [outcome.parameters["mean"].tolist() for outcome in outcomes]
    assert means[0] == means[1] != means[2]
    assert outcomes[0].trace[-1] > outcomes[0].trace[0]


def test_errors_of_means_of_dependent_draws() -> None:
    """x_t = rho x_(t-1) + e_t has the variance (1 + rho) / (1 - rho) / n times that of x."""
    generator, rho, ratios = np.random.default_rng(0), 0.8, []
    for _ in range(20):
        x = np.zeros(20_000)
        for t, e in enumerate(generator.standard_normal(len(x) - 1)):
            x[t + 1] = rho * x[t] + e
        ratios.append(batch_error(x) / np.sqrt(1 / (1 - rho) ** 2 / len(x)))
    assert np.mean(ratios) == pytest.approx(1, abs=0.1)
    assert batch_error(np.ones(2)) == np.inf


def test_quantiles_are_those_of_scipy() -> None:
    e = np.linspace(-5, 5, 11)
    u = stats.norm.cdf(e)
    np.testing.assert_allclose(gumbel_quantile(e), stats.gumbel_r.ppf(u), rtol=1e-9)
    np.testing.assert_allclose(gamma_quantile(2.5, e), stats.gamma(2.5).ppf(u), rtol=1e-6)
    np.testing.assert_allclose(beta_quantile(2.5, 0.5, e), stats.beta(2.5, 0.5).ppf(u), rtol=1e-6)
    assert gamma_quantile(1e-3, -3.0) > 0 and np.isfinite(gamma_quantile(1.0, 9.0))


def test_the_page_and_the_advice() -> None:
    page = str(autoem.derive(Topics, GIBBS))
    assert "The new z_i is drawn from this law." in page
    assert "topicˆ_kv = ∑_{i: word_i = v} [z_i^old = k] / ∑_i [z_i^old = k]" in page
    with pytest.raises(NoExactPosterior, match=r'posterior=monte_carlo\(kernel="gibbs"\)'):
        autoem.derive(Clusters)
    with pytest.raises(BadOption, match="restarts"):
        autoem.fit(autoem.derive(Clusters, GIBBS), clusters(), {"k": 2}, restarts=2)
    with pytest.raises(BadOption, match="weights"):
        autoem.fit(
            autoem.derive(Clusters, GIBBS), clusters(), {"k": 2}, weights={"i": np.full(36, 2.0)}
        )
    with pytest.raises(NoUpdate, match="an order statistic of draws"):
        autoem.derive(Ended, GIBBS)
    with pytest.raises(BadOption, match="kernel"):
        monte_carlo(kernel="metropolis")
    with pytest.raises(BadOption, match="burn_in"):
        monte_carlo(kernel="gibbs", burn_in=-1)


class Factorial(Model):
    """Measurements of the sum of two chains."""

    s, t, j, k = Axis("sequences"), Axis("steps"), Axis("first"), Axis("second")
    start_a, start_b = Parameter(Simplex(j)), Parameter(Simplex(k))
    move_a, move_b = Parameter(Simplex(j), over=j), Parameter(Simplex(k), over=k)
    level_a, level_b = Parameter(Real(), over=j), Parameter(Real(), over=k)
    noise = Parameter(Positive())
    a = Latent(Markov(first=Categorical(start_a), then=Categorical(move_a[previous])), over=(s, t))
    b = Latent(Markov(first=Categorical(start_b), then=Categorical(move_b[previous])), over=(s, t))
    x = Observed(Normal(level_a[a] + level_b[b], variance=noise), over=(s, t))


class Regimes(Model):
    """A vector that wanders by regimes."""

    s, t, k, d = Axis("sequences"), Axis("steps"), Axis("regimes"), Axis("entries", size=2)
    start, move = Parameter(Simplex(k)), Parameter(Simplex(k), over=k)
    loading, push = Parameter(Real(d)), Parameter(PositiveDefinite(d), over=k)
    noise = Parameter(Positive())
    z = Latent(Markov(first=Categorical(start), then=Categorical(move[previous])), over=(s, t))
    h = Latent(
        Markov(
            first=MultivariateNormal(Zeros(d), cov=Identity(d)),
            then=MultivariateNormal(previous, cov=push[z]),
        ),
        over=(s, t),
    )
    x = Observed(Normal(dot(loading, h), variance=noise), over=(s, t))


def test_states_along_chains_are_drawn_as_exact_chains_say() -> None:
    """At held parameters the states of two chains, against forward-backward over both."""
    theta = {
        "start_a": [0.6, 0.4], "start_b": [0.3, 0.7],
        "move_a": [[0.8, 0.2], [0.3, 0.7]], "move_b": [[0.9, 0.1], [0.4, 0.6]],
        "level_a": [0.0, 1.5], "level_b": [-1.0, 1.0], "noise": 0.8,
    }  # fmt: skip
    x = np.random.default_rng(0).normal(size=(3, 8))
    exact = autoem.fit(Factorial, {"x": x}, start=theta, max_iterations=0).posterior()
    derivation = autoem.derive(Factorial, GIBBS)
    assert [q.rule for q in derivation.e_step.posteriors] == ["gibbs", "gibbs"]
    drawn = autoem.fit(derivation, {"x": x}, start=theta, max_iterations=0).posterior()
    for name in ("a", "b"):
        np.testing.assert_allclose(drawn[name], exact[name], atol=0.12)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["factorial", "regimes", "switching_state_space"])
def test_chains_are_certified(name: str) -> None:
    known = {"factorial": Factorial, "regimes": Regimes}
    model = known.get(name) or declared(ROOT / f"models/{name}.py")
    certificate = verify(autoem.derive(model, GIBBS))
    assert certificate, str(certificate)
