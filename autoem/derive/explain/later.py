"""Subscripts; and whether there is an earlier step, or a parent, on the page."""

from __future__ import annotations

from dataclasses import replace

from autoem.derive.explain.layout import ZERO, Add, Indicator, Math, Relation, Symbol

Shown = tuple[Math | None, ...]
"""The indices of an element, None where one is hidden."""


def subscripted(symbol: Symbol, shown: Shown) -> Symbol:
    """The symbol with more subscripts; hidden ones fall away, in the middle they leave a dot."""
    kept = list(shown)
    while kept and kept[-1] is None:
        kept.pop()
    marks = tuple(Symbol("·") if mark is None else mark for mark in kept)
    return replace(symbol, subscripts=(*symbol.subscripts, *marks))


def later(shown: Shown, size: Math, parent: Symbol | None = None) -> Math:
    """[t > 0]; of the step after t, that there is one; in a tree, that there is a parent."""
    if parent is not None:
        return Indicator(Relation((subscripted(parent, shown), ZERO), ("≥",)))
    (time,) = shown
    assert time is not None
    if isinstance(time, Add):
        return Indicator(Relation((time, size), ("<",)))
    return Indicator(Relation((time, ZERO), (">",)))
