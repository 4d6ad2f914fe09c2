"""The E-step on the page: how each posterior was found, and what is expected under it.

A reader introduces the symbols of its posterior (responsibilities, means, covariances) and shows
the coefficients that were read, the family that they are those of, and the expectations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autoem.derive.explain.arrays import arrays
from autoem.derive.explain.chains import chain
from autoem.derive.explain.continuous import conjugate, gaussian
from autoem.derive.explain.draws import drawn
from autoem.derive.explain.grids import grid
from autoem.derive.explain.joint import joint
from autoem.derive.explain.laplace import about_mode
from autoem.derive.explain.layout import Block, Inline, Paragraph
from autoem.derive.explain.nodes import nodes
from autoem.derive.explain.page import Page
from autoem.derive.explain.place import Place
from autoem.derive.explain.product_chains import product_chains
from autoem.derive.explain.smoothers import smoother, truncated
from autoem.derive.explain.states import cells, split_cells, states
from autoem.derive.explain.totals import totals
from autoem.derive.explain.trees import tree
from autoem.derive.gibbs import DrawnPosterior
from autoem.derive.index import Lookup
from autoem.derive.laplace import LaplacePosterior
from autoem.derive.posterior import Posterior
from autoem.derive.posteriors.aggregate import CellsPosterior
from autoem.derive.posteriors.chain import ChainPosterior
from autoem.derive.posteriors.conjugate import ConjugatePosterior
from autoem.derive.posteriors.conjugate_array import ConjugateArrayPosterior
from autoem.derive.posteriors.enumerate import StatePosterior
from autoem.derive.posteriors.gaussian import GaussianPosterior
from autoem.derive.posteriors.joint_gaussian import JointPosterior
from autoem.derive.posteriors.nodes import NodesPosterior
from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.derive.posteriors.smoother import SmootherPosterior
from autoem.derive.posteriors.split import SplitPosterior
from autoem.derive.posteriors.total import TotalPosterior
from autoem.derive.posteriors.truncated import TruncatedPosterior


def along(place: Place, posterior: ChainPosterior) -> Iterator[Block]:
    """A chain, or a tree."""
    return (tree if isinstance(posterior.weights.earlier, Lookup) else chain)(place, posterior)


def about(place: Place, posterior: NodesPosterior) -> Iterator[Block]:
    """The nodes of a number, or the grid of a vector."""
    return (grid if posterior.event else nodes)(place, posterior)


READERS: tuple[tuple[type[Posterior], Any], ...] = (
    (StatePosterior, states),
    (CellsPosterior, cells),
    (SplitPosterior, split_cells),
    (GaussianPosterior, gaussian),
    (JointPosterior, joint),
    (ConjugatePosterior, conjugate),
    (NodesPosterior, about),
    (ConjugateArrayPosterior, arrays),
    (ChainPosterior, along),
    (ProductChainPosterior, product_chains),
    (SmootherPosterior, smoother),
    (TruncatedPosterior, truncated),
    (TotalPosterior, totals),
)
"""Type of posterior to its reader."""


def explained(page: Page, posterior: Posterior) -> Iterator[Block]:
    """A posterior by the reader of its type; one without a reader by its rule and reason."""
    place = _place(page, posterior)
    lead: tuple[Inline, ...] = ("Posterior of ", page.notation.symbol(place.latent), ".")
    reason = page.reason(posterior.reason)
    yield Paragraph((f"Rule {posterior.rule}: ", *reason, "."), lead)
    if isinstance(posterior, LaplacePosterior):
        yield from about_mode(place, posterior, _read(_place(page, posterior.own), posterior.own))
    elif isinstance(posterior, DrawnPosterior):
        yield from _read(_place(page, posterior.own), posterior.own)
        yield drawn(place)
    else:
        yield from _read(place, posterior)


def _place(page: Page, posterior: Posterior) -> Place:
    """The posterior with symbols for its indices."""
    local = posterior.local
    own = [*local.plates, *(context.state for context in local.contexts)]
    if isinstance(posterior, StatePosterior):
        own.append(posterior.state)
    if isinstance(posterior, NodesPosterior):
        own += posterior.states
    if isinstance(posterior, SmootherPosterior):
        own.append(posterior.chain.time)
    if isinstance(posterior, ChainPosterior):
        own += [posterior.weights.time, posterior.weights.state, posterior.weights.before]
    if isinstance(posterior, ProductChainPosterior):
        w = posterior.weights
        own += [w.time, *w.states, *w.befores]
    return Place(page, posterior, page.notation.indexing(*own))


def _read(place: Place, posterior: Posterior) -> Iterator[Block]:
    """What the reader of its type shows."""
    for kind, reader in READERS:
        if isinstance(posterior, kind):
            yield from reader(place, posterior)
            return
    for name, element in posterior.expectations.items():
        place.expect(element, {"covariance": "Cov", "variance": "Var"}.get(name, "E"))
