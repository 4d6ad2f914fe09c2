"""The pages of `docs/` are true: examples run, links lead somewhere, the table is derived."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from autoem.cli.find import shipped
from tests.pages import ROOT, examples, printed

PAGES = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "benchmarks/README.md")
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:autoem|models|tests|docs|benchmarks|examples)/[\w/.]*)`")


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The program that makes the table."""
    spec = spec_from_file_location("make_models_table", ROOT / "docs/make_models_table.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        assert "://" in target or (path.parent / target).exists(), target
    for target in NAMED.findall(text):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("path", PAGES[:-2], ids=lambda path: path.name)
def test_the_examples_of_a_page_run(path: Path, tmp_path: Path) -> None:
    pairs = list(examples(path.read_text(encoding="utf-8"), slow=False))
    outputs = printed([block.text for block, _ in pairs], tmp_path) if pairs else []
    for (_, expected), output in zip(pairs, outputs, strict=True):
        assert expected is None or output == expected.text.strip()


def test_every_shipped_model_has_its_row(maker: ModuleType) -> None:
    rows = maker.written(maker.PAGE.read_text(encoding="utf-8"))
    assert list(rows) == list(shipped())
    for name, row in rows.items():
        *derived, took, certificate = row
        assert maker.row(name, "")[: len(derived)] == tuple(derived), "run make_models_table.py"
        assert float(took) < 5
        assert certificate.startswith("certified"), name


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped())
def test_the_certificate_is_as_the_table_says(name: str, maker: ModuleType) -> None:
    rows = maker.written(maker.PAGE.read_text(encoding="utf-8"))
    assert maker.certified(name) == rows[name][-1]
