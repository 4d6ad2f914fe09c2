"""Load the source of a generated program as a module: the one place that executes text."""

from __future__ import annotations

from types import ModuleType


def load(source: str, name: str) -> ModuleType:
    """The module that a generated program's own source defines.

    >>> load("def answer() -> int:\\n    return 42\\n", "example").answer()
    42
    """
    module = ModuleType(name)
    exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    return module
