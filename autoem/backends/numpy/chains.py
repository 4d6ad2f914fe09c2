"""Smoothing of chains: steps and states first, the chains side by side behind them."""

from __future__ import annotations

from autoem.backends.numpy.scope import Operand, Scope, align, read
from autoem.backends.numpy.tree import (
    Assign,
    Expr,
    Literal,
    Name,
    Sequence,
    Slice,
    Subscript,
    invoke,
)
from autoem.program.ir import ForwardBackward, Let


def forward_backward(scope: Scope, let: Let, operation: ForwardBackward) -> None:
    """Append the statements that smooth the chains."""
    time, state = operation.time, operation.state
    chains = tuple(a for a in scope.layout(let.targets[0].axes) if a not in (time, state))
    order = (time, state, *chains)
    weight = scope.full(read(scope, operation.weight), order)
    step = _step(read(scope, operation.step), operation, chains)
    names = tuple(Name(scope.identifier(target.name)) for target in let.targets)
    call = invoke(scope.helper("forward_backward"), weight, step)
    scope.statements.append(Assign(Sequence("", names), call))
    for target, name in zip(let.targets, names, strict=True):
        layout = scope.layout(target.axes)
        code = align(Operand(name, order if time in layout else chains), layout)
        if code != name:
            scope.statements.append(Assign(name, code))
        scope.declare(target, Operand(name, layout))


def _step(step: Operand, operation: ForwardBackward, chains: tuple[str, ...]) -> Expr:
    """(before, after), or (time, before, after, chains) with ones where it does not vary."""
    square = (operation.before, operation.state)
    if set(step.axes) == set(square):
        return align(step, square)
    whole = (operation.time, *square, *chains)
    own = tuple(axis for axis in whole if axis in step.axes)
    shown = tuple(Slice() if axis in own else Literal(None) for axis in whole)
    return Subscript(align(step, own), shown)
