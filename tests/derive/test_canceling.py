"""Logarithms that cancel between the factors of Q, and those that do not."""

from __future__ import annotations

import numpy as np
import sympy
from statsmodels.discrete.discrete_model import Logit

from autoem import (
    Axis,
    Bernoulli,
    Exponential,
    Gamma,
    Latent,
    Model,
    Observed,
    Parameter,
    Positive,
    derive,
    fit,
)  # fmt: skip
from tests.test_references import program

WINS = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ]
)
"""Agresti (1990), Categorical Data Analysis, table 10.10: the American League East of 1987, from
Milwaukee to Baltimore; a row has beaten a column so often."""

KNOWN = [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0.0]
"""His estimates of the log skills, those of Baltimore zero."""


def games() -> dict[str, np.ndarray]:
    first, second = np.triu_indices(7, 1)
    pairs = [(i, j, w) for i, j in zip(first, second, strict=True) for w in (1, 0)]
    counts = [WINS[i, j] if won else WINS[j, i] for i, j, won in pairs]
    rows = np.repeat(np.array(pairs), counts, axis=0)
    return {"first": rows[:, 0], "second": rows[:, 1], "won": rows[:, 2]}


def test_paired_comparisons_have_the_estimates_of_their_source_and_of_statsmodels() -> None:
    data = games()
    found = fit(program("bradley_terry"), data, progress=False)
    skill = np.log(found.parameters["skill"])
    np.testing.assert_allclose(skill - skill[-1], KNOWN, atol=2e-3)
    rows = np.arange(len(data["won"]))
    design = np.zeros((len(rows), 7))
    design[rows, data["first"]] += 1
    design[rows, data["second"]] -= 1
    known = Logit(data["won"], design[:, :-1]).fit(disp=False, tol=1e-12)
    np.testing.assert_allclose((skill - skill[-1])[:-1], known.params, atol=1e-5)
    np.testing.assert_allclose(found.log_likelihood, known.llf, rtol=1e-10)


class Race(Model):
    """A time at the rate a + b, and who wins."""

    n = Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    t = Latent(Exponential(rate=a + b), over=n)
    won = Observed(Bernoulli(a / (a + b)), over=n)


class SlowRace(Model):
    """The same with the sum of two such times, which leaves a logarithm over."""

    n = Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    t = Latent(Gamma(2, rate=a + b), over=n)
    won = Observed(Bernoulli(a / (a + b)), over=n)


def sums(model: type[Model]) -> list[sympy.Expr]:
    """Logarithms of sums in Q."""
    logs = (log for t in derive(model).surrogate.terms for log in t.value.atoms(sympy.log))
    return [log for log in logs if log.args[0].has(sympy.Add)]


def test_only_what_adds_to_zero_is_left_out() -> None:
    assert sums(Race) == []
    assert sums(SlowRace) != []
    assert {u.rule for u in derive(Race).m_step.updates} == {"stationary"}
