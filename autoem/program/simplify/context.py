"""What a rewrite knows of the program around a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autoem.program.ir import Contract, Function, Let, Scalar
from autoem.program.walk import names_used, scalar_refs


@dataclass(frozen=True)
class Context:
    """The row axis, the model axis of every program axis, and a source of new names.

    `pinned` are expectations that a caller may replace: what reads them must go on reading them.
    `reserved` are names that other functions of the program use.
    """

    row: str | None
    sizes: dict[str, str]
    fresh: Callable[[str], str]
    pinned: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()


def varying(function: Function, row: str | None) -> frozenset[str]:
    """Names of the arrays that depend on the row."""
    found = {array.name for array in function.inputs if row in array.axes}
    for let in function.body:
        if depends(let, row, found):
            found |= {target.name for target in let.targets}
    return frozenset(found)


def depends(let: Let, row: str | None, found: set[str] | frozenset[str]) -> bool:
    """Whether a statement has to be computed row by row."""
    if any(row in target.axes for target in let.targets):
        return True
    if isinstance(let.operation, Contract) and row in let.operation.over:
        return True
    return any(name in found for name in names_used(let.operation))


def is_free(scalar: Scalar, found: frozenset[str]) -> bool:
    """Whether an expression is the same for all rows."""
    return not any(ref.name in found for ref in scalar_refs(scalar))
