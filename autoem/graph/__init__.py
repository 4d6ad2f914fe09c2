"""The factor graph of a model: built, checked, split into blocks and drawn."""

from autoem.graph.blocks import latent_blocks
from autoem.graph.draw import Drawing, draw
from autoem.graph.factor_graph import Factor, FactorGraph, check_factor_graph, factor_graph

__all__ = [
    "Drawing",
    "Factor",
    "FactorGraph",
    "check_factor_graph",
    "draw",
    "factor_graph",
    "latent_blocks",
]
