"""A straight-line function of the program as statements of Python."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction

from autoem.backends.numpy.chains import best, best_path, forward_backward, recur, roll, smooth
from autoem.backends.numpy.contraction import contract
from autoem.backends.numpy.elementwise import elementwise
from autoem.backends.numpy.iterative import maximize, nodes, root
from autoem.backends.numpy.matrices import matrix
from autoem.backends.numpy.operands import joined, ordered
from autoem.backends.numpy.reuse import overwritten, unnamed
from autoem.backends.numpy.scope import Operand, Scope, read, unpacked
from autoem.backends.numpy.systems import solve
from autoem.backends.numpy.tree import (
    Assign,
    Comment,
    Expr,
    Literal,
    Mapping,
    Name,
    Return,
    Sequence,
    Statement,
    Subscript,
    integers,
    invoke,
    method,
)
from autoem.program.ir import (
    Array,
    Best,
    BestPath,
    Call,
    Contract,
    Distinct,
    Extreme,
    ForwardBackward,
    Function,
    Let,
    LogSumExp,
    Map,
    Matrix,
    Maximize,
    Nodes,
    Number,
    Rank,
    Recur,
    Ref,
    Roll,
    Root,
    Smooth,
    Solve,
)
from autoem.program.roles import key_of

Axes = tuple[str, ...]


def statements(
    scope: Scope,
    function: Function,
    sources: dict[str, str],
    stored: dict[str, Operand] | None = None,
    public: Container[str] | None = None,
) -> tuple[Statement, ...]:
    """The body of the printed function; `sources` tells which mapping has an input.

    `stored` tells how other functions have stored it.  Outputs that are `public` (all, if it is
    None) are given out over all their axes, others as they are stored.
    """
    for array in function.inputs:
        scope.input(array, (stored or {}).get(array.name))
    scope.unnamed, scope.overwritten = unnamed(function), overwritten(function)
    write(scope, function.body)
    result = [
        (
            Literal(key_of(function, array)),
            _output(scope, array, public is None or array.name in public),
        )
        for array in function.outputs
    ]
    inputs = [
        Assign(
            Name(scope.identifier(array.name)),
            Subscript(Name(sources[array.name]), (Literal(array.name),)),
        )
        for array in function.inputs
        if array.name in scope.used
    ]
    return (*inputs, *scope.statements, Return(Mapping(tuple(result))))


def _output(scope: Scope, array: Array, public: bool) -> Expr:
    stored = scope.array(array.name)
    if not public:
        return stored.code
    return scope.full(unpacked(scope, stored), scope.layout(array.axes))


def write(scope: Scope, body: tuple[Let, ...]) -> None:
    """Append the statements of a body to the scope."""
    done: set[str] = set()
    for place, let in enumerate(body):
        if let.targets[0].name in done:
            continue
        if let.comment:
            scope.statements.append(Comment(let.comment))
        if isinstance(let.operation, LogSumExp):
            done |= _log_sum_exp(scope, let, let.operation, body[place + 1 :])
        else:
            _write(scope, let)


def _write(scope: Scope, let: Let) -> None:
    target, operation = let.targets[0], let.operation
    order = scope.layout(target.axes)
    match operation:
        case Map(expression):
            scope.assign(target, elementwise(scope, expression, order))
        case Contract():
            value = contract(scope, operation, order)
            if target.name in scope.unnamed:
                scope.declare(target, value)
            else:
                scope.assign(target, value)
        case Extreme(operand, axes):
            scope.assign(target, _extreme(scope, read(scope, operand), axes, order))
        case Rank():
            scope.assign(target, _rank(scope, operation, order))
        case Matrix():
            scope.assign(target, matrix(scope, operation, target))
        case Solve():
            solve(scope, let, operation)
        case ForwardBackward():
            forward_backward(scope, let, operation)
        case Best():
            best(scope, let, operation)
        case BestPath():
            best_path(scope, let, operation)
        case Recur():
            recur(scope, let, operation)
        case Smooth():
            smooth(scope, let, operation)
        case Distinct():
            _distinct(scope, let, operation)
        case Roll():
            scope.assign(target, roll(scope, operation, order))
        case Root():
            scope.assign(target, root(scope, operation, target, write))
        case Nodes():
            nodes(scope, let, operation)
        case Maximize():
            maximize(scope, let, operation, write)


def _distinct(scope: Scope, let: Let, operation: Distinct) -> None:
    """The masks of a block at their patterns, and the pattern of each row."""
    operands = [read(scope, ref) for ref in operation.operands]
    names = tuple(Name(scope.identifier(target.name)) for target in let.targets)
    call = invoke(scope.helper("mask_patterns"), *(operand.code for operand in operands))
    scope.statements.append(Assign(Sequence("", names), call))
    for target, name, operand in zip(let.targets[:-1], names[:-1], operands, strict=True):
        (own,) = (axis for axis in target.axes if axis not in operand.axes)
        scope.declare(target, Operand(name, (*operand.axes[:-1], own)))
    scope.declare(let.targets[-1], Operand(names[-1], (operation.row,), "int"))


def _extreme(scope: Scope, operand: Operand, axes: Axes, order: Axes) -> Operand:
    """The largest absolute value over some axes."""
    places = integers(tuple(operand.axes.index(axis) for axis in axes))
    left = tuple(axis for axis in operand.axes if axis not in axes)
    code = invoke(scope.helper("largest"), operand.code, axis=places)
    return ordered(Operand(code, left), order)


def _rank(scope: Scope, operation: Rank, order: Axes) -> Operand:
    """An order statistic along the last axis, to which several are joined."""
    own = (read(scope, operation.values), read(scope, operation.weights))
    grid, codes = joined(own, (*order, *operation.axes))
    left = tuple(axis for axis in grid if axis not in operation.axes)
    if len(operation.axes) > 1:
        shape = Sequence("()", (*(scope.size(axis) for axis in left), Literal(-1)))
        codes = tuple(invoke("np.reshape", scope.full(each, grid), shape) for each in own)
    return Operand(invoke(scope.helper(operation.function), *codes), left)


def _log_sum_exp(scope: Scope, let: Let, operation: LogSumExp, rest: tuple[Let, ...]) -> set[str]:
    """log sum exp; where exp(logits - result) follows, both from the same exponentials."""
    operand, target = read(scope, operation.operand), let.targets[0]
    axis = integers(tuple(operand.axes.index(axis) for axis in operation.axes))
    left = tuple(axis for axis in operand.axes if axis not in operation.axes)
    for later in rest:
        if _is_share(later, operation.operand, target):
            names = [Name(scope.identifier(name)) for name in (target.name, later.targets[0].name)]
            own = operation.operand.name in scope.overwritten
            logits = operand.code if own else method(operand.code, "copy")
            code = invoke(scope.helper("softmax"), logits, axis=axis)
            scope.statements.append(Assign(Sequence("", tuple(names)), code))
            scope.declare(target, Operand(names[0], left, infinite=True))
            scope.declare(later.targets[0], Operand(names[1], operand.axes))
            return {later.targets[0].name}
    code = invoke(scope.helper("log_sum_exp"), operand.code, axis=axis)
    scope.assign(target, Operand(code, left, infinite=True))
    return set()


def _is_share(let: Let, logits: Ref, evidence: Array) -> bool:
    """Whether a statement is exp(logits - evidence), in either order."""
    less = Call("multiply", (Number(Fraction(-1)), Ref(evidence.name, evidence.axes)))
    match let.operation:
        case Map(Call("exp", (Call("add", (left, right)),))):
            return (left, right) in ((logits, less), (less, logits))
    return False
