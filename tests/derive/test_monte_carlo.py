"""Importance sampling by choice: near the optimum of quadrature, seeded, and called an estimate."""

from __future__ import annotations

import numpy as np
import pytest

import autoem
from autoem import monte_carlo, quadrature
from autoem.errors import BadOption
from autoem.verify.examine import verify
from tests.derive.test_quadrature import counts, integrated
from tests.test_models import ROOT, declared

MODEL = declared(ROOT / "models/poisson_random_intercept.py")


def test_it_is_near_the_integral_and_says_that_it_is_an_estimate() -> None:
    data = counts()
    found = autoem.fit(autoem.derive(MODEL, monte_carlo(draws=64)), data)
    exact = autoem.fit(autoem.derive(MODEL, quadrature()), data)
    assert found.log_likelihood == pytest.approx(integrated(data, found.parameters), abs=0.01)
    for name, value in exact.parameters.items():
        np.testing.assert_allclose(found.parameters[name], value, atol=0.02)
    assert "Monte Carlo estimate of the log-likelihood" in found.summary()
    assert found.result in ("converged", "unsettled") and "nodes differ by" in found.result.advice


def test_the_same_seed_gives_the_same_estimate() -> None:
    data, theta = counts(), {"beta": np.array([0.5, 0.3]), "tau2": np.array(0.5)}
    values = []
    for seed in (0, 0, 1):
        derivation = autoem.derive(MODEL, monte_carlo(draws=64, seed=seed))
        module = autoem.generate(derivation).module
        (every,) = module.SCHEMA["every"].values()
        values.append(module.log_likelihood({**data, every: np.arange(30)}, theta))
    assert values[0] == values[1] != values[2]
    assert values[0] == pytest.approx(integrated(data, theta), abs=0.5)


@pytest.mark.slow
def test_its_certificate_leaves_open_what_an_estimate_cannot_show() -> None:
    derivation = autoem.derive(declared(ROOT / "models/rasch.py"), monte_carlo())
    certificate = verify(derivation)
    assert not certificate and not certificate.of("failed"), str(certificate)
    opened = {obligation.name for obligation in certificate.of("open")}
    assert {"bound touches", "Q", "log-likelihood: generated"} <= opened
    assert "EM map: generated" in {obligation.name for obligation in certificate.of("checked")}


def test_the_page_says_what_q_is() -> None:
    page = " ".join(str(autoem.derive(MODEL, monte_carlo())).split())
    assert "Q is the complete-data log-likelihood of a hypothetical data set" in page
    assert "Monte Carlo estimate of the log-likelihood" in page


@pytest.mark.parametrize("options", [{"draws": 0}, {"seed": -1}, {"tolerance": 0.0}])
def test_bad_options_are_named(options: dict[str, float]) -> None:
    with pytest.raises(BadOption, match=next(iter(options))):
        monte_carlo(**options)  # type: ignore[arg-type]
