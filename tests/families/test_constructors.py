"""What a user writes, and what a wrong call says."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import Any

import pytest

import autoem.families as families
from autoem.errors import AutoemError
from autoem.errors.families import BadArguments, BadNumber
from autoem.errors.law import BadBounds
from autoem.families import (
    FAMILIES,
    Bernoulli,
    Beta,
    Binomial,
    Categorical,
    Dirichlet,
    DiscreteUniform,
    Exponential,
    Gamma,
    Geometric,
    InverseGamma,
    Laplace,
    LogNormal,
    MultivariateNormal,
    NegativeBinomial,
    Normal,
    Pareto,
    Poisson,
    StudentT,
    Uniform,
    VonMises,
    Weibull,
    Wishart,
)
from autoem.language.distribution import Distribution

SIGNATURES = {
    "Bernoulli": "(p=None, *, logits=None)",
    "Binomial": "(trials, p=None, *, logits=None)",
    "Categorical": "(p=None, *, logits=None)",
    "Multinomial": "(trials, p)",
    "Poisson": "(rate)",
    "Normal": "(mean, *, variance)",
    "MultivariateNormal": "(mean, *, cov)",
    "Gamma": "(shape, *, rate)",
    "InverseGamma": "(shape, *, scale)",
    "Exponential": "(*, rate)",
    "Beta": "(a, b)",
    "Dirichlet": "(concentration)",
    "Geometric": "(p)",
    "NegativeBinomial": "(shape, *, mean)",
    "LogNormal": "(mean, *, variance)",
    "Wishart": "(df, *, scale)",
    "InverseWishart": "(df, *, scale)",
    "StudentT": "(mean, *, scale, df)",
    "Laplace": "(mean, *, scale)",
    "VonMises": "(mean, *, concentration)",
    "Weibull": "(shape, *, scale)",
    "Pareto": "(shape, *, minimum)",
    "Uniform": "(lower, upper)",
    "DiscreteUniform": "(lower, upper)",
}

CALLS: list[tuple[Callable[[], Any], str]] = [
    (lambda: Normal(0, 1), "Normal(mean, variance=...)"),  # type: ignore[call-arg,misc]
    (lambda: Normal(0), "Normal(mean, variance=...)"),  # type: ignore[call-arg]
    (lambda: Normal(0, sd=1), "Normal(mean, variance=...)"),  # type: ignore[call-arg]
    (lambda: MultivariateNormal(0, 1), "cov=..."),  # type: ignore[call-arg,misc]
    (lambda: Gamma(1, 2), "rate=..."),  # type: ignore[call-arg,misc]
    (lambda: InverseGamma(1, 2), "scale=..."),  # type: ignore[call-arg,misc]
    (lambda: Exponential(2), "Exponential(rate=...)"),  # type: ignore[call-arg,misc]
    (lambda: NegativeBinomial(1, 2), "mean=..."),  # type: ignore[call-arg,misc]
    (lambda: LogNormal(0, 1), "variance=..."),  # type: ignore[call-arg,misc]
    (lambda: StudentT(0, 1, 4), "StudentT(mean, scale=..., df=...)"),  # type: ignore[call-arg,misc]
    (lambda: Laplace(0, 1), "scale=..."),  # type: ignore[call-arg,misc]
    (lambda: VonMises(0, 1), "concentration=..."),  # type: ignore[call-arg,misc]
    (lambda: Weibull(2, 1), "scale=..."),  # type: ignore[call-arg,misc]
    (lambda: Pareto(2, 1), "minimum=..."),  # type: ignore[call-arg,misc]
    (lambda: Wishart(4, [[1]]), "scale=..."),  # type: ignore[call-arg,misc]
    (lambda: Bernoulli(), "Bernoulli(p) or Bernoulli(logits=...)"),
    (lambda: Bernoulli(0.5, logits=0), "Bernoulli(p) or Bernoulli(logits=...)"),
    (lambda: Binomial(3), "Binomial(trials, p) or Binomial(trials, logits=...)"),
    (lambda: Categorical(), "Categorical(p) or Categorical(logits=...)"),
]


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_are_fixed(name: str) -> None:
    signature = inspect.signature(getattr(families, name))
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    shape = signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)
    assert str(shape) == SIGNATURES[name]


@pytest.mark.parametrize(("call", "write"), CALLS)
def test_a_wrong_call_says_what_to_write(call: Callable[[], Any], write: str) -> None:
    with pytest.raises(BadArguments) as caught:
        call()
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, AutoemError)
    assert write in str(caught.value)
    assert __file__ in str(caught.value)  # the user's own line


@pytest.mark.parametrize(
    "call",
    [
        lambda: Poisson(-1),
        lambda: Normal(0, variance=-0.5),
        lambda: Bernoulli(1.5),
        lambda: Binomial(2.5, 0.5),
        lambda: Beta(-1, 2),
        lambda: Geometric(1.5),
        lambda: DiscreteUniform(0, 2.5),
        lambda: Uniform(0, inf),
        lambda: StudentT(0, scale=1, df=inf),
        lambda: Dirichlet(inf),
    ],
)
def test_a_number_outside_its_domain_is_refused(call: Callable[[], Any]) -> None:
    with pytest.raises(BadNumber, match="cannot be"):
        call()


@pytest.mark.parametrize(
    "call", [lambda: Uniform(1, 1), lambda: Uniform(2, 1), lambda: DiscreteUniform(3, 2)]
)
def test_bounds_hold_something_between_them(call: Callable[[], Any]) -> None:
    with pytest.raises(BadBounds, match="no interval"):
        call()
    assert DiscreteUniform(3, 3).family.name == "DiscreteUniform"  # one value is a value


def test_a_distribution_has_its_family_and_exact_arguments() -> None:
    made = Normal(0, variance=0.25)
    assert isinstance(made, Distribution)
    assert made.family in FAMILIES
    assert made.argument("variance").value == Fraction(1, 4)  # type: ignore[attr-defined]
    assert Poisson(0).family.name == "Poisson"  # the point mass at zero


def test_logits_are_a_family_of_their_own() -> None:
    assert Bernoulli(logits=1).family.name == "BernoulliLogit"
    assert Binomial(3, logits=1).family.name == "BinomialLogit"
    assert Categorical([0.5, 0.5]).family.name == "Categorical"
