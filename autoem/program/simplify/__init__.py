"""Rewrites of a function of an array program that keep its value: a tuple, not a framework."""

from __future__ import annotations

from collections.abc import Callable

from autoem.program.ir import Function
from autoem.program.simplify.constants import fold_constants
from autoem.program.simplify.context import Context
from autoem.program.simplify.copies import drop_copies
from autoem.program.simplify.first_steps import split_first_steps
from autoem.program.simplify.guards import resolve_guards
from autoem.program.simplify.hoist import hoist_fixed
from autoem.program.simplify.inline import inline_sums
from autoem.program.simplify.pairwise import contract_pairwise
from autoem.program.simplify.repeated import drop_repeated
from autoem.program.simplify.short_names import shorten_names
from autoem.program.simplify.subexpressions import share_subexpressions
from autoem.program.simplify.unused import drop_unused

Rule = Callable[[Function, Context], Function]

TIDY: tuple[Rule, ...] = (
    fold_constants,
    resolve_guards,
    drop_copies,
    drop_repeated,
    share_subexpressions,
    drop_repeated,
    drop_copies,
    drop_unused,
    shorten_names,
)
"""What is said once: expressions in their folded form, nothing twice."""

ORDER: tuple[Rule, ...] = (
    inline_sums,
    split_first_steps,
    hoist_fixed,
    contract_pairwise,
    fold_constants,
    drop_repeated,
    drop_copies,
    drop_unused,
    shorten_names,
)
"""How it is computed: what is fixed before what varies, two factors at a time, nothing unused."""

RULES = (*TIDY, *ORDER)


def simplify(function: Function, context: Context, rules: tuple[Rule, ...] = RULES) -> Function:
    """The function after every rule, in order."""
    for rule in rules:
        function = rule(function, context)
    return function


__all__ = ["ORDER", "RULES", "TIDY", "Context", "Rule", "simplify"]
