"""Proofs: what is right is proved, what is planted is not, and signs are never guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy

from autoem.derive.quantity import Computed
from autoem.derive.stages import Derivation, derive
from autoem.verify import proofs_of_posteriors, proofs_of_updates
from autoem.verify.covariance_lemma import greatest_at_the_ratio
from autoem.verify.ground import is_zero
from autoem.verify.sign import is_nonpositive
from tests.test_models import ROOT, declared


def derivation_of(name: str) -> Derivation:
    return derive(declared(ROOT / "models" / f"{name}.py"))


@pytest.mark.parametrize(
    "name",
    ["linkage", "abo", "normal_mixture", "two_coins", "negative_binomial", "probabilistic_pca"],
)
def test_posteriors_are_proved(name: str) -> None:
    derivation = derivation_of(name)
    assert all(proofs_of_posteriors.proved(derivation, q) for q in derivation.e_step.posteriors)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("linkage", ["theta"]),
        ("abo", ["freq"]),
        ("normal_mixture", ["weight", "mean", "variance"]),
        ("two_coins", ["bias"]),
        ("latent_classes", ["weight", "p"]),
        ("gaussian_mixture_tied", ["weight", "mean", "cov"]),
        ("negative_binomial", ["mean"]),
    ],
)
def test_updates_are_proved_to_second_order(name: str, parameters: list[str]) -> None:
    derivation = derivation_of(name)
    proved = [
        q.name
        for update in derivation.m_step.updates
        if proofs_of_updates.proved(derivation, update).second
        for q in update.parameters
    ]
    assert proved == parameters


def test_a_wrong_update_is_not_proved() -> None:
    derivation = derivation_of("normal_mixture")
    update = derivation.m_step.updates[-1]
    base = update.values[0].base
    assert isinstance(base, Computed)
    object.__setattr__(base, "operands", (base.operands[0] * sympy.Rational(9, 8),))
    assert not proofs_of_updates.proved(derivation, update).first


def test_a_maximum_that_is_a_minimum_is_not_proved() -> None:
    derivation = derivation_of("normal_mixture")
    terms = tuple(replace(term, value=-term.value) for term in derivation.surrogate.terms)
    upside_down = replace(derivation, surrogate=replace(derivation.surrogate, terms=terms))
    proof = proofs_of_updates.proved(upside_down, derivation.m_step.updates[-1])
    assert proof.first and not proof.second


def test_a_wrong_posterior_is_not_proved() -> None:
    derivation = derivation_of("negative_binomial")
    (q,) = derivation.e_step.posteriors
    base = q.natural["rate"].base
    assert isinstance(base, Computed)
    object.__setattr__(base, "operands", (2 * base.operands[0],))
    assert not proofs_of_posteriors.proved(derivation, q)


def test_a_covariance_is_the_ratio_at_one_two_and_three_dimensions() -> None:
    assert greatest_at_the_ratio()


def test_signs_that_are_not_known_are_not_guessed() -> None:
    s, n = sympy.symbols("s n", nonnegative=True)
    x, y = sympy.symbols("x y", real=True)
    assert is_nonpositive(-s * x**2 - n * (x - y) ** 2)
    assert not is_nonpositive(s - n)
    assert not is_nonpositive(-x * y)
    assert not is_nonpositive(-((x - y) ** 3))
    assert not is_nonpositive(-sympy.sqrt(x - y))


def test_zero_is_decided_by_algebra() -> None:
    a, b = sympy.symbols("a b", positive=True)
    assert is_zero(a / (a + b) + b / (a + b) - 1)
    assert is_zero(sympy.log(a * b) - sympy.log(a) - sympy.log(b))
    assert not is_zero(a / (a + b) - b / (a + b))
