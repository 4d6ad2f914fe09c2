"""A sum that only another sum reads becomes part of it, so that its constants meet the others."""

from __future__ import annotations

from dataclasses import replace

from autoem.program.ir import Array, Call, Function, IndexRead, Let, Map, Position, Ref, Scalar
from autoem.program.simplify.constants import folded
from autoem.program.simplify.context import Context
from autoem.program.walk import references, replace_index, replace_scalar, scalar_refs


def inline_sums(function: Function, context: Context) -> Function:
    """A sum read once, as a term of another sum, goes there."""
    reads: dict[str, int] = {array.name: 2 for array in function.outputs}
    reads |= dict.fromkeys(context.pinned, 2)
    for let in function.body:
        for ref in references(let.operation):
            reads[ref.name] = reads.get(ref.name, 0) + 1
    sums: dict[str, tuple[Array, Call]] = {}
    body: list[Let] = []
    for let in function.body:
        match let.operation:
            case Map(Call("add", terms)):
                inlined = tuple(_inlined(term, sums) for term in terms)
                whole = folded(Call("add", inlined))
                let = replace(let, operation=Map(whole))
                target = let.targets[0]
                if reads.get(target.name) == 1 and isinstance(whole, Call) and not let.comment:
                    sums[target.name] = (target, whole)
        body.append(let)
    gone = {name for name in sums if not _is_read(name, body)}
    kept = (let for let in body if let.targets[0].name not in gone)
    return replace(function, body=tuple(kept))


def _is_read(name: str, body: list[Let]) -> bool:
    return any(ref.name == name for let in body for ref in references(let.operation))


def _inlined(term: Scalar, sums: dict[str, tuple[Array, Call]]) -> Scalar:
    if not isinstance(term, Ref) or term.name not in sums:
        return term
    target, whole = sums[term.name]
    if not all(isinstance(axis, str) for axis in term.axes):
        return term
    inner = {axis for ref in scalar_refs(whole) for axis in ref.axes} - set(target.axes)
    if inner & set(term.axes):
        return term
    place = dict(zip(target.axes, term.axes, strict=True))

    def index(read: IndexRead) -> IndexRead:
        return place.get(read, read) if isinstance(read, str) else read

    def leaf(scalar: Scalar) -> Scalar:
        if isinstance(scalar, Position):
            return Position(str(index(scalar.axis)))
        if not isinstance(scalar, Ref):
            return scalar
        moved = replace_index(scalar, index)
        assert isinstance(moved, Ref)
        return moved

    return replace_scalar(whole, leaf)
