"""Load the source of a generated program as a module: the one place that executes text."""

from __future__ import annotations

import sys
from types import ModuleType


def load(source: str, name: str) -> ModuleType:
    """The module that a generated program's own source defines.

    >>> load("answer = 42", "example").answer
    42
    """
    module = ModuleType(f"generated_{name}")
    sys.modules[module.__name__] = module  # a dataclass looks its module up while it is made
    try:
        exec(compile(source, f"<{module.__name__}>", "exec"), module.__dict__)
    finally:
        del sys.modules[module.__name__]
    return module
