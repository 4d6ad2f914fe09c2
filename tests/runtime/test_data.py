"""Data by name, from whatever holds them; and every way in which they can be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from autoem.errors import data as wrong
from autoem.errors.weights import BadWeight, NotIndependent
from autoem.runtime.data import Table, read_csv, read_data
from autoem.runtime.schema import Schema, VariableSchema

V = VariableSchema
DATA = Path(__file__).parents[2] / "examples" / "data"

MIXTURE = Schema(
    "GaussianMixture",
    ("n", "k", "d"),
    (
        V("weight", "parameter", "simplex", (), ("k",)),
        V("mean", "parameter", "real", ("k",), ("d",)),
        V("z", "latent", "category", ("n",), category="k"),
        V("x", "observed", "real", ("n",), ("d",)),
    ),
)
COUNTS = Schema("Counts", ("n",), (V("y", "observed", "count", ("n",)),))
RATINGS = Schema(
    "DawidSkene",
    ("item", "rater", "label", "row"),
    (
        V("of_item", "given", "index", ("row",), category="item"),
        V("by", "given", "index", ("row",), category="rater"),
        V("prevalence", "parameter", "simplex", (), ("label",)),
        V("truth", "latent", "category", ("item",), category="label"),
        V("answer", "observed", "category", ("row",), category="label"),
    ),
)
REGRESSION = Schema(
    "Regression",
    ("i", "g", "p"),
    (
        V("v", "given", "real", ("i",), ("p",)),
        V("group", "given", "index", ("i",), category="g"),
        V("beta", "parameter", "real", (), ("p",)),
        V("b", "latent", "real", ("g",)),
        V("y", "observed", "real", ("i",)),
    ),
)
CENSORED = Schema(
    "Censored",
    ("n",),
    (
        V("lower", "given", "real", ("n",), bound=True),
        V("t", "observed", "positive", ("n",), free=False),
    ),
)


def test_a_schema_survives_json() -> None:
    for schema in (MIXTURE, RATINGS, CENSORED):
        assert Schema.from_dict(json.loads(json.dumps(schema.to_dict()))) == schema


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_and_subframes(make) -> None:
    columns = {"a": [1, 2, 3], "b": [0.5, 1.5, 2.5], "name": ["u", "v", "w"]}
    expected = [[1, 0.5], [2, 1.5], [3, 2.5]]
    whole = read_data(MIXTURE, make(columns), {"k": 2})
    np.testing.assert_array_equal(whole.arrays["x"], expected)
    assert whole.sizes == {"n": 3, "k": 2, "d": 2}
    assert whole.columns == {"x": ["a", "b"]} and whole.levels == {"d": ["a", "b"]}
    part = make({name: columns[name] for name in ("b", "a")})
    sub = read_data(MIXTURE, {"x": part}, {"k": 2})
    np.testing.assert_array_equal(sub.arrays["x"], np.array(expected)[:, ::-1])
    chosen = read_data(MIXTURE, make(columns), {"k": 2}, columns={"x": ["b"]})
    np.testing.assert_array_equal(chosen.arrays["x"], [[0.5], [1.5], [2.5]])


@pytest.mark.parametrize("make", [pd.Series, pl.Series, pa.array, list, tuple, np.array])
def test_series_and_lists(make) -> None:
    read = read_data(COUNTS, {"y": make([3, 0, 2])})
    assert read.arrays["y"].dtype == np.float64 and read.arrays["y"].tolist() == [3, 0, 2]


def test_nulls_of_every_kind_are_missing() -> None:
    for column in (
        pd.Series([1, None, 2], dtype="Int64"),
        pl.Series([1, None, 2]),
        pa.array([1, None, 2]),
        [1, None, 2],
        np.array([1.0, np.nan, 2.0]),
    ):
        read = read_data(COUNTS, {"y": column})
        np.testing.assert_array_equal(read.arrays["y"], [1, np.nan, 2])
        assert read.missing == {"y": 1}


def test_lazy_frames_are_collected() -> None:
    assert read_data(COUNTS, pl.LazyFrame({"y": [1, 2]})).sizes == {"n": 2}


def test_single_precision_stays() -> None:
    x = np.ones((4, 2), dtype=np.float32)
    assert read_data(MIXTURE, {"x": x}, {"k": 2}).arrays["x"] is x


def test_a_csv_file_has_typed_columns(tmp_path: Path) -> None:
    read = read_data(MIXTURE, read_csv(DATA / "faithful.csv"), {"k": 2})
    assert read.arrays["x"].shape == (272, 2) and read.columns["x"] == ["eruptions", "waiting"]
    path = tmp_path / "small.csv"
    path.write_text('a,b,c,d\n1,1.5,"x,y",\n2,NA,z,Inf\n')
    columns = read_csv(path).columns
    assert [columns[name].dtype.kind for name in "abcd"] == ["i", "f", "O", "f"]
    assert columns["c"].tolist() == ["x,y", "z"] and np.isinf(columns["d"][1])


def test_weights_may_be_a_column() -> None:
    table = read_csv(DATA / "death_notices.csv")
    read = read_data(COUNTS, table, weights={"n": "days"}, columns={"y": "deaths"})
    assert read.weights["n"].sum() == 1096


def test_a_column_of_weights_is_no_data() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [0.5, 3.0], "times": [2, 1]})
    read = read_data(MIXTURE, table, {"k": 2}, weights={"n": "times"})
    assert read.columns["x"] == ["a", "b"] and read.weights["n"].tolist() == [2.0, 1.0]
    counts = {"y": [1, 2], "times": [2, 1]}
    assert read_data(COUNTS, counts, weights={"n": "times"}).weights["n"].tolist() == [2.0, 1.0]


def test_labels_are_mapped_by_sorted_level() -> None:
    rows = {"of_item": ["b", "a", "b"], "by": [7, 9, 7], "answer": [1, 2, 2]}
    read = read_data(RATINGS, rows)
    assert read.arrays["of_item"].tolist() == [1, 0, 1]
    assert read.levels == {"item": ["a", "b"], "rater": [7, 9], "label": [1, 2]}
    assert read.sizes == {"item": 2, "rater": 2, "label": 2, "row": 3}
    again = read_data(RATINGS, {**rows, "answer": [2, 2, 2]}, levels=read.levels)
    assert again.arrays["answer"].tolist() == [1, 1, 1]


def test_whole_numbers_from_zero_are_codes() -> None:
    rows = {"of_item": [0, 1, 2], "by": [0, 0, 3], "answer": [0.0, np.nan, 2.0]}
    read = read_data(RATINGS, rows)
    assert read.levels == {} and read.sizes["rater"] == 4
    assert read.arrays["answer"].tolist() == [0, -1, 2] and read.missing == {"answer": 1}
    assert read_data(RATINGS, {**rows, "answer": [1, 1, 2]}, {"label": 3}).levels == {}


def test_two_labels_are_binary() -> None:
    schema = Schema("Items", ("n", "j"), (V("x", "observed", "binary", ("n", "j")),))
    read = read_data(schema, read_csv(DATA / "carcinoma.csv"))
    assert read.sizes["j"] == 7 and read.levels["x"] == [1, 2]
    assert sorted(set(read.arrays["x"].ravel())) == [0, 1]
    with pytest.raises(wrong.OutsideDomain, match=r"x at n = 0, j = 2 is 2.0; expected 0 or 1"):
        read_data(schema, {"x": [[0, 1, 2]]})


def test_a_bound_may_be_infinite_and_its_variable_needs_no_data() -> None:
    assert np.isinf(read_data(CENSORED, {"lower": [1, np.inf]}).arrays["lower"][1])


def test_a_parent_that_is_missing_is_no_root() -> None:
    up = V("up", "given", "index", ("v",), category="v", lower=-1)
    with pytest.raises(wrong.MissingGiven, match=r"up at v = 1 is missing"):
        read_data(Schema("Tree", ("v",), (up,)), {"up": [-1, np.nan, 0]})


def test_what_is_missing_or_misspelt_is_named() -> None:
    with pytest.raises(wrong.MissingVariable, match=r"no 'y' over \(n\).*mean 'Y'.*--column y="):
        read_data(COUNTS, pd.DataFrame({"Y": [1]}))
    with pytest.raises(wrong.NoSuchName, match=r"data: the model takes no 'yy'.*Did you mean 'y'"):
        read_data(COUNTS, {"yy": [1]})
    with pytest.raises(wrong.NoSuchName, match=r"sizes: the model takes no 'q'"):
        read_data(COUNTS, {"y": [1]}, {"q": 2})
    with pytest.raises(wrong.NoSuchName, match=r"weights: the model takes no 'm'"):
        read_data(COUNTS, {"y": [1]}, weights={"m": [1]})
    with pytest.raises(wrong.NoSuchName, match=r"columns"):
        read_data(COUNTS, Table({"a": np.ones(1)}), columns={"x": "a"})
    with pytest.raises(wrong.MissingVariable, match=r"'waitin'.*Did you mean 'waiting'"):
        read_data(MIXTURE, read_csv(DATA / "faithful.csv"), {"k": 2}, columns={"x": ["waitin"]})
    with pytest.raises(wrong.NotATable, match=r"not ndarray"):
        read_data(COUNTS, np.ones(3))


def test_sizes_must_be_known_and_agree() -> None:
    with pytest.raises(wrong.SizeUnknown, match=r'axis k \(of weight, mean\).*sizes=\{"k"'):
        read_data(MIXTURE, {"x": np.ones((3, 2))})
    with pytest.raises(wrong.SizesDisagree, match=r"axis d.*3 by sizes=, 2 by x"):
        read_data(MIXTURE, {"x": np.ones((3, 2))}, {"k": 2, "d": 3})
    with pytest.raises(wrong.BadSize, match=r"axis k is a whole number from 1, not 0"):
        read_data(MIXTURE, {"x": np.ones((3, 2))}, {"k": 0})
    rows = {"v": np.ones((3, 2)), "group": [0, 1, 1], "y": [1.0, 2.0]}
    with pytest.raises(wrong.SizesDisagree, match=r"axis i.*3 by v, 3 by group, 2 by y"):
        read_data(REGRESSION, rows)


def test_shapes_are_checked() -> None:
    with pytest.raises(wrong.WrongDimensions, match=r"x has the axes \(n, d\), 2 in all.*has 1"):
        read_data(MIXTURE, {"x": np.ones(3)}, {"k": 2})
    with pytest.raises(wrong.RaggedData, match=r"different lengths \(2, 1\)"):
        read_data(MIXTURE, {"x": [[1.0, 2.0], [3.0]]}, {"k": 2})
    with pytest.raises(wrong.EmptyData, match=r"y is empty"):
        read_data(COUNTS, {"y": []})
    with pytest.raises(wrong.EmptyData, match=r"y is empty"):
        read_data(COUNTS, {"y": [np.nan, np.nan]})
    with pytest.raises(wrong.EmptyData):
        read_data(COUNTS, pd.DataFrame({"y": []}))


def test_values_are_checked_and_placed() -> None:
    with pytest.raises(wrong.NotANumber, match=r"x at n = 1, d = 0 is 'two'"):
        read_data(MIXTURE, {"x": [[1.0, 2.0], ["two", 3.0]]}, {"k": 2})
    with pytest.raises(wrong.NotFinite, match=r"y at n = 1 is inf"):
        read_data(COUNTS, {"y": [1, np.inf]})
    for bad in (-1, 1.5):
        with pytest.raises(wrong.OutsideDomain, match=rf"y at n = 2 is {bad}.*whole number from 0"):
            read_data(COUNTS, {"y": [1, 2, bad]})
    rows = {"v": np.ones((3, 2)), "group": [0, 1, 1], "y": [1.0, np.nan, 2.0]}
    assert read_data(REGRESSION, rows).missing == {"y": 1}
    with pytest.raises(wrong.MissingGiven, match=r"v at i = 2, p = 1 is missing"):
        read_data(REGRESSION, {**rows, "v": [[1, 2], [1, 2], [1, np.nan]]})
    with pytest.raises(wrong.MissingGiven, match=r"group at i = 0"):
        read_data(REGRESSION, {**rows, "group": [np.nan, 1, 0]})


def test_categories_are_checked() -> None:
    rows = {"of_item": [0, 1, 2], "by": [0, 0, 1], "answer": [0, 1, 7]}
    with pytest.raises(wrong.CategoryOutOfRange, match=r"answer at row = 2 is 7.*from 0 to 2"):
        read_data(RATINGS, rows, {"label": 3})
    with pytest.raises(wrong.CategoryOutOfRange, match=r"answer at row = 0 is -1"):
        read_data(RATINGS, {**rows, "answer": [-1, 1, 2]})
    with pytest.raises(wrong.CategoryOutOfRange, match=r"answer is 0.5.*label"):
        read_data(RATINGS, {**rows, "answer": [0.5, 1, 2]})
    with pytest.raises(wrong.CategoryOutOfRange, match=r"is 'c'; expected one of the 2 levels"):
        read_data(RATINGS, {**rows, "answer": ["a", "b", "c"]}, {"label": 2})
    with pytest.raises(wrong.CategoryOutOfRange, match=r"'z'.*'a', 'b'"):
        read_data(RATINGS, {**rows, "answer": ["a", "z", "b"]}, levels={"label": ["a", "b"]})


def test_weights_are_checked() -> None:
    y = {"y": [1, 2]}
    assert read_data(COUNTS, y, weights={"n": [0, 2]}).weights["n"].tolist() == [0.0, 2.0]
    for bad in (-1, np.nan, np.inf):
        with pytest.raises(BadWeight, match=r"weights of n\[1\] are"):
            read_data(COUNTS, y, weights={"n": [1, bad]})
    with pytest.raises(wrong.SizesDisagree, match=r"3 by weights, 2 by the data"):
        read_data(COUNTS, y, weights={"n": [1, 1, 1]})
    with pytest.raises(wrong.EmptyData, match=r"weights of n"):
        read_data(COUNTS, y, weights={"n": [0, 0]})
    chain = Schema(
        "C",
        ("s", "t"),
        (V("y", "observed", "count", ("s", "t")),),
        independent=("s",),
        dependent={"t": ("steps",)},
    )
    with pytest.raises(NotIndependent, match=r"axis t follow.*Weigh s instead"):
        read_data(chain, {"y": np.ones((2, 3))}, weights={"t": np.ones(3)})


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(wrong.UnreadableTable, match=r"No such file"):
        read_csv(tmp_path / "nowhere.csv")
    for text, problem in (
        ("", "empty"),
        ("a,a\n1,2\n", "'a' stands twice"),
        ("a\n1,2\n", "line 2"),
    ):
        path = tmp_path / "bad.csv"
        path.write_text(text)
        with pytest.raises(wrong.UnreadableTable, match=problem):
            read_csv(path)
    (tmp_path / "header.csv").write_text("y\n")
    with pytest.raises(wrong.EmptyData):
        read_data(COUNTS, read_csv(tmp_path / "header.csv"))
