"""A sum as a person would write it.

`total` adds what is alike, puts what is summed over the same rows under one sum sign,

    ∑_n ∑_k r_nk {log w_k − ½ log det C_k − ½ (x_n − m_k)ᵀ C_k⁻¹ (x_n − m_k)},

and takes out what its terms share.

>>> x, n = Symbol("x", (Symbol("n"),)), Symbol("n")
>>> half = Piece(Fraction(1, 2), (n,), factors=(x,))
>>> total([half, half]) == Series((n,), x)
True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from autoem.derive.explain.alike import simplified
from autoem.derive.explain.layout import Indicator, Math, Relation, Series, Symbol, mentions
from autoem.derive.explain.piece import Piece, content, product, signed


def total(pieces: Iterable[Piece]) -> Math:
    """The sum of the pieces."""
    groups: dict[object, list[Piece]] = {}
    for piece in simplified(pieces):
        key = (piece.outer, piece.weights, piece.conditions)
        groups.setdefault(key, []).append(piece)
    terms: list[tuple[bool, Math]] = []
    for members in groups.values():
        shared = members[0].outer or members[0].weights
        together = len(members) > 1 and shared
        terms += [_together(members)] if together else [alone(piece) for piece in members]
    return signed(terms)


def alone(piece: Piece) -> tuple[bool, Math]:
    """One piece: whether it is negative, and the rest of it."""
    negative, factors = piece.coefficient < 0, (*piece.weights, *piece.factors)
    if not piece.indices:
        body = product(piece.coefficient, (*piece.counts, *factors), piece.denominator)
        return negative, _series((), piece.conditions, body)
    inside = piece.coefficient if piece.denominator else Fraction(1)
    constant = [f for f in piece.factors if isinstance(f, Symbol) and not piece.varies(f)]
    body = product(inside, [f for f in factors if f not in constant], piece.denominator)
    series = _series(piece.indices, piece.conditions, body)
    return negative, product(piece.coefficient / inside, (*piece.counts, *constant, series))


def _together(members: list[Piece]) -> tuple[bool, Math]:
    """Pieces under one sum sign."""
    first, outer, common = members[0], members[0].outer, content(members)
    shared = first.counts if all(piece.counts == first.counts for piece in members) else ()
    own = tuple(
        c
        for c in first.conditions
        if not any(mentions(c, i) for i in first.indices if i not in outer)
    )
    inner = [
        replace(
            piece,
            coefficient=piece.coefficient / common,
            indices=tuple(i for i in piece.indices if i not in outer),
            conditions=tuple(c for c in piece.conditions if c not in own),
            weights=(),
            idle=tuple(pair for pair in piece.idle if pair[0] not in outer),
            counts=() if shared else piece.counts,
        )
        for piece in members
    ]
    body = product(Fraction(1), (*first.weights, total(inner)))
    series = _series(outer, own, body)
    return common < 0, product(common, (*shared, series))


def _series(indices: tuple[Symbol, ...], conditions: tuple[Relation, ...], body: Math) -> Math:
    if indices:
        return Series(indices, body, conditions)
    return product(Fraction(1), (*map(Indicator, conditions), body)) if conditions else body
