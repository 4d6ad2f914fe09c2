"""Cut an array program into what is computed once and what is computed for every block of rows.

    fixed        data without rows, parameters        -> what the blocks need, the same for all rows
    posterior    a block of data, fixed               -> expectations, log_evidence, shared arrays
    statistics   a block of data, fixed, expectations -> statistics, to be added over the blocks
    maximize     statistics, parameters               -> new parameters

Posterior and statistics are simplified together, so that what both need is computed once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.program.ir import ROW_WEIGHT, Array, ArrayProgram, Function, Let
from autoem.program.names import fresh_names
from autoem.program.roles import expectations
from autoem.program.simplify import Context, simplify
from autoem.program.simplify.context import depends
from autoem.program.simplify.unused import drop_unused
from autoem.program.walk import names_used, rename_let


@dataclass(frozen=True)
class Plan:
    """The functions of a program as they are run."""

    program: ArrayProgram
    fixed: Function
    posterior: Function
    statistics: Function
    maximize: Function
    prior: Function | None = None

    @property
    def row_data(self) -> tuple[Array, ...]:
        """Data that are cut into blocks."""
        return tuple(a for a in self.program.data if self.program.row in a.axes)


def plan(program: ArrayProgram) -> Plan:
    """Simplify, then sort the statements by what they depend on."""
    program = apart(program)
    fresh = fresh_names(program)
    pinned = tuple(array.name for array in expectations(program))
    reserved = tuple(array.name for array in (*program.maximize.inputs, *program.parameters))
    context = Context(program.row, program.sizes, fresh, pinned, reserved)
    whole = simplify(joined(program), context)
    fixed, rows = _by_row(whole, program.row)
    first, second = _by_side(rows, program, fresh)
    given = (*program.data, *program.parameters)
    constant = tuple(array for array in given if not _varies(array, program.row))
    available = (*constant, *(target for let in fixed for target in let.targets))
    shared = _read_from(second, first, program)
    posterior = _bound(program.posterior, first, available, (*program.posterior.outputs, *shared))
    statistics = _bound(program.statistics, second, available, program.statistics.outputs)
    statistics = replace(statistics, inputs=tuple(dict.fromkeys((*statistics.inputs, *shared))))
    inputs = (*posterior.inputs, *statistics.inputs)
    outputs = (*program.posterior.outputs, *program.statistics.outputs)
    needed = [a for a in dict.fromkeys((*inputs, *outputs)) if a in available]
    once = Function("fixed", given, tuple(fixed), tuple(needed))
    alone = Context(None, program.sizes, fresh)
    maximize = simplify(program.maximize, alone)
    prior = None if program.prior is None else simplify(program.prior, alone)
    return Plan(program, once, posterior, statistics, maximize, prior)


def joined(program: ArrayProgram) -> Function:
    """Posterior and statistics as one function: the E-step."""
    posterior, statistics = program.posterior, program.statistics
    weight = tuple(array for array in statistics.inputs if array.name == ROW_WEIGHT)
    inputs = (*program.data, *program.parameters, *weight)
    body = (*posterior.body, *statistics.body)
    return Function("e_step", inputs, body, (*posterior.outputs, *statistics.outputs))


def _varies(array: Array, row: str | None) -> bool:
    return row is None or row in array.axes


def _by_row(function: Function, row: str | None) -> tuple[list[Let], list[Let]]:
    """Statements that are the same for all rows, and the others."""
    if row is None:
        return [], list(function.body)
    varying = {array.name for array in function.inputs if row in array.axes}
    once: list[Let] = []
    rows: list[Let] = []
    for let in function.body:
        if depends(let, row, varying):
            varying |= {target.name for target in let.targets}
        (rows if let.targets[0].name in varying else once).append(let)
    return once, rows


def _by_side(rows: list[Let], program: ArrayProgram, fresh: object) -> tuple[list[Let], list[Let]]:
    """Statements that the outputs of the posterior need, and the others.

    The caller may replace expectations between the two, so what the posterior has computed from
    one is computed again on the other side.
    """
    assert callable(fresh)
    needed = {array.name for array in program.posterior.outputs}
    first: list[Let] = []
    for let in reversed(rows):
        if any(target.name in needed for target in let.targets):
            needed |= set(names_used(let.operation))
            first.insert(0, let)
    second = [let for let in rows if let not in first]
    stale = {array.name for array in expectations(program)}
    again: list[Let] = []
    names: dict[str, str] = {}
    pinned = set(stale)
    for let in first:
        names_here = [target.name for target in let.targets]
        if not set(names_here) & pinned and set(names_used(let.operation)) & stale:
            stale |= set(names_here)
            names |= {name: fresh(name) for name in names_here}
            again.append(rename_let(let, names))
    used = {name for let in second for name in names_used(let.operation)}
    if not used & set(names):
        return first, second
    body = (*again, *(rename_let(let, names) for let in second))
    whole = Function("statistics", (), body, program.statistics.outputs)
    return first, list(drop_unused(whole, Context(None, program.sizes, str)).body)


def _read_from(second: list[Let], first: list[Let], program: ArrayProgram) -> tuple[Array, ...]:
    """Arrays of the posterior that statistics read besides its outputs."""
    used = {name for let in second for name in names_used(let.operation)}
    known = {array.name for array in program.posterior.outputs}
    targets = (target for let in first for target in let.targets)
    return tuple(a for a in targets if a.name in used and a.name not in known)


def _bound(
    function: Function,
    body: list[Let],
    available: tuple[Array, ...],
    outputs: tuple[Array, ...],
) -> Function:
    """The function with the inputs that its statements read, or measure axes by."""
    fixed = {array.name for array in available}
    used = {name for let in body for name in names_used(let.operation)}
    used |= {array.name for array in outputs}
    axes = {axis for let in body for target in let.targets for axis in target.axes}
    own = tuple(a for a in function.inputs if a.name not in fixed)
    measured = tuple(a for a in available if a.name in used or axes & set(a.axes))
    left = tuple(array for array in outputs if array.name not in fixed)
    return Function(function.name, (*own, *measured), tuple(body), left, function.comment)


def apart(program: ArrayProgram) -> ArrayProgram:
    """Rename what statistics compute under a name that posterior has used for something else."""
    taken = {target.name for let in program.posterior.body for target in let.targets}
    outputs = {array.name for array in program.statistics.outputs}
    fresh = fresh_names(program)
    mine = {target.name for let in program.statistics.body for target in let.targets}
    clashes = [name for name in sorted(mine & taken)]
    inner = {name: fresh(name) for name in clashes if name not in outputs}
    outer = {name: fresh(name) for name in clashes if name in outputs}
    statistics, posterior = program.statistics, program.posterior
    body = tuple(rename_let(let, inner) for let in statistics.body)
    before = tuple(rename_let(let, outer) for let in posterior.body)
    return replace(
        program,
        posterior=replace(posterior, body=before),
        statistics=replace(statistics, body=body),
    )
