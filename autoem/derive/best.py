"""Quantities that maximize: the best of the entries of an array, and the best path of a chain."""

from __future__ import annotations

from dataclasses import dataclass, field

from autoem.derive.index import Index
from autoem.derive.quantity import Element, Quantity
from autoem.derive.smoothed import ChainWeights


@dataclass(frozen=True, eq=False)
class Best(Quantity):
    """The largest entry of `operand` along the index `over` ("best"), or its place ("choice")."""

    operand: Element = field(kw_only=True)
    over: Index = field(kw_only=True)
    part: str = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class BestPath(Quantity):
    """The log weight of the best path of a chain ("best"), or its states ("choice"): of chains that
    are taken together, those of `latents`, the one at `position`."""

    chain: ChainWeights = field(kw_only=True)
    part: str = field(kw_only=True)
    latents: tuple[str, ...] = field(kw_only=True)
    position: int = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)
