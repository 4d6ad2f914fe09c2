"""What lets a program run over blocks of rows: rows do not meet but in sums at the end.

In the posterior nothing is summed over the rows; in statistics what is summed over them is read
linearly and never by rows again; no array is read at another row.
"""

from __future__ import annotations

from autoem.program.ill_typed import demand
from autoem.program.ir import (
    Array,
    ArrayProgram,
    Contract,
    Function,
    Let,
    LogSumExp,
    Map,
    Matrix,
    Ref,
    Solve,
)
from autoem.program.roles import EVIDENCE
from autoem.program.terms import product
from autoem.program.walk import names_used, references, scalar_refs


def check_rows(program: ArrayProgram) -> None:
    """Check the posterior, the statistics and the score of a program with a row axis."""
    row = program.row
    if row is None:
        return
    twins = [axis for axis, model in program.sizes.items() if model == program.sizes[row]]
    evidence = [array.axes for array in program.posterior.outputs if array.name == EVIDENCE]
    demand(program.posterior, evidence == [(row,)], f"{EVIDENCE} is not one number a row")
    sums = (program.statistics, *((program.score,) if program.score is not None else ()))
    maybe = (program.decode, program.entries)
    by_row = (program.posterior, *(function for function in maybe if function is not None))
    for function in (*by_row, *sums):
        arrays = {array.name: array for array in function.inputs}
        for let in function.body:
            arrays |= {target.name: target for target in let.targets}
            _check_reads(function, let, arrays, row, [axis for axis in twins if axis != row])
    for function in by_row:
        for let in function.body:
            summed = isinstance(let.operation, Contract) and row in let.operation.over
            demand(function, not summed, f"{function.name} sums over the rows", let)
    for function in sums:
        _check_sums(function, row)


def _check_reads(
    function: Function, let: Let, arrays: dict[str, Array], row: str, twins: list[str]
) -> None:
    """Rows are read as rows, and only sums reduce them."""
    for ref in references(let.operation):
        if ref.name in arrays:
            for read, axis in zip(ref.axes, arrays[ref.name].axes, strict=True):
                other = axis == row and read != row
                demand(function, not other, f"{ref.name} is read at another row", let)
    for target in let.targets:
        met = [axis for axis in target.axes if axis in twins]
        demand(function, not met, f"{met} meets the rows", let)
    if isinstance(let.operation, LogSumExp):
        demand(function, row not in let.operation.axes, "rows are reduced by log sum exp", let)
    if isinstance(let.operation, Matrix):
        sides = (let.operation.row, let.operation.column)
        demand(function, row not in sides, "rows make a matrix", let)
    if isinstance(let.operation, Solve):
        demand(
            function,
            all(row not in axes for axes in let.operation.rows),
            "rows are solved for",
            let,
        )


def _check_sums(function: Function, row: str) -> None:
    """What has been summed over the rows enters what follows linearly: statistics are additive."""
    summed: set[str] = set()
    for let in function.body:
        used = [name for name in names_used(let.operation) if name in summed]
        by_rows = any(row in target.axes for target in let.targets)
        demand(function, not (used and by_rows), f"{used} is a sum over rows, read by rows", let)
        if isinstance(let.operation, Contract) and row in let.operation.over:
            demand(function, not used, f"{used} is summed twice", let)
            summed.add(let.targets[0].name)
        elif used:
            demand(function, _is_linear(let, summed), f"{used} is not read linearly", let)
            summed |= {target.name for target in let.targets}


def _is_linear(let: Let, summed: set[str]) -> bool:
    """Whether every term has exactly one of the sums as a factor."""
    match let.operation:
        case Contract(factors):
            return sum(factor.name in summed for factor in factors) == 1
        case Map(expression):
            terms = getattr(expression, "arguments", ()) if _is_sum(expression) else (expression,)
            return all(_degree(term, summed) == 1 for term in terms)
    return False


def _is_sum(expression: object) -> bool:
    return getattr(expression, "function", "") == "add"


def _degree(term: object, summed: set[str]) -> int:
    """How many factors of a term are sums; many where one stands inside a function."""
    parts = product(term)  # type: ignore[arg-type]
    count = 0
    for factor in parts.factors:
        if isinstance(factor, Ref):
            count += factor.name in summed
        elif any(ref.name in summed for ref in scalar_refs(factor)):
            return 2
    inside = any(ref.name in summed for d in parts.divisors for ref in scalar_refs(d))
    return 2 if inside else count
