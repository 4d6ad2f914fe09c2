"""Approximations that take a block of latents as a whole: what each makes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autoem.derive.approximations import Approximation, Gibbs, Laplace, MeanField
from autoem.derive.gibbs import gibbs
from autoem.derive.handed import Factor
from autoem.derive.laplace import laplace
from autoem.derive.log_joint import LogJoint
from autoem.derive.mean_field import Eliminate, factorized
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.quantity import Declared
from autoem.derive.scope import has_states
from autoem.derive.term import Terms
from autoem.errors import NoExactPosterior
from autoem.language.declaration import Latent

Taken = tuple[Terms, list[Posterior], tuple[Factor, ...]]
"""What is left of the terms, the posteriors of the block, and what is handed on of them."""

Block = Sequence[Declared]


def check_unseen(block: Block) -> None:
    """Approximations take a number for wholly unknown.  Raises Refusal where it is seen in part."""
    for latent in block:
        if not (isinstance(latent.variable, Latent) or has_states(latent.variable)):
            raise Refusal(f"{latent.name} is seen in part")


def _about_mode(
    joint: LogJoint, terms: Terms, block: Block, assume: Laplace, exact: Eliminate
) -> Taken:
    check_unseen(block)
    left, found, factor = laplace(joint, terms, block)
    return left, found, (factor,)


def _factorized(
    joint: LogJoint, terms: Terms, block: Block, assume: MeanField, exact: Eliminate
) -> Taken:
    kept = tuple(q.name for q in block if q.name in assume.kept)
    left, factors = factorized(joint, terms, block, kept, exact)
    return left, [posterior for factor in factors for posterior in factor.posteriors], factors


def _drawn(joint: LogJoint, terms: Terms, block: Block, assume: Gibbs, exact: Eliminate) -> Taken:
    check_unseen(block)
    left, found, factor = gibbs(joint.scope, terms, block, exact)
    return left, found, (factor,)


WHOLE: dict[type[Approximation], Callable[..., Taken]] = {
    Laplace: _about_mode,
    MeanField: _factorized,
    Gibbs: _drawn,
}
"""Approximation to what takes a block by it."""


def whole(
    joint: LogJoint,
    terms: Terms,
    block: Block,
    assume: Approximation,
    exact: Eliminate,
    refusal: NoExactPosterior | None = None,
) -> Taken:
    """A block by an approximation; the error has the refusals of the exact rules before."""
    try:
        return WHOLE[type(assume)](joint, terms, block, assume, exact)
    except Refusal as reason:
        names = tuple(q.name for q in block)
        known = refusal or NoExactPosterior(latents=names, refusals=(), blocking=(), advice=())
        refusals = (*known.refusals, (", ".join(names), assume.name, str(reason)))
        raise NoExactPosterior(**{**known.fields, "refusals": refusals}) from None
