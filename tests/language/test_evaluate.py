"""The value of an expression against NumPy by hand, and against the loop of `verify.pointwise`."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from autoem.families import Categorical, MultivariateNormal, Normal
from autoem.language import (
    Axis,
    Diagonal,
    Expression,
    Given,
    Identity,
    Index,
    Latent,
    Markov,
    Ones,
    Parameter,
    PositiveDefinite,
    Real,
    Simplex,
    Tree,
    Zeros,
    dot,
    evaluate,
    exp,
    log,
    previous,
    sqrt,
    where,
)
from autoem.language.declaration import Variable
from autoem.language.expression import Previous, lift, subexpressions
from autoem.verify.pointwise import Pointwise

n, t, k, d, q, g = (Axis(name) for name in "ntkdqg")
SIZES = {n: 4, t: 5, k: 3, d: 2, q: 3, g: 2}
weight = Parameter(Simplex(k))
mean = Parameter(Real(d), over=k)
cov = Parameter(PositiveDefinite(d))
loading = Parameter(Real(d, q), over=k)
table = Parameter(Real(q), over=(k, k, g))
transition = Parameter(Simplex(k), over=k)
effect = Parameter(Real(), over=g)
group = Given(Index(g), over=n)
of_row = Given(Index(n), over=t)
v = Given(Real(q), over=n)
series = Given(Real(), over=t)
z, w = (Latent(Categorical(weight), over=n) for _ in range(2))
f = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
h = Latent(Normal(0, variance=1), over=(n, q))
a3, b3 = Parameter(Real(q, d, q)), Parameter(Real(q, d))


def values() -> dict[Expression, np.ndarray]:
    """Values of all variables above, codes where they are positions."""
    rng = np.random.default_rng(3)
    found: dict[Expression, np.ndarray] = {}
    for variable in (
        *(weight, mean, cov, loading, table, transition, effect, group, of_row, v, series),
        *(z, w, f, h, a3, b3),
    ):
        shape = [SIZES[axis] for axis in variable.axes]
        codes = variable.category
        found[variable] = (
            rng.random(shape) + 0.5 if codes is None else rng.integers(0, SIZES[codes], shape)
        )
    return found


VALUES = values()
EXPRESSIONS: dict[str, Expression] = {
    "constant": 2 * Ones(k) / 3 - Zeros(k),
    "identity": cov + 0.5 * Identity(d),
    "diagonal": Diagonal(mean[z]),
    "lookup": mean[z],
    "nested lookup": mean[z[of_row]],
    "two lookups": table[z, w, group],
    "one of two equal axes": table[z],
    "lookup of a formula": exp(mean * 2)[z],
    "lookup beside its own axis": transition[z],
    "entries": loading[z, 1] + mean[z, 0],
    "matrix product": loading[z] @ f,
    "matrix product with a plate": loading[z] @ h,
    "matrix product both ways": (cov @ cov) @ mean[z],
    "last with first": a3 @ b3,
    "first and last": b3 @ a3,
    "mixture mean": weight @ mean,
    "dot": dot(v, f) + effect[group],
    "dot of matrices": dot(loading, loading),
    "dot over a plate": dot(v, h),
    "outer": loading * f,
    "plate and event": v * h,
    "twice an axis": 2 * transition,
    "functions": sqrt(exp(-effect) + log(2)) ** 2,
    "list": lift([effect, 1, series]),
    "matrix list": lift([[1, 2], [3, 4]]),
    "array": np.array([1.0, 2.0]) * effect,
    "where": where(t < 2, effect, series**2),
    "conditions": where((t >= 1) * (1 - (t == 3)), 1, 0),
    "lag": where(t > 0, series[t - 1], 0),
    "comparison of a code": where(z == 1, 10, z),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_evaluate_agrees_with_the_loop(name: str) -> None:
    node = EXPRESSIONS[name]
    found = evaluate(node, VALUES, SIZES)

    def entry(variable: Variable, place: tuple[int, ...], event: tuple[int, ...]) -> Any:
        clipped = tuple(max(position, 0) for position in place)
        return VALUES[variable][(*clipped, *event)]

    loop = Pointwise(SIZES, entry)
    plates = [range(SIZES[axis]) for axis in node.plates]
    assert found.shape[: len(plates)] == tuple(map(len, plates))
    assert found.ndim == len(node.plates) + len(node.event)
    for place in product(*plates):
        at = dict(zip(node.plates, place, strict=True))
        for event in np.ndindex(found.shape[len(plates) :]):
            if contains_twice(node):
                continue
            assert found[(*place, *event)] == pytest.approx(loop(node, at, event))


def contains_twice(node: Expression) -> bool:
    """Whether an axis is a plate and in the event, which the loop cannot tell apart."""
    return any(axis in e.event for e in subexpressions(node) for axis in e.plates)


def test_by_hand() -> None:
    x = VALUES
    zs, ws, gs = x[z], x[w], x[group]
    expected = {
        "lookup": x[mean][zs],
        "two lookups": x[table][zs, ws, gs],
        "one of two equal axes": np.moveaxis(x[table][zs], 0, 2),
        "twice an axis": 2 * x[transition],
        "lookup beside its own axis": x[transition][zs],
        "matrix product": np.einsum("ndq,nq->nd", x[loading][zs], x[f]),
        "last with first": np.einsum("qdr,re->qde", x[a3], x[b3]),
        "mixture mean": x[weight] @ x[mean],
        "dot of matrices": np.sum(x[loading] ** 2, axis=(1, 2)),
        "plate and event": x[v] * x[h],
    }
    for name, array in expected.items():
        np.testing.assert_allclose(evaluate(EXPRESSIONS[name], x, SIZES), array)


def test_a_step_earlier() -> None:
    x = Latent(Markov(first=Normal(0, variance=1), then=Normal(previous, variance=1)), over=(n, t))
    chain = x.distribution
    assert isinstance(chain, Markov)
    before = chain.then.expressions[0]
    assert isinstance(before, Previous)
    array = np.arange(20.0).reshape(4, 5)
    found = evaluate(2 * before, {x: array}, SIZES)
    np.testing.assert_array_equal(found[:, 1:], 2 * array[:, :-1])


def test_the_value_at_the_parent() -> None:
    up = Given(Index(n), over=n)
    x = Latent(
        Tree(root=Normal(0, variance=1), then=Normal(previous, variance=1), parent=up), over=n
    )
    tree = x.distribution
    assert isinstance(tree, Tree)
    values = {x: np.array([5.0, 6.0, 7.0, 8.0]), up: np.array([-1, 0, 0, 2])}
    found = evaluate(tree.then.expressions[0], values, SIZES)
    np.testing.assert_array_equal(found[1:], [5.0, 5.0, 7.0])


def test_the_value_of_any_node_may_be_given() -> None:
    node = mean[z]
    assert evaluate(node * 2, {node: np.ones((4, 2))}, SIZES).tolist() == [[2.0, 2.0]] * 4
