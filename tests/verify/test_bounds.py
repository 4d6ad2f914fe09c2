"""Bounds, evidence and truncation: simulated as they are seen, and judged in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from autoem.families import Categorical, Exponential, Normal
from autoem.language import (
    Axis,
    Evidence,
    Given,
    Latent,
    Model,
    NonNegative,
    Observed,
    Parameter,
    Positive,
    Real,
    Simplex,
    Truncated,
    Within,
)
from autoem.verify.instance import random_instance
from autoem.verify.intervals import log_mass
from autoem.verify.made_bounds import only_bounds
from autoem.verify.reference import log_likelihood
from autoem.verify.simulate import sample
from autoem.verify.sites import Instance


class Survival(Model):
    """Times that are censored, known to lie in an interval, or exact."""

    n = Axis()
    lower, upper = Given(Real(), over=n), Given(Real(), over=n)
    rate = Parameter(Positive())
    t = Latent(Exponential(rate=rate), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


def test_bounds_are_made_around_the_simulated_value() -> None:
    assert [v.name for v in only_bounds(Survival.declaration)] == ["lower", "upper"]
    drawn = sample(Survival, {"rate": 2.0}, {"n": 500}, seed=0)
    assert list(drawn) == ["lower", "upper", "t"]
    lower, upper, t = drawn["lower"], drawn["upper"], drawn["t"]
    assert np.all((lower <= t) & (t <= upper))
    assert 0.3 < (lower == upper).mean() < 0.5
    assert np.isinf(upper).any() and (np.isfinite(lower) & np.isfinite(upper)).any()


def test_what_lies_between_bounds_has_their_probability() -> None:
    data = {"lower": np.array([1.0, -np.inf, 0.5]), "upper": np.array([1.0, 0.7, np.inf])}
    instance = Instance(Survival, {Survival.n: 3}, data, {"rate": np.array(1.5)})
    law = stats.expon(scale=1 / 1.5)
    expected = law.logpdf(1.0) + np.log(law.cdf(0.7)) + np.log(law.sf(0.5))
    assert log_likelihood(instance) == pytest.approx(expected, rel=1e-11)


class Reads(Model):
    """Of a state only what a report says for it is known."""

    n, k = Axis(), Axis()
    table = Given(NonNegative(), over=(n, k))
    mass = Parameter(Simplex(k))
    z = Latent(Categorical(mass), over=n)
    seen = Observed(Evidence(table[z]), over=n)


def test_evidence_weighs_the_states() -> None:
    table, mass = np.array([[0.5, 0.0], [1.0, 2.0]]), np.array([0.3, 0.7])
    instance = Instance(Reads, {Reads.n: 2, Reads.k: 2}, {"table": table}, {"mass": mass})
    assert log_likelihood(instance) == pytest.approx(np.log(table @ mass).sum(), rel=1e-13)


def test_tables_of_an_instance_are_shares_of_reports() -> None:
    instance = random_instance(Reads, {"n": 4000, "k": 2}, np.random.default_rng(0))
    tables = np.unique(np.round(instance.data["table"], 12), axis=0)
    assert tables.sum(axis=0) == pytest.approx([1.0, 1.0])


class Cut(Model):
    """A normal variable of which nothing below zero exists."""

    n = Axis()
    mean = Parameter(Real())
    x = Observed(Truncated(Normal(mean, variance=1), lower=0), over=n)


def test_a_truncated_law_is_drawn_and_judged_within_its_bounds() -> None:
    x = sample(Cut, {"mean": -0.5}, {"n": 4000}, seed=1)["x"]
    law = stats.truncnorm(0.5, np.inf, loc=-0.5)
    assert x.min() >= 0 and x.mean() == pytest.approx(law.mean(), abs=0.03)
    instance = Instance(Cut, {Cut.n: 5}, {"x": x[:5]}, {"mean": np.array(-0.5)})
    assert log_likelihood(instance) == pytest.approx(law.logpdf(x[:5]).sum(), rel=1e-12)


def test_the_upper_tail_keeps_its_digits() -> None:
    standard = {"mean": np.asarray(0.0), "variance": np.asarray(1.0)}
    assert log_mass("Normal", 12.0, np.inf, standard) == pytest.approx(
        stats.norm.logsf(12.0), rel=1e-12
    )
