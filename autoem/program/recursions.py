"""The operations of an array program that go along a chain."""

from __future__ import annotations

from dataclasses import dataclass

from autoem.program.reads import Ref


@dataclass(frozen=True)
class Chain:
    """A discrete chain along the axis `time`: what its recursions read.

    `weight` is log weight[.., t, k], `step` is log step[j, k] (perhaps over more axes), j along
    the axis `before`.  `more` are states, and those before, that make up the state together with
    the first.  With a `parent`, the integers along `time` that name the element before each, or
    -1, the chain is a tree.
    """

    weight: Ref
    step: Ref
    time: str
    state: str
    before: str
    more: tuple[tuple[str, str], ...] = ()
    parent: Ref | None = None

    @property
    def states(self) -> tuple[str, ...]:
        """The axes of the state."""
        return (self.state, *(state for state, _ in self.more))

    @property
    def befores(self) -> tuple[str, ...]:
        """The axes of the state before."""
        return (self.before, *(before for _, before in self.more))


@dataclass(frozen=True)
class ForwardBackward(Chain):
    """Smoothing of a discrete chain.

    The four targets are the responsibility of (t, k), `before[t, j]` and `after[t, k]`, whose
    product with exp(step) is the joint responsibility of j at t - 1 and k at t (zero at the first
    step), and the log-normalizer of each chain.  `first` is a log weight of the first step alone,
    to be added to `weight` there.
    """

    first: Ref | None = None


@dataclass(frozen=True)
class BestPath(Chain):
    """The best path of a discrete chain.

    The targets are the log weight of the path, and its states at every step: an array for each
    axis of the state.
    """


@dataclass(frozen=True)
class Roll:
    """The operand moved along an axis: entry t of the target is entry t + by, cyclically."""

    operand: Ref
    axis: str
    by: int


@dataclass(frozen=True)
class Smooth:
    """Moments of Gaussian chains with a block tridiagonal precision along `time`.

    `diagonal`[.., t, i, j], `lower`[.., t, i, j] (i at t, j at t - 1) and `shift`[.., t, i];
    `event` are the axes i and j, or none for scalars.  The targets are the means, the covariances,
    the covariances with the step before, and log det of each chain's precision.
    """

    diagonal: Ref
    lower: Ref
    shift: Ref
    time: str
    event: tuple[str, ...]


@dataclass(frozen=True)
class Recur:
    """target[.., t, i] = sum_j gain[.., t, i, j] target[.., t - 1, j] + shift[.., t, i].

    `event` are the axes i and j, or none for scalars; before the first step there is zero.
    """

    gain: Ref
    shift: Ref
    time: str
    event: tuple[str, ...]
