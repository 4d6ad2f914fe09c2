"""One line on the terminal that shows where the iteration is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from autoem.runtime.em import State

Report = Callable[[State], None]
INTERVAL = 0.1
"""Seconds between two writings of the line."""


@contextmanager
def reporter(progress: bool | None, stream: TextIO | None = None) -> Iterator[Report | None]:
    """A function that rewrites the line, and is silent unless asked; the line ends with the block.

    `progress` None means: if the stream (standard error) is a terminal.
    """
    out = sys.stderr if stream is None else stream
    if not (out.isatty() if progress is None else progress):
        yield None
        return
    last = -INTERVAL

    def report(state: State) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= INTERVAL:
            last = now
            out.write(f"\riteration {state.maps}   objective {state.objective:.6f}   ")
            out.flush()

    try:
        yield report
    finally:
        out.write("\n")
        out.flush()
