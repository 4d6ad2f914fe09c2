"""Several discrete latents in one block: the order, joint expectations, what is too large."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autoem
from autoem import (
    Axis,
    Bernoulli,
    Categorical,
    Interval,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Real,
    Simplex,
    where,
)
from autoem.derive.places import places
from autoem.errors import NoExactPosterior, NotDerivable, TooManyStates
from autoem.graph import junction
from tests.derive import judged as judge
from tests.derive.zoo.case import Case


class Symptoms(Model):
    """A cause, declared first, and three signs of it, each read with errors."""

    n, k, m = Axis(), Axis(), Axis()
    prevalence = Parameter(Simplex(k))
    sign = Parameter(Simplex(m), over=k)
    error = Parameter(Simplex(m), over=m)
    cause = Latent(Categorical(prevalence), over=n)
    a = Latent(Categorical(sign[cause]), over=n)
    b = Latent(Categorical(sign[cause]), over=n)
    c = Latent(Categorical(sign[cause]), over=n)
    x = Observed(Categorical(error[a]), over=n)
    y = Observed(Categorical(error[b]), over=n)
    z = Observed(Categorical(error[c]), over=n)


class InARow(Model):
    """Three in a row; what is seen depends on the last two."""

    n, k, j, m = Axis(), Axis(), Axis(), Axis()
    first = Parameter(Simplex(k))
    second = Parameter(Simplex(j), over=k)
    third = Parameter(Simplex(m), over=j)
    mean = Parameter(Real(), over=(j, m))
    u = Latent(Categorical(first), over=n)
    v = Latent(Categorical(second[u]), over=n)
    w = Latent(Categorical(third[v]), over=n)
    x = Observed(Normal(mean[v, w], variance=1), over=n)


class NoisyOr(Model):
    """Two causes, either of which brings the effect about unless it fails."""

    n = Axis()
    common, rare = Parameter(Interval(0, 1)), Parameter(Interval(0, 1))
    fails = Parameter(Interval(0, 1))
    a = Latent(Bernoulli(common), over=n)
    b = Latent(Bernoulli(rare), over=n)
    x = Observed(Bernoulli(1 - where(a, fails, 1) * where(b, fails, 0.9)), over=n)


CASES = (
    Case(Symptoms, {"n": 8, "k": 2, "m": 2}),
    Case(InARow, {"n": 7, "k": 2, "j": 2, "m": 3}),
    Case(NoisyOr, {"n": 9}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_block_is_judged_by_enumeration(case: Case) -> None:
    found, instance = judge.judged(case.model), judge.instance_of(case)
    judge.check_likelihood(found, instance)
    judge.check_ascent(found, case)
    if found.derivation.m_step.exact:
        judge.check_maximum(found, instance)


def test_the_leaves_go_before_the_cause() -> None:
    """In the order of declaration the three signs would be coupled; no table has three axes."""
    posteriors = autoem.derive(Symptoms).e_step.posteriors
    assert [len(q.local.contexts) for q in posteriors] == [1, 1, 1, 0]


def tree(count: int) -> list[tuple[int, int]]:
    return [((i - 1) // 2, i) for i in range(1, count)]


def grid(side: int) -> list[tuple[int, int]]:
    across = [(i * side + j, i * side + j + 1) for i in range(side) for j in range(side - 1)]
    return across + [
        (b * side + a, b * side + a + side) for b in range(side - 1) for a in range(side)
    ]


@pytest.mark.parametrize(("couplings", "count", "most"), [(tree(31), 31, 2), (grid(4), 16, 5)])
def test_tables_are_as_small_as_the_tree_width_says(
    couplings: list[tuple[int, int]], count: int, most: int
) -> None:
    order = junction.elimination_order(count, couplings)
    assert sorted(order) == list(range(count))
    assert junction.largest_table(couplings, order) == most


def test_an_order_that_couples_the_leaves_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the junction tree the count of contexts above is another."""
    module = sys.modules[places.__module__]
    monkeypatch.setattr(module, "elimination_order", lambda count, _: tuple(range(count)))
    posteriors = autoem.derive(Symptoms).e_step.posteriors
    assert max(len(q.local.contexts) for q in posteriors) == 3


class Large(Model):
    """Two latents of many states that meet."""

    n, k, m = Axis(), Axis(), Axis()
    p, q = Parameter(Simplex(k)), Parameter(Simplex(m))
    a, b = Latent(Categorical(p), over=n), Latent(Categorical(q), over=n)
    mean = Parameter(Real(), over=(k, m))
    x = Observed(Normal(mean[a, b], variance=1), over=n)


def test_a_table_that_is_too_large_is_refused_with_its_size() -> None:
    data = {"x": np.arange(5.0)}
    for sizes in ({"k": 2000, "m": 900}, {"m": 900, "k": 2000}):
        with pytest.raises(TooManyStates, match=r"mean_field") as found:
            autoem.fit(Large, data, sizes)
        assert sorted(found.value.sizes) == [900, 2000] and "1,800,000 entries" in str(found.value)


class Told(Model):
    """The same with lengths that the declaration tells."""

    n, k, m = Axis(), Axis(size=2000), Axis(size=900)
    p, q = Parameter(Simplex(k)), Parameter(Simplex(m))
    a, b = Latent(Categorical(p), over=n), Latent(Categorical(q), over=n)
    mean = Parameter(Real(), over=(k, m))
    x = Observed(Normal(mean[a, b], variance=1), over=n)


def test_a_table_of_told_lengths_is_refused_when_it_is_derived() -> None:
    with pytest.raises(NoExactPosterior, match=r"1,800,000 entries a row.*\n?.*mean_field"):
        autoem.derive(Told)


def test_a_law_of_many_choices_is_refused() -> None:
    class Crowd(Model):
        n = Axis()
        p = Parameter(Interval(0, 1))
        a, b = Latent(Bernoulli(p), over=n), Latent(Bernoulli(p), over=n)
        c, d = Latent(Bernoulli(p), over=n), Latent(Bernoulli(p), over=n)
        e, f = Latent(Bernoulli(p), over=n), Latent(Bernoulli(p), over=n)
        g = Latent(Bernoulli(p), over=n)
        x = Observed(Normal(a + b + c + d + e + f + g, variance=1), over=n)

    with pytest.raises(NotDerivable, match="7 binary choices, 128 combinations"):
        autoem.derive(Crowd)


def test_joint_statistics_are_those_of_enumeration() -> None:
    """E[u = i, v = j] of the statistics, against Bayes' rule over all joint states."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=6)
    theta: dict[str, Any] = {
        "first": rng.dirichlet([1, 1]), "second": rng.dirichlet([1, 1], 2),
        "third": rng.dirichlet([1, 1, 1], 2), "mean": rng.normal(size=(2, 3)),
    }  # fmt: skip
    seen = np.exp(-((x[:, None, None] - theta["mean"]) ** 2) / 2)
    joint = (
        theta["first"][None, :, None, None] * theta["second"][None, :, :, None]
        * theta["third"][None, None] * seen[:, None]
    )  # fmt: skip
    joint /= joint.sum(axis=(1, 2, 3), keepdims=True)
    module = autoem.generate(InARow).module
    new = module.m_step(module.e_step({"x": x}, theta)[0], theta)
    pairs = joint.sum(axis=(0, 3))
    assert_allclose(new["second"], pairs / pairs.sum(axis=1, keepdims=True), rtol=1e-12)
    last = joint.sum(axis=(0, 1))
    assert_allclose(new["third"], last / last.sum(axis=1, keepdims=True), rtol=1e-12)
