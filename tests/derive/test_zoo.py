"""Every model of the zoo against brute force: the first of every file, and all with `-m slow`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
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
    positions,
    priors,
    regressions,
    scales,
    shared,
    vectors,
    weights,
)
from tests.derive.zoo.case import Case

FILES = (
    *(plain, regressions, lookups, choices, mixtures, vectors, plates, weights),
    *(cells, effects, factors, scales, shared, priors, positions),
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


@pytest.mark.slow
@pytest.mark.parametrize(("n", "seed", "close"), [(20, 2, 1e-5), (9, 3, 0.1)])
def test_three_measurements_of_an_effect_have_its_closed_form(
    n: int, seed: int, close: float
) -> None:
    """cov_12 cov_13 / cov_23 = slope_1^2.  Of nine rows, where two slopes are hardly told from
    zero, the iteration creeps towards it: it is slow and not wrong."""
    found, case = (
        judge.judged(effects.RandomSlope),
        Case(effects.RandomSlope, {"n": n, "j": 3}, seed),
    )
    instance = judge.instance_of(case)
    end = judge.converged(found, instance)
    assert end.result == ("converged" if n == 20 else "max_iterations")
    cov = np.cov(instance.data["x"].T, bias=True)
    others = [(1, 2), (0, 2), (0, 1)]
    squares = [cov[i, j] * cov[i, k] / cov[j, k] for i, (j, k) in enumerate(others)]
    slope, sigma2 = np.sqrt(squares), np.diag(cov) - squares
    assert np.abs(end.parameters["slope"]) == pytest.approx(slope, abs=close)
    assert end.parameters["sigma2"] == pytest.approx(sigma2, abs=close)
    signed = np.sign(end.parameters["slope"]) * slope
    best = instance.at({**end.parameters, "slope": signed, "sigma2": sigma2})
    assert 0 <= judge.objective(best) - end.objective + 1e-9 < 1e-3
