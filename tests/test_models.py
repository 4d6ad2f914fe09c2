"""The shipped models: declarations and nothing else, short, cited, and understood by type checkers.

What each gives on its data is tested with `fit`; here is what a reader of the file relies on.
"""

from __future__ import annotations

import ast
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from mypy import api

from autoem.derive.stages import Derivation, derive
from autoem.graph.blocks import latent_blocks
from autoem.graph.draw import draw
from autoem.graph.factor_graph import factor_graph
from autoem.language import Model

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "models").glob("*.py"))
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def _table_maker() -> ModuleType:
    """The program that makes the table of the documentation."""
    spec = spec_from_file_location("make_models_table", ROOT / "docs/make_models_table.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = _table_maker()


def derived(path: Path) -> Derivation:
    """The derivation of the one model of a file, by the approximation that the table chooses."""
    return derive(declared(path), assume=MAKER.CHOSEN.get(path.stem))


def declared(path: Path) -> type[Model]:
    """The one model of a file."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    (model,) = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Model) and value is not Model
    ]
    return model


@each_file
def test_a_model_is_one_short_page_with_its_source(path: Path) -> None:
    text = path.read_text()
    assert 15 <= text.count("\n") <= 30
    tree = ast.parse(text)
    about = ast.get_docstring(tree) or ""
    assert any(f"({year})" in about for year in range(1900, 2030)), "no source is cited"
    kinds = [type(node) for node in tree.body]
    assert set(kinds[1:-1]) == {ast.ImportFrom} and kinds[-1] is ast.ClassDef
    (body,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert ast.get_docstring(body)
    assert {type(node) for node in body.body[1:]} == {ast.Assign}, "a declaration has no code"


@each_file
def test_its_factor_graph_is_sound_and_drawn(path: Path) -> None:
    model = declared(path)
    graph = factor_graph(model)
    assert graph.of_kind("observed")
    blocks = latent_blocks(graph)
    assert sum(len(block) for block in blocks) == len(graph.of_kind("latent"))
    assert "plates shown by subscripts only" not in draw(model).svg


def test_type_checkers_accept_every_model_and_see_a_misspelt_keyword(tmp_path: Path) -> None:
    text = (ROOT / "models" / "gaussian_mixture.py").read_text()
    mistakes = {
        "scale": text.replace("cov=cov", "covariance=cov"),
        "plate": text.replace("over=n", "ovr=n"),
        "name": text.replace("import Axis", "import Axes as Axis"),
    }
    for name, wrong in mistakes.items():
        assert wrong != text
        (tmp_path / f"{name}.py").write_text(wrong)
    config = ["--config-file", str(ROOT / "pyproject.toml"), "--follow-imports", "silent"]
    output, _, _ = api.run([*config, *map(str, FILES), *map(str, sorted(tmp_path.glob("*.py")))])
    assert 'Unexpected keyword argument "covariance" for "MultivariateNormal"' in output
    assert 'Unexpected keyword argument "ovr" for "Latent"' in output
    assert 'Module "autoem" has no attribute "Axes"' in output
    lines = [line for line in output.splitlines() if ": error:" in line]
    assert all(str(tmp_path) in line or str(tmp_path.name) in line for line in lines), output


def test_models_are_named_apart() -> None:
    names = [declared(path).__name__ for path in FILES]
    assert len(set(names)) == len(names)
