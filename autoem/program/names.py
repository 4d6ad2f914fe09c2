"""Names that a program does not use yet."""

from __future__ import annotations

from collections.abc import Callable

from autoem.program.ir import ArrayProgram, Let, Maximize, Root


def fresh_names(program: ArrayProgram) -> Callable[[str], str]:
    """A function that gives a new name close to the one wanted, never the same twice."""
    functions = [program.posterior, program.statistics, program.maximize]
    more = (program.prior, program.score, program.prior_score, program.decode, program.entries)
    functions += [f for f in more if f is not None]
    taken = {a.name for a in (*program.data, *program.parameters)}
    taken |= {a.name for function in functions for a in (*function.inputs, *function.outputs)}
    taken |= {name for function in functions for name in assigned(function.body)}

    def fresh(wanted: str) -> str:
        name, count = wanted, 2
        while name in taken:
            name, count = f"{wanted}_{count}", count + 1
        taken.add(name)
        return name

    return fresh


def assigned(body: tuple[Let, ...]) -> list[str]:
    """Names of all targets, those of inner bodies included."""
    names: list[str] = []
    for let in body:
        names += [target.name for target in let.targets]
        if isinstance(let.operation, Maximize):
            names += [ref.name for ref in let.operation.unknowns]
        if isinstance(let.operation, Maximize | Root):
            names += assigned(let.operation.body)
    return names
