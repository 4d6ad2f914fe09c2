"""The laws that every family obeys, over the whole registry, each at random arguments.

`test_planted.py` shows that each law fails where one fact is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose
from scipy import special

from autoem.families import FAMILIES
from tests.families.cases import (
    CASES,
    SCIPY,
    Case,
    conjugate_prior,
    expectations_of,
    floats,
    moments_of,
    over,
)

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.family.name)
every_exponential_case = pytest.mark.parametrize(
    "case", [case for case in CASES if case.exponential], ids=lambda case: case.family.name
)
close = partial(assert_allclose, rtol=1e-9, atol=1e-9)

NO_ENTROPY = {
    *("Binomial", "BinomialLogit", "Multinomial", "Poisson", "NegativeBinomial"),
    "ReciprocalInverseGaussian",
    "GeneralizedInverseGaussian",
    "PolyaGamma",
}
NO_MAXIMUM = {
    *("Gamma", "InverseGamma", "Beta", "Dirichlet", "Wishart", "InverseWishart", "VonMises"),
    "ReciprocalInverseGaussian",
    "GeneralizedInverseGaussian",
    "PolyaGamma",
}
"""What has no closed form."""


def test_every_family_has_a_case_and_a_name_of_its_own() -> None:
    assert sorted(SCIPY) == sorted(family.name for family in FAMILIES)


@every_case
def test_density_has_total_one(case: Case) -> None:
    log_density = case.log_density()
    assert_allclose(case.total(lambda x: np.exp(log_density(x))), 1, rtol=1e-7)


@every_case
def test_log_density_is_that_of_scipy(case: Case) -> None:
    log_density, reference = case.log_density(), case.reference
    expected = getattr(reference, "logpdf", None) or reference.logpmf
    for x in case.points(8):
        close(log_density(x), expected(x))


@every_case
def test_every_summand_is_one_product(case: Case) -> None:
    for value in case.summands():
        assert not value.is_Add, value


@every_exponential_case
def test_log_density_is_eta_T_minus_A_plus_log_h(case: Case) -> None:
    facts, args = case.facts, case.args
    eta, normalizer = floats(facts.natural(args)), facts.log_normalizer(args)
    for x in case.points(4):
        inner = eta @ floats(facts.statistics(x))
        carrier = facts.log_carrier(x, args)
        close(float(facts.log_density(x, args)), inner + float(carrier - normalizer))


@every_exponential_case
def test_from_natural_inverts_natural(case: Case) -> None:
    found = case.facts.from_natural(floats(case.facts.natural(case.args)))
    for name, value in found.items():
        close(floats(value), case.args[name])
    counts = {argument.name for argument in case.family.arguments if argument.domain == "count"}
    assert {*found, *counts} == set(case.args)


@every_exponential_case
def test_gradient_of_log_normalizer_is_expectation_of_T(case: Case) -> None:
    facts, args = case.facts, case.args
    at = floats(facts.natural(args))
    eta = sympy.symbols(f"eta0:{len(at)}")
    normalizer = facts.log_normalizer({**args, **facts.from_natural(eta)})
    here = dict(zip(eta, at, strict=True))
    gradient = [sympy.diff(normalizer, entry).subs(here) for entry in eta]
    close(
        floats([sympy.re(sympy.N(slope)) for slope in gradient]), floats(facts.expectations(args))
    )


@every_case
def test_mean_is_that_of_scipy(case: Case) -> None:
    mean, reference = floats(case.facts.mean(case.args)), case.reference
    if case.family.support == "category":
        mean = mean @ np.arange(len(mean))
    expected = reference.mean() if callable(reference.mean) else reference.mean
    close(np.reshape(mean, np.shape(expected)), expected)


@every_case
def test_entropy_is_the_expectation_of_minus_log_p(case: Case) -> None:
    # By its definition: scipy 1.17 is wrong about invwishart, by (d+1)(d-1)/2 log 2.
    entropy, log_density = case.facts.entropy(case.args), case.log_density()
    assert (entropy is None) == (case.family.name in NO_ENTROPY)
    if entropy is not None:
        expected = case.total(lambda x: special.entr(np.exp(log_density(x))))
        assert_allclose(float(entropy), expected, rtol=1e-6, atol=1e-6)


@every_case
def test_sampler_has_its_expectations(case: Case) -> None:
    draws = case.family.sample(np.random.default_rng(0), case.args, 20_000)
    mean, error = moments_of(case, draws)
    assert_allclose((mean - expectations_of(case)) / error, 0, atol=5)


@every_case
def test_sampler_broadcasts_plates(case: Case) -> None:
    rank = case.family.event_rank
    plates = {name: np.stack([value] * 4) for name, value in case.args.items()}
    generator = np.random.default_rng(0)
    assert case.family.sample(generator, plates).shape == (4,) + (case.facts.size,) * rank
    assert case.family.sample(generator, plates, (6, 4)).shape[:2] == (6, 4)


@every_case
def test_posterior_of_a_conjugate_prior_is_of_its_family(case: Case) -> None:
    for argument in case.family.conjugates:
        for x in case.points(2):
            posterior_is_of_the_family(conjugate_prior(case, argument), over(case, argument, x))


def posterior_is_of_the_family(prior: Case, log_likelihood: Callable[[Any], float]) -> None:
    """log p(x | theta) is linear in T(theta), and Bayes's rule by quadrature gives the same."""
    thetas, statistics, log_prior = (
        prior.points(20),
        prior.numeric_statistics(),
        prior.log_density(),
    )
    rows = np.array([[*statistics(theta), 1.0] for theta in thetas])
    seen = np.array([log_likelihood(theta) for theta in thetas])
    update = np.linalg.lstsq(rows, seen, rcond=None)[0]  # the coefficients of T(theta)
    assert_allclose(rows @ update, seen, rtol=1e-7, atol=1e-7)
    posterior = prior.at(prior.facts.from_natural(prior.eta() + update[:-1]))
    evidence = prior.total(lambda theta: np.exp(log_prior(theta) + log_likelihood(theta)))
    joint = np.array([log_prior(theta) + log_likelihood(theta) for theta in thetas])
    found = [*map(posterior.log_density(), thetas)]
    assert_allclose(joint - np.log(evidence), found, rtol=1e-6, atol=1e-6)


@every_exponential_case
def test_maximum_likelihood_maximizes(case: Case) -> None:
    facts, args = case.facts, case.args
    mean = floats([facts.statistics(x) for x in case.points(40)]).mean(axis=0)
    found = facts.maximum_likelihood(mean, args)
    assert (found is None) == (case.family.name in NO_MAXIMUM)
    if found is None:
        return
    best = {**args, **{name: floats(value) for name, value in found.items()}}

    def objective(at: dict[str, object]) -> float:
        return float(floats(facts.natural(at)) @ mean - float(facts.log_normalizer(at)))

    # The gradient with respect to eta is t - E[T]; and nothing nearby is better.
    close(floats(facts.expectations(best)), mean)
    for scale in (0.98, 1.02):
        for name in found:
            assert objective({**best, name: best[name] * scale}) <= objective(best) + 1e-12
