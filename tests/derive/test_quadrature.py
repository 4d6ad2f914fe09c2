"""Quadrature: the published optimum, scipy's integrals, brute force; and what is said where it does
not settle or does not apply."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Categorical,
    Latent,
    LogNormal,
    Model,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    quadrature,
)
from autoem.derive.stages import derive
from autoem.errors import BadOption, NoExactPosterior, UnknownChoice
from autoem.verify.examine import verify
from tests.test_models import ROOT, declared, derived

LSAT = np.loadtxt(ROOT / "examples/data/lsat.csv", delimiter=",", skiprows=1)


class Frailty(Model):
    """Counts with a log-normal factor of their own, of one of two spreads."""

    n, m, k = Axis("units"), Axis("counts"), Axis("kinds")
    weight = Parameter(Simplex(k))
    spread = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    h = Latent(LogNormal(0, variance=spread[z]), over=n)
    y = Observed(Poisson(h), over=(n, m))


class TwoTops(Model):
    """A square of the latent: its log joint has two tops far apart."""

    n, m = Axis("rows"), Axis("columns")
    noise = Parameter(Positive())
    b = Latent(Normal(0, variance=1), over=n)
    y = Observed(Normal(b**2, variance=noise), over=(n, m))


def test_rasch_reaches_the_published_optimum() -> None:
    """Bock and Lieberman (1970); the numbers are those of the R package ltm."""
    found = autoem.fit(derived(ROOT / "models/rasch.py"), {"right": LSAT})
    assert found.result == "converged"
    assert found.log_likelihood == pytest.approx(-2466.9376, abs=1e-4)
    assert found.parameters["slope"] == pytest.approx(0.755135, abs=1e-5)
    assert "Settled" in found.result.advice
    assert "log-likelihood by quadrature -2466.93760" in found.summary()


@pytest.mark.slow
def test_two_parameter_item_response_reaches_the_published_optimum() -> None:
    found = autoem.fit(derived(ROOT / "models/item_response.py"), {"right": LSAT})
    assert found.log_likelihood == pytest.approx(-2466.653377, abs=1e-5)
    slope, ease = found.parameters["slope"], found.parameters["ease"]
    assert slope == pytest.approx([0.8257, 0.7227, 0.8909, 0.6884, 0.6569], abs=1e-3)
    assert -ease / slope == pytest.approx([-3.3588, -1.3701, -0.2797, -1.8664, -3.1259], abs=3e-3)


def counts() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    group = np.repeat(np.arange(30), 4)
    v = np.column_stack([np.ones(120), generator.normal(size=120)])
    b = 0.7 * generator.normal(size=30)
    return {"v": v, "group": group, "y": generator.poisson(np.exp(v @ [0.5, 0.3] + b[group]))}


def integrated(data: dict[str, np.ndarray], theta: dict[str, np.ndarray]) -> float:
    """log p(y) by scipy's adaptive integration, group by group."""
    total, eta = 0.0, data["v"] @ theta["beta"]
    for g in range(30):
        own = data["group"] == g

        def density(b: float, own: np.ndarray = own) -> float:
            likelihood = stats.poisson.pmf(data["y"][own], np.exp(eta[own] + b)).prod()
            return float(likelihood * stats.norm.pdf(b, 0, np.sqrt(theta["tau2"])))

        total += np.log(integrate.quad(density, -7, 7, epsabs=0, epsrel=1e-11, points=[0])[0])
    return total


def test_a_mixed_model_of_counts_is_integrated_as_by_scipy() -> None:
    data = counts()
    found = autoem.fit(derived(ROOT / "models/poisson_random_intercept.py"), data)
    assert found.result == "converged"
    assert found.log_likelihood == pytest.approx(integrated(data, found.parameters), rel=1e-8)
    moved = {**found.parameters, "tau2": 1.1 * found.parameters["tau2"]}
    assert integrated(data, moved) < found.log_likelihood
    told = found.posterior()["b"]
    assert told["mean"].shape == told["variance"].shape == (30,)


def test_too_few_nodes_are_doubled_until_they_settle() -> None:
    derivation = autoem.derive(
        declared(ROOT / "models/poisson_random_intercept.py"), quadrature(order=1)
    )
    found = autoem.fit(derivation, counts())
    assert found.log_likelihood == pytest.approx(integrated(counts(), found.parameters), rel=1e-8)


