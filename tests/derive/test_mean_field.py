"""Mean fields: the bound never rises above the log-likelihood nor falls, topics come back, the
factors are those of scikit-learn."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats
from sklearn.decomposition import LatentDirichletAllocation

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Gamma,
    Interval,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    mean_field,
    where,
)
from autoem.derive.stages import Derivation, derive
from autoem.errors import NoExactPosterior, NothingAttached
from autoem.verify.examine import verify
from tests.test_models import ROOT, declared

RNG = np.random.default_rng(3)
TOPICS = np.kron(np.eye(3), np.full(4, 0.23)) + 0.08 / 12
"""Three topics of twelve words."""


def topics_model(name: str = "latent_dirichlet_allocation") -> Derivation:
    return autoem.derive(declared(ROOT / f"models/{name}.py"), mean_field())


def documents(count: int = 60, length: int = 80) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    of = np.repeat(np.arange(count), length)
    share = generator.dirichlet(np.full(3, 0.5), size=count)[of]
    topic = (share.cumsum(axis=1) > generator.random((len(of), 1))).argmax(axis=1)
    law = TOPICS / TOPICS.sum(axis=1, keepdims=True)
    word = (law[topic].cumsum(axis=1) > generator.random((len(of), 1))).argmax(axis=1)
    return {"of": of, "word": word}


SIZES = {"k": 3, "w": 12, "d": 60}


def test_topics_of_simulated_documents_come_back() -> None:
    data = documents()
    found = autoem.fit(topics_model(), data, SIZES, max_iterations=300)
    assert np.min(np.diff(found.trace)) > -1e-9 * abs(found.objective)
    law = TOPICS / TOPICS.sum(axis=1, keepdims=True)
    apart = [
        np.abs(found.parameters["topics"][list(p)] - law).max() for p in permutations(range(3))
    ]
    assert min(apart) < 0.04
    assert np.isnan(found.log_likelihood) and found.elbo == found.objective
    assert f"elbo {found.objective:.5f}" in found.summary()
    assert "log-likelihood" not in found.summary() and "AIC" not in found.summary()
    assert found.free_parameters == 3 * 11
    with pytest.raises(NothingAttached, match="a fit to them"):
        found.posterior(data)


def test_the_factors_are_those_of_scikit_learn() -> None:
    """At the same topics and prior, the Dirichlet parameters of every document."""
    data = documents(20, 50)
    derivation, law = topics_model(), TOPICS / TOPICS.sum(axis=1, keepdims=True)
    module = autoem.generate(derivation).module
    (every,) = module.SCHEMA["every"].values() if module.SCHEMA["every"] else (None,)
    more = {} if every is None else {every: np.arange(20)}
    point = {"topics": law, "concentration_of_share": np.ones((20, 3))}
    for _ in range(500):
        statistics, _ = module.e_step({**data, **more}, point)
        point = {**module.m_step(statistics, point), "topics": law}
    counts = np.zeros((20, 12))
    np.add.at(counts, (data["of"], data["word"]), 1)
    judge = LatentDirichletAllocation(
        3, doc_topic_prior=0.5, mean_change_tol=1e-12, max_doc_update_iter=3000
    )
    judge.components_, judge.exp_dirichlet_component_ = law, law
    judge.n_features_in_, judge.doc_topic_prior_ = 12, 0.5
    own = point["concentration_of_share"]
    np.testing.assert_allclose(
        own / own.sum(axis=1, keepdims=True), judge.transform(counts), atol=1e-6
    )


def exact(words: tuple[int, ...], topics: np.ndarray) -> float:
    """log p(words) of one document: every assignment, the Dirichlet integrated out."""
    count, total = len(topics), 0.0
    for z in product(range(count), repeat=len(words)):
        n = np.bincount(z, minlength=count)
        prior = special.gammaln(count / 2) - special.gammaln(count / 2 + len(words))
        prior += (special.gammaln(0.5 + n) - special.gammaln(0.5)).sum()
        total += np.exp(prior + np.log(topics[list(z), list(words)]).sum())
    return float(np.log(total))


def test_the_bound_is_below_the_log_likelihood_of_one_document() -> None:
    topics, words = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), (0, 2, 2, 1)
    module = autoem.generate(topics_model()).module
    data = {"of": np.zeros(4, int), "word": np.array(words)}
    data |= {name: np.arange(1) for name in module.SCHEMA["every"].values()}
    truth, values = exact(words, topics), []
    for concentration in ([[1.0, 1.0]], [[3.0, 0.4]], [[0.2, 7.0]]):
        point = {"topics": topics, "concentration_of_share": np.array(concentration)}
        values.append(module.e_step(data, point)[1])
    for _ in range(50):
        statistics, value = module.e_step(data, point)
        point = {**module.m_step(statistics, point), "topics": topics}
    assert max(values) < value < truth < value + 0.6


def test_the_bound_of_a_factorization_is_below_its_integral() -> None:
    derivation = topics_model("poisson_factorization")
    module, y = autoem.generate(derivation).module, 3

    def density(taste: float, trait: float) -> float:
        laws = stats.gamma.pdf(taste, 1.2) * stats.gamma.pdf(trait, 0.9)
        return float(laws * stats.poisson.pmf(y, taste * trait))

    truth = np.log(integrate.dblquad(density, 0, 40, 0, 40, epsabs=1e-10)[0])
    theta = {"a": np.array(1.2), "b": np.array(0.9)}
    point: dict[str, Any] = {**theta}
    for name in ("shape_of_taste", "rate_of_taste", "shape_of_trait", "rate_of_trait"):
        point[name] = np.full((1, 1), 1.3)
    trace = []
    for _ in range(60):
        statistics, value = module.e_step({"y": np.array([[float(y)]])}, point)
        trace.append(value)
        point = {**module.m_step(statistics, point), **theta}
    assert np.min(np.diff(trace)) > -1e-12
    assert trace[-1] < truth < trace[-1] + 0.5


def test_a_factorization_finds_what_made_the_counts() -> None:
    generator = np.random.default_rng(0)
    rate = generator.gamma(0.6, 1, (40, 3)) @ generator.gamma(0.6, 1, (30, 3)).T
    y = generator.poisson(rate)
    found = autoem.fit(topics_model("poisson_factorization"), {"y": y}, {"k": 3})
    assert np.min(np.diff(found.trace)) > -1e-9 * abs(found.objective)
    told = found.posterior()
    fitted = np.asarray(told["taste"]["mean"]) @ np.asarray(told["trait"]["mean"]).T
    assert np.abs(fitted - rate).mean() < np.abs(y - rate).mean()


def test_topics_are_certified() -> None:
    certificate = verify(topics_model())
    assert certificate, str(certificate)
    names = {"log joint", "programs", "ascent", "fixed point of q", "bound"}
    assert {o.name for o in certificate.of("checked")} == names


def test_of_a_factorization_the_bound_stays_open() -> None:
    """Brute force does not integrate over so many latents."""
    certificate = verify(topics_model("poisson_factorization"))
    assert [o.name for o in certificate.of("open")] == ["bound"], str(certificate)
    assert not certificate.of("failed"), str(certificate)


def test_a_wrong_update_of_a_factor_fails() -> None:
    """Planted: the prior of the shares is left out of the update."""
    derivation = topics_model()
    (update, *_) = derivation.m_step.updates
    (natural,) = [e for e in update.formula[0].free_symbols]
    base = natural.base
    kept = tuple(t for t in base.definition if t.value.free_symbols)
    assert len(kept) < len(base.definition)
    object.__setattr__(base, "definition", kept)
    names = [o.name for o in verify(derivation).of("failed")]
    assert "ascent" in names or "fixed point of q" in names


def test_the_page_names_the_bound_and_its_factors() -> None:
    page = str(topics_model())
    assert "Evidence lower bound (elbo)\n      log p(word) ≥" in page
    assert "share_d ~ Dirichlet(concentration_of_share_d" in page
    assert "Rule coordinate" in page and "½ + ∑_{t: of_t = d} r_tk" in page
    assert r"\ge" in topics_model().latex()


class Selected(Model):
    """A variance that is one of two: the choice may not lose its states to a factor."""

    n = Axis("rows")
    p, a = Parameter(Interval(0, 1)), Parameter(Positive())
    z = Latent(Bernoulli(p), over=n)
    s = Latent(Gamma(a, rate=1), over=n)
    m = Latent(Normal(0, variance=where(z, s, 1)), over=n)
    y = Observed(Normal(m, variance=1), over=n)


def test_a_discrete_latent_is_left_to_the_exact_rules() -> None:
    with pytest.raises(NoExactPosterior, match="z is discrete: only exact rules"):
        derive(Selected, assume=mean_field("m"))


def test_a_sum_is_left_to_the_rule_that_knows_of_it() -> None:
    with pytest.raises(NoExactPosterior, match=r"z has sums or bounds|z is discrete"):
        derive(declared(ROOT / "models/poisson_factorization.py"), assume=mean_field("taste"))


def test_the_error_without_a_choice_names_it() -> None:
    with pytest.raises(NoExactPosterior, match=r"posterior=mean_field\(\)"):
        derive(declared(ROOT / "models/latent_dirichlet_allocation.py"))


class Crossed(Model):
    """Latents that no factor takes apart: they stand in one exponential."""

    n, m = Axis("rows"), Axis("columns")
    ease = Parameter(Real())
    a = Latent(Normal(0, variance=1), over=n)
    b = Latent(Normal(0, variance=1), over=m)
    y = Observed(Bernoulli(logits=a + b + ease), over=(n, m))


def test_what_no_factor_takes_apart_is_refused() -> None:
    with pytest.raises(NoExactPosterior, match=r"mean_field: with .* left to the exact rules"):
        derive(Crossed, assume=mean_field())
