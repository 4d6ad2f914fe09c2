"""How a program is run: which functions, one after another, once or for every block of rows.

    fixed        data without rows, parameters        -> what the blocks need, the same for all rows
    posterior    a block of data, fixed               -> expectations, log_evidence, shared arrays
    statistics   a block of data, fixed, expectations -> statistics, to be added over the blocks
    maximize     statistics, parameters               -> new parameters
    score        a block of data, expectations        -> the gradient, to be added over the blocks
    decode       a block of data, parameters          -> the most probable states of the latents
    entries      a block of data, parameters          -> what is sparse of the expectations
    newton       data, parameters                     -> a step towards the modes that are held

Posterior and statistics are simplified together, so that what both need is computed once.  Where
residuals can be multiplied out, there is a second form of the E-step, and a bound that tells block
by block whether it keeps enough digits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.program.by_pattern import by_pattern
from autoem.program.cutting import Cutting, Side
from autoem.program.expand import expand
from autoem.program.ir import ROW_WEIGHT, Array, ArrayProgram, Function
from autoem.program.names import fresh_names
from autoem.program.positions import with_positions
from autoem.program.roles import expectations, handed
from autoem.program.simplify import ORDER, TIDY, Context, simplify
from autoem.program.walk import rename_let


@dataclass(frozen=True)
class EStep:
    """One form of the E-step; `bound` tells whether a block may use it, where that is a question.

    `bounds` are the outputs of `bound` that are to be small.
    """

    fixed: Function
    posterior: Function
    statistics: Function
    bound: Function | None = None
    bounds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The functions of a program as they are run."""

    program: ArrayProgram
    factored: EStep
    expanded: EStep | None
    maximize: Function
    prior: Function | None = None
    score: Function | None = None
    prior_score: Function | None = None
    decode: Function | None = None
    entries: Function | None = None
    newton: Function | None = None

    @property
    def row_data(self) -> tuple[Array, ...]:
        """Data that are cut into blocks."""
        return tuple(a for a in self.program.data if self.program.row in a.axes)


def plan(program: ArrayProgram) -> Plan:
    """Simplify, then cut."""
    program = with_positions(apart(replace(program, sizes=dict(program.sizes))))
    fresh = fresh_names(program)
    pinned = tuple(array.name for array in expectations(program))
    reserved = tuple(array.name for array in (*program.maximize.inputs, *program.parameters))
    context = Context(program.row, program.sizes, fresh, pinned, reserved)
    whole = by_pattern(simplify(joined(program), context, TIDY), program.masks, context)
    factored = _cut(simplify(whole, context, ORDER), program)
    rows, alone = (Context(axis, program.sizes, fresh) for axis in (program.row, None))
    return Plan(
        program,
        factored,
        _expanded(whole, program, context),
        simplify(program.maximize, alone),
        _simplified(program.prior, alone),
        _simplified(program.score, rows),
        _simplified(program.prior_score, alone),
        _simplified(program.decode, rows),
        _simplified(program.entries, rows),
        _simplified(_newton(program), rows),
    )


def _newton(program: ArrayProgram) -> Function | None:
    """The part of the posterior that a step of Newton's method takes, where something is held."""
    wanted = (*program.modes.values(), *program.heights)
    outputs = tuple(array for array in program.posterior.outputs if array.name in wanted)
    return replace(program.posterior, name="newton", outputs=outputs) if wanted else None


def _simplified(function: Function | None, context: Context) -> Function | None:
    return None if function is None else simplify(function, context)


def joined(program: ArrayProgram) -> Function:
    """Posterior and statistics as one function: the E-step."""
    posterior, statistics = program.posterior, program.statistics
    weight = tuple(array for array in statistics.inputs if array.name == ROW_WEIGHT)
    inputs = (*program.data, *program.parameters, *weight)
    body = (*posterior.body, *statistics.body)
    return Function("e_step", inputs, body, (*posterior.outputs, *statistics.outputs))


def _cut(
    whole: Function, program: ArrayProgram, bound: tuple[Array, ...] = (), first: int = 0
) -> EStep:
    """The functions of the E-step; `bound` are arrays for a function before them."""
    given = tuple(array.name for array in handed(program))
    posterior, statistics = program.posterior, program.statistics
    sides = [Side("bound", bound)] if bound else []
    sides.append(Side("posterior", posterior.outputs, posterior.comment, given))
    sides.append(Side("statistics", statistics.outputs, statistics.comment))
    fixed, functions = Cutting(whole, program.row).cut(sides)
    *before, after, last = functions
    names = tuple(array.name for array in bound[first:])
    return EStep(fixed, after, last, before[0] if before else None, names)


def _expanded(whole: Function, program: ArrayProgram, context: Context) -> EStep | None:
    """The E-step with residuals multiplied out, where it has some."""
    expansion = expand(whole, context)
    if expansion is None:
        return None
    extra = (*expansion.centered, *expansion.bounds)
    return _cut(
        simplify(expansion.function, context, ORDER), program, extra, len(expansion.centered)
    )


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
