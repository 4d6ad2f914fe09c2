"""Starting points: in the domain, at the scale of the data, asymmetric, the same for a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autoem.runtime import clusters
from autoem.runtime.clusters import responsibilities
from autoem.runtime.csv_file import read_columns
from autoem.runtime.domains import check_parameters
from autoem.runtime.initial import FEATURES, initial_parameters, initial_posterior
from autoem.runtime.order import canonical, exchangeable, permute, permute_place
from autoem.runtime.schema import Schema, VariableSchema

V = VariableSchema
DATA = Path(__file__).parents[2] / "examples" / "data"
X = np.stack(list(read_columns(DATA / "faithful.csv").values()), axis=1)

EVERYTHING = Schema(
    "Everything",
    ("n", "k", "d", "q", "p", "j"),
    (
        V("weight", "parameter", "simplex", (), ("k",)),
        V("mean", "parameter", "real", ("k",), ("d",)),
        V("loading", "parameter", "real", ("k",), ("d", "q")),
        V("beta", "parameter", "real", ("k",), ("p",)),
        V("cov", "parameter", "positive_definite", ("k",), ("d", "d")),
        V("noise", "parameter", "positive", (), ("d",)),
        V("chance", "parameter", "interval", ("k", "j"), (), None, 0.0, 1.0),
        V("angle", "parameter", "interval", (), (), None, -3.0, 3.0),
        V("v", "given", "real", ("n",), ("p",)),
        V("z", "latent", "index", ("n",), category="k"),
        V("f", "latent", "real", ("n",), ("q",)),
        V("x", "observed", "real", ("n",), ("d",)),
        V("item", "observed", "binary", ("n", "j")),
    ),
)
SIZES = {"n": len(X), "k": 3, "d": 2, "q": 2, "p": 2, "j": 4}
ITEMS = (np.random.default_rng(0).random((len(X), 4)) < 0.9).astype(float)


def start(seed: int, attempt: int, scale: float = 1.0) -> dict[str, np.ndarray]:
    data = {"x": X * scale, "v": X, "item": ITEMS}
    generator = np.random.default_rng(seed)
    return initial_parameters(EVERYTHING.to_dict(), data, SIZES, generator, attempt)


@pytest.mark.parametrize("attempt", [0, 1, 2, 3])
def test_every_parameter_starts_in_its_domain(attempt: int) -> None:
    parameters = start(attempt, attempt)
    check_parameters(EVERYTHING, parameters, "start", SIZES)
    for name in ("weight", "mean", "cov", "chance", "beta"):
        assert not np.array_equal(parameters[name][0], parameters[name][1]), "asymmetric"


def test_starts_follow_the_scale_of_the_data_and_the_seed() -> None:
    one, same, large = start(4, 0), start(4, 0), start(4, 0, 1e6)
    for name, power in (("mean", 1), ("loading", 1), ("beta", 1), ("cov", 2), ("noise", 2)):
        np.testing.assert_array_equal(one[name], same[name])
        np.testing.assert_allclose(large[name], one[name] * 1e6**power, rtol=1e-9)
    assert np.abs(one["mean"] - X.mean(axis=0)).max() < 5 * X.std(axis=0).max()
    assert one["chance"].mean() > 0.8


@pytest.mark.parametrize("features", ["observed", "all", "votes", "random"])
def test_items_by_the_million_take_no_memory_of_items_by_rows(features: str) -> None:
    """Ten million items, two thousand answers: a table of both would be 150 GB."""
    schema = Schema(
        "Raters",
        ("i", "n", "k", "r"),
        (
            V("of", "given", "index", ("n",), category="i"),
            V("by", "given", "index", ("n",), category="r"),
            V("z", "latent", "index", ("n",), category="k"),
            V("truth", "latent", "index", ("i",), category="k"),
            V("answer", "observed", "index", ("n",), category="k"),
        ),
    ).to_dict()
    rng, sizes = np.random.default_rng(0), {"i": 10**7, "n": 2000, "k": 3, "r": 5}
    data = {
        "of": rng.integers(10**7, size=2000),
        "by": rng.integers(5, size=2000),
        "answer": rng.integers(3, size=2000),
    }
    latent = next(v for v in schema["variables"] if v["name"] == "z")
    shares = responsibilities(schema, latent, data, sizes, features, rng)
    assert shares.shape == (2000, 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)


def test_votes_are_the_shares_of_the_labels() -> None:
    codes, group = np.array([[0.0], [1.0], [1.0], [np.nan]]), np.array([0, 0, 2, 2])
    found = clusters._frequencies(codes, 2, group, 3)
    np.testing.assert_array_equal(found, [[0.5, 0.5], [np.nan, np.nan], [0, 0.5]])


def test_rows_are_assigned_to_clusters() -> None:
    sizes, generator = SIZES | {"k": 2}, np.random.default_rng(0)
    shares = initial_posterior(EVERYTHING.to_dict(), {"x": X}, sizes, generator, 1)["z"]
    assert shares.shape == (len(X), 2) and shares.dtype == np.float32
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    assert abs(np.corrcoef(shares[:, 0], X[:, 1])[0, 1]) > 0.8


def test_as_many_categories_as_rows_are_no_clusters() -> None:
    """Every row starts in a category of its own choice, and in another one with another seed."""
    sizes, latent = SIZES | {"k": len(X)}, vars(EVERYTHING["z"])
    one, other = (
        responsibilities(
            EVERYTHING.to_dict(), latent, {"x": X}, sizes, "observed", np.random.default_rng(seed)
        ).argmax(axis=1)
        for seed in (0, 1)
    )
    assert 0.5 < len(np.unique(one)) / len(X) < 0.8 and np.mean(one == other) < 0.05


@pytest.mark.parametrize("features", FEATURES)
def test_missing_and_constant_columns_do_no_harm(features: str) -> None:
    x = X.copy()
    x[::3, 0] = np.nan
    x[:, 1] = 7.0
    latent = EVERYTHING["z"]
    shares = responsibilities(
        EVERYTHING.to_dict(), vars(latent), {"x": x}, SIZES, features, np.random.default_rng(0)
    )
    assert np.all(np.isfinite(shares)) and shares.min() > 0


RATINGS = Schema(
    "Ratings",
    ("item", "label", "row"),
    (
        V("of_item", "given", "index", ("row",), category="item"),
        V("prevalence", "parameter", "simplex", (), ("label",)),
        V("confusion", "parameter", "simplex", ("label",), ("label",)),
        V("truth", "latent", "index", ("item",), category="label"),
        V("answer", "observed", "index", ("row",), category="label"),
    ),
)


def test_votes_are_counted_by_item() -> None:
    data = {"of_item": np.array([0, 0, 0, 1, 1]), "answer": np.array([1, 1, 0, 2, 2])}
    sizes = {"item": 2, "label": 3, "row": 5}
    shares = initial_posterior(RATINGS.to_dict(), data, sizes, np.random.default_rng(0), 0)
    assert shares["truth"].argmax(axis=1).tolist() == [1, 2]
    prevalence = initial_parameters(RATINGS.to_dict(), data, sizes, np.random.default_rng(0), 0)
    assert prevalence["prevalence"].sum() == pytest.approx(1)


def test_only_exchangeable_categories_are_reordered() -> None:
    assert exchangeable(EVERYTHING) == ("k",) and exchangeable(RATINGS) == ()
    parameters = start(0, 0)
    parameters["weight"] = np.array([0.2, 0.5, 0.3])
    orders = canonical(EVERYTHING, parameters, 1.0, lambda p: 1.0)
    assert orders["k"].tolist() == [1, 2, 0]
    moved = permute(EVERYTHING, parameters, orders)
    np.testing.assert_array_equal(moved["mean"][0], parameters["mean"][1])
    assert permute_place(EVERYTHING, ("mean", (1, 0)), orders) == ("mean", (0, 0))
    assert permute_place(EVERYTHING, ("noise", (1,)), orders) == ("noise", (1,))


def test_an_order_that_the_objective_feels_is_left_alone() -> None:
    parameters = start(0, 0) | {"weight": np.array([0.2, 0.5, 0.3])}
    assert canonical(EVERYTHING, parameters, 1.0, lambda p: float(p["weight"][0])) == {}
