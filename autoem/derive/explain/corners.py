"""Order statistics on the page: the ends of a support, and medians."""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from autoem.derive.explain.layout import Block, Inline, paragraph
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import indices_of
from autoem.derive.term import Term


def extremum(state: Maximization, update: Update) -> Iterator[Block]:
    """Which order statistic the new value is, and of what."""
    (parameter,), (value,) = update.parameters, update.values
    own = tuple(index for index in value.indices if isinstance(index, Index))
    others = (i for expression in update.formula for i in indices_of(expression) if i not in own)
    names = state.page.notation.indexing(*own, *dict.fromkeys(others))
    hatted = state.hatted(parameter, own, names)
    if update.statistic == "weighted_median":
        middle, weight = update.formula
        words: list[Inline] = [
            "The new value ",
            hatted,
            " is a median of ",
            *_words(state, middle, names),
        ]
        if indices_of(weight):
            words += [" with the weights ", *_words(state, weight, names)]
        yield paragraph(*words, ".")
        return
    ends: list[Inline] = []
    for bound in update.formula:
        ends += [" and ", *_words(state, bound, names)] if ends else _words(state, bound, names)
    yield paragraph("The new value ", hatted, f" is the {update.statistic} of all ", *ends, ".")


def _words(state: Maximization, value: sympy.Expr, names: Indexing) -> list[Inline]:
    return [total(state.shortest((Term(value),), names))]
