"""Guards on the page: the identity matrix, a condition under a sum sign, or an indicator.

[i = j] of hidden indices is I,    ∑_i [group_i = g] is ∑_{i: group_i = g},    [x_n = v]
"""

from __future__ import annotations

from autoem.derive.explain.contraction import Tensor
from autoem.derive.explain.layout import Indicator, Math, Relation, Symbol, equation, mentions
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import Notation
from autoem.derive.index import Index, Lookup, indices_in
from autoem.derive.quantity import indices_of
from autoem.derive.term import Term

IDENTITY = Symbol("I")


def identities(term: Term, inside: tuple[Index, ...]) -> list[Tensor]:
    """A guard between two hidden indices is the identity matrix."""
    pairs = (tuple(i for i in inside if i in (g.left, g.right)) for g in term.guards)
    return [Tensor(pair, lambda wanted: IDENTITY) for pair in pairs if len(pair) == 2]


def conditions(
    notation: Notation, term: Term, names: Indexing, weights: list[Math]
) -> tuple[list[Relation], list[Math]]:
    """The conditions that a term is summed under, its steps t > 0 among them; and the weights that
    are left."""
    found: list[Relation] = []
    for guard in term.guards:
        sides = sorted((guard.left, guard.right), key=lambda s: not isinstance(s, Index | Lookup))
        if all(index in names.known for side in sides for index in indices_in(side)):
            found.append(equation(*(notation.read(side, names) for side in sides)))
    kept: list[Math] = []
    for weight in weights:
        match weight:
            case Indicator(condition=Relation(symbols=(">",)) as later):
                found.append(later)
            case _:
                kept.append(weight)
    return found, kept


def under(
    found: list[Relation], bound: tuple[Symbol, ...]
) -> tuple[tuple[Relation, ...], list[Math]]:
    """Those that a summed index stands in, and the others as indicators."""
    summed = tuple(c for c in found if any(mentions(c, index) for index in bound))
    return summed, [Indicator(condition) for condition in found if condition not in summed]


def idle(
    notation: Notation, term: Term, shown: list[Index], names: Indexing
) -> tuple[tuple[Symbol, Math], ...]:
    """The summed indices that nothing mentions, with the numbers of their values."""
    mentioned = [*indices_of(term.value)]
    for guard in term.guards:
        mentioned += [*indices_in(guard.left), *indices_in(guard.right)]
    return tuple(
        (names.known[index], notation.size(index.axis)) for index in shown if index not in mentioned
    )
