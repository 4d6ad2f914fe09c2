"""Quantities of a rule of nodes: the nodes, their log weights, and the mode that they lie about."""

from __future__ import annotations

from dataclasses import dataclass, field

from autoem.derive.index import Index
from autoem.derive.quantity import Element, Quantity
from autoem.derive.term import Term


@dataclass(frozen=True)
class IntegrationRule:
    """int f(u) du is about sum over q of w[q] f(u[q]): Gauss-Hermite nodes, or seeded draws."""

    kind: str
    count: int
    seed: int = 0


@dataclass(frozen=True, eq=False)
class RuleNode(Quantity):
    """`part` "node" or "log_weight" of a rule, over the axis of its nodes."""

    integration: IntegrationRule = field(kw_only=True)
    part: str = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Mode(Quantity):
    """Where a log density of `unknown` is highest: the root of its `slope`, itself a sum of terms,
    whose derivative is `curvature`; both have the formal `indices` free."""

    unknown: Element = field(kw_only=True)
    slope: tuple[Term, ...] = field(kw_only=True)
    curvature: tuple[Term, ...] = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)
