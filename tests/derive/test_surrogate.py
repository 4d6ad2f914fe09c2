"""Q: no latent is left, and it is the expected log density up to what is free of the parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from autoem.derive.e_step import e_step
from autoem.derive.log_joint import log_joint
from autoem.derive.quantity import Indicator, elements
from autoem.derive.surrogate import Surrogate, surrogate
from autoem.derive.term import Terms, check_term
from autoem.graph.factor_graph import factor_graph
from autoem.language.declaration import Latent
from autoem.verify import reference
from autoem.verify.instance import random_parameters
from tests.derive.complete import complete
from tests.derive.test_e_step import DERIVED
from tests.derive.test_log_joint import small
from tests.derive.zoo.case import Case

every_case = pytest.mark.parametrize(
    "case", [case for case in DERIVED if not case.slow], ids=lambda case: case.name
)


def q_of(case: Case) -> Surrogate:
    joint = log_joint(factor_graph(case.model))
    return surrogate(joint, e_step(joint))


@every_case
def test_no_latent_is_left(case: Case) -> None:
    for term in q_of(case).terms:
        check_term(term)
        for element in elements(term.value):
            assert not isinstance(element.base, Indicator)
            assert not isinstance(getattr(element.base, "variable", None), Latent)


def law_of_q(case: Case, average: Callable[[Surrogate], Terms]) -> None:
    """Q(new) - Q(other) under the posterior at the old parameters, by enumeration and quadrature.

    What does not mention a parameter is in the judge's Q and not in ours, and cancels.
    """
    case, draw = small(case), np.random.default_rng(case.seed + 7)
    found = replace(complete(case), latents={})
    posterior, terms = reference.clouds(found.instance), average(q_of(case))
    thetas = [random_parameters(case.model, case.sizes, draw) for _ in range(2)]
    wanted, ours = [], []
    for theta in thetas:
        at = found.instance.at(theta)
        judged = reference.expected_log_joint(posterior, at) + reference.log_prior(at)
        wanted.append(judged)
        ours.append(found.meaning(theta, old=found.meaning()).total(terms))
    np.testing.assert_allclose(ours[0] - ours[1], wanted[0] - wanted[1], rtol=1e-7, atol=1e-7)


@every_case
def test_q_is_the_expected_log_density(case: Case) -> None:
    law_of_q(case, lambda q: q.terms)


def flipped(q: Surrogate) -> Terms:
    *others, last = q.terms
    return (*others, replace(last, value=-last.value))


def dropped(q: Surrogate) -> Terms:
    return q.terms[:-1]


def halved(q: Surrogate) -> Terms:
    first, *others = q.terms
    return (replace(first, value=first.value / 2), *others)


@pytest.mark.parametrize("wrong", [flipped, dropped, halved])
@pytest.mark.parametrize("name", ["RandomEffect", "GammaPoisson", "TwoObserved", "ClusterLoadings"])
def test_a_wrong_q_is_seen(wrong: Callable[[Surrogate], Terms], name: str) -> None:
    (case,) = [case for case in DERIVED if case.name == name]
    with pytest.raises(AssertionError):
        law_of_q(case, wrong)
