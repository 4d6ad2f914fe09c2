"""Rewrites of an array program that keep its value."""

from __future__ import annotations

from dataclasses import replace

from autoem.program.guards import resolve_guards
from autoem.program.ir import ArrayProgram, Function
from autoem.program.names import fresh_names


def simplify(program: ArrayProgram) -> ArrayProgram:
    """The program after every rule."""
    fresh = fresh_names(program)

    def change(function: Function) -> Function:
        return resolve_guards(function, fresh)

    return replace(
        program,
        posterior=change(program.posterior),
        statistics=change(program.statistics),
        maximize=change(program.maximize),
    )
