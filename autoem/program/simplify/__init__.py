"""Rewrites of a function of an array program that keep its value: a tuple, not a framework."""

from __future__ import annotations

from collections.abc import Callable

from autoem.program.ir import Function
from autoem.program.simplify.constants import fold_constants
from autoem.program.simplify.context import Context
from autoem.program.simplify.copies import drop_copies
from autoem.program.simplify.guards import resolve_guards
from autoem.program.simplify.hoist import hoist_fixed
from autoem.program.simplify.pairwise import contract_pairwise
from autoem.program.simplify.repeated import drop_repeated
from autoem.program.simplify.short_names import shorten_names
from autoem.program.simplify.subexpressions import share_subexpressions
from autoem.program.simplify.unused import drop_unused

Rule = Callable[[Function, Context], Function]

RULES: tuple[Rule, ...] = (
    fold_constants,
    resolve_guards,
    drop_copies,
    drop_repeated,
    share_subexpressions,
    drop_repeated,
    drop_copies,
    hoist_fixed,
    contract_pairwise,
    fold_constants,
    drop_repeated,
    drop_copies,
    drop_unused,
    shorten_names,
)
"""In this order: expressions first, then the order of contractions, then what is left over."""


def simplify(function: Function, context: Context) -> Function:
    """The function after every rule."""
    for rule in RULES:
        function = rule(function, context)
    return function


__all__ = ["RULES", "Context", "simplify"]
