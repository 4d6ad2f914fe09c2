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

FUNCTIONS = tuple(name for name, _ in inspect.getmembers(support, inspect.isfunction))
"""Names that arrays may not take in printed code, besides those of SECTIONS."""

BEGIN, END = "# --- standalone: begin", "# --- standalone: end"


def carried(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Import lines and source texts for the names that a module uses."""
    files = dict.fromkeys(file for name in names for file in SECTIONS.get(name, ()))
    whole = [_source(file) for file in files]
    imports = [line for text in whole for line in text.split("\n") if _is_import(line)]
    texts = [text.split(BEGIN)[1].split(END)[0] for text in whole]
    texts += [inspect.getsource(getattr(support, n)) for n in names if n not in SECTIONS]
    bodies = ["\n".join(li for li in text.split("\n") if not _is_import(li)) for text in texts]
    return merged(imports), tuple(body.strip("\n") for body in bodies)


def merged(lines: list[str]) -> tuple[str, ...]:
    """Import lines, one for each module, in the usual order of names: CONSTANTS, Classes, rest."""
    names: dict[str, dict[str, None]] = {}
    for line in lines:
        module, _, imported = line.removeprefix("from ").partition(" import ")
        names.setdefault(module, {}).update(dict.fromkeys(imported.split(", ")))
    return tuple(
        f"from {module} import {', '.join(sorted(found, key=_rank))}" if "" not in found else module
        for module, found in names.items()
    )


def _rank(name: str) -> tuple[int, str]:
    return 0 if name.isupper() else 1 if name[:1].isupper() else 2, name


def _is_import(line: str) -> bool:
    own = ("from autoem", "from __future__")
    return line.startswith(("import ", "from ")) and not line.startswith(own)


def _source(name: str) -> str:
    path = Path(autoem.runtime.__path__[0]) / f"{name}.py"
    return path.read_text()
