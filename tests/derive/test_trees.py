"""Trees against sums over all states, pruning by hand, and chains; bad parents."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from autoem import (
    Axis,
    Categorical,
    Given,
    Index,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Simplex,
    fit,
    generate,
    sample,
)
from autoem.derive.stages import derive
from autoem.errors import CategoryOutOfRange, NoExactPosterior, NotATree, NotDerivable
from autoem.program.interpret import interpret
from autoem.program.lower import lower
from autoem.runtime.tree import best_tree, levels_of, upward_downward
from autoem.runtime.viterbi import best_path
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]
PARENT = np.array([-1, 0, 0, 1, 1, 2, -1, 6])


def shipped(name: str) -> Any:
    return declared(ROOT / "models" / f"{name}.py")


def everything(weight: np.ndarray, move: np.ndarray, parent: np.ndarray) -> Arrays:
    """log sum, node and pair probabilities, and the best states, by enumeration."""
    count, states = weight.shape
    node, pair, total = np.zeros((count, states)), np.zeros((count, states, states)), 0.0
    best: tuple[float, tuple[int, ...]] = (-np.inf, ())
    for z in product(range(states), repeat=count):
        value = sum(weight[v, k] for v, k in enumerate(z))
        value += sum(move[z[p], z[v]] for v, p in enumerate(parent) if p >= 0)
        mass, best = np.exp(value), max(best, (value, z))
        total += mass
        node[np.arange(count), z] += mass
        for v, p in enumerate(parent):
            if p >= 0:
                pair[v, z[p], z[v]] += mass
    return {"total": np.log(total), "node": node / total, "pair": pair / total, "best": best}


@pytest.mark.parametrize("parent", [PARENT, np.array([2, 0, -1, 2]), np.array([-1, -1, -1])])
def test_upward_and_downward_are_the_sum_over_all_states(parent: np.ndarray) -> None:
    rng = np.random.default_rng(len(parent))
    weight, move = rng.normal(size=(len(parent), 3)), rng.normal(size=(3, 3))
    state, before, after, total = upward_downward(weight, move, parent)
    wanted = everything(weight, move, parent)
    np.testing.assert_allclose(total, wanted["total"], rtol=1e-13)
    np.testing.assert_allclose(state, wanted["node"], atol=1e-13)
    joint = before[:, :, None] * np.exp(move) * after[:, None]
    np.testing.assert_allclose(joint, wanted["pair"], atol=1e-13)
    value, states = best_tree(weight, move, parent)
    assert value == pytest.approx(wanted["best"][0]) and tuple(states) == wanted["best"][1]


def test_the_judge_sees_a_transition_read_downward() -> None:
    rng = np.random.default_rng(0)
    weight, move = rng.normal(size=(8, 3)), rng.normal(size=(3, 3))
    wrong = upward_downward(weight, move.T, PARENT)[3]
    assert abs(wrong - everything(weight, move, PARENT)["total"]) > 1e-3


def test_trees_side_by_side_with_steps_of_their_own() -> None:
    rng = np.random.default_rng(1)
    weight, move = rng.normal(size=(8, 3, 2)), rng.normal(size=(8, 3, 3, 2))
    found = upward_downward(weight, move, PARENT)
    paths = best_tree(weight, move, PARENT)
    for c in range(2):
        alone = upward_downward(weight[..., c], move[..., c], PARENT)
        for one, both in zip(alone, found, strict=True):
            np.testing.assert_allclose(both[..., c], one, atol=1e-13)
        np.testing.assert_array_equal(
            paths[1][:, c], best_tree(weight[..., c], move[..., c], PARENT)[1]
        )


def test_a_path_is_a_chain_and_a_star_of_many_leaves_does_not_underflow() -> None:
    rng = np.random.default_rng(2)
    weight, move = rng.normal(size=(50, 4)), rng.normal(size=(4, 4))
    path = np.arange(50) - 1
    np.testing.assert_array_equal(best_tree(weight, move, path)[1], best_path(weight, move)[1])
    star = np.r_[-1, np.zeros(5000, dtype=int)]
    with np.errstate(divide="ignore"):
        state, *_, total = upward_downward(np.full((5001, 2), -3.0), np.log(np.eye(2) / 2), star)
    np.testing.assert_allclose(state[0], [0.5, 0.5])
    assert total == pytest.approx(np.log(2) - 3 * 5001 - 5000 * np.log(2))


def test_levels_refuse_a_cycle_at_once() -> None:
    with pytest.raises(ValueError, match="below itself"):
        levels_of(np.array([-1, 2, 1]))


def pruned(x: np.ndarray, p: Arrays, parent: np.ndarray, tip: np.ndarray) -> float:
    """Felsenstein's pruning, node by node, from the last to the first."""
    total = 0.0
    for site in x:
        below = np.ones((len(parent), len(p["root"])))
        for place, v in enumerate(tip):
            below[v] *= p["reading"][:, site[place]]
        for v in range(len(parent) - 1, 0, -1):
            below[parent[v]] *= p["change"] @ below[v]
        total += np.log(p["root"] @ below[0])
    return total


