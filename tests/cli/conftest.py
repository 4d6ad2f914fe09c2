"""The command line, called in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from autoem.cli import main

ROOT = Path(__file__).parents[2]


class Outcome(NamedTuple):
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def autoem(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `autoem` with these arguments."""

    def run(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in written.err
        return Outcome(ended.value.code, written.out, written.err)

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder that sees the examples and the models, as a checkout does."""
    for name in ("examples", "models"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
