"""Declares models from text, as a user does: in a file of their own."""

from __future__ import annotations

import importlib.util
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEADER = "from autoem.language import *\nfrom autoem.families import *\n"
"""Two lines, so that line n of a body is line n + 3 of the file: the class line stands between."""


@pytest.fixture
def declare(tmp_path: Path) -> Callable[[str], Any]:
    """A function from the body of a class to the model `M` in `model.py`."""

    def declared(body: str) -> Any:
        path = tmp_path / "model.py"
        path.write_text(f"{HEADER}class M(Model):\n{textwrap.indent(body, '    ')}\n")
        spec = importlib.util.spec_from_file_location("model", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.M

    return declared
