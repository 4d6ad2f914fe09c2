"""Sequences of different lengths: long tables, decoding without tails, bad tables."""

from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from autoem import (
    Axis,
    Categorical,
    Given,
    Latent,
    Markov,
    Model,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    fit,
    generate,
    previous,
)
from autoem.errors import MissingVariable, NoSequences, NoSuchName, NotIndependent, NotOneValue


class Counts(Model):
    """Counts of patients week by week; a dose by week, an age by patient."""

    s, t, k = Axis(), Axis(), Axis()
    dose, age = Given(Real(), over=(s, t)), Given(Positive(), over=s)
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    rate = Parameter(Positive(), over=k)
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    x = Observed(Poisson(rate[z]), over=(s, t))
    level = Parameter(Real())
    y = Observed(Normal(level * dose, variance=age), over=(s, t))


LENGTHS = (5, 1, 9, 3)


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    who = np.repeat(["d", "a", "c", "b"], LENGTHS)
    age = np.repeat([1.0, 2.0, 1.5, 3.0], LENGTHS)
    size = len(who)
    return pd.DataFrame(
        {
            "who": who,
            "x": rng.poisson(4, size=size),
            "dose": rng.normal(size=size),
            "age": age,
            "y": rng.normal(size=size),
        }
    )


def test_a_long_table_is_a_list_of_sequences_in_any_order_of_rows() -> None:
    long = table()
    found = fit(Counts, long, {"k": 2}, sequence="who", max_iterations=20)
    module: Any = generate(Counts).module
    total = 0.0
    for name in dict.fromkeys(long["who"]):
        one = long[long["who"] == name]
        data = {c: one[c].to_numpy()[None] for c in ("x", "dose", "y")}
        data["age"] = one["age"].to_numpy()[:1]
        total += module.log_likelihood(data, found.parameters)
    assert found.log_likelihood == pytest.approx(total, rel=1e-12)
    mixed = long.sample(frac=1, random_state=1).sort_index(kind="stable")
    again = fit(Counts, mixed, {"k": 2}, sequence="who", max_iterations=20)
    assert again.log_likelihood == pytest.approx(found.log_likelihood, rel=1e-12)


def test_nothing_is_said_of_what_lies_behind_an_end() -> None:
    long = table()
    long.loc[7, "x"] = np.nan
    found = fit(Counts, long, {"k": 2}, sequence="who", max_iterations=5)
    assert found.missing == {"x": 1} and found.observations == sum(LENGTHS)
    whole = found.posterior()["z"]
    for row, (name, length) in zip(whole, zip("dacb", LENGTHS, strict=True), strict=True):
        one = long[long["who"] == name]
        data = {c: one[c].to_numpy()[None] for c in ("x", "dose", "y")}
        alone = found.posterior({**data, "age": one["age"].to_numpy()[:1]})["z"][0]
        np.testing.assert_allclose(row[:length], alone, rtol=1e-12)
        assert np.isnan(row[length:]).all()


def test_a_sequence_has_its_weight_at_all_its_rows() -> None:
    long = table()
    times = {"d": 2, "a": 1, "c": 3, "b": 1}
    long["times"] = long["who"].map(times)
    start = fit(Counts, long.drop(columns="times"), {"k": 2}, sequence="who").parameters
    options: Any = {"sizes": {"k": 2}, "sequence": "who", "start": start, "max_iterations": 3}
    weighed = fit(Counts, long, weights={"s": "times"}, **options)
    copies = [
        long[long["who"] == name].assign(who=f"{name}{copy}")
        for name, count in times.items()
        for copy in range(count)
    ]
    many = fit(Counts, pd.concat(copies).drop(columns="times"), **options)
    assert weighed.trace == pytest.approx(many.trace, rel=1e-12)
    assert weighed.observations == many.observations == 2 * 5 + 1 + 3 * 9 + 3
    with pytest.raises(NotIndependent, match="axis t follow each other"):
        fit(Counts, long, weights={"t": "times"}, **options)
    long.loc[0, "times"] = 5
    with pytest.raises(NotOneValue, match="times"):
        fit(Counts, long, weights={"s": "times"}, **options)


