"""The M-step on the page: each update by the reader of its rule, with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autoem.derive.explain.corners import extremum
from autoem.derive.explain.counts import counts
from autoem.derive.explain.held import staying
from autoem.derive.explain.layout import Block, Inline, Paragraph
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.solutions import (
    concave,
    covariance,
    precision,
    root,
    scoring,
    stationary,
)
from autoem.derive.explain.systems import linear, newton
from autoem.derive.maximizers.problem import Update

READERS: dict[str, Any] = {
    "concave": concave,
    "counts": counts,
    "linear": linear,
    "covariance": covariance,
    "precision": precision,
    "extremum": extremum,
    "stationary": stationary,
    "root": root,
    "newton": newton,
    "scoring": scoring,
}
"""Rule to its reader."""


def explained(state: Maximization, update: Update) -> Iterator[Block]:
    """One update; a rule without a reader by its reason."""
    reason = update.reason.removeprefix(f"{update.rule}: ")
    words = state.page.reason(reason)
    yield Paragraph((f"Rule {update.rule}: ", *words, "."), _lead(state, update))
    yield from staying(state, update)
    if update.rule in READERS:
        yield from READERS[update.rule](state, update)
    for parameter in update.parameters:
        state.solved(parameter)


def _lead(state: Maximization, update: Update) -> tuple[Inline, ...]:
    """Update of loading and mean."""
    lead: list[Inline] = ["Update of "]
    for position, parameter in enumerate(update.parameters):
        last = position == len(update.parameters) - 1
        lead += [] if position == 0 else [" and " if last else ", "]
        lead.append(state.page.notation.symbol(parameter.variable))
    return (*lead, ".")
