"""`name=value`, JSON files and saved fits as values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autoem.cli.values import sizes_of, values_of
from autoem.errors.command import BadAssignment


def test_values_of_every_form(tmp_path: Path) -> None:
    path = tmp_path / "start.json"
    path.write_text('{"mean": [[1, 2], [3, null]], "weight": [0.5, 0.5]}')
    found = values_of("--start", [str(path), "weight=0.2,0.8", "nu=4", "cov=[[1,0],[0,1]]"])
    np.testing.assert_array_equal(found["mean"], [[1, 2], [3, np.nan]])
    assert found["weight"].tolist() == [0.2, 0.8], "the later one holds"
    assert found["nu"].shape == () and found["cov"].shape == (2, 2)
    assert values_of("--given", ["group=a,b"])["group"].tolist() == ["a", "b"]
    assert values_of("--given", ["y=1.5,2"])["y"].tolist() == [1.5, 2.0]
    assert values_of("--given", ["y=1,2"])["y"].dtype.kind == "i"


def test_what_json_prints_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "fit.json"
    path.write_text('{"log_likelihood": -1.0, "parameters": {"rate": [1, 2]}}')
    assert values_of("--start", [str(path)])["rate"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rate", r"--start rate: expected name=value, a JSON file.*\(No such file"),
        ("=3", r"--start =3: expected name=value"),
        ("rate=", r"--start rate=: expected name=value"),
        ("rate=[1,", r"--start rate=\[1,: expected numbers, or lists of them as JSON"),
    ],
)
def test_values_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(BadAssignment, match=message):
        values_of("--start", [text])


def test_files_that_are_no_values(tmp_path: Path) -> None:
    path = tmp_path / "start.json"
    for text in ("[1, 2]", "not json", '{"a": [[1, 2], [3]]}'):
        path.write_text(text)
        with pytest.raises(BadAssignment, match=r'start.json: expected .*\{"name": value\}'):
            values_of("--start", [str(path)])


def test_sizes_are_whole_numbers() -> None:
    assert sizes_of(["k=2", "q=1"]) == {"k": 2, "q": 1}
    for text in ("k=two", "k=2.5", "k=-1"):
        with pytest.raises(BadAssignment, match=rf"--size {text}: expected the length of an axis"):
            sizes_of([text])
