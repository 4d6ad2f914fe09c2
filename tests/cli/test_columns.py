"""Which columns a variable takes: named, by its name, or all that are left."""

from __future__ import annotations

import numpy as np
import pytest

from autoem.cli.columns import taken
from autoem.errors.command import ColumnsNeeded, NoTable
from autoem.errors.data import MissingVariable, NoSuchName
from autoem.runtime.data import Table
from autoem.runtime.schema import Schema, VariableSchema as V

TABLE = Table(
    {
        "a": np.array([1.0, 2.0]),
        "b": np.array([3, 4]),
        "days": np.array([5, 6]),
        "z": np.array([0, 1]),
        "name": np.array(["u", "v"], dtype=object),
    }
)
MIXTURE = Schema(
    "Mixture",
    ("n", "k", "d"),
    (V("z", "latent", "index", ("n",)), V("x", "observed", "real", ("n",), ("d",))),
)
REGRESSION = Schema(
    "Regression",
    ("n", "p"),
    (V("v", "given", "real", ("n",), ("p",)), V("y", "observed", "real", ("n",))),
)
TOSSES = Schema(
    "Tosses", ("n",), (V("tosses", "given", "count"), V("heads", "observed", "count", ("n",)))
)


def test_an_observed_vector_takes_the_numeric_columns_that_are_left() -> None:
    found = taken(MIXTURE, TABLE, {}, {}, {"n": "days"})
    assert found.columns == {"x": ("a", "b")}, "not the weights, the text, or the latent's name"
    assert list(found.data["x"].columns) == ["a", "b"]
    assert found.weights["n"].tolist() == [5, 6]


def test_columns_are_taken_as_they_are_named() -> None:
    found = taken(REGRESSION, TABLE, {"y": ("a",), "v": ("1", "b", "0.5")}, {}, {})
    assert found.data["y"].tolist() == [1.0, 2.0]
    columns = found.data["v"].columns
    assert list(columns) == ["1", "b", "0.5"]
    assert columns["1"].tolist() == [1.0, 1.0] and columns["0.5"].tolist() == [0.5, 0.5]


def test_a_column_is_found_by_the_name_of_its_variable() -> None:
    table = Table({"y": np.arange(3.0), "a": np.ones(3)})
    found = taken(REGRESSION, table, {"v": ("a",)}, {}, {})
    assert found.columns == {"v": ("a",), "y": ("y",)}


def test_a_long_table_becomes_sequences() -> None:
    steps = V("x", "observed", "real", ("s", "t"), ("d",))
    dose, age = V("dose", "given", "real", ("s", "t")), V("age", "given", "real", ("s",))
    schema = Schema("Steps", ("s", "t", "d"), (steps, dose, age))
    who = np.array([7, 8, 7])
    table = Table({"who": who, "a": np.arange(3.0), "b": np.arange(3.0) + 5, "age": who - 1.0})
    found = taken(schema, table, {"dose": ("0.5",)}, {}, {"s": "age"}, "who")
    assert found.weights["s"].tolist() == [6, 7]
    assert found.columns == {"x": ("a", "b"), "dose": ("0.5",), "age": ("age",)}
    assert [part.tolist() for part in found.data["x"]] == [[[0, 5], [2, 7]], [[1, 6]]]
    assert [part.tolist() for part in found.data["dose"]] == [[0.5, 0.5], [0.5]]
    assert found.data["age"].tolist() == [6, 7]


def test_the_columns_of_a_given_vector_are_not_guessed() -> None:
    with pytest.raises(ColumnsNeeded, match=r"v over \(n, p\).*--column v=1,b,days"):
        taken(REGRESSION, TABLE, {"y": ("a",)}, {}, {})


def test_values_may_stand_on_the_command_line() -> None:
    given = {"tosses": np.array(10.0), "heads": np.array([5.0, 9.0])}
    found = taken(TOSSES, None, {}, given, {"n": "1,2"})
    assert found.data == given and found.weights["n"].tolist() == [1.0, 2.0]
    with pytest.raises(NoTable, match=r"no data for heads: name a CSV file.*--given heads="):
        taken(TOSSES, None, {}, {"tosses": np.array(10.0)}, {})


def test_names_that_are_not_there() -> None:
    with pytest.raises(NoSuchName, match=r"--column: the model takes no 'xx'.*mean 'x'"):
        taken(MIXTURE, TABLE, {"xx": ("a",)}, {}, {})
    with pytest.raises(NoSuchName, match=r"--given: the model takes no 'head'.*mean 'heads'"):
        taken(TOSSES, TABLE, {}, {"head": np.array(1.0)}, {})
    with pytest.raises(NoSuchName, match=r"--weights: .* no 'day'.*mean 'days'"):
        taken(MIXTURE, TABLE, {}, {}, {"n": "day"})
    with pytest.raises(MissingVariable, match=r"no 'aa'.*mean 'a'"):
        taken(MIXTURE, TABLE, {"x": ("aa",)}, {}, {})
    with pytest.raises(MissingVariable, match=r"no 'heads' over \(n\)"):
        taken(TOSSES, TABLE, {}, {"tosses": np.array(10.0)}, {})
    with pytest.raises(MissingVariable, match="no 'x'"):
        taken(MIXTURE, Table({"name": TABLE.columns["name"]}), {}, {}, {})
