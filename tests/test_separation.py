"""Separated outcomes are never "converged": the advice names a direction, which separates them."""

from __future__ import annotations

import re

import numpy as np
import pytest

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Binomial,
    Categorical,
    Count,
    Given,
    Model,
    Normal,
    Observed,
    Parameter,
    Real,
    dot,
)

RNG = np.random.default_rng(0)
V = np.column_stack([np.ones(40), RNG.normal(size=(40, 2))])
SEPARATED = (V[:, 1] > 0.2).astype(float)


class Binary(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    y = Observed(Bernoulli(logits=dot(v, beta)), over=n)


class Counts(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    trials = Given(Count(), over=n)
    beta = Parameter(Real(p))
    y = Observed(Binomial(trials, logits=dot(v, beta)), over=n)


class Classes(Model):
    n, k, p = Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p), over=k)
    y = Observed(Categorical(logits=dot(v, beta)), over=n)


class Shrunk(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p), prior=Normal(0, variance=4))
    y = Observed(Bernoulli(logits=dot(v, beta)), over=n)


def named(advice: str, shape: tuple[int, ...]) -> np.ndarray:
    """The direction that the advice tells, as an array."""
    found = np.zeros(shape)
    words = advice.partition("along ")[2].partition(":")[0]
    for sign, share, place in re.findall(r"([-+]?) ?([\d.e-]*) ?beta\[([\d, ]+)\]", words):
        index = tuple(int(i) for i in place.split(","))
        found[index] = float(share or 1) * (-1 if sign == "-" else 1)
    return found


@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_the_direction_separates_binary_outcomes(scale: float) -> None:
    y = SEPARATED if scale > 0 else 1 - SEPARATED
    for fit in (
        autoem.fit(Binary, {"v": V, "y": y}),
        autoem.fit(Counts, {"v": V, "y": 5 * y, "trials": np.full(40, 5)}),
    ):
        assert fit.result == "boundary" and "separates" in fit.result.advice
        d = named(fit.result.advice, (3,))
        assert np.all((V @ d > 0) == (y == 1))


def test_the_direction_separates_classes() -> None:
    y = (V[:, 1] > 0).astype(int) + (V[:, 1] > 0.8)
    fit = autoem.fit(Classes, {"v": V, "y": y}, sizes={"k": 3})
    assert fit.result == "boundary"
    assert np.all(np.argmax(V @ named(fit.result.advice, (3, 3)).T, axis=1) == y)


def test_ties_on_the_border_are_found_too() -> None:
    v = np.vstack([V, [[1, 0.2, 0.0], [1, 0.2, 0.0]]])
    y = np.r_[SEPARATED, 0, 1]
    fit = autoem.fit(Binary, {"v": v, "y": y})
    assert fit.result == "boundary" and "separates" in fit.result.advice
    np.testing.assert_allclose(fit.log_likelihood, -2 * np.log(2), rtol=1e-6)


def test_outcomes_that_overlap_or_have_a_prior_converge() -> None:
    y = SEPARATED.copy()
    y[:4] = 1 - y[:4]
    assert autoem.fit(Binary, {"v": V, "y": y}).result == "converged"
    assert autoem.fit(Shrunk, {"v": V, "y": SEPARATED}).result == "converged"
