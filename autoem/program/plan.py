"""Cut an array program into what is computed once and what is computed for every block of rows.

fixed        data without rows, parameters        -> what the blocks need, the same for all rows
posterior    a block of data, fixed               -> expectations, log_evidence, shared arrays
statistics   a block of data, fixed, expectations -> statistics, to be added over the blocks
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.program.ir import ROW_WEIGHT, Array, ArrayProgram, Contract, Function, Let
from autoem.program.walk import names_used, rename


@dataclass(frozen=True)
class Plan:
    """The functions of a program as they are run."""

    program: ArrayProgram
    fixed: Function
    posterior: Function
    statistics: Function
    maximize: Function

    @property
    def row_data(self) -> tuple[Array, ...]:
        """Data that are cut into blocks."""
        return tuple(a for a in self.program.data if self.program.row in a.axes)


def plan(program: ArrayProgram) -> Plan:
    """Sort the statements of posterior and statistics by whether they depend on the row."""
    program = apart(program)
    given = (*program.data, *program.parameters)
    row = program.row
    varying = {a.name for a in given if row is None or row in a.axes}
    varying.add(ROW_WEIGHT)
    before: list[Let] = []
    rows: list[list[Let]] = []
    for function in (program.posterior, program.statistics):
        kept: list[Let] = []
        for let in function.body:
            if row is None or depends(let, row, varying):
                varying |= {target.name for target in let.targets}
                kept.append(let)
            else:
                before.append(let)
        rows.append(kept)
    fixed = Function("fixed", given, tuple(before), ())
    available = {a.name: a for a in given if a.name not in varying}
    available |= {target.name: target for let in before for target in let.targets}
    posterior = _bind(program.posterior, rows[0], available)
    statistics = _bind(program.statistics, rows[1], available)
    needed = {a.name: a for f in (posterior, statistics) for a in f.inputs if a.name in available}
    outputs = (*program.posterior.outputs, *program.statistics.outputs)
    free = tuple(a for a in outputs if a.name in available)
    needed |= {a.name: a for a in free}
    fixed = replace(fixed, outputs=tuple(needed.values()))
    return Plan(program, fixed, posterior, statistics, program.maximize)


def depends(let: Let, row: str, varying: set[str]) -> bool:
    """Whether a statement has to be computed block by block."""
    if any(row in target.axes for target in let.targets):
        return True
    if isinstance(let.operation, Contract) and row in let.operation.over:
        return True
    return any(name in varying for name in names_used(let.operation))


def _bind(function: Function, body: list[Let], available: dict[str, Array]) -> Function:
    """The function with the inputs that its remaining statements read, or measure axes by."""
    outputs = tuple(a for a in function.outputs if a.name not in available)
    own = tuple(a for a in function.inputs if a.name not in available)
    fixed = tuple(available.values())
    used = {name for let in body for name in names_used(let.operation)}
    used |= {a.name for a in outputs}
    axes = {axis for let in body for target in let.targets for axis in target.axes}
    measured = tuple(a for a in fixed if a.name in used or (axes & set(a.axes)))
    return Function(function.name, (*own, *measured), tuple(body), outputs, function.comment)


def apart(program: ArrayProgram) -> ArrayProgram:
    """Rename what statistics compute under a name that posterior has used for something else."""
    taken = {target.name for let in program.posterior.body for target in let.targets}
    shared = {a.name for a in program.statistics.inputs}
    names: dict[str, str] = {}
    for let in program.statistics.body:
        for target in let.targets:
            fresh = target.name
            while fresh in taken and fresh not in shared:
                fresh += "_"
            if fresh != target.name:
                names[target.name] = fresh
    if not names:
        return program
    outputs = {a.name for a in program.statistics.outputs}
    if outputs & set(names):
        return _rename_posterior(program, {name: name + "_" for name in names})
    body = tuple(renamed(let, names) for let in program.statistics.body)
    return replace(program, statistics=replace(program.statistics, body=body))


def _rename_posterior(program: ArrayProgram, names: dict[str, str]) -> ArrayProgram:
    body = tuple(renamed(let, names) for let in program.posterior.body)
    return apart(replace(program, posterior=replace(program.posterior, body=body)))


def renamed(let: Let, names: dict[str, str]) -> Let:
    """A statement with arrays under new names, targets included."""
    targets = tuple(replace(t, name=names.get(t.name, t.name)) for t in let.targets)
    return Let(targets, rename(let.operation, names), let.comment)
