"""A sum as a person would write it.

A sum is a list of `Piece`s, each a coefficient times factors over a denominator, summed over
indices.  `total` adds what is alike, puts what is summed over the same rows under one sum sign,

    ∑_n ∑_k r_nk {log w_k − ½ log det C_k − ½ (x_n − m_k)ᵀ C_k⁻¹ (x_n − m_k)},

and takes out what its terms share.

>>> x, n = Symbol("x", (Symbol("n"),)), Symbol("n")
>>> one = Piece(Fraction(1, 2), (n,), factors=(x,))
>>> total([one, one]) == Series((n,), x)
True
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from autoem.derive.explain.layout import (
    Add,
    Math,
    Negative,
    Number,
    Product,
    Quotient,
    Series,
    Symbol,
    parts_of,
)


@dataclass(frozen=True)
class Piece:
    """coefficient * sum over indices of (weights * factors / denominator) where conditions hold.

    `weights` are indicators and responsibilities; `idle` are indices that nothing mentions, with
    the number of their values.  `order` says where the piece stands in a sum.
    """

    coefficient: Fraction
    indices: tuple[Symbol, ...] = ()
    conditions: tuple[Math, ...] = ()
    weights: tuple[Math, ...] = ()
    factors: tuple[Math, ...] = ()
    denominator: tuple[Math, ...] = ()
    idle: tuple[tuple[Symbol, Math], ...] = ()
    order: tuple[int, ...] = ()

    @property
    def body(self) -> tuple[object, ...]:
        """Everything but the coefficient and the place."""
        return (self.indices, self.conditions, self.weights, self.factors, self.denominator)

    @property
    def outer(self) -> tuple[Symbol, ...]:
        """The sums that may be shared: all, or those that the weights mention."""
        if not self.weights:
            return self.indices
        return tuple(i for i in self.indices if any(mentions(w, i) for w in self.weights))


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
    inside = Fraction(1) if piece.indices and not piece.denominator else piece.coefficient
    body = product(inside, (*piece.weights, *piece.factors), piece.denominator)
    series = _series(piece.indices, piece.conditions, body)
    outside = piece.coefficient / inside
    return piece.coefficient < 0, product(outside, (series,))


def _together(members: list[Piece]) -> tuple[bool, Math]:
    """Pieces under one sum sign."""
    first, outer, common = members[0], members[0].outer, content(members)
    inner = [
        replace(
            piece,
            coefficient=piece.coefficient / common,
            indices=tuple(i for i in piece.indices if i not in outer),
            conditions=(),
            weights=(),
            idle=tuple(pair for pair in piece.idle if pair[0] not in outer),
        )
        for piece in members
    ]
    body = product(Fraction(1), (*first.weights, total(inner)))
    return common < 0, product(common, (_series(outer, first.conditions, body),))


def content(pieces: Sequence[Piece]) -> Fraction:
    """What all coefficients share: their size where it is one, and the sign where it is one."""
    sizes = {abs(piece.coefficient) for piece in pieces}
    size = sizes.pop() if len(sizes) == 1 else Fraction(1)
    return -size if pieces and all(piece.coefficient < 0 for piece in pieces) else size


def scaled(pieces: Iterable[Piece], factor: Fraction) -> list[Piece]:
    """The pieces times a number."""
    return [replace(piece, coefficient=piece.coefficient * factor) for piece in pieces]


def signed(terms: Sequence[tuple[bool, Math]]) -> Math:
    """The sum of terms, each with whether it is taken away; one that is added goes first."""
    first = next((i for i, (negative, _) in enumerate(terms) if not negative), 0)
    ordered = [*terms[first : first + 1], *terms[:first], *terms[first + 1 :]]
    parts = tuple(Negative(body) if negative else body for negative, body in ordered)
    if not parts:
        return Number(Fraction(0))
    return parts[0] if len(parts) == 1 else Add(parts)


def product(
    coefficient: Fraction, factors: Sequence[Math], denominator: Sequence[Math] = ()
) -> Math:
    """|coefficient| * factors / denominator."""
    size = abs(coefficient)
    halved = size.denominator != 1 and len(factors) == 1 and isinstance(factors[0], Symbol)
    if denominator or halved:
        top = _side_by_side(Fraction(size.numerator), factors)
        return Quotient(top, _side_by_side(Fraction(size.denominator), denominator))
    return _side_by_side(size, factors)


def _side_by_side(number: Fraction, factors: Sequence[Math]) -> Math:
    flat = [g for f in factors for g in (f.factors if isinstance(f, Product) else (f,))]
    if number == 0:
        return Number(number)
    parts = [*([] if number == 1 and flat else [Number(number)]), *flat]
    return parts[0] if len(parts) == 1 else Product(tuple(parts))


def _series(indices: tuple[Symbol, ...], conditions: tuple[Math, ...], body: Math) -> Math:
    if indices:
        return Series(indices, body, conditions[0] if conditions else None)
    return product(Fraction(1), (*conditions, body)) if conditions else body


def mentions(math: Math, symbol: Symbol) -> bool:
    """Whether a symbol stands anywhere in a layout."""
    return math == symbol or any(mentions(part, symbol) for part in parts_of(math))
