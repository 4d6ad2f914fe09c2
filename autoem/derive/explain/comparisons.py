"""Comparisons and indices that are reckoned: [t < k], [t ≥ k], and t − k as a subscript."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy

from autoem.derive.explain.layout import (
    Indicator,
    Math,
    Number,
    Relation,
    Size as SizeOf,
    Symbol,
)
from autoem.derive.explain.piece import product, signed
from autoem.derive.index import Index
from autoem.derive.quantity import (
    Element,
    Size,
)
from autoem.derive.told import Position, Told
from autoem.families.where import equal, less

Places = Mapping[Index, Math]

RELATIONS = {less: ("<", "≥"), equal: ("=", "≠")}
"""The sign of a comparison, and of its opposite."""


def told(base: Told, shown: tuple[Math | None, ...]) -> Math:
    """The value of a told number at the indices that are shown."""
    known = {i: math for i, math in zip(base.indices, shown, strict=True) if math is not None}
    return reckoned(base.value, known)


def reckoned(value: sympy.Expr, places: Places) -> Math:
    """Arithmetic of positions, and comparisons as indicators."""
    compared = _comparison(value, places)
    if compared is not None:
        return Indicator(compared)
    if isinstance(value, Element):
        return _element(value, places)
    if value.is_Rational:
        return Number(Fraction(int(value.p), int(value.q)))
    if value.is_Mul:
        coefficient, rest = value.as_coeff_Mul(rational=True)
        factors = [reckoned(factor, places) for factor in sympy.Mul.make_args(rest)]
        return product(Fraction(int(coefficient.p), int(coefficient.q)), factors)
    terms = sorted(value.as_ordered_terms(), key=lambda t: bool(t.could_extract_minus_sign()))
    signs = [bool(term.could_extract_minus_sign()) for term in terms]
    return signed([
        (minus, reckoned(-term if minus else term, places))
        for minus, term in zip(signs, terms, strict=True)
    ])  # fmt: skip


def _comparison(value: sympy.Expr, places: Places) -> Relation | None:
    """a < b, or of 1 − [a < b], a ≥ b."""
    opposite = 1 - value
    for found, sign in ((value, 0), (opposite, 1)):
        if type(found) in RELATIONS:
            left, right = (reckoned(side, places) for side in found.args)
            return Relation((left, right), (RELATIONS[type(found)][sign],))
    return None


def _element(value: Element, places: Places) -> Math:
    """A position is the index itself; data stand under their name."""
    marks = tuple(places[i] for i in value.indices if isinstance(i, Index) and i in places)
    if isinstance(value.base, Position) and marks:
        return marks[0]
    if isinstance(value.base, Size):
        return SizeOf(Symbol(value.base.axis.key or value.base.axis.label))
    return Symbol(value.base.name, marks)
