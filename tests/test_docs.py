"""The pages of `docs/` are true: examples run, links lead somewhere, the table is derived."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autoem.cli.find import shipped
from autoem.derive.maximizers import CLOSED, NUMERIC
from autoem.derive.posteriors import CONDITIONED, RULES
from autoem.families import __all__ as families_exported
from tests.pages import ROOT, examples, printed
from tests.test_models import MAKER

PAGES = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "benchmarks/README.md")
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:autoem|models|tests|docs|benchmarks|examples)/[\w/.]*)`")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        assert "://" in target or (path.parent / target).exists(), target
    for target in NAMED.findall(text):
        assert (ROOT / target).exists(), target


def test_the_pages_name_every_family_and_every_rule() -> None:
    """The README lists what works, architecture.md every rule in the order in which it is tried."""
    posteriors = [rule.__name__.removesuffix("_states") for rule in (*RULES, *CONDITIONED)]
    maximizers = [rule.__name__ for rule in (*CLOSED, *NUMERIC)]
    refusing = [r.__name__ for r in CLOSED if r.__annotations__["return"] == "NoReturn"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("There today:")[2]
    stated = readme.partition("Not there yet")[0]
    families = re.findall(r"\b[A-Z]\w+", stated.partition("*Families*:")[2].partition(". B")[0])
    assert families == sorted(set(families_exported) - {"FAMILIES"})
    for title, rules in (("Posterior rules", posteriors), ("Maximizer rules", maximizers)):
        line = stated.partition(f"*{title}*")[2].partition(";")[0]
        assert re.findall(r"`(\w+)`", line) == [rule for rule in rules if rule not in refusing]
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    first = {line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")}
    assert first.issuperset([*posteriors, *maximizers])


@pytest.mark.parametrize("path", PAGES[:-2], ids=lambda path: path.name)
def test_the_examples_of_a_page_run(path: Path, tmp_path: Path) -> None:
    pairs = list(examples(path.read_text(encoding="utf-8"), slow=False))
    outputs = printed([block.text for block, _ in pairs], tmp_path) if pairs else []
    for (_, expected), output in zip(pairs, outputs, strict=True):
        assert expected is None or output == expected.text.strip()


def test_every_shipped_model_has_its_row() -> None:
    rows = MAKER.written(MAKER.PAGE.read_text(encoding="utf-8"))
    assert list(rows) == list(shipped())
    for name, row in rows.items():
        took, certificate = row[-2:]
        assert MAKER.row(name, row[-2:]) == row, "run make_models_table.py"
        assert float(took) < 5
        assert re.fullmatch(r"certified, \d+ proved|\d+ open", certificate), name


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped())
def test_the_certificate_is_as_the_table_says(name: str) -> None:
    rows = MAKER.written(MAKER.PAGE.read_text(encoding="utf-8"))
    assert MAKER.certified(name) == rows[name][-1]