def phylogeny() -> tuple[Arrays, Arrays]:
    rng = np.random.default_rng(3)
    p = {"root": np.array([0.4, 0.3, 0.2, 0.1]), "change": rng.dirichlet(np.ones(4), size=4) / 4}
    p["change"] += 0.75 * np.eye(4)
    given = {
        "ancestor": np.array([-1, 0, 0, 1, 1, 2, 2]), "tip": np.array([3, 4, 5, 6]),
        "reading": np.full((4, 4), 0.01) + 0.96 * np.eye(4),
    }  # fmt: skip
    return p, given


def test_a_phylogeny_is_pruned() -> None:
    model, (p, given) = shipped("phylogeny"), phylogeny()
    x = sample(model, p, sizes={"s": 60}, seed=1, given=given)["x"]
    expected = pruned(x, {**p, **given}, given["ancestor"], given["tip"])
    program = lower(derive(model))
    for made in (generate(model).module, interpret(program)):
        assert made.log_likelihood({"x": x, **given}, p) == pytest.approx(expected, rel=1e-12)
    found = fit(model, {"x": x, **given}, start=p, max_iterations=200)
    again = pruned(x, {**found.parameters, **given}, given["ancestor"], given["tip"])
    assert found.log_likelihood == pytest.approx(again, rel=1e-12) and again > expected


def test_missing_tips_are_summed_over() -> None:
    model, (p, given) = shipped("phylogeny"), phylogeny()
    x = sample(model, p, sizes={"s": 40}, seed=2, given=given)["x"].astype(float)
    x[::3, 1], x[5] = np.nan, np.nan
    found = fit(model, {"x": x, **given}, start=p, max_iterations=0)
    whole = {**p, **given}
    total = 0.0
    for site in x:
        seen = np.flatnonzero(~np.isnan(site))
        total += pruned(site[seen][None].astype(int), whole, given["ancestor"], given["tip"][seen])
    assert found.log_likelihood == pytest.approx(total, rel=1e-12)


def test_states_of_a_hidden_tree_are_recovered() -> None:
    model, rng = shipped("hidden_tree"), np.random.default_rng(5)
    above = np.r_[-1, (np.arange(1, 1023) - 1) // 2]
    p: Arrays = {
        "initial": np.array([0.5, 0.5]),
        "transition": np.array([[0.95, 0.05], [0.1, 0.9]]),
        "variance": np.array([0.1, 9.0]),
    }
    drawn = sample(model, p, seed=int(rng.integers(100)), given={"above": above})
    found = fit(model, {"x": drawn["x"], "above": above}, {"k": 2})
    order = np.argsort(found.parameters["variance"])
    np.testing.assert_allclose(found.parameters["variance"][order], p["variance"], rtol=0.2)
    np.testing.assert_allclose(
        found.parameters["transition"][np.ix_(order, order)], p["transition"], atol=0.06
    )
    assert (np.argsort(order)[found.decode()["z"]] == drawn["z"]).mean() > 0.9


def test_bad_parents_are_named() -> None:
    model, x = shipped("hidden_tree"), np.ones(4)
    with pytest.raises(NotATree, match=r"above is no tree: node 1 .*1 -> 2 -> 1"):
        fit(model, {"x": x, "above": [-1, 2, 1, 0]}, {"k": 2})
    with pytest.raises(CategoryOutOfRange, match="above"):
        fit(model, {"x": x, "above": [-1, 0, 9, 0]}, {"k": 2})
    with pytest.raises(CategoryOutOfRange, match="above"):
        fit(model, {"x": x, "above": [-2, 0, 0, 0]}, {"k": 2})


def test_a_friend_is_no_parent() -> None:
    class Friends(Model):
        n, k = Axis(), Axis()
        friend = Given(Index(n), over=n)
        weight = Parameter(Simplex(k))
        spread = Parameter(Positive(), over=(k, k))
        z = Latent(Categorical(weight), over=n)
        x = Observed(Normal(0, variance=spread[z, z[friend]]), over=n)

    with pytest.raises((NoExactPosterior, NotDerivable)):
        derive(Friends)
