"""A number at the end of a name goes where nothing else has the name without it."""

from __future__ import annotations

import re
from dataclasses import replace

from autoem.program.ir import Function
from autoem.program.names import assigned
from autoem.program.simplify.context import Context
from autoem.program.walk import rename_let


def shorten_names(function: Function, context: Context) -> Function:
    """residual_2 becomes residual where the first residual has gone."""
    kept = {array.name for array in (*function.inputs, *function.outputs)}
    taken = kept | set(assigned(function.body)) | set(context.reserved)
    names: dict[str, str] = {}
    for let in function.body:
        for target in let.targets:
            short = re.sub(r"(_\d+)+$", "", target.name)
            if short not in taken and target.name not in kept:
                names[target.name] = short
                taken.add(short)
    return replace(function, body=tuple(rename_let(let, names) for let in function.body))
