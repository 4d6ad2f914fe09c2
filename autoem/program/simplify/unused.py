"""What nobody reads is not computed."""

from __future__ import annotations

from dataclasses import replace

from autoem.program.ir import Function, Let
from autoem.program.simplify.context import Context
from autoem.program.walk import names_used


def drop_unused(function: Function, context: Context) -> Function:
    """Keep the statements that an output depends on."""
    needed = {array.name for array in function.outputs} | set(context.pinned)
    kept: list[Let] = []
    for let in reversed(function.body):
        if any(target.name in needed for target in let.targets):
            kept.append(let)
            needed |= set(names_used(let.operation))
    return replace(function, body=tuple(reversed(kept)))
