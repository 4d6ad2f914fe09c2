"""An array that is another array, its axes reordered or repeated, is read from there."""

from __future__ import annotations

from dataclasses import replace

from autoem.program.ir import Array, Function, IndexRead, Let, Map, Ref
from autoem.program.simplify.context import Context
from autoem.program.walk import replace_refs


def drop_copies(function: Function, context: Context) -> Function:
    """References to a copy go to the original."""
    originals: dict[str, tuple[Array, Ref]] = {}
    body: list[Let] = []
    for let in function.body:
        let = replace(let, operation=replace_refs(let.operation, lambda i: _original(i, originals)))
        body.append(let)
        match let.operation:
            case Map(Ref(_, axes) as ref) if _plain(axes) and len(let.targets) == 1:
                target = let.targets[0]
                if target.name not in context.pinned and target.kind == "float":
                    originals[target.name] = (target, ref)
    return replace(function, body=tuple(body))


def _plain(axes: tuple[IndexRead, ...]) -> bool:
    return all(isinstance(axis, str) for axis in axes) and len(set(axes)) == len(axes)


def _original(index: IndexRead, originals: dict[str, tuple[Array, Ref]]) -> IndexRead:
    """The original at the same place: copy[j, i] of original[a, b] = copy[b, a]."""
    if not isinstance(index, Ref) or index.name not in originals:
        return index
    target, ref = originals[index.name]
    place = dict(zip(target.axes, index.axes, strict=True))
    return Ref(ref.name, tuple(place[axis] for axis in ref.axes if isinstance(axis, str)))
