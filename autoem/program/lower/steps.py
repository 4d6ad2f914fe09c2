"""Steps of which no data speak, as that of the mean of an empty component: 0/0 in the M-step.

The new value of such an entry is no number, and a fit keeps the old one.  What other parameters
read of the step is zero: the variance that all components share is summed over those with data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autoem.program.ir import Call, Function, Let, Map, Ref
from autoem.program.lower.names import unique
from autoem.program.walk import names_used, rename


def with_known_steps(function: Function, steps: Mapping[str, str]) -> Function:
    """The M-step, `steps` naming the new value that each step leads to; what else reads a step
    reads it where it is known."""
    body: list[Let] = []
    known: dict[str, str] = {}
    taken = [array.name for array in function.inputs]
    taken += [target.name for let in function.body for target in let.targets]
    for place, let in enumerate(function.body):
        own = {target.name for target in let.targets}
        names = {step: name for step, name in known.items() if steps[step] not in own}
        body.append(replace(let, operation=rename(let.operation, names)))
        for target in let.targets:
            if target.name in steps and _is_read(target.name, function.body[place + 1 :], steps):
                known[target.name] = unique(f"known_{target.name}", taken)
                there = Map(Call("known", (Ref(target.name, target.axes),)))
                body.append(Let((replace(target, name=known[target.name]),), there))
    return replace(function, body=tuple(body))


def _is_read(step: str, later: tuple[Let, ...], steps: Mapping[str, str]) -> bool:
    """Whether anything but its new value reads a step."""
    others = (let for let in later if let.targets[0].name != steps[step])
    return any(step in names_used(let.operation) for let in others)
