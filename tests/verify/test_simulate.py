"""Simulated data have the moments of the model; what is missing or wrong is said by name."""

from __future__ import annotations

import numpy as np
import pytest

from autoem.derive.held import held_entries
from autoem.errors.data import (
    BadSize,
    NoSuchName,
    OutsideDomain,
    SizesDisagree,
    SizeUnknown,
    WrongDimensions,
)
from autoem.errors.verification import MissingValue
from autoem.families import Categorical, MultivariateNormal, Normal, Poisson
from autoem.language import (
    Aggregate,
    Axis,
    Given,
    Index,
    Latent,
    Markov,
    Model,
    Observed,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Tree,
    previous,
)
from autoem.verify.instance import axis_sizes, random_parameters
from autoem.verify.pointwise import Pointwise
from autoem.verify.simulate import sample
from autoem.verify.tiny import tiny_sizes
from tests.test_models import FILES, declared


class Mixture(Model):
    """Everything that can go wrong has a place here."""

    n, k, d, g = Axis(), Axis(), Axis(), Axis()
    group = Given(Index(g), over=n)
    shift = Parameter(Real(), over=g)
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d))
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z] + shift[group], cov=cov), over=n)


THETA = {
    "shift": [0.0, 10.0],
    "weight": [0.25, 0.75],
    "mean": [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]],
    "cov": np.diag([1.0, 2.0, 3.0]),
}
GROUP = np.arange(20_000) % 2


def test_the_moments_are_those_of_the_model() -> None:
    drawn = sample(Mixture, THETA, seed=3, given={"group": GROUP})
    assert list(drawn) == ["group", "z", "x"]
    assert drawn["z"].mean() == pytest.approx(0.75, abs=0.02)
    for k in (0, 1):
        rows = drawn["x"][(drawn["z"] == k) & (GROUP == 1)]
        assert rows.mean(axis=0) == pytest.approx(np.array(THETA["mean"][k]) + 10, abs=0.15)
        assert np.cov(rows.T) == pytest.approx(THETA["cov"], abs=0.25)


def test_a_seed_makes_the_same_data() -> None:
    one, two = (sample(Mixture, THETA, seed=5, given={"group": GROUP[:9]}) for _ in range(2))
    assert all(np.array_equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"weight": None}, MissingValue, r"parameter 'weight' over \(k\)"),
        ({"weight": [0.5, 0.6]}, OutsideDomain, "sum to 1"),
        ({"weight": [0.5, 0.2, 0.3]}, SizesDisagree, "axis k"),
        ({"weight": 1.0}, WrongDimensions, "weight"),
        ({"cov": -np.eye(3)}, OutsideDomain, "positive definite"),
        ({"wieght": [1.0]}, NoSuchName, "Did you mean 'weight'"),
    ],
)
def test_wrong_parameters_are_named(change: dict, error: type, words: str) -> None:
    theta = {name: value for name, value in {**THETA, **change}.items() if value is not None}
    with pytest.raises(error, match=words):
        sample(Mixture, theta, given={"group": GROUP})


def test_wrong_givens_and_sizes_are_named() -> None:
    with pytest.raises(MissingValue, match="given 'group'"):
        sample(Mixture, THETA, {"n": 4})
    with pytest.raises(OutsideDomain, match="group"):
        sample(Mixture, THETA, given={"group": [0, 2]})
    with pytest.raises(SizesDisagree, match="axis n"):
        sample(Mixture, THETA, {"n": 3}, given={"group": [0, 1]})
    with pytest.raises(NoSuchName, match="'rows'"):
        sample(Mixture, THETA, {"rows": 3}, given={"group": [0, 1]})


class Counts(Model):
    """No array tells how many rows there are."""

    n = Axis("rows")
    rate = Parameter(Positive())
    x = Observed(Poisson(rate), over=n)


def test_an_unknown_or_bad_size_is_named() -> None:
    with pytest.raises(SizeUnknown, match="axis n"):
        sample(Counts, {"rate": 1.0})
    with pytest.raises(BadSize, match="axis n"):
        sample(Counts, {"rate": 1.0}, {"n": 0})


class Groups(Model):
    """Of a state only the group is seen."""

    n = Axis()
    z = Latent(Categorical([0.2, 0.3, 0.5]), over=n)
    seen = Observed(Aggregate(z, groups=[(0, 2), (1,)]), over=n)
    x = Observed(Normal(z, variance=1), over=n)


