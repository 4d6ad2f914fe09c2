"""What a fit says before it runs: the model, its factor graph, how each step was derived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autoem.derive.maximizers.problem import Update
from autoem.derive.stages import Derivation


def report(derivation: Derivation) -> str:
    """The model, the graph, and the rule and reason of each posterior and each update."""
    declaration = derivation.declaration
    about = declaration.doc.strip().splitlines()[:1]
    sections = (
        (": ".join([derivation.name, *about]), str(derivation.model).splitlines()),
        ("factor graph", str(derivation.graph).splitlines()),
        ("E-step: the posterior of each latent", list(posterior_lines(derivation))),
        ("M-step: the maximum of Q", list(update_lines(derivation))),
    )
    return "\n\n".join("\n  ".join((title, *lines)) for title, lines in sections)


def posterior_lines(derivation: Derivation) -> Iterator[str]:
    """Latent, rule and reason of each posterior, in the order of elimination."""
    posteriors = derivation.e_step.posteriors
    if not posteriors:
        yield "no latent variable: Q is the log-likelihood itself"
    rows = [(p.name, p.rule, f"{p.reason}: {p.family}") for p in posteriors]
    yield from aligned(rows)


def update_lines(derivation: Derivation) -> Iterator[str]:
    """Parameters, rule and reason of each update, in order."""
    updates = derivation.m_step.updates
    rows = [(names_of(update), update.rule, update.reason) for update in updates]
    yield from aligned(rows)
    inexact = [names_of(update) for update in updates if not update.exact]
    yield f"Q is raised, not maximized, in {', '.join(inexact)}" if inexact else "exact"


def names_of(update: Update) -> str:
    """The parameters of an update, which may be a joint solution."""
    return ", ".join(parameter.name for parameter in update.parameters)


def aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows with their columns below each other.

    >>> list(aligned([("a", "x"), ("long", "y")]))
    ['a     x', 'long  y']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def steps(derivation: Derivation) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "model": derivation.name,
        "exact": derivation.exact,
        "e_step": [
            {"latent": p.name, "rule": p.rule, "family": p.family, "reason": p.reason}
            for p in derivation.e_step.posteriors
        ],
        "m_step": [
            {
                "parameters": [parameter.name for parameter in u.parameters],
                "rule": u.rule,
                "exact": u.exact,
                "reason": u.reason,
            }
            for u in derivation.m_step.updates
        ],
    }
