"""Roots and numeric maxima: the equations become inner functions that the runtime iterates on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autoem.backends.numpy.elementwise import elementwise
from autoem.backends.numpy.scope import Operand, Scope, read
from autoem.backends.numpy.tree import (
    Assign,
    Define,
    Expr,
    Literal,
    Name,
    Parameter,
    Return,
    Sequence,
    Statement,
    Subscript,
    invoke,
)
from autoem.program.ir import Array, Let, Maximize, Nodes, Root, Scalar
from autoem.program.walk import names_used, scalar_refs

Write = Callable[[Scope, tuple[Let, ...]], None]


def inner(scope: Scope) -> Scope:
    """A scope for a nested function: it sees everything known so far and adds nothing outside."""
    return replace(scope, statements=[], declared=dict(scope.declared), stored=dict(scope.stored))


def root(scope: Scope, operation: Root, target: Array, write: Write) -> Operand:
    """root(value, slope, start, lower, upper) with two printed functions of the unknown."""
    order = scope.layout(target.axes)
    name = scope.identifier(target.name)
    functions = []
    for role, expression in (("value", operation.value), ("slope", operation.slope)):
        functions.append(f"{name}_{role}")
        unknown = Array(operation.unknown, target.axes)
        scope.statements.append(_curve(scope, functions[-1], operation, expression, unknown, write))
    start = scope.full(read(scope, operation.start), order)
    bounds = (Literal(float(operation.lower)), Literal(float(operation.upper)))
    return Operand(
        invoke(scope.helper("root"), *(Name(function) for function in functions), start, *bounds),
        order,
    )


def _curve(
    scope: Scope,
    name: str,
    operation: Root,
    expression: Scalar,
    unknown: Array,
    write: Write,
) -> Define:
    inside, order = inner(scope), scope.layout(unknown.axes)
    argument = scope.identifier(unknown.name)
    inside.declare(unknown, Operand(Name(argument), order))
    write(inside, _needed(operation.body, expression))
    value = inside.full(elementwise(inside, expression, order), order)
    parameters = (Parameter(argument, "np.ndarray"),)
    return Define(name, parameters, "np.ndarray", "", (*inside.statements, Return(value)))


def _needed(body: tuple[Let, ...], expression: Scalar) -> tuple[Let, ...]:
    """The statements of a body that an expression needs."""
    wanted = {ref.name for ref in scalar_refs(expression)}
    kept: list[Let] = []
    for let in reversed(body):
        if any(target.name in wanted for target in let.targets):
            kept.insert(0, let)
            wanted |= set(names_used(let.operation))
    return tuple(kept)


def nodes(scope: Scope, let: Let, operation: Nodes) -> None:
    """The nodes of a rule and their log weights."""
    names = tuple(Name(scope.identifier(target.name)) for target in let.targets)
    seed = (Literal(operation.seed),) if operation.kind == "draws" else ()
    function = {"hermite": "hermite_nodes", "draws": "drawn_nodes"}[operation.kind]
    call = invoke(scope.helper(function), Literal(operation.count), *seed)
    scope.statements.append(Assign(Sequence("", names), call))
    for target, name in zip(let.targets, names, strict=True):
        scope.declare(target, Operand(name, target.axes))


def maximize(scope: Scope, let: Let, operation: Maximize, write: Write) -> None:
    """maximize(evaluate, start, domains) with a printed objective, gradient and Hessian."""
    names = tuple(scope.identifier(target.name) for target in let.targets)
    function = "_and_".join(names) + "_objective"
    scope.statements.append(_objective(scope, function, operation, write))
    layouts = [tuple(map(str, ref.axes)) for ref in operation.unknowns]
    start = tuple(
        scope.full(read(scope, ref), axes)
        for ref, axes in zip(operation.start, layouts, strict=True)
    )
    domains = tuple(Literal(domain) for domain in operation.domains)
    code = invoke(
        scope.helper("maximize"), Name(function), Sequence("()", start), Sequence("()", domains)
    )
    targets: Expr = Sequence("", tuple(Name(name) for name in names))
    if len(names) == 1:
        targets = Sequence("()", (Name(names[0]),))
    scope.statements.append(Assign(targets, code))
    for target, name, axes in zip(let.targets, names, layouts, strict=True):
        scope.declare(target, Operand(Name(name), axes))


def _objective(scope: Scope, name: str, operation: Maximize, write: Write) -> Define:
    """values -> (objective, (gradient, ...), ((hessian, ...), ...))"""
    inside = inner(scope)
    body: list[Statement] = []
    for place, ref in enumerate(operation.unknowns):
        unknown = Name(scope.identifier(ref.name))
        axes = tuple(map(str, ref.axes))
        body.append(Assign(unknown, Subscript(Name("values"), (Literal(place),))))
        inside.declare(Array(ref.name, axes), Operand(unknown, axes))
    write(inside, operation.body)

    def result(array: str) -> Expr:
        return inside.full(inside.array(array), inside.declared[array].axes)

    gradient = Sequence("()", tuple(result(array) for array in operation.gradient))
    hessian = Sequence(
        "()",
        tuple(
            Sequence("()", tuple(result(b) if b else Literal(None) for b in line))
            for line in operation.hessian
        ),
    )
    objective = invoke("float", result(operation.objective))
    answer = Return(Sequence("()", (objective, gradient, hessian)))
    parameters = (Parameter("values", "Values"),)
    return Define(name, parameters, "Triple", "", (*body, *inside.statements, answer))
