"""Smoothed chains: one statement for all that the recursion gives."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from autoem.derive.index import Lookup
from autoem.derive.invariant import Invariant
from autoem.derive.quantity import Element, Later
from autoem.derive.smoothed import ChainWeights, GaussianChain, Recurred, Smoothed, SmoothedGaussian
from autoem.program import ir
from autoem.program.lower.names import IndexNames
from autoem.program.lower.sums import lowered

if TYPE_CHECKING:
    from autoem.program.lower.body import Body


def smoothed(body: Body, base: Smoothed) -> ir.Array:
    """One result of a discrete chain."""
    known = body.systems.get(id(base.chain))
    if known is None:
        known = body.systems[id(base.chain)] = _forward_backward(body, base)
    return known[("state", "before", "after", "log_normalizer").index(base.part)]


def _forward_backward(body: Body, base: Smoothed) -> tuple[ir.Array, ...]:
    """The recursion of a discrete chain, made once."""
    chain, names = base.chain, IndexNames(body.axes)
    axes = names.all((*chain.plates, chain.time, *chain.states))
    operation = ir.ForwardBackward(*recursion(body, chain, names))
    plates = names.all(chain.plates)
    stem = chain.weight.base.name.removeprefix("log_weight_")
    targets = (
        body.target(f"responsibility_{stem}", axes),
        body.target(f"before_{stem}", axes),
        body.target(f"after_{stem}", axes),
        body.target(f"log_normalizer_{stem}", plates),
    )
    body.lets.append(ir.Let(targets, operation))
    return targets


def later(body: Body, base: Later) -> ir.Array:
    """Zero at the first step, one at the others; zero where there is no parent."""
    zero, one = ir.Number(Fraction(0)), ir.Number(Fraction(1))
    if base.parent is None:
        axes: tuple[str, ...] = (body.axes.of(base.axes[0]),)
        first = ir.Call("equal", (ir.Position(axes[0]), zero))
    else:
        up = body.array(base.parent)
        axes, first = up.axes, ir.Call("less", (ir.Ref(up.name, up.axes), zero))
    return body.let(body.target(base.name, axes), ir.Map(ir.Call("where", (first, zero, one))))


def invariant(body: Body, base: Invariant) -> ir.Array:
    """The stationary law of a transition, or its resolvent."""
    names, chain = IndexNames(body.axes), base.chain
    axes = names.all(chain.formal)
    *plates, row, column = axes
    if isinstance(chain.operand, Element):
        operand = body.ref(chain.operand, names)
    else:
        matrix = body.target(f"transition_{chain.name}", axes)
        body.let(matrix, ir.Map(lowered(body, chain.operand, names)))
        operand = ir.Ref(matrix.name, axes)
    own = axes if base.part == "resolvent" else (*plates, column)
    return body.let(body.target(base.name, own), ir.Matrix(base.part, operand, row, column))


Recursion = tuple[ir.Ref, ir.Ref, str, str, str, tuple[tuple[str, str], ...], ir.Ref | None]
"""The fields of an `ir.Chain`."""


def recursion(body: Body, chain: ChainWeights, names: IndexNames) -> Recursion:
    """What the recursions along a chain read."""
    weight, step = body.ref(chain.weight, names), body.ref(chain.step, names)
    more = tuple((names.of(state), names.of(before)) for state, before in chain.more)
    own = names.of(chain.time), names.of(chain.state), names.of(chain.before)
    return weight, step, *own, more, _parent(body, chain, names)


def _parent(body: Body, chain: ChainWeights, names: IndexNames) -> ir.Ref | None:
    """The parents of the nodes of a tree; None along a chain."""
    if not isinstance(chain.earlier, Lookup):
        return None
    found = body.read(chain.earlier, names)
    assert isinstance(found, ir.Ref)
    return found


def smoothed_gaussian(body: Body, base: SmoothedGaussian) -> ir.Array:
    """One result of a Gaussian chain."""
    known = body.systems.get(id(base.chain))
    if known is None:
        known = body.systems[id(base.chain)] = _smooth(body, base.chain)
    parts = ("mean", "covariance", "cross", "log_determinant")
    return known[parts.index(base.part)]


def _smooth(body: Body, chain: GaussianChain) -> tuple[ir.Array, ...]:
    """The smoother of a Gaussian chain, made once."""
    names = IndexNames(body.axes)
    square = names.all((*chain.plates, chain.time, *chain.row, *chain.column))
    plates = names.all(chain.plates)
    line = square[: len(plates) + 1 + len(chain.row)]
    diagonal, lower = body.ref(chain.diagonal, names), body.ref(chain.lower, names)
    shift = body.ref(chain.shift, names)
    stem = chain.shift.base.name.removeprefix("shift_")
    targets = (
        body.target(f"mean_{stem}", line),
        body.target(f"covariance_{stem}", square),
        body.target(f"cross_{stem}", square),
        body.target(f"log_determinant_{stem}", plates),
    )
    event = square[len(plates) + 1 :]
    operation = ir.Smooth(diagonal, lower, shift, names.of(chain.time), event)
    body.lets.append(ir.Let(targets, operation))
    return targets


def recurred(body: Body, base: Recurred) -> ir.Array:
    """A linear recursion along a chain."""
    names = IndexNames(body.axes)
    axes = names.all((*base.plates, base.time, *base.row))
    event = (*axes[len(base.plates) + 1 :], *names.all(base.column))
    gain, shift = body.ref(base.gain, names), body.ref(base.shift, names)
    operation = ir.Recur(gain, shift, names.of(base.time), event)
    return body.let(body.target(base.name, axes), operation)
