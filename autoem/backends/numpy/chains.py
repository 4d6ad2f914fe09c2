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
    method,
)
from autoem.program.ir import Best, BestPath, Chain, ForwardBackward, Let, Recur, Roll, Smooth


def forward_backward(scope: Scope, let: Let, operation: ForwardBackward) -> None:
    """Append the statements that smooth the chains."""
    time, states = operation.time, operation.states
    chains = tuple(a for a in scope.layout(let.targets[0].axes) if a not in (time, *states))
    order = (time, *states, *chains)
    weight = scope.full(read(scope, operation.weight), order)
    names = tuple(Name(scope.identifier(target.name)) for target in let.targets)
    both = ("forward_backward", "upward_downward")
    call = _call(scope, both, operation, weight, chains, _first(scope, operation, chains))
    scope.statements.append(Assign(Sequence("", names), call))
    for target, name in zip(let.targets, names, strict=True):
        layout = scope.layout(target.axes)
        code = align(Operand(name, order if time in layout else chains), layout)
        if code != name:
            scope.statements.append(Assign(name, code))
        scope.declare(target, Operand(name, layout))


def best(scope: Scope, let: Let, operation: Best) -> None:
    """Append the statements that take the largest entry along an axis, and its place."""
    operand = read(scope, operation.operand)
    if operation.table is not None:
        _best_entry(scope, let, operation.axis, operand, read(scope, operation.table))
        return
    place = Literal(operand.axes.index(operation.axis))
    left = tuple(axis for axis in operand.axes if axis != operation.axis)
    value, choice = let.targets
    scope.assign(value, Operand(method(operand.code, "max", axis=place), left, infinite=True))
    scope.assign(choice, Operand(method(operand.code, "argmax", axis=place), left, "int"))


def _best_entry(scope: Scope, let: Let, axis: str, weight: Operand, table: Operand) -> None:
    """The same with the logarithm of a table, which may be sparse."""
    left = tuple(a for a in table.axes if a != axis)
    call = invoke(scope.helper("best_entries"), align(table, (axis, *left)), weight.code)
    names = tuple(Name(scope.identifier(target.name)) for target in let.targets)
    scope.statements.append(Assign(Sequence("", names), call))
    for target, name in zip(let.targets, names, strict=True):
        scope.declare(target, Operand(name, left, target.kind))


def best_path(scope: Scope, let: Let, operation: BestPath) -> None:
    """Append the statements that find the best path of each chain."""
    time = operation.time
    steps = scope.layout(let.targets[1].axes)
    chains = tuple(axis for axis in steps if axis != time)
    weight = scope.full(read(scope, operation.weight), (time, *operation.states, *chains))
    names = tuple(Name(scope.identifier(target.name)) for target in let.targets)
    call = _call(scope, ("best_path", "best_tree"), operation, weight, chains)
    scope.statements.append(Assign(Sequence("", names), call))
    orders = (chains, *[(time, *chains)] * len(operation.states))
    for target, name, order in zip(let.targets, names, orders, strict=True):
        layout = scope.layout(target.axes)
        code = align(Operand(name, order), layout)
        if code != name:
            scope.statements.append(Assign(name, code))
        scope.declare(target, Operand(name, layout, target.kind))


def _call(
    scope: Scope,
    names: tuple[str, str],
    operation: Chain,
    weight: Expr,
    chains: tuple[str, ...],
    first: tuple[Expr, ...] = (),
) -> Expr:
    """The recursion along a chain, over several axes of states or one, or that of a tree with the
    parents of its nodes."""
    if operation.more:
        step, square = read(scope, operation.step), (*operation.befores, *operation.states)
        varies = not set(step.axes) <= set(square)
        together = scope.helper(f"{names[0]}_together")
        whole = scope.full(step, (operation.time, *square, *chains) if varies else square)
        return invoke(together, weight, whole, Literal(len(operation.states)))
    arguments = (weight, _step(scope, operation, chains), *first)
    if operation.parent is None:
        return invoke(scope.helper(names[0]), *arguments)
    parent = read(scope, operation.parent)
    order = (operation.time,) if parent.axes == (operation.time,) else (operation.time, *chains)
    return invoke(scope.helper(names[1]), *arguments, scope.full(parent, order))


