"""A piece of a sum: a coefficient times factors over a denominator, summed over indices.

>>> product(Fraction(-1, 2), (Symbol("x"),))
Quotient(numerator=Symbol(name='x', subscripts=(), accent='', superscript=''), \
denominator=Number(value=Fraction(2, 1)))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from autoem.derive.explain.layout import (
    ZERO,
    Add,
    Math,
    Negative,
    Number,
    Product,
    Quotient,
    Relation,
    Symbol,
    mentions,
)


@dataclass(frozen=True)
class Piece:
    """coefficient * sum over indices of (weights * factors / denominator) where conditions hold.

    `weights` are indicators and responsibilities; `idle` are indices that nothing mentions, with
    the number of their values; `counts` are such numbers, in front of the sum.  `order` says
    where the piece stands in a sum.
    """

    coefficient: Fraction
    indices: tuple[Symbol, ...] = ()
    conditions: tuple[Relation, ...] = ()
    weights: tuple[Math, ...] = ()
    factors: tuple[Math, ...] = ()
    denominator: tuple[Math, ...] = ()
    idle: tuple[tuple[Symbol, Math], ...] = ()
    counts: tuple[Math, ...] = ()
    order: tuple[int, ...] = ()

    @property
    def body(self) -> tuple[object, ...]:
        """Everything but the coefficient and the place."""
        whole = (self.indices, self.conditions, self.weights, self.factors, self.denominator)
        return (*whole, self.counts)

    def varies(self, factor: Math) -> bool:
        """Whether a factor mentions an index of the sum."""
        return any(mentions(factor, index) for index in self.indices)

    @property
    def outer(self) -> tuple[Symbol, ...]:
        """The sums that may be shared: all, or those that the weights mention."""
        if not self.weights:
            return self.indices
        return tuple(i for i in self.indices if any(mentions(w, i) for w in self.weights))


def content(pieces: Sequence[Piece]) -> Fraction:
    """What all coefficients share: their size where it is one, and the sign where it is one."""
    sizes = {abs(piece.coefficient) for piece in pieces}
    size = sizes.pop() if len(sizes) == 1 else Fraction(1)
    return -size if pieces and all(piece.coefficient < 0 for piece in pieces) else size


def scaled(pieces: Iterable[Piece], factor: Fraction) -> list[Piece]:
    """The pieces times a number."""
    return [replace(piece, coefficient=piece.coefficient * factor) for piece in pieces]


def signed(terms: Sequence[tuple[bool, Math]]) -> Math:
    """The sum of terms, each with whether it is taken away."""
    parts = tuple(Negative(body) if negative else body for negative, body in terms)
    if not parts:
        return ZERO
    return parts[0] if len(parts) == 1 else Add(parts)


def product(
    coefficient: Fraction, factors: Sequence[Math], denominator: Sequence[Math] = ()
) -> Math:
    """|coefficient| * factors / denominator."""
    size = abs(coefficient)
    halved = size.denominator != 1 and len(factors) == 1 and isinstance(factors[0], Symbol)
    if denominator or halved or (size.denominator > 12 and factors):
        top = _side_by_side(Fraction(size.numerator), factors)
        return Quotient(top, _side_by_side(Fraction(size.denominator), denominator))
    return _side_by_side(size, factors)


def _side_by_side(number: Fraction, factors: Sequence[Math]) -> Math:
    flat = [g for f in factors for g in (f.factors if isinstance(f, Product) else (f,))]
    if number == 0:
        return Number(number)
    parts = [*([] if number == 1 and flat else [Number(number)]), *flat]
    return parts[0] if len(parts) == 1 else Product(tuple(parts))
