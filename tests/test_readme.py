"""The README is true: its commands run, its examples print what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from autoem.cli import main
from tests.pages import ROOT, blocks, commands, examples, printed

README = (ROOT / "README.md").read_text(encoding="utf-8")


def stable(text: str) -> str:
    """The text without the count of iterations, which a machine's last digit may change."""
    return re.sub(r"after \d+ iterations", "after some iterations", text)


def agrees(slow: bool, folder: Path) -> None:
    pairs = list(examples(README, slow))
    outputs = printed([block.text for block, _ in pairs], folder)
    for (_, expected), output in zip(pairs, outputs, strict=True):
        assert expected is None or stable(output) == stable(expected.text.strip())


def test_the_examples_print_what_the_page_says(tmp_path: Path) -> None:
    agrees(slow=False, folder=tmp_path)


@pytest.mark.slow
def test_the_slow_examples_too(tmp_path: Path) -> None:
    agrees(slow=True, folder=tmp_path)


@pytest.mark.parametrize("command", commands(README))
def test_a_command_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("examples", "models"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(command)
    assert program == "autoem"
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0


def test_set_up_takes_one_line_each() -> None:
    marked = {block.mark: block.text for block in blocks(README) if block.mark.startswith("ci")}
    assert list(marked) == ["ci: fit", "ci: tests", "ci: slow"]
    assert all(text.count("\n") == 1 for text in marked.values())
    job = "autoem fit models/gaussian_mixture.py examples/data/faithful.csv --size k=2\n"
    assert marked["ci: fit"].endswith(job)


def test_the_declaration_is_the_shipped_one() -> None:
    shipped = (ROOT / "models/gaussian_mixture.py").read_text().partition("class ")[2]
    first = blocks(README)[0].text.partition("class ")[2]
    assert [line for line in first.splitlines() if line] == [
        line for line in shipped.splitlines() if line
    ]
