"""Why no rule eliminates a latent: which factor blocks it, by which terms, and what to write."""

from __future__ import annotations

from collections.abc import Callable

from autoem.derive.augmentations import augmentation, shown
from autoem.derive.calculus import depends
from autoem.derive.posterior import Refusal
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms
from autoem.errors import NoExactPosterior

Attempt = Callable[[Terms, Declared], object]
"""Eliminate a latent from terms: a posterior, or a `Refusal`."""

LONGEST, MOST = 160, 4


def refused(
    terms: Terms,
    pending: list[Declared],
    refusals: list[tuple[str, str, str]],
    exact: Attempt,
    by_nodes: Attempt,
) -> NoExactPosterior:
    """The error for latents that are pending; a factor blocks one if without its terms some exact
    rule would apply."""
    blocking: dict[tuple[str, str], tuple[str, ...]] = {}
    advice: dict[str, None] = {}
    for latent in pending:
        for factor in _factors(terms, latent):
            rest = tuple(term for term in terms if term.factor != factor)
            if not _succeeds(exact, rest, latent):
                continue
            own = [t for t in terms if t.factor == factor and depends(t.value, latent)]
            blocking[latent.name, factor] = tuple(_cut(shown(t, latent)) for t in own[:MOST])
            known = (augmentation(term, latent) for term in own)
            advice |= dict.fromkeys(f"write: {found}" for found in known if found)
    advice |= dict.fromkeys(_choices(terms, pending, refusals, by_nodes))
    return NoExactPosterior(
        latents=tuple(q.name for q in pending),
        refusals=tuple(refusals),
        blocking=tuple((*key, lines) for key, lines in blocking.items()),
        advice=tuple(advice),
    )


def _choices(
    terms: Terms,
    pending: list[Declared],
    refusals: list[tuple[str, str, str]],
    by_nodes: Attempt,
) -> list[str]:
    """The approximations that would serve."""
    found = []
    served = [latent.name for latent in pending if _succeeds(by_nodes, terms, latent)]
    if served:
        found.append(f"choose: derive(Model, posterior=quadrature()) for {', '.join(served)}")
    return found


def _factors(terms: Terms, latent: Declared) -> list[str]:
    """The factors that mention the latent, but for its own law."""
    own = [t.factor for t in terms if depends(t.value, latent) and t.factor != latent.name]
    return list(dict.fromkeys(own))


def _succeeds(attempt: Attempt, terms: Terms, latent: Declared) -> bool:
    try:
        attempt(terms, latent)
    except Refusal:
        return False
    return True


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else line[: LONGEST - 4] + " ..."
