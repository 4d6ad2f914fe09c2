"""Units by dimensional analysis, as in the textbook; and that numbers do not tie data."""

from __future__ import annotations

import pytest

from autoem import (
    Axis,
    Exponential,
    Gamma,
    Given,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    Weibull,
    dot,
    exp,
)
from autoem.derive.log_joint import log_joint
from autoem.derive.units import units
from autoem.graph import factor_graph
from tests.test_models import ROOT, declared

KNOWN = {
    "gaussian_mixture": {"mean": {"x": 1}, "cov": {"x": 2}},
    "factor_analysis": {"loading": {"x": 1}, "mean": {"x": 1}, "noise": {"x": 2}},
    "student_regression": {"beta": {"y": 1, "v": -1}, "scale2": {"y": 2}, "nu": {}},
    "mixture_of_experts": {"gate": {"v": -1}, "beta": {"y": 1, "v": -1}, "variance": {"y": 2}},
    "weibull_mixture": {"shape": {}, "scale": {"x": 1}},
    "gamma_mixture": {"shape": {}, "rate": {"x": -1}},
    "local_level": {"level_variance": {"x": 2}, "observation_variance": {"x": 2}},
    "motorettes": {"beta": {"lower": 1, "v": -1}, "sigma2": {"lower": 2}},
    "spector_probit": {"beta": {"v": -1}},
    "linkage": {},
}


def units_of(model: type[Model]) -> dict[str, dict[str, float]]:
    return units(log_joint(factor_graph(model)))


@pytest.mark.parametrize("name", KNOWN)
def test_units_of_shipped_models(name: str) -> None:
    assert units_of(declared(ROOT / f"models/{name}.py")) == KNOWN[name]


class Lifetimes(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    shape, scale = Parameter(Positive()), Parameter(Positive())
    x = Observed(Weibull(shape, scale=scale * exp(dot(v, beta))), over=n)


class Precisions(Model):
    """A known rate of the prior would tie x to a number, were it not passed over."""

    n = Axis()
    mean, precision = Parameter(Real()), Parameter(Positive(), prior=Gamma(2, rate=3))
    u = Latent(Exponential(rate=precision), over=n)
    x = Observed(Normal(mean, variance=u), over=n)


def test_a_power_an_exponential_and_a_known_number() -> None:
    assert units_of(Lifetimes) == {"beta": {"v": -1}, "shape": {}, "scale": {"x": 1}}
    assert units_of(Precisions) == {"mean": {"x": 1}, "precision": {"x": -2}}
