"""Quantities that a recursion along a chain or a tree gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from autoem.derive.index import Index, Read
from autoem.derive.quantity import Element, Quantity


@dataclass(frozen=True)
class ChainWeights:
    """log weight[.., t, k] of a state and log step[.., j, k] of the step into it.

    `time`, `state`, `before` are the formal indices t, k, j; `plates` the others of the weight.
    `earlier` is the step before t: of a chain t - 1, of a tree the parent of t.  `more` are the
    states, and those before, of chains that are taken together with the first.
    """

    weight: Element
    step: Element
    plates: tuple[Index, ...]
    time: Index
    state: Index
    before: Index
    earlier: Read
    more: tuple[tuple[Index, Index], ...] = ()

    @property
    def states(self) -> tuple[Index, ...]:
        """The states of all chains at a step."""
        return (self.state, *(state for state, _ in self.more))

    @property
    def befores(self) -> tuple[Index, ...]:
        """The states of all chains at the step before."""
        return (self.before, *(before for _, before in self.more))


@dataclass(frozen=True, eq=False)
class Smoothed(Quantity):
    """One result of the forward-backward recursion.

    `part` is "state" (the responsibility of k at t), "before" and "after" (whose product with
    exp(step) is the joint responsibility of j at t - 1 and k at t), or "log_normalizer".
    """

    chain: ChainWeights = field(kw_only=True)
    part: str = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)


@dataclass(frozen=True)
class GaussianChain:
    """A block tridiagonal precision: `diagonal`[.., t, i, j], `lower`[.., t, i, j] between i at t
    and j at t - 1, and the `shift`[.., t, i].

    `row` and `column` are the formal event indices i and j; empty for a scalar.
    """

    diagonal: Element
    lower: Element
    shift: Element
    plates: tuple[Index, ...]
    time: Index
    row: tuple[Index, ...]
    column: tuple[Index, ...]


@dataclass(frozen=True, eq=False)
class Recurred(Quantity):
    """x[.., t, i] = sum_j gain[.., t, i, j] x[.., t - 1, j] + shift[.., t, i], from zero on.

    `plates`, `time`, `row` and `column` are the formal indices; rows and columns are none for
    scalars.
    """

    gain: Element = field(kw_only=True)
    shift: Element = field(kw_only=True)
    plates: tuple[Index, ...] = field(kw_only=True)
    time: Index = field(kw_only=True)
    row: tuple[Index, ...] = field(kw_only=True)
    column: tuple[Index, ...] = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class SmoothedGaussian(Quantity):
    """One result of the Gaussian smoother: "mean", "covariance", "cross" (of i at t and j at
    t - 1) or "log_determinant"."""

    chain: GaussianChain = field(kw_only=True)
    part: str = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)
