"""The typechecker of array programs: every stage may call it, every backend relies on it.

Single assignment; every array defined before it is read, with as many axes as it is declared with;
an axis is read along an axis of the same length; a lookup is by integers; a map's axes are covered
by its target; functions are from the closed set.  What concerns rows alone is in `check_rows`.
"""

from __future__ import annotations

from autoem.program.check_function import check_function
from autoem.program.check_rows import check_rows
from autoem.program.ill_typed import IllTyped, demand
from autoem.program.ir import (
    ROW_WEIGHT,
    ArrayProgram,
    Function,
)
from autoem.program.roles import EVIDENCE, PRIOR, key_of

Axes = tuple[str, ...]


def check(program: ArrayProgram) -> ArrayProgram:
    """The program itself, if it is well typed; else IllTyped says which statement is not."""
    given = (*program.data, *program.parameters)
    posterior, statistics = program.posterior, program.statistics
    weight = tuple(array for array in statistics.inputs if array.name == ROW_WEIGHT)
    check_function(posterior, program.sizes, given)
    known = (*given, *posterior.outputs, *weight)
    check_function(statistics, program.sizes, known)
    if program.score is not None:
        check_function(program.score, program.sizes, known)
    for function in (program.decode, program.entries):
        if function is not None:
            check_function(function, program.sizes, given)
    told = (*program.parameters, *statistics.outputs, *program.free)
    check_function(program.maximize, program.sizes, told)
    if program.prior is not None:
        check_function(program.prior, program.sizes, program.parameters)
        demand(program.prior, [a.name for a in program.prior.outputs] == [PRIOR], "gives no prior")
    if program.prior_score is not None:
        check_function(program.prior_score, program.sizes, program.parameters)
    _check_roles(program)
    check_rows(program)
    return program


def _check_roles(program: ArrayProgram) -> None:
    """The evidence is among the outputs, and every update is of a parameter and has its shape."""
    found = [array for array in program.posterior.outputs if array.name == EVIDENCE]
    demand(program.posterior, len(found) == 1, f"does not give {EVIDENCE}")
    for function in (program.maximize, program.score, program.prior_score):
        if function is not None:
            _check_parameters(program, function)


def _check_parameters(program: ArrayProgram, function: Function) -> None:
    """Every output belongs to a parameter and has its shape."""
    shapes = {a.name: [program.sizes[axis] for axis in a.axes] for a in program.parameters}
    for array in function.outputs:
        name = key_of(function, array)
        demand(function, name in shapes, f"gives {array.name}, which is no parameter")
        own = [program.sizes[axis] for axis in array.axes]
        demand(function, own == shapes[name], f"gives {name} with the axes {own}")


__all__ = ["IllTyped", "check", "check_function"]
