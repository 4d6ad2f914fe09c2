"""Sections of the runtime's own source, for modules that stand alone.

A file of the runtime marks what can be carried into a generated module by two comment lines,
`# --- standalone: begin` and `# --- standalone: end`.  The region uses NumPy, SciPy, the standard
library, and regions of other files that the file imports; so nothing is written twice.
"""

from __future__ import annotations

import ast
from importlib import resources

BEGIN, END = "# --- standalone: begin", "# --- standalone: end"
OWN = "autoem.runtime."


def section(names: tuple[str, ...]) -> str:
    """Source of the marked regions of these runtime files and of those they need, imports first.

    >>> print(section(("arrays",)).splitlines()[2])
    Arrays = dict[str, np.ndarray]
    """
    files = in_order(names)
    code = "\n\n\n".join(map(region, files)) + "\n"
    gap = "\n\n\n" if code.startswith(("def ", "class ", "@")) else "\n\n"
    return "\n".join(imports(files)) + gap + code


def in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """The files and all that their regions need, each after what it needs; of files without a
    region nothing is needed but types."""
    found: dict[str, None] = {}
    for name in filter(region, names):
        for needed in _own(name):
            found |= dict.fromkeys(in_order((needed,)))
        found[name] = None
    return tuple(found)


def region(name: str) -> str:
    """The marked region of a runtime file."""
    _, _, after = _source(name).partition(BEGIN)
    inside, _, _ = after.partition(END)
    return inside.strip("\n")


def imports(names: tuple[str, ...]) -> tuple[str, ...]:
    """Import lines of the files, merged: the standard library, an empty line, NumPy and SciPy."""
    whole: dict[str, None] = {}
    parts: dict[str, dict[str, None]] = {}
    for name in names:
        for node in ast.parse(_source(name)).body:
            if isinstance(node, ast.Import):
                whole |= dict.fromkeys(ast.unparse(node).splitlines())
            elif isinstance(node, ast.ImportFrom) and not _is_own(node):
                parts.setdefault(str(node.module), {}).update((a.name, None) for a in node.names)
    lines = list(whole)
    lines += [f"from {source} import {', '.join(sorted(all_))}" for source, all_ in parts.items()]
    lines.sort(key=lambda line: (_third(line), line.startswith("from"), line.split()[1]))
    first_third = next((i for i, line in enumerate(lines) if _third(line)), len(lines))
    gap = [""] if 0 < first_third < len(lines) else []
    return (*lines[:first_third], *gap, *lines[first_third:])


def _third(line: str) -> bool:
    return line.split()[1].split(".")[0] in ("numpy", "scipy")


def _own(name: str) -> tuple[str, ...]:
    """Runtime files whose regions the region of this file uses."""
    nodes = ast.parse(_source(name)).body
    modules = [str(n.module) for n in nodes if isinstance(n, ast.ImportFrom)]
    return tuple(m.removeprefix(OWN) for m in modules if m.startswith(OWN))


def _is_own(node: ast.ImportFrom) -> bool:
    return str(node.module).startswith(("autoem", "__future__"))


def _source(name: str) -> str:
    return (resources.files("autoem.runtime") / f"{name}.py").read_text(encoding="utf-8")
