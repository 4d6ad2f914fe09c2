"""What the pieces of a sum have in common, written once.

Σ_n 1  is  N,      a/2 + a/2  is  a,      a/v + b/v  is  (a + b)/v,
(ν/2) E[log u] − E[log u]  is  (ν/2 − 1) E[log u],      E[z] E[z]ᵀ + Cov[z]  is  E[z zᵀ].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from autoem.derive.explain.layout import (
    Expectation,
    Math,
    Number,
    Power,
    Product,
    Symbol,
    Transpose,
    parts_of,
)
from autoem.derive.explain.piece import Piece, content, product, signed


def simplified(pieces: Iterable[Piece]) -> list[Piece]:
    """Fewer pieces with the same sum."""
    return _fronted(_collected(_over_one_denominator(_moments(added(pieces)))))


def added(pieces: Iterable[Piece]) -> list[Piece]:
    """Equal pieces added, and sums over nothing counted."""
    return _added(_counted(_added(pieces)))


def _fronted(pieces: list[Piece]) -> list[Piece]:
    """Of one bracket, a piece that is added goes first."""
    places = {piece.order[:1] for piece in pieces}
    first = next((i for i, piece in enumerate(pieces) if piece.coefficient > 0), 0)
    if len(places) > 1 or not pieces:
        return pieces
    return [pieces[first], *pieces[:first], *pieces[first + 1 :]]


def _added(pieces: Iterable[Piece]) -> list[Piece]:
    """Equal pieces added, zero ones dropped, in order."""
    found: dict[object, Piece] = {}
    for piece in pieces:
        known = found.get(piece.body)
        coefficient = piece.coefficient + (known.coefficient if known else 0)
        found[piece.body] = replace(known or piece, coefficient=coefficient)
    kept = [piece for piece in found.values() if piece.coefficient != 0]
    return sorted(kept, key=lambda piece: piece.order)


def _counted(pieces: list[Piece]) -> list[Piece]:
    """A sum over an index that nothing mentions is a count, N; it stays a sum where another piece
    is summed over the same indices, but for a constant."""
    busy = {(p.indices, p.weights) for p in pieces if not p.idle}
    return [
        p if (p.indices, p.weights) in busy and not _is_constant(p) else _as_count(p)
        for p in pieces
    ]


def _is_constant(piece: Piece) -> bool:
    """Whether nothing summed is in the piece: N log 2π."""
    return len(piece.idle) == len(piece.indices) and not any(
        _has_expectation(factor) for factor in piece.factors
    )


def _has_expectation(math: Math) -> bool:
    return isinstance(math, Expectation) or any(_has_expectation(m) for m in parts_of(math))


def _as_count(piece: Piece) -> Piece:
    names = [symbol for symbol, _ in piece.idle]
    kept = tuple(index for index in piece.indices if index not in names)
    coefficient, sizes = piece.coefficient, []
    denominator = list(piece.denominator)
    for _, size in piece.idle:
        if isinstance(size, Number):
            coefficient *= size.value
        elif size in denominator:
            denominator.remove(size)
        else:
            sizes.append(size)
    return replace(
        piece, coefficient=coefficient, indices=kept, counts=(*sizes, *piece.counts),
        denominator=tuple(denominator), idle=(),
    )  # fmt: skip


def _over_one_denominator(pieces: list[Piece]) -> list[Piece]:
    """Pieces that differ only in their factors, over one denominator."""

    def key(piece: Piece) -> object:
        return (abs(piece.coefficient), piece.denominator) if piece.denominator else None

    return _joined(pieces, key, lambda piece: ())


def _collected(pieces: list[Piece]) -> list[Piece]:
    """Pieces that share an expectation."""

    def expectations(piece: Piece) -> tuple[Math, ...]:
        return tuple(factor for factor in piece.factors if isinstance(factor, Expectation))

    def key(piece: Piece) -> object:
        shared = expectations(piece)
        return (shared, piece.denominator) if shared else None

    return _joined(pieces, key, expectations)


def _joined(
    pieces: list[Piece],
    key: Callable[[Piece], object],
    kept: Callable[[Piece], tuple[Math, ...]],
) -> list[Piece]:
    """Pieces of one key, that is not None, and of the same sums as one piece with a bracket."""
    groups: dict[object, list[Piece]] = {}
    for position, piece in enumerate(pieces):
        own = key(piece)
        where = (piece.indices, piece.conditions, piece.weights)
        groups.setdefault(position if own is None else (own, where), []).append(piece)
    return [_bracketed(members, kept(members[0])) for members in groups.values()]


def _bracketed(members: list[Piece], kept: tuple[Math, ...]) -> Piece:
    if len(members) == 1:
        return members[0]
    common = content(members)
    terms = []
    for piece in members:
        own = piece.coefficient / common
        factors = (*piece.counts, *piece.factors)
        rest = tuple(factor for factor in factors if factor not in kept)
        terms.append((own < 0, product(own, rest)))
    factors = (signed(terms), *kept)
    return replace(members[0], coefficient=common, factors=factors, idle=(), counts=())


def _moments(pieces: list[Piece]) -> list[Piece]:
    """The square of a mean and the covariance to it, as one second moment."""
    result = list(pieces)
    for piece in pieces:
        moment = _second_moment(piece)
        spread = next((p for p in result if moment is not None and _completes(piece, p)), None)
        if moment is not None and spread is not None:
            result[result.index(piece)] = replace(piece, factors=(*piece.factors[:-1], moment))
            result.remove(spread)
    return result


def _second_moment(piece: Piece) -> Expectation | None:
    match piece.factors[-1:]:
        case (Product(factors=(Expectation() as left, Transpose(body=right))),) if left == right:
            return replace(left, body=Product((left.body, Transpose(left.body))))
        case (Power(base=Expectation() as mean, exponent=Number(value=exponent)),) if exponent == 2:
            return replace(mean, body=Power(mean.body, Number(exponent)))
    return None


def _completes(square: Piece, other: Piece) -> bool:
    """Whether the other piece is the covariance that belongs to the square of a mean."""
    moment = _second_moment(square)
    match other.factors[-1:]:
        case (Expectation(operator="Cov" | "Var") as spread,) if moment is not None:
            same = _stem(spread.body) == _stem(moment.body) and spread.states == moment.states
            rest = (square.factors[:-1], square.indices, square.weights, square.coefficient)
            return same and rest == (
                other.factors[:-1], other.indices, other.weights, other.coefficient,
            )  # fmt: skip
    return False


def _stem(body: Math) -> str:
    """The name of the latent in E[z_n], E[z_n z_nᵀ], Cov[z]; none of two steps of it."""
    match body:
        case Symbol(name=name):
            return name
        case Product(factors=(first, *_)):
            return _stem(first)
        case Power(base=base):
            return _stem(base)
    return ""
