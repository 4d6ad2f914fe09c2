"""Blocks: latents that share a factor have one joint posterior, and are derived together."""

from __future__ import annotations

from itertools import combinations

import networkx

from autoem.graph.factor_graph import FactorGraph
from autoem.language.declaration import Latent, Variable


def latent_blocks(
    graph: FactorGraph, also: tuple[Variable, ...] = ()
) -> tuple[tuple[Variable, ...], ...]:
    """The connected components of the latents, coupled where a factor mentions both; `also` are
    observed variables that are missing in part.

    Blocks and their members stand in order of declaration.

    >>> from autoem.families import Normal
    >>> from autoem.graph.factor_graph import factor_graph
    >>> from autoem.language import Axis, Latent, Model, Observed
    >>> class Two(Model):
    ...     n = Axis()
    ...     a = Latent(Normal(0, variance=1), over=n)
    ...     b = Latent(Normal(0, variance=1), over=n)
    ...     c = Latent(Normal(a, variance=1), over=n)
    ...     x = Observed(Normal(c, variance=1), over=n)
    ...     y = Observed(Normal(b, variance=1), over=n)
    >>> [[latent.name for latent in block] for block in latent_blocks(factor_graph(Two))]
    [['a', 'c'], ['b']]
    """
    latents = [v for v in graph.variables if isinstance(v, Latent) or v in also]
    coupling = networkx.Graph()
    coupling.add_nodes_from(latents)
    for factor in graph.factors:
        together = [v for v in factor.scope if v in latents]
        coupling.add_edges_from(combinations(together, 2))
    components = networkx.connected_components(coupling)
    blocks = (tuple(v for v in latents if v in component) for component in components)
    return tuple(sorted(blocks, key=lambda block: latents.index(block[0])))
