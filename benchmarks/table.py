"""A table of results: printed, and put between its marks in `benchmarks/README.md`."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

README = Path(__file__).parent / "README.md"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown, numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine(*packages: str) -> str:
    """What the figures were taken on."""
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"{platform.machine()}, CPython {platform.python_version()}, {versions}."


def write(name: str, text: str) -> None:
    """Replace what stands between the marks of `name`."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, _, rest = README.read_text().partition(begin)
    _, _, after = rest.partition(end)
    README.write_text(f"{before}{begin}{text}\n{end}{after}")