def test_a_quadrature_that_does_not_settle_is_reported() -> None:
    b = np.random.default_rng(1).normal(size=20)
    y = b[:, None] ** 2 + 0.01 * np.random.default_rng(2).normal(size=(20, 40))
    found = autoem.fit(autoem.derive(TwoTops, quadrature(order=8)), {"y": y}, max_iterations=60)
    assert found.result == "unsettled"
    assert "nodes differ by" in found.result.advice


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rasch", "frailty"])
def test_it_is_certified(name: str) -> None:
    model = Frailty if name == "frailty" else declared(ROOT / "models/rasch.py")
    certificate = verify(derive(model, assume=quadrature()))
    assert certificate, str(certificate)


def test_a_wrong_weight_of_the_nodes_is_not_certified() -> None:
    """Planted: the volume of the nodes, log s, is left out of their weights."""
    derivation = derive(declared(ROOT / "models/rasch.py"), assume=quadrature(order=8))
    (q,) = derivation.e_step.posteriors
    base = q.natural["log_weight"].base
    scale = q.natural["scale"]
    kept = tuple(t for t in base.definition if not t.value.has(scale))
    assert len(kept) == len(base.definition) - 1
    object.__setattr__(base, "definition", kept)
    data = {"right": LSAT[::50]}
    theta = {"slope": np.array(0.8), "ease": np.zeros(5)}
    wrong = autoem.generate(derivation).module.log_likelihood(data, theta)
    exact = autoem.generate(derived(ROOT / "models/rasch.py")).module.log_likelihood(data, theta)
    assert abs(wrong - exact) > 1e-3


def test_an_exact_model_stays_exact() -> None:
    """The choice is for latents that no exact rule eliminates."""
    model = declared(ROOT / "models/normal_mixture.py")
    derivation = autoem.derive(model, quadrature())
    assert derivation.exact and derivation.objective == "log-likelihood"
    assert str(derivation) == str(derive(model))


def test_the_page_says_which_approximation_and_what_rises() -> None:
    page = str(derived(ROOT / "models/rasch.py"))
    assert "Rule quadrature: by choice" in page
    assert "Log-likelihood by quadrature\n      log p(right) ≈" in page
    assert "r_ni = exp ℓ_ni / ∑_i′ exp ℓ_ni′" in page
    assert r"\approx" in derived(ROOT / "models/rasch.py").latex()


def test_what_can_be_asked_for() -> None:
    with pytest.raises(NoExactPosterior):
        derive(declared(ROOT / "models/rasch.py"))
    with pytest.raises(UnknownChoice, match="quadrature"):
        autoem.derive(Frailty, "mean-field")  # type: ignore[arg-type]
    with pytest.raises(BadOption, match="order"):
        quadrature(order=0)
    with pytest.raises(BadOption, match="tolerance"):
        quadrature(tolerance=-1.0)


class Coupled(Model):
    """Every row's latents stand in one exponential."""

    n, m = Axis("rows"), Axis("columns")
    a = Latent(Normal(0, variance=1), over=n)
    b = Latent(Normal(0, variance=1), over=m)
    ease = Parameter(Real())
    y = Observed(Bernoulli(logits=a + b + ease), over=(n, m))


def test_coupled_latents_are_refused_by_name() -> None:
    with pytest.raises(NoExactPosterior, match="a, quadrature: the terms of a still mention b"):
        autoem.derive(Coupled, quadrature())


def test_gaps_are_left_out() -> None:
    """The log-likelihood with a missing answer is that of the others."""
    data = LSAT[::25].copy()
    data[3, 2] = np.nan
    theta = {"slope": np.array(0.8), "ease": np.linspace(-1, 1, 5)}
    derivation = derived(ROOT / "models/rasch.py")
    found = autoem.fit(derivation, {"right": data}, start=theta, max_iterations=0)
    whole = autoem.generate(derivation).module.log_likelihood
    rest = np.delete(np.arange(len(data)), 3)
    both = [np.where(np.isnan(data[3]), filled, data[3]) for filled in (0, 1)]
    of_row = np.logaddexp(*(whole({"right": row[None]}, theta) for row in both))
    assert found.log_likelihood == pytest.approx(whole({"right": data[rest]}, theta) + of_row)
    assert replace(found).missing == {"right": 1}