def _step(scope: Scope, operation: Chain, chains: tuple[str, ...]) -> Expr:
    """(before, after), or (time, before, after, chains) with ones where it does not vary."""
    step = read(scope, operation.step)
    square = (operation.before, operation.state)
    if set(step.axes) == set(square):
        return align(step, square)
    whole = (operation.time, *square, *chains)
    own = tuple(axis for axis in whole if axis in step.axes)
    shown = tuple(Slice() if axis in own else Literal(None) for axis in whole)
    return align(step, own) if own == whole else Subscript(align(step, own), shown)


def _first(scope: Scope, operation: ForwardBackward, chains: tuple[str, ...]) -> tuple[Expr, ...]:
    """What weighs on the first step alone, over states and chains, if anything does."""
    if operation.first is None:
        return ()
    first, order = read(scope, operation.first), (*operation.states, *chains)
    shown = tuple(Slice() if axis in first.axes else Literal(None) for axis in order)
    return (Subscript(align(first, tuple(a for a in order if a in first.axes)), shown),)


def roll(scope: Scope, operation: Roll, order: tuple[str, ...]) -> Operand:
    """np.roll along one axis."""
    operand = read(scope, operation.operand)
    if operation.axis not in operand.axes:
        return operand
    own = tuple(axis for axis in order if axis in operand.axes)
    place = Literal(own.index(operation.axis))
    return Operand(invoke("np.roll", align(operand, own), Literal(-operation.by), axis=place), own)


def smooth(scope: Scope, let: Let, operation: Smooth) -> None:
    """Append the statements that smooth Gaussian chains: steps, chains, blocks."""
    time, event = operation.time, operation.event
    layout = scope.layout(let.targets[0].axes)
    chains = tuple(axis for axis in layout if axis not in (time, *event))
    square, line = (time, *chains, *event), (time, *chains, *event[:1])
    blocks = [
        scope.full(read(scope, ref), order)
        for ref, order in (
            (operation.diagonal, square),
            (operation.lower, square),
            (operation.shift, line),
        )
    ]
    names = tuple(Name(scope.identifier(target.name)) for target in let.targets)
    if not event:
        dots, new = Name("..."), Literal(None)
        blocks = [
            *(Subscript(block, (dots, new, new)) for block in blocks[:2]),
            Subscript(blocks[2], (dots, new)),
        ]
    call = invoke(scope.helper("smooth_gaussian"), *blocks)
    scope.statements.append(Assign(Sequence("", names), call))
    orders = (line, square, square, chains)
    for target, name, order, entries in zip(let.targets, names, orders, (1, 2, 2, 0), strict=True):
        code: Expr = name
        if not event and entries:
            code = Subscript(name, (Name("..."), *[Literal(0)] * entries))
        own = scope.layout(target.axes)
        aligned = align(Operand(code, order), own)
        if aligned != name:
            scope.statements.append(Assign(name, aligned))
        scope.declare(target, Operand(name, own))


def recur(scope: Scope, let: Let, operation: Recur) -> None:
    """Append the statement that goes along chains: steps, chains, rows."""
    time, event, (target,) = operation.time, operation.event, let.targets
    layout = scope.layout(target.axes)
    chains = tuple(axis for axis in layout if axis not in (time, *event))
    gain = scope.full(read(scope, operation.gain), (time, *chains, *event))
    shift = scope.full(read(scope, operation.shift), (time, *chains, *event[:1]))
    code = invoke(scope.helper("recur" if event else "recur_scalar"), gain, shift)
    scope.assign(target, Operand(align(Operand(code, (time, *chains, *event[:1])), layout), layout))
