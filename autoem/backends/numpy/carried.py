"""What a generated module carries with it: functions of arrays, sections of the runtime."""

from __future__ import annotations

import inspect
from pathlib import Path

import autoem.runtime
from autoem.backends.numpy import support

SECTIONS = {
    "solve": ("linear",),
    "root": ("root",),
    "maximize": ("arrays", "transforms", "newton"),
    "add_blocks": ("blocks",),
}
"""A name that printed code uses, to the sections of the runtime that define it."""

BEGIN, END = "# --- standalone: begin", "# --- standalone: end"


def carried(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Import lines and source texts for the names that a module uses."""
    files = dict.fromkeys(file for name in names for file in SECTIONS.get(name, ()))
    whole = [_source(file) for file in files]
    imports = [line for text in whole for line in text.split("\n") if _is_import(line)]
    texts = [text.split(BEGIN)[1].split(END)[0] for text in whole]
    texts += [inspect.getsource(getattr(support, n)) for n in names if n not in SECTIONS]
    bodies = ["\n".join(li for li in text.split("\n") if not _is_import(li)) for text in texts]
    return tuple(dict.fromkeys(imports)), tuple(body.strip("\n") for body in bodies)


def _is_import(line: str) -> bool:
    own = ("from autoem", "from __future__")
    return line.startswith(("import ", "from ")) and not line.startswith(own)


def _source(name: str) -> str:
    path = Path(autoem.runtime.__path__[0]) / f"{name}.py"
    return path.read_text()
