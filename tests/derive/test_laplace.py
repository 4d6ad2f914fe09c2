"""Laplace: mode and curvature of the log joint, of rows, groups, crossed effects and chains."""

from __future__ import annotations

import numpy as np
import pytest

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Given,
    Index,
    Latent,
    Model,
    MultivariateNormal,
    Normal,
    Observed,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Zeros,
    dot,
    laplace,
    quadrature,
)
from autoem.derive.stages import derive
from autoem.errors import NoExactPosterior
from autoem.verify.examine import verify
from tests.derive.test_quadrature import LSAT, counts
from tests.test_models import ROOT, declared

INTERCEPT = declared(ROOT / "models/poisson_random_intercept.py")
RASCH = declared(ROOT / "models/rasch.py")
WALK = declared(ROOT / "models/poisson_state_space.py")


class Slopes(Model):
    """Binary answers in groups that differ in level and slope."""

    i, g = Axis("rows"), Axis("groups")
    p, q = Axis("covariates"), Axis("effects")
    v, w = Given(Real(p), over=i), Given(Real(q), over=i)
    group = Given(Index(g), over=i)
    beta = Parameter(Real(p))
    cov = Parameter(PositiveDefinite(q))
    b = Latent(MultivariateNormal(Zeros(q), cov=cov), over=g)
    y = Observed(Bernoulli(logits=dot(v, beta) + dot(w, b[group])), over=i)


class Crossed(Model):
    """Binary answers of subjects to items."""

    i, a, c = Axis("rows"), Axis("subjects"), Axis("items")
    of, at = Given(Index(a), over=i), Given(Index(c), over=i)
    ease = Parameter(Real())
    apart, hard = Parameter(Positive()), Parameter(Positive())
    u = Latent(Normal(0, variance=apart), over=a)
    w = Latent(Normal(0, variance=hard), over=c)
    y = Observed(Bernoulli(logits=ease + u[of] + w[at]), over=i)


def test_of_scalars_it_is_quadrature_with_one_node() -> None:
    data, theta = counts(), {"beta": np.array([0.5, 0.3]), "tau2": np.array(0.6)}
    one = autoem.generate(autoem.derive(INTERCEPT, quadrature(order=1))).module
    own = autoem.generate(autoem.derive(INTERCEPT, laplace())).module
    (every,) = one.SCHEMA["every"].values()
    exact = one.log_likelihood({**data, every: np.arange(30)}, theta)
    for start in (np.zeros(30), np.full(30, 4.0), np.full(30, -9.0)):
        value = own.log_likelihood(data, {**theta, "held_mode_b": start})
        assert value == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("name", ["intercept", "rasch"])
def test_its_fit_is_near_that_of_quadrature(name: str) -> None:
    model, data = (INTERCEPT, counts()) if name == "intercept" else (RASCH, {"right": LSAT[::5]})
    found = autoem.fit(autoem.derive(model, laplace()), data)
    exact = autoem.fit(autoem.derive(model, quadrature()), data)
    assert found.result == "converged" and np.min(np.diff(found.trace)) > -1e-9
    assert "Laplace approximation of the log-likelihood" in found.summary()
    assert found.log_likelihood == pytest.approx(exact.log_likelihood, rel=2e-3)
    for key, value in exact.parameters.items():
        np.testing.assert_allclose(found.parameters[key], value, rtol=0.1, atol=0.02)
        np.testing.assert_allclose(
            found.standard_errors[key], exact.standard_errors[key], rtol=0.1, atol=0.01
        )
    assert found.score(data) == pytest.approx(found.log_likelihood, abs=1e-8)


@pytest.mark.parametrize("model", [INTERCEPT, WALK])
def test_it_is_certified(model: type[Model]) -> None:
    certificate = verify(derive(model, assume=laplace()))
    assert certificate, str(certificate)
    names = {o.name for o in certificate.obligations}
    assert names == {"log joint", "programs", "objective", "Fisher identity", "ascent"}


@pytest.mark.slow
@pytest.mark.parametrize("model", [Slopes, Crossed])
def test_vectors_and_crossed_effects_are_certified(model: type[Model]) -> None:
    certificate = verify(derive(model, assume=laplace()))
    assert certificate, str(certificate)


def test_q_without_the_slope_of_the_curvature_fails() -> None:
    """Planted: the mean under Q is the mode, as in penalized quasi-likelihood."""
    derivation = derive(INTERCEPT, assume=laplace())
    (q,) = derivation.e_step.posteriors
    (pull,) = q.pulls  # type: ignore[attr-defined]
    object.__setattr__(pull.base, "operands", (0 * pull.base.operands[0],))
    assert "Fisher identity" in [o.name for o in verify(derivation).of("failed")]


def test_random_slopes_are_found() -> None:
    generator = np.random.default_rng(0)
    group = np.repeat(np.arange(60), 30)
    v = np.column_stack([np.ones(1800), generator.normal(size=1800)])
    theta = {"beta": [0.5, -1.0], "cov": [[1.0, 0.3], [0.3, 0.5]]}
    given = {"v": v, "w": v, "group": group}
    drawn = autoem.sample(Slopes, theta, {"g": 60}, seed=1, given=given)
    found = autoem.fit(autoem.derive(Slopes, laplace()), {**given, "y": drawn["y"]})
    assert found.result == "converged"
    np.testing.assert_allclose(found.parameters["beta"], theta["beta"], atol=0.35)
    np.testing.assert_allclose(found.parameters["cov"], theta["cov"], atol=0.45)
    mean = np.asarray(found.posterior()["b"]["mean"])
    assert np.corrcoef(mean[:, 0], drawn["b"][:, 0])[0, 1] > 0.8


def test_the_error_names_what_then_fits_a_chain_of_counts() -> None:
    with pytest.raises(NoExactPosterior, match=r"posterior=laplace\(\)"):
        derive(WALK)
    theta = {"level": 1.0, "push": 0.05}
    drawn = autoem.sample(WALK, theta, {"s": 6, "t": 25}, seed=1)
    found = autoem.fit(autoem.derive(WALK, laplace()), {"y": drawn["y"]})
    assert found.result == "converged"
    assert found.parameters["push"] == pytest.approx(0.05, abs=0.03)
    mean = np.asarray(found.posterior()["h"]["mean"]) + found.parameters["level"]
    assert np.corrcoef(mean.ravel(), (drawn["h"] + 1).ravel())[0, 1] > 0.8
    ahead = found.posterior({"y": drawn["y"][:2]})["h"]["mean"]
    np.testing.assert_allclose(ahead, found.posterior()["h"]["mean"][:2], atol=1e-6)


def test_the_page_says_what_is_maximized() -> None:
    page = str(autoem.derive(INTERCEPT, laplace()))
    assert "Laplace approximation of the log-likelihood\n      log p(y) ≈" in page
    assert "Var[b_g]⁻¹ = 1/τ² + ∑_{i: group_i = g} exp(v_iᵀ β + m_g)" in page
    assert r"\approx" in autoem.derive(INTERCEPT, laplace()).latex()


def test_states_have_no_mode() -> None:
    switching = declared(ROOT / "models/switching_state_space.py")
    with pytest.raises(NoExactPosterior, match="laplace: z does not range over the reals"):
        derive(switching, assume=laplace())