def test_an_aggregate_is_made_from_its_latent() -> None:
    drawn = sample(Groups, {}, {"n": 50}, seed=0)
    assert np.array_equal(drawn["seen"], np.array([0, 1, 0])[drawn["z"].astype(int)])


class Steps(Model):
    """A hidden chain in many sequences."""

    s, t, k = Axis(), Axis(), Axis()
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    x = Observed(Normal(z, variance=1), over=(s, t))


def test_a_chain_takes_its_steps_one_after_the_other() -> None:
    theta = {"initial": [0.5, 0.5], "transition": [[0.9, 0.1], [0.2, 0.8]]}
    z = sample(Steps, theta, {"s": 3000, "t": 5}, seed=0)["z"]
    before, after = z[:, :-1], z[:, 1:]
    assert z[:, 0].mean() == pytest.approx(0.5, abs=0.04)
    assert after[before == 0].mean() == pytest.approx(0.1, abs=0.02)
    assert after[before == 1].mean() == pytest.approx(0.8, abs=0.02)


class Heritage(Model):
    """Values along the branches of a tree; no node is declared before its parent."""

    node = Axis()
    parent = Given(Index(node), over=node)
    z = Latent(
        Tree(root=Normal(100, variance=1), then=Normal(previous + 10, variance=1), parent=parent),
        over=node,
    )
    x = Observed(Normal(z, variance=1), over=node)


def test_a_tree_is_drawn_from_its_roots() -> None:
    z = sample(Heritage, {}, seed=1, given={"parent": [2, 0, -1]})["z"]
    assert z == pytest.approx([110, 120, 100], abs=8)
    with pytest.raises(OutsideDomain, match="parent"):
        sample(Heritage, {}, seed=1, given={"parent": [2, 0, -2]})


class Driven(Model):
    s, t = Axis(), Axis()
    v = Given(Real(), over=(s, t))
    y = Observed(
        Markov(first=Normal(v, variance=1e-20), then=Normal(previous / 2 + v, variance=1e-20)),
        over=(s, t),
    )


class Counted(Model):
    s, t = Axis(), Axis()
    v = Given(Real(), over=(s, t))
    y = Observed(
        Markov(first=Normal(v, variance=1e-20), then=Normal(previous / 2 + v + t, variance=1e-20)),
        over=(s, t),
    )


@pytest.mark.parametrize(("model", "counts"), [(Driven, 0), (Counted, 1)])
def test_each_step_of_a_chain_reads_its_own_place(model, counts) -> None:
    v = np.random.default_rng(0).normal(size=(3, 6))
    y = sample(model, {}, seed=1, given={"v": v})["y"]
    assert y[:, 0] == pytest.approx(v[:, 0], abs=1e-8)
    for t in range(1, 6):
        assert y[:, t] == pytest.approx(y[:, t - 1] / 2 + v[:, t] + counts * t, abs=1e-8)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_axes_of_an_array_have_different_lengths(path) -> None:
    """So that no two of them can change places unseen."""
    model = declared(path)
    sizes = tiny_sizes(model)
    for variable in model.declaration.variables:
        axes = {axis.key for axis in (*variable.plates, *variable.event)}
        lengths = [sizes[key] for key in axes if key in sizes]
        assert len(set(lengths)) == len(lengths), variable.name
    theta = random_parameters(model, sizes, np.random.default_rng(1))
    again = random_parameters(model, sizes, np.random.default_rng(2))
    held = held_entries(model.declaration.parameters, {})
    for name, value in theta.items():
        free = np.broadcast_to(np.isnan(held.get(name, np.nan)), value.shape)
        assert np.all((value == again[name]) == ~free), name


def test_every_place_of_an_array_reads_the_same_alone() -> None:
    """`evaluate`, which sampling uses, against the judge's own reading of the language."""
    from autoem.language.evaluate import evaluate

    drawn = sample(Mixture, THETA, seed=3, given={"group": GROUP[:4]})
    known = {**{name: np.asarray(value) for name, value in THETA.items()}, **drawn}
    values = {v: known[v.name] for v in Mixture.declaration.variables}
    sizes = axis_sizes(Mixture, {"n": 4, "k": 2, "d": 3, "g": 2})
    node = Mixture.declaration.observed[0].distribution.argument("mean")
    whole = evaluate(node, values, sizes)
    read = Pointwise(sizes, lambda variable, place, event: values[variable][(*place, *event)])
    for n in range(4):
        assert read.event(node, {Mixture.n: n}) == pytest.approx(whole[n])
