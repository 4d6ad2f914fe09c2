"""The sum of terms is the log density of data and latents, at random points of every model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from autoem.derive.log_joint import LogJoint, check_log_joint, log_joint
from autoem.derive.quantity import Element, Indicator, elements
from autoem.derive.term import Terms, check_term
from autoem.errors import NotDerivable
from autoem.families import Categorical
from autoem.graph.factor_graph import factor_graph
from autoem.language import Aggregate, Axis, Latent, Model, Observed, Parameter, Simplex
from autoem.verify import reference
from tests.derive.complete import complete
from tests.derive.test_zoo import FILES
from tests.derive.zoo import cells, choices, mixtures, plates
from tests.derive.zoo.case import Case

CASES = [case for file in FILES for case in file.CASES]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def small(case: Case) -> Case:
    """The same model with fewer rows."""
    return replace(case, sizes={axis: min(size, 4) for axis, size in case.sizes.items()})


def law_of_the_sum(case: Case, expand: Callable[[LogJoint], Terms]) -> None:
    """log p(x, z) + log p(theta) by scipy is the sum of the terms."""
    joint = log_joint(factor_graph(case.model))
    check_log_joint(joint)
    found = complete(small(case))
    wanted = reference.log_joint(found.instance, found.sites) + reference.log_prior(found.instance)
    np.testing.assert_allclose(found.meaning().total(expand(joint)), wanted, rtol=1e-9, atol=1e-9)


@every_case
def test_the_terms_add_up_to_the_log_density(case: Case) -> None:
    law_of_the_sum(case, lambda joint: joint.terms)


def flipped(joint: LogJoint) -> Terms:
    first, *others = joint.terms
    return (replace(first, value=-first.value), *others)


def dropped(joint: LogJoint) -> Terms:
    return joint.terms[:-1]


def doubled(joint: LogJoint) -> Terms:
    return (*joint.terms, joint.terms[-1])


def wrong_state(joint: LogJoint) -> Terms:
    """Every indicator reads state 0."""
    result = []
    for term in joint.terms:
        moved = {
            e: Element(e.base, (*e.indices[:-1], 0))
            for e in elements(term.value)
            if isinstance(e.base, Indicator)
        }
        result.append(replace(term, value=term.value.xreplace(moved)))
    return tuple(result)


@pytest.mark.parametrize("wrong", [flipped, dropped, doubled, wrong_state])
@pytest.mark.parametrize("name", ["TwoObserved", "NestedStates", "AddedStates"])
def test_a_wrong_sum_is_seen(wrong: Callable[[LogJoint], Terms], name: str) -> None:
    (case,) = [case for case in plates.CASES if case.name == name]
    with pytest.raises(AssertionError):
        law_of_the_sum(case, wrong)


def test_indicators_enter_once_a_factor_and_only_where_the_state_appears() -> None:
    (case,) = [case for case in plates.CASES if case.name == "ColumnMeans"]
    joint = log_joint(factor_graph(case.model))
    for term in joint.factor("x"):
        indicators = [e for e in elements(term.value) if isinstance(e.base, Indicator)]
        mentions = any(e.base.name == "mean" for e in elements(term.value))
        assert len(indicators) == int(mentions)
        check_term(term)


def test_a_free_index_is_found() -> None:
    joint = log_joint(factor_graph(mixtures.CASES[0].model))
    loose = replace(joint, terms=(replace(joint.terms[0], bound=()),))
    with pytest.raises(AssertionError, match="free indices"):
        check_log_joint(loose)


def test_sums_of_cells_are_kept_beside_and_groups_of_states_are_terms() -> None:
    linkage = log_joint(factor_graph(cells.LinkageOfStrains))
    (constraint,) = linkage.constraints
    assert constraint.groups == ((0, 1), (2,), (3,), (4,))
    coarse = log_joint(factor_graph(cells.CoarseCategory))
    assert not coarse.constraints and len(coarse.factor("y")) == 4


class Unsized(Model):
    """Groups of states that are nowhere counted."""

    n, k = Axis(), Axis()
    p = Parameter(Simplex(k))
    z = Latent(Categorical(p), over=n)
    y = Observed(Aggregate(z, groups=[(0,), (1, 2)]), over=n)


def test_groups_of_uncounted_states_are_refused() -> None:
    with pytest.raises(NotDerivable, match=r"whose axis has no size= \(in y\)"):
        log_joint(factor_graph(Unsized))


def test_data_that_choose_are_guards() -> None:
    (case,) = [case for case in choices.CASES if case.name == "GivenSwitch"]
    joint = log_joint(factor_graph(case.model))
    assert {len(term.guards) for term in joint.terms} == {0, 1}
    assert not any(e.base.name == "treated" for t in joint.terms for e in elements(t.value))
