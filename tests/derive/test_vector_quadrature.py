"""Quadrature of vectors: a dense grid of numbers, the certificate, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Given,
    Index,
    Latent,
    Model,
    MultivariateNormal,
    Observed,
    Parameter,
    Poisson,
    PositiveDefinite,
    Real,
    Zeros,
    dot,
    exp,
    quadrature,
)
from autoem.errors import NoExactPosterior
from autoem.verify.examine import verify


class Slopes(Model):
    """Counts of groups, each with an intercept and a slope of its own."""

    i, g, p, q = Axis("rows"), Axis("groups"), Axis("covariates"), Axis("effects", size=2)
    group = Given(Index(g), over=i)
    v, w = Given(Real(p), over=i), Given(Real(q), over=i)
    beta, cov = Parameter(Real(p)), Parameter(PositiveDefinite(q))
    b = Latent(MultivariateNormal(Zeros(q), cov=cov), over=g)
    y = Observed(Poisson(exp(dot(v, beta) + dot(w, b[group]))), over=i)


class Answers(Model):
    """Answers that three abilities of a person lead to."""

    n, j, q = Axis("persons"), Axis("items"), Axis("abilities", size=3)
    loading, ease = Parameter(Real(q), over=j), Parameter(Real(), over=j)
    cov = Parameter(PositiveDefinite(q), fixed=np.eye(3) + 0.5)
    z = Latent(MultivariateNormal(Zeros(q), cov=cov), over=n)
    y = Observed(Bernoulli(logits=loading @ z + ease), over=(n, j))


def counts(groups: int = 25, rows: int = 6) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    group = np.repeat(np.arange(groups), rows)
    v = np.column_stack([np.ones(len(group)), generator.normal(size=len(group))])
    b = generator.multivariate_normal([0, 0], [[0.6, 0.2], [0.2, 0.3]], groups)[group]
    y = generator.poisson(np.exp(v @ [0.4, 0.3] + (v * b).sum(axis=1)))
    return {"group": group, "v": v, "w": v, "y": y}


def on_a_grid(data: dict[str, np.ndarray], beta: np.ndarray, cov: np.ndarray) -> float:
    """log p(y) by sums over a fine grid of effects, the same for all groups."""
    u = np.linspace(-5, 5, 161)
    b = np.stack(np.meshgrid(u, u, indexing="ij"), axis=-1).reshape(-1, 2)
    prior, total = stats.multivariate_normal([0, 0], cov).logpdf(b), 0.0
    for group in range(data["group"].max() + 1):
        v, y = (data[name][data["group"] == group] for name in ("v", "y"))
        log_mass = stats.poisson.logpmf(y, np.exp(v @ beta + b @ v.T)).sum(axis=1)
        total += np.logaddexp.reduce(log_mass + prior) + 2 * np.log(u[1] - u[0])
    return float(total)


def test_random_slopes_are_integrated_as_on_a_grid() -> None:
    data = counts()
    found = autoem.fit(autoem.derive(Slopes, quadrature(order=8)), data)
    beta, cov = found.parameters["beta"], found.parameters["cov"]
    assert found.result == "converged" and "Settled" in found.result.advice
    assert found.log_likelihood == pytest.approx(on_a_grid(data, beta, cov), abs=1e-6)
    for step in (0.02, -0.02):
        assert on_a_grid(data, beta + np.array([step, -step]), cov) < found.log_likelihood
        assert on_a_grid(data, beta, cov * (1 + step)) < found.log_likelihood
    told = found.posterior()["b"]
    assert told["mean"].shape == (25, 2) and told["covariance"].shape == (25, 2, 2)
    assert found.score(data) == pytest.approx(found.log_likelihood)


@pytest.mark.slow
def test_three_abilities_are_certified() -> None:
    certificate = verify(autoem.derive(Answers, quadrature()))
    assert certificate, str(certificate)


def test_it_is_certified_and_a_wrong_volume_is_found() -> None:
    derivation = autoem.derive(Slopes, quadrature(order=20))
    certificate = verify(derivation)
    assert certificate, str(certificate)
    source = autoem.generate(derivation).source
    right = "+ np.log(root_b[:, 1, 1])"
    assert right in source
    failed = verify(derivation, source=source.replace(right, "+ 0.9 * np.log(root_b[:, 1, 1])"))
    assert "log-likelihood" in {obligation.name for obligation in failed.of("failed")}


def test_the_page_and_the_cost() -> None:
    page = str(autoem.derive(Slopes, quadrature(order=4)))
    assert "b_gqjl = m_gq + L_gq0 x_j + L_gq1 x_l" in page
    with pytest.raises(NoExactPosterior, match=r"64 nodes for each of the 3 entries of z are"):
        autoem.derive(Answers, quadrature(order=64))


class Free(Model):
    """A vector of which only the data tell how long it is."""

    n, q = Axis("rows"), Axis("effects")
    w = Given(Real(q), over=n)
    cov = Parameter(PositiveDefinite(q))
    b = Latent(MultivariateNormal(Zeros(q), cov=cov), over=n)
    y = Observed(Poisson(exp(dot(w, b))), over=n)


def test_a_vector_of_unknown_length_is_refused_by_name() -> None:
    with pytest.raises(NoExactPosterior, match=r"write q = Axis\(size=2\)"):
        autoem.derive(Free, quadrature())
