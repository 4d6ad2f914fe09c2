"""Trees whose branches differ, and trees and chains that are observed: against enumeration and
counts by hand."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from autoem import (
    Axis,
    Categorical,
    Gamma,
    Given,
    Index,
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
    Tree,
    derive,
    fit,
    previous,
    verify,
)
from autoem.program.interpret import interpret
from autoem.program.lower import lower

PARENT = np.array([2, 0, -1, 2, 3])


class Branches(Model):
    """Characters that change by a matrix of the branch."""

    s, v, a, tips = Axis("sites"), Axis("nodes"), Axis("characters"), Axis("tips")
    ancestor, tip = Given(Index(v), over=v), Given(Index(v), over=tips)
    root = Parameter(Simplex(a))
    change = Parameter(Simplex(a), over=(v, a))
    reading = Given(Simplex(a), over=a)
    z = Latent(
        Tree(root=Categorical(root), then=Categorical(change[previous]), parent=ancestor),
        over=(s, v),
    )
    x = Observed(Categorical(reading[z[tip]]), over=(s, tips))


class SeenBranches(Model):
    """The same, where the characters of all nodes are seen."""

    s, v, a = Axis("sites"), Axis("nodes"), Axis("characters")
    ancestor = Given(Index(v), over=v)
    root = Parameter(Simplex(a))
    change = Parameter(Simplex(a), over=(v, a))
    x = Observed(
        Tree(root=Categorical(root), then=Categorical(change[previous]), parent=ancestor),
        over=(s, v),
    )


class SeenTree(Model):
    """A tree of numbers that are seen."""

    v = Axis("nodes")
    above = Given(Index(v), over=v)
    mean, slope = Parameter(Real()), Parameter(Real())
    spread, noise = Parameter(Positive()), Parameter(Positive())
    x = Observed(
        Tree(
            root=Normal(mean, variance=spread),
            then=Normal(slope * previous, variance=noise),
            parent=above,
        ),
        over=v,
    )


class SeenChain(Model):
    """One chain of states that are seen."""

    t, k = Axis("steps"), Axis("states")
    first = Parameter(Simplex(k))
    move = Parameter(Simplex(k), over=k)
    x = Observed(Markov(first=Categorical(first), then=Categorical(move[previous])), over=t)


class Apart(Model):
    """Two hidden numbers that do not meet."""

    n = Axis("rows")
    rate, variance = Parameter(Positive()), Parameter(Positive())
    a = Latent(Gamma(2, rate=rate), over=n)
    b = Latent(Normal(0, variance=variance), over=n)
    x = Observed(Poisson(a), over=n)
    y = Observed(Normal(b, variance=1), over=n)


def test_each_branch_changes_in_its_own_way() -> None:
    rng = np.random.default_rng(0)
    tips, reading = np.array([1, 3, 4]), np.array([[0.9, 0.1], [0.2, 0.8]])
    x = rng.integers(2, size=(4, 3))
    root, change = rng.dirichlet([1, 1]), rng.dirichlet([1, 1], size=(5, 2))
    data: dict[str, Any] = {"ancestor": PARENT, "tip": tips, "reading": reading, "x": x}
    parameters = {"root": root, "change": change}
    total, pairs = 0.0, np.zeros((5, 2, 2))
    for site in x:
        mass, inside = 0.0, np.zeros((5, 2, 2))
        for z in product(range(2), repeat=5):
            p = root[z[2]] * np.prod([reading[z[t], site[i]] for i, t in enumerate(tips)])
            p *= np.prod([change[v, z[u], z[v]] for v, u in enumerate(PARENT) if u >= 0])
            mass += p
            for v in (0, 1, 3, 4):
                inside[v, z[PARENT[v]], z[v]] += p
        total, pairs = total + np.log(mass), pairs + inside / mass
    module = interpret(lower(derive(Branches)))
    statistics, value = module.e_step(data, parameters)
    assert value == pytest.approx(total, abs=1e-12)
    found = module.m_step(statistics, parameters)["change"]
    moved = [0, 1, 3, 4]
    wanted = pairs[moved] / pairs[moved].sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(found[moved], wanted, atol=1e-12)
    # No data speak of the branch above a root: a fit leaves it as it is.
    kept = fit(Branches, data, start={"change": change}, max_iterations=2).parameters["change"]
    np.testing.assert_array_equal(kept[2], change[2])


def test_the_page_says_which_branch_a_step_is_of() -> None:
    page = str(derive(Branches))
    assert "W_va′a = log change_va′a" in page
    assert "exp(W_v′aa′)" in page


def test_a_branch_that_only_a_root_has_is_certified() -> None:
    assert verify(derive(SeenBranches))


def test_a_tree_that_is_seen() -> None:
    rng = np.random.default_rng(1)
    n, above = 400, np.r_[-1, -1, -1, np.zeros(397, dtype=int)]
    above[3:] = [rng.integers(v) for v in range(3, n)]
    x = np.zeros(n)
    for v, u in enumerate(above):
        x[v] = rng.normal(1, 2) if u < 0 else rng.normal(0.7 * x[u], 0.5)
    found = fit(SeenTree, {"above": above, "x": x})
    roots, up = x[above < 0], x[above[above >= 0]]
    slope = up @ x[above >= 0] / (up @ up)
    assert found.parameters["mean"] == pytest.approx(roots.mean())
    assert found.parameters["spread"] == pytest.approx(roots.var())
    assert found.parameters["slope"] == pytest.approx(slope)
    assert found.parameters["noise"] == pytest.approx(np.mean((x[above >= 0] - slope * up) ** 2))


def test_the_start_of_a_chain_that_is_seen() -> None:
    x = np.array([1, 0, 2, 2, 1, 0, 0, 1, 2, 0, 2, 1])
    found = fit(SeenChain, {"x": x}, sizes={"k": 3})
    np.testing.assert_allclose(found.parameters["first"], [0, 1, 0])
    counts = np.zeros((3, 3))
    np.add.at(counts, (x[:-1], x[1:]), 1)
    wanted = counts / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.parameters["move"], wanted)


def test_latents_that_do_not_meet_are_judged_apart() -> None:
    assert verify(derive(Apart))
