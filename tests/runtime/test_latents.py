"""The posterior by latent: what is conditional on other states is averaged over them."""

from __future__ import annotations

import numpy as np
import pytest

from autoem.runtime.latents import Told, by_latent
from autoem.runtime.schema import Schema, VariableSchema

V = VariableSchema
GENERATOR = np.random.default_rng(0)
N, A, B, Q = 4, 3, 2, 2
LATENTS = (
    V("a", "latent", "index", ("n",), category="k"),
    V("b", "latent", "index", ("n",), category="k"),
    V("f", "latent", "real", ("n",), ("q",)),
    V("s", "latent", "real", ("n",)),
)
SCHEMA = Schema("Mixture", ("n", "k", "q"), LATENTS)
ARRAYS = {
    "share_b": GENERATOR.dirichlet(np.ones(B), N),
    "share_a": np.moveaxis(GENERATOR.dirichlet(np.ones(A), (N, B)), -1, 0),
    "mean_f": GENERATOR.normal(size=(A, Q, B, N)),
    "cov_f": np.array([[np.eye(Q) * (1 + a + b) for b in range(B)] for a in range(A)]),
    "mean_s": GENERATOR.normal(size=(A,)),
    "variance_s": np.array(2.0),
    "log_s": GENERATOR.normal(size=(N, A)),
}
TOLD: Told = {
    "f": {
        "mean": (["mean_f"], ["[a]", "q", "[b]", "n"]),
        "covariance": (["cov_f"], ["[a]", "[b]", "q", "q'"]),
    },
    "s": {
        "mean": (["mean_s"], ["[a]"]),
        "variance": (["variance_s"], []),
        "log": (["log_s"], ["n", "[a]"]),
    },
    "a": {"states": (["share_a"], ["[a]", "n", "[b]"])},
    "b": {"states": (["share_b"], ["n", "[b]"])},
}
FOUND = by_latent(SCHEMA, TOLD, ARRAYS, {"n": N})


def joint(n: int, a: int, b: int) -> float:
    return float(ARRAYS["share_b"][n, b] * ARRAYS["share_a"][a, n, b])


STATES = [(a, b) for a in range(A) for b in range(B)]


def test_states_are_over_plates_and_then_states() -> None:
    np.testing.assert_array_equal(FOUND["b"], ARRAYS["share_b"])
    assert FOUND["a"].shape == (N, A)
    np.testing.assert_allclose(FOUND["a"].sum(axis=1), 1)
    for n in range(N):
        assert FOUND["a"][n, 1] == pytest.approx(sum(joint(n, 1, b) for b in range(B)))


@pytest.mark.parametrize("n", range(N))
def test_a_vector_has_the_moments_of_its_mixture(n: int) -> None:
    parts = [
        (joint(n, a, b), ARRAYS["mean_f"][a, :, b, n], ARRAYS["cov_f"][a, b]) for a, b in STATES
    ]
    mean = sum(w * m for w, m, _ in parts)
    square = sum(w * (v + np.outer(m, m)) for w, m, v in parts)
    np.testing.assert_allclose(FOUND["f"]["mean"][n], mean)
    np.testing.assert_allclose(FOUND["f"]["covariance"][n], square - np.outer(mean, mean))


@pytest.mark.parametrize("n", range(N))
def test_a_scalar_too_where_its_own_arrays_know_nothing_of_rows(n: int) -> None:
    weight = FOUND["a"][n]
    mean = weight @ ARRAYS["mean_s"]
    assert FOUND["s"]["mean"][n] == pytest.approx(mean)
    assert FOUND["s"]["variance"][n] == pytest.approx(2 + weight @ (ARRAYS["mean_s"] - mean) ** 2)
    assert FOUND["s"]["log"][n] == pytest.approx(weight @ ARRAYS["log_s"][n])


def test_what_is_the_same_for_all_rows_is_given_for_each() -> None:
    told: Told = {"f": {"covariance": (["v"], ["q", "q'"]), "mean": (["m"], ["q", "n"])}}
    arrays = {"v": np.eye(Q), "m": np.arange(8.0).reshape(Q, N)}
    found = by_latent(SCHEMA, told, arrays, {"n": N})["f"]
    assert found["covariance"].shape == (N, Q, Q) and found["mean"].shape == (N, Q)
    np.testing.assert_array_equal(found["covariance"][3], np.eye(Q))
    np.testing.assert_array_equal(found["mean"][:, 1], arrays["m"][1])


def test_cells_are_entries_of_one_array() -> None:
    schema = Schema("Cells", ("n",), (V("x", "latent", "count", ("n",), ("c",)),))
    told: Told = {"x": {"mean": (["x_0", "x_1"], ["n"])}}
    arrays = {"x_0": np.arange(3.0), "x_1": np.ones(3)}
    found = by_latent(schema, told, arrays, {"n": 3})["x"]["mean"]
    assert found.tolist() == [[0, 1], [1, 1], [2, 1]]


def test_states_at_another_place_stay_a_condition() -> None:
    told: Told = {"s": {"mean": (["m"], ["(z)", "n"])}}
    found = by_latent(SCHEMA, told, {"m": np.arange(8.0).reshape(2, N)}, {"n": N})
    assert found["s"]["mean"].shape == (N, 2)
