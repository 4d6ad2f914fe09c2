"""Intermediates without a name on the page: their formulas stand in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy

from autoem.derive.explain.layout import Call, Math, Power, Softmax
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import INVERSE
from autoem.derive.index import fresh
from autoem.derive.quantity import Computed, Element, LogPartition, elements, indices_of
from autoem.derive.term import Term, reindex

if TYPE_CHECKING:
    from autoem.derive.explain.read import Reader


def softmax(reader: Reader, factor: sympy.Expr, names: Indexing) -> Math | None:
    """exp(a_k − log Σ_k exp(a_k)) as the softmax of a over k."""
    if not isinstance(factor, sympy.exp):
        return None
    for element in elements(factor):
        base = element.base
        if isinstance(base, LogPartition):
            above = factor.args[0] + element
            known = dict(zip(base.indices, element.indices, strict=True))
            for index in indices_of(above):
                if reindex(base.operand, {**known, base.over: index}) == above:
                    return Softmax(reader.expression(above, names), names.known[index])
    return None


def partition(reader: Reader, element: Element, names: Indexing) -> Math:
    """log Σ_k exp(a_k)."""
    base = element.base
    assert isinstance(base, LogPartition)
    over = fresh(base.over.axis)
    moved = {**dict(zip(base.indices, element.indices, strict=True)), base.over: over}
    inner = Term(sympy.exp(reindex(base.operand, moved)), (over,))
    return Call("log", reader.terms((inner,), names))


def computed(reader: Reader, element: Element, names: Indexing) -> Math:
    """A result that has no name: its formula."""
    base = element.base
    assert isinstance(base, Computed)
    moved = dict(zip(base.indices, element.indices, strict=True))
    inner = names.bind(index for index in base.over if index not in moved)
    value = reindex(base.operands[0], moved)
    if base.operation == "log_sum_exp":
        return Call("log", reader.terms((Term(sympy.exp(value), base.over),), names))
    if base.operation == "log_determinant":
        return Call("log", Call("det", reader.factor(value, inner, base.over)))
    if base.operation == "inverse":
        return Power(reader.expression(value, inner), INVERSE)
    return reader.expression(value, inner)