def test_paths_are_those_of_each_sequence_alone() -> None:
    class Sticky(Model):
        s, t, k = Axis(), Axis(), Axis()
        initial = Parameter(Simplex(k))
        transition = Parameter(Simplex(k), over=k)
        mean = Parameter(Real(), over=k)
        z = Latent(
            Markov(first=Categorical(initial), then=Categorical(transition[previous])),
            over=(s, t),
        )
        x = Observed(Normal(mean[z], variance=1), over=(s, t))

    p: dict[str, Any] = {
        "initial": np.array([0.5, 0.5]),
        "transition": np.array([[0.99, 0.01], [0.5, 0.5]]),
        "mean": np.array([0.0, 1.0]),
    }
    x = [[0.6], [0.7, 0.65], [0.1, 1.2, 0.9, 1.5, 1.1], [0.9, 0.9, 0.4]]
    found = fit(Sticky, {"x": x}, start=p, max_iterations=0).decode()["z"]
    for row, sequence in zip(found, x, strict=True):
        best, states = -np.inf, ()
        for path in product(range(2), repeat=len(sequence)):
            value = np.log(p["initial"][path[0]])
            value += sum(np.log(p["transition"][a, b]) for a, b in pairwise(path))
            value -= sum((v - p["mean"][k]) ** 2 / 2 for v, k in zip(sequence, path, strict=True))
            if value > best:
                best, states = value, path
        assert tuple(row[: len(sequence)]) == states
        assert (row[len(sequence) :] == -1).all()
    # A tail, if it were there, would prefer the state that stays: this is what is avoided.
    tailed = np.full((1, 40), np.nan)
    tailed[0, 0] = 0.6
    whole = fit(Sticky, {"x": tailed}, start=p, max_iterations=0).decode()["z"]
    assert whole[0, 0] == 0 and found[0, 0] == 1


def test_every_step_is_an_observation() -> None:
    x = np.random.default_rng(0).poisson(4, size=(3, 50))
    data = {"x": x, "dose": 0 * x + 1.0, "y": 0.5 * x, "age": np.ones(3)}
    found = fit(Counts, data, {"k": 1}, weights={"s": [2, 0, 1]})
    assert found.observations == 150
    twice = fit(Counts, {name: value[[0, 0, 2]] for name, value in data.items()}, {"k": 1})
    assert found.bic == pytest.approx(twice.bic, rel=1e-9)


def test_an_empty_sequence_contributes_nothing() -> None:
    rng = np.random.default_rng(1)
    x = [rng.normal(size=n) for n in (4, 6)]

    class Hidden(Model):
        s, t, k = Axis(), Axis(), Axis()
        weight = Parameter(Simplex(k))
        mean = Parameter(Real(), over=k)
        z = Latent(Categorical(weight), over=(s, t))
        x = Observed(Normal(mean[z], variance=1), over=(s, t))

    p = {"weight": [0.5, 0.5], "mean": [-1.0, 1.0]}
    one = fit(Hidden, {"x": [*x, np.array([])]}, start=p, max_iterations=0)
    two = fit(Hidden, {"x": x}, start=p, max_iterations=0)
    assert one.log_likelihood == pytest.approx(two.log_likelihood, rel=1e-13)
    assert (one.decode()["z"][2] == -1).all()


def test_bad_tables_are_named() -> None:
    long = table()
    with pytest.raises(NoSuchName, match="patient"):
        fit(Counts, long, {"k": 2}, sequence="patient")
    with pytest.raises(NotOneValue, match="age has several values in the sequence d"):
        fit(Counts, long.assign(age=np.arange(1.0, 19.0)), {"k": 2}, sequence="who")
    with pytest.raises(MissingVariable, match="dose"):
        fit(Counts, long.drop(columns="dose"), {"k": 2}, sequence="who")

    class Plain(Model):
        n = Axis()
        mean = Parameter(Real())
        x = Observed(Normal(mean, variance=1), over=n)

    with pytest.raises(NoSequences, match="Plain has no sequences"):
        fit(Plain, long, sequence="who")
