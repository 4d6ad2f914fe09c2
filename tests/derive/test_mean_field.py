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
    Interval,
    InverseGamma,
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
from autoem.derive.quantity import elements
from autoem.derive.stages import Derivation, derive
from autoem.errors import NoExactPosterior
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
    again = found.posterior(data)["share"]["mean"]
    np.testing.assert_allclose(again, found.posterior()["share"]["mean"], atol=1e-3)
    assert found.score(data) == pytest.approx(found.elbo, abs=1e-3)


def test_the_factors_are_those_of_scikit_learn() -> None:
    """At the same topics and prior, the mean shares of every document."""
    data = documents(20, 50)
    derivation, law = topics_model(), TOPICS / TOPICS.sum(axis=1, keepdims=True)
    module = autoem.generate(derivation).module
    point = {"topics": law, "held_expected_log_share": np.full((3, 20), -1.0)}
    for _ in range(500):
        statistics, _ = module.e_step(data, point)
        point = {**module.m_step(statistics, point), "topics": law}
    counts = np.zeros((20, 12))
    np.add.at(counts, (data["of"], data["word"]), 1)
    judge = LatentDirichletAllocation(
        3, doc_topic_prior=0.5, mean_change_tol=1e-12, max_doc_update_iter=3000
    )
    judge.components_, judge.exp_dirichlet_component_ = law, law
    judge.n_features_in_, judge.doc_topic_prior_ = 12, 0.5
    own = module.posterior(data, point)["mean_share"].T
    np.testing.assert_allclose(own, judge.transform(counts), atol=1e-6)


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
    truth, values = exact(words, topics), []
    for held in ([[-0.7, -0.7]], [[-0.1, -3.0]], [[-4.0, -0.05]]):
        point = {"topics": topics, "held_expected_log_share": np.array(held)}
        values.append(module.e_step(data, point)[1])
    for _ in range(50):
        statistics, value = module.e_step(data, point)
        point = {**module.m_step(statistics, point), "topics": topics}
    assert max(values) < value < truth < value + 0.6


def test_the_bound_of_a_factorization_is_below_its_integral() -> None:
    derivation = topics_model("poisson_factorization")
    module, y = autoem.generate(derivation).module, 3

    def density(taste: float) -> float:
        """The trait integrated out, a count is negative binomial."""
        share = stats.nbinom.pmf(y, 0.9, 1 / (1 + taste))
        return float(stats.gamma.pdf(taste, 1.2) * share)

    truth = np.log(integrate.quad(density, 0, 40, epsabs=1e-10)[0])
    theta = {"a": np.array(1.2), "b": np.array(0.9)}
    point: dict[str, Any] = {**theta}
    for factor in derivation.e_step.factors:
        point |= {q.name: np.full((1, 1), 1.3) for q in factor.parameters}
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
    names = {"log joint", "programs", "ascent", "fixed point of q", "bound", "elbo"}
    assert {o.name for o in certificate.of("checked")} == names


def test_a_factorization_is_certified_on_one_cell() -> None:
    """Brute force does not integrate over more latents: the bound is judged on one entry each."""
    certificate = verify(topics_model("poisson_factorization"))
    assert certificate, str(certificate)
    (bound,) = (o for o in certificate.obligations if o.name == "bound")
    assert bound.status == "checked" and "one entry of every axis" in bound.detail


def test_a_wrong_factor_fails() -> None:
    """Planted: the prior of the shares is left out of their factor."""
    derivation = topics_model()
    (share,) = derivation.e_step.factors[1].posteriors
    (natural,) = elements(share.natural["concentration"].base.operands[0])
    kept = tuple(t for t in natural.base.definition if t.value.free_symbols)
    assert len(kept) < len(natural.base.definition)
    object.__setattr__(natural.base, "definition", kept)
    names = [o.name for o in verify(derivation).of("failed")]
    assert "elbo" in names


def test_the_page_names_the_bound_and_its_factors() -> None:
    page = str(topics_model())
    assert "Evidence lower bound (elbo)\n      log p(word) ≥" in page
    assert "ℓ_tk = E[log share_{of_t,k}]^old + log topics_{k,word_t}" in page
    assert "α_dk = ½ + ∑_{t: of_t = d} r_tk" in page
    assert r"\ge" in topics_model().latex() and r"^{\text{old}}" in topics_model().latex()


class Selected(Model):
    """A variance that is one of two."""

    n = Axis("rows")
    p, a = Parameter(Interval(0, 1)), Parameter(Positive())
    z = Latent(Bernoulli(p), over=n)
    s = Latent(InverseGamma(a, scale=1), over=n)
    m = Latent(Normal(0, variance=where(z, s, 1)), over=n)
    y = Observed(Normal(m, variance=1), over=n)


@pytest.mark.parametrize("kept", [(), ("m",), ("z", "s")])
def test_every_factor_is_found_by_a_rule_of_its_own(kept: tuple[str, ...]) -> None:
    derivation = derive(Selected, assume=mean_field(*kept))
    first, *others = derivation.e_step.factors
    if kept:
        assert {q.local.latent.name.removeprefix("is_") for q in first.posteriors} == set(kept)
    assert not first.held and all(factor.held for factor in others)
    rules = {q.local.latent.name: q.rule for q in derivation.e_step.posteriors}
    assert rules == {"s": "conjugate", "is_z": "enumerate", "m": "gaussian"}
    assert not verify(derivation).of("failed"), str(verify(derivation))


def test_a_sum_may_be_in_any_factor() -> None:
    model = declared(ROOT / "models/poisson_factorization.py")
    names = [
        q.local.latent.name for q in derive(model, assume=mean_field("taste")).e_step.posteriors
    ]
    assert names == ["taste", "trait", "z"]


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
    with pytest.raises(NoExactPosterior, match="with the factor of a first: b, conjugate: Normal"):
        derive(Crossed, assume=mean_field())
