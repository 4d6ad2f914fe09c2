"""MODEL: a file, a class in a file, a shipped name; and all that can be wrong with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from autoem.cli.find import find_model, shipped
from autoem.errors import LanguageError
from autoem.errors.command import NoModelInFile, NoSuchModel, SeveralModels, SpecNotImported

MODELS = Path(__file__).parents[2] / "models"
COUNTS = """
class {name}(Model):
    n = Axis()
    rate = Parameter(Positive())
    x = Observed(Poisson(rate), over=n)
"""
IMPORTS = "from autoem import Axis, Model, Observed, Parameter, Poisson, Positive\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "spec.py"


def test_every_shipped_model_is_found_by_name_and_by_path() -> None:
    assert set(shipped()) == {path.stem for path in MODELS.glob("*.py")}
    named, filed = find_model("two_coins"), find_model(str(MODELS / "two_coins.py"))
    assert named.__name__ == filed.__name__ == "TwoCoins"
    assert find_model("two_coins:TwoCoins").__name__ == "TwoCoins"


def test_a_class_of_several_is_named(spec: Path) -> None:
    spec.write_text(IMPORTS + COUNTS.format(name="One") + COUNTS.format(name="Two"))
    assert find_model(f"{spec}:Two").__name__ == "Two"
    with pytest.raises(SeveralModels, match=r"spec.py:5 .*One \(line 5\), Two .*spec.py:One\."):
        find_model(str(spec))
    with pytest.raises(NoModelInFile, match=r"no model 'Tow'\. Did you mean 'Two'\?"):
        find_model(f"{spec}:Tow")


def test_models_that_are_imported_are_not_the_files_own(spec: Path) -> None:
    (spec.parent / "neighbour.py").write_text(IMPORTS + COUNTS.format(name="Far"))
    spec.write_text(IMPORTS + "from neighbour import Far\n" + COUNTS.format(name="Near"))
    assert find_model(str(spec)).__name__ == "Near"


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(NoSuchModel, match=r"'gausian_mixture'\. Did you mean 'gaussian_mixture'\?"):
        find_model("gausian_mixture")
    with pytest.raises(NoSuchModel, match=r"needs no path: write 'two_coins'"):
        find_model("nowhere/two_coins.py")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("x = 1\nimport nmpy\n", 2, "ModuleNotFoundError: No module named 'nmpy'"),
        ("x = 1\ny = (\n", 2, "SyntaxError: '(' was never closed"),
        ("def f():\n    return 1 / 0\n\nf()\n", 2, "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(3)\n", 2, "SystemExit: 3"),
    ],
)
def test_a_file_that_does_not_import_is_named_with_its_line(
    spec: Path, text: str, line: int, problem: str
) -> None:
    spec.write_text(text)
    with pytest.raises(SpecNotImported) as caught:
        find_model(str(spec))
    source = text.splitlines()[line - 1].strip()
    assert str(caught.value) == f"{spec}:{line}\n    {source}\n{problem}"


def test_a_wrong_declaration_is_reported_at_its_own_line(spec: Path) -> None:
    spec.write_text(IMPORTS + COUNTS.format(name="Wrong").replace("over=n", "over=(n, rate)"))
    with pytest.raises(LanguageError, match=re.escape(f"{spec}:6")):
        find_model(str(spec))


def test_a_file_without_a_model_says_what_one_is(spec: Path) -> None:
    spec.write_text(IMPORTS)
    with pytest.raises(NoModelInFile, match=r"spec.py:1 declares no model.*class MyModel\(Model\)"):
        find_model(str(spec))


def test_a_file_that_is_no_python(tmp_path: Path) -> None:
    path = tmp_path / "model.csv"
    path.write_text("a,b\n")
    with pytest.raises(SpecNotImported, match="no Python file"):
        find_model(str(path))


def test_a_wheel_carries_the_models_where_they_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tomllib.loads((MODELS.parent / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"models": "autoem/models"}
    installed = tmp_path / "site-packages/autoem"
    (installed / "models").mkdir(parents=True)
    (installed / "models/mine.py").write_text(IMPORTS + COUNTS.format(name="Mine"))
    monkeypatch.setattr("autoem.cli.find.resources.files", lambda package: installed)
    assert find_model("mine").__name__ == "Mine"
