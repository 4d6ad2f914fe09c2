"""Every model of the zoo against brute force: the first of every file, and all with `-m slow`."""

from __future__ import annotations

from functools import lru_cache

import pytest

from tests.derive import judged as judge
from tests.derive.zoo import (
    cells,
    choices,
    effects,
    factors,
    lookups,
    mixtures,
    plain,
    plates,
    priors,
    regressions,
    scales,
    vectors,
    weights,
)
from tests.derive.zoo.case import Case

FILES = (
    *(plain, regressions, lookups, choices, mixtures, vectors, plates, weights),
    *(cells, effects, factors, scales, priors),
)
ALWAYS = 3


def _parameters() -> list[object]:
    found: list[object] = []
    for file in FILES:
        for number, case in enumerate(file.CASES):
            marks = [pytest.mark.slow] if number >= ALWAYS or case.slow else []
            if case.pending:
                marks.append(pytest.mark.xfail(reason=case.pending, strict=True))
            found.append(pytest.param(case, id=case.name, marks=marks))
    return found


every_case = pytest.mark.parametrize("case", _parameters())


@lru_cache(maxsize=1)
def judged(case: Case) -> judge.Judged:
    return judge.judged(case.model)


@every_case
def test_the_model_is_judged(case: Case) -> None:
    """Likelihood, ascent, the maximum of Q, and a flat objective where it ends."""
    found, instance = judged(case), judge.instance_of(case)
    judge.check_likelihood(found, instance)
    judge.check_ascent(found, case)
    if found.derivation.m_step.exact:
        judge.check_maximum(found, instance)
    if case.interior:
        judge.check_stationary(found, instance)


def test_the_zoo_is_large_and_its_names_are_its_own() -> None:
    names = [case.name for file in FILES for case in file.CASES]
    assert len(names) == len(set(names)) >= 140
