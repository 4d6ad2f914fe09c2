"""Every law fails where one fact is wrong: a sign flipped, a factor dropped, a rate for a scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy

from autoem.families.family import Summand
from autoem.families.spelled import spelled
from tests.families import test_laws as laws
from tests.families.cases import Case, case_of

Wrong = Callable[..., Any]


def flip(number: int) -> Callable[[Wrong], Wrong]:
    """A flipped sign of one of the summands, or entries, of a fact."""

    def plant(fact: Wrong) -> Wrong:
        def wrong(self: Any, *args: Any) -> Any:
            parts = list(fact(self, *args))
            part = parts[number]
            parts[number] = Summand(-part.value, part.over) if isinstance(part, Summand) else -part
            return tuple(parts)

        return wrong

    return plant


def drop(number: int) -> Callable[[Wrong], Wrong]:
    """One of the summands is forgotten."""

    def plant(fact: Wrong) -> Wrong:
        def wrong(self: Any, *args: Any) -> Any:
            parts = fact(self, *args)
            return (*parts[:number], *parts[number + 1 :])

        return wrong

    return plant


def through(change: Callable[[Any], Any]) -> Callable[[Wrong], Wrong]:
    """The fact, changed."""
    return lambda fact: lambda self, *args: change(fact(self, *args))


def merged(parts: tuple[Summand, ...]) -> tuple[Summand, ...]:
    return (Summand(sympy.Add(*(part.value for part in parts))),)


def rate_as_scale(fact: Wrong) -> Wrong:
    return lambda self, generator, args, size=None: generator.gamma(
        args["shape"], args["rate"], size
    )


def without_size(fact: Wrong) -> Wrong:
    return lambda self, generator, args, size=None: fact(self, generator, args)


def spread(fact: Wrong) -> Wrong:
    """A standard deviation where the density has a variance."""
    return lambda self, generator, args, size=None: generator.normal(
        args["mean"], np.asarray(args["variance"]), size
    )


def without_upper(fact: Wrong) -> Wrong:
    return lambda self, generator, args, size=None: generator.integers(
        args["lower"], args["upper"], size
    )


def without_scale(fact: Wrong) -> Wrong:
    return lambda self, generator, args, size=None: generator.weibull(args["shape"], size)


def not_inverted(fact: Wrong) -> Wrong:
    """A Wishart where its inverse should be."""
    return lambda self, *args: np.linalg.inv(fact(self, *args))


PLANTED: list[tuple[Callable[[Case], None], str, str, Callable[[Wrong], Any]]] = [
    (laws.test_density_has_total_one, "Normal", "log_density", drop(1)),
    (laws.test_density_has_total_one, "Binomial", "log_density", drop(3)),
    (laws.test_density_has_total_one, "Dirichlet", "log_density", flip(1)),
    (laws.test_log_density_is_that_of_scipy, "Gamma", "log_density", flip(2)),
    (laws.test_log_density_is_that_of_scipy, "MultivariateNormal", "log_density", drop(1)),
    (laws.test_every_summand_is_one_product, "Poisson", "log_density", through(merged)),
    (laws.test_log_density_is_eta_T_minus_A_plus_log_h, "Beta", "natural", flip(1)),
    (laws.test_log_density_is_eta_T_minus_A_plus_log_h, "MultivariateNormal", "natural", flip(1)),
    (
        laws.test_from_natural_inverts_natural,
        "Normal",
        "from_natural",
        through(lambda found: {**found, "variance": found["variance"] * 2}),
    ),
    (laws.test_gradient_of_log_normalizer_is_expectation_of_T, "Gamma", "expectations", flip(1)),
    (
        laws.test_gradient_of_log_normalizer_is_expectation_of_T,
        "Dirichlet",
        "log_normalizer",
        drop(1),
    ),
    (
        laws.test_mean_is_that_of_scipy,
        "InverseGamma",
        "mean",
        through(lambda mean: 1 / mean),
    ),
    (laws.test_entropy_is_the_expectation_of_minus_log_p, "MultivariateNormal", "entropy", drop(2)),
    (laws.test_sampler_has_its_expectations, "Gamma", "sample", rate_as_scale),
    (laws.test_sampler_has_its_expectations, "Normal", "sample", spread),
    (laws.test_sampler_broadcasts_plates, "Dirichlet", "sample", without_size),
    (
        laws.test_posterior_of_a_conjugate_prior_is_of_its_family,
        "Exponential",
        "conjugates",
        lambda _: {"rate": "InverseGamma"},
    ),
    (
        laws.test_posterior_of_a_conjugate_prior_is_of_its_family,
        "Poisson",
        "log_density",
        through(lambda parts: (Summand(parts[0].value ** 2), *parts[1:])),
    ),
    (
        laws.test_maximum_likelihood_maximizes,
        "Exponential",
        "maximum_likelihood",
        through(lambda found: {"rate": 1 / found["rate"]}),
    ),
    (
        laws.test_maximum_likelihood_maximizes,
        "Normal",
        "maximum_likelihood",
        through(lambda found: {**found, "variance": found["variance"] + found["mean"] ** 2}),
    ),
    # A normalizer, a Jacobian or a support forgotten; a variance that stands for a deviation.
    (laws.test_density_has_total_one, "StudentT", "log_density", drop(4)),
    (laws.test_density_has_total_one, "LogNormal", "log_density", drop(2)),
    (laws.test_density_has_total_one, "DiscreteUniform", "log_density", drop(1)),
    (laws.test_density_has_total_one, "InverseWishart", "log_density", flip(2)),
    (laws.test_log_density_is_that_of_scipy, "VonMises", "log_density", drop(1)),
    (laws.test_log_density_is_that_of_scipy, "Weibull", "log_density", drop(1)),
    (laws.test_log_density_is_that_of_scipy, "NegativeBinomial", "log_density", flip(1)),
    (laws.test_every_summand_is_one_product, "Laplace", "log_density", through(merged)),
    (
        laws.test_log_density_is_eta_T_minus_A_plus_log_h,
        "LogNormal",
        "natural",
        through(lambda eta: (eta[0] + 1, eta[1])),
    ),
    (
        laws.test_from_natural_inverts_natural,
        "Wishart",
        "from_natural",
        through(lambda found: {**found, "df": Summand(found["df"].value - 1)}),
    ),
    (
        laws.test_gradient_of_log_normalizer_is_expectation_of_T,
        "VonMises",
        "expectations",
        through(lambda moments: moments[::-1]),
    ),
    (
        laws.test_gradient_of_log_normalizer_is_expectation_of_T,
        "InverseWishart",
        "expectations",
        flip(0),
    ),
    (
        laws.test_mean_is_that_of_scipy,
        "Geometric",  # of trials where it should be of failures
        "mean",
        through(lambda mean: mean + 1),
    ),
    (
        laws.test_entropy_is_the_expectation_of_minus_log_p,
        "Laplace",
        "entropy",
        through(lambda entropy: entropy - sympy.log(2)),
    ),
    (laws.test_sampler_has_its_expectations, "DiscreteUniform", "sample", without_upper),
    (laws.test_sampler_has_its_expectations, "InverseWishart", "sample", not_inverted),
    (laws.test_sampler_has_its_expectations, "Weibull", "sample", without_scale),
    (
        laws.test_posterior_of_a_conjugate_prior_is_of_its_family,
        "MultivariateNormal",
        "conjugates",
        lambda _: {"cov": "Wishart"},
    ),
    (
        laws.test_posterior_of_a_conjugate_prior_is_of_its_family,
        "Pareto",
        "conjugates",
        lambda _: {"shape": "InverseGamma"},
    ),
    (
        laws.test_maximum_likelihood_maximizes,
        "Geometric",
        "maximum_likelihood",
        through(lambda found: {"p": found["p"] / 2}),
    ),
]


@pytest.mark.parametrize(
    ("law", "name", "fact", "plant"),
    PLANTED,
    ids=lambda value: value.__name__ if callable(value) else value,
)
def test_a_wrong_fact_is_seen(
    law: Callable[[Case], None], name: str, fact: str, plant: Callable[[Wrong], Any]
) -> None:
    case = case_of(name, seed=1)
    law(case)
    kind = type(case.family)
    family = type("Wrong", (kind,), {fact: plant(getattr(kind, fact))})()
    with pytest.raises(AssertionError):
        law(replace(case, family=family, facts=spelled(family, case.facts.size)))


def test_every_law_is_planted() -> None:
    every = {name for name in vars(laws) if name.startswith("test_")}
    single = {"test_every_family_has_a_case_and_a_name_of_its_own"}
    assert {law.__name__ for law, *_ in PLANTED} == every - single
