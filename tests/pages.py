"""Pages of Markdown as programs: every command and every example on them is run.

The Python blocks of a page are one program; a `text` block after one is what it prints.  The line
`<!-- slow -->` before a block keeps it from the quick run, `<!-- ci: ... -->` leaves it to
`.ci/run`.

    python -m tests.pages README.md

runs a page and writes what its blocks print into it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
SEPARATOR = "\x1e"


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, its text, the mark before it, and where the text stands."""

    kind: str
    text: str
    mark: str
    span: tuple[int, int]


def blocks(page: str) -> tuple[Block, ...]:
    """The fenced blocks of a page.

    >>> blocks("<!-- slow -->\\n```python\\nprint(1)\\n```\\n")[0].mark
    'slow'
    """
    return tuple(
        Block(found["kind"], found["text"], found["mark"] or "", found.span("text"))
        for found in BLOCK.finditer(page)
    )


def examples(page: str, slow: bool) -> Iterator[tuple[Block, Block | None]]:
    """Each Python block with the text block that says what it prints."""
    found = blocks(page)
    for block, after in zip(found, (*found[1:], None), strict=False):
        if block.kind == "python" and (slow or block.mark != "slow"):
            yield block, after if after is not None and after.kind == "text" else None


def printed(pieces: list[str], folder: Path) -> list[str]:
    """What each piece of one program prints; it runs in the folder, beside examples and models."""
    for name in ("examples", "models"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    script = folder / "page.py"
    script.write_text(f"\nprint({SEPARATOR!r})\n".join(pieces), encoding="utf-8")
    path = os.pathsep.join((str(ROOT), str(folder)))
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    return [piece.strip() for piece in done.stdout.split(SEPARATOR)]


def commands(page: str) -> tuple[str, ...]:
    """The lines `autoem ...` of the shell blocks."""
    shell = (block.text for block in blocks(page) if block.kind == "sh" and not block.mark)
    return tuple(line for text in shell for line in text.splitlines() if line.strip())


def fill(path: Path) -> None:
    """Write what the Python blocks print into the text blocks after them."""
    page = path.read_text(encoding="utf-8")
    pairs = list(examples(page, slow=True))
    with tempfile.TemporaryDirectory() as folder:
        outputs = printed([block.text for block, _ in pairs], Path(folder))
    for (_, expected), output in reversed(list(zip(pairs, outputs, strict=True))):
        if expected is not None:
            begin, end = expected.span
            page = f"{page[:begin]}{output}\n{page[end:]}"
    path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        fill(Path(argument))
