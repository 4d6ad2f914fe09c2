"""The M-step on the page: the state that its sections share.

Each update is found again from Q itself, with a hat on what is solved already, and not from the
named statistics that the code computes with: a page shows Σ_n r_nk x_n / Σ_n r_nk where the code
takes a step from an origin.  That both are the same number is tested on the page's own layout.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

import sympy

from autoem.derive.calculus import derivative, substituted
from autoem.derive.explain.alike import added
from autoem.derive.explain.contraction import Open
from autoem.derive.explain.layout import Math, Negative, Number, Symbol
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import new
from autoem.derive.explain.page import Page
from autoem.derive.explain.piece import Piece, content, product, scaled
from autoem.derive.explain.total import total
from autoem.derive.held import Free
from autoem.derive.index import Index
from autoem.derive.maximizers.problem import Problem
from autoem.derive.quantity import Declared, Element, Quantity
from autoem.derive.separate import Gathering
from autoem.derive.term import Terms


@dataclass
class Maximization:
    """Q with hats on the parameters solved so far."""

    page: Page
    terms: Terms
    pending: list[Declared]

    @property
    def problem(self) -> Problem:
        """What the maximizer rules are given."""
        scope = self.page.derivation.log_joint.scope
        return Problem(scope, self.terms, list(self.pending), Gathering(scope), free=self.free)

    @property
    def free(self) -> dict[Declared, Free]:
        """Which entries of a parameter are free, where some are held."""
        return {free.base: free for free in self.page.derivation.m_step.free}

    def slope(self, quantity: Quantity, indices: tuple[Index, ...]) -> Terms:
        """dQ/d quantity at these indices."""
        return self.tidy(derivative(self.terms, quantity, indices))

    def tidy(self, terms: Terms) -> Terms:
        """Responsibilities of all states sum to one."""
        return self.page.normalized(terms)

    def solved(self, parameter: Declared) -> None:
        """From here on the parameter has a hat."""
        self.terms = substituted(self.terms, {parameter: new(parameter)})
        self.pending.remove(parameter)

    def hatted(
        self, parameter: Declared, indices: tuple[Index, ...], names: Indexing, hidden: Open = ()
    ) -> Math:
        """The new value at these indices."""
        element = Element(new(parameter), indices)
        return self.page.reader.factor(element, names, self.visible(parameter, indices, hidden))

    def visible(self, parameter: Declared, indices: tuple[Index, ...], hidden: Open) -> Open:
        """The hidden indices that are of this parameter, in the order of its axes."""
        return tuple(index for index in indices if index in hidden)

    def ratio(self, top: Terms, bottom: Terms, names: Indexing, wanted: Open = ()) -> Math:
        """top / bottom, numbers canceled."""
        above, below = canceled(self.shortest(top, names, wanted), self.shortest(bottom, names))
        one, other = _whole(above), _whole(below)
        below, factor = scaled(below, 1 / other), one / other
        left = total(scaled(above, 1 / one))
        under = total(below)
        denominator = () if under == Number(other / other) else (under,)
        result = product(factor, (left,), denominator)
        return negated(result) if factor < 0 else result

    def shortest(self, terms: Terms, names: Indexing, wanted: Open = ()) -> list[Piece]:
        """The pieces of the terms as they are, or multiplied out where these are fewer."""
        reader = self.page.reader
        opened = tuple(part for term in terms for part in reader.opened_up(term))
        wide_terms = (replace(t, value=sympy.expand(self.page.binary(t.value))) for t in opened)
        expanded = self.tidy(tuple(wide_terms))
        plain, wide = (added(reader.pieces(t, names, wanted)) for t in (opened, expanded))
        return wide if len(wide) < len(plain) else plain


def _whole(pieces: list[Piece]) -> Fraction:
    """What makes whole numbers of the coefficients, with the sign that they share."""
    shared = content(pieces)
    sizes = [abs(piece.coefficient / shared) for piece in pieces]
    below = lcm(*(size.denominator for size in sizes))
    return shared * gcd(*(int(size * below) for size in sizes)) / below


def canceled(above: list[Piece], below: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Both without the symbols that are a factor of every piece and of no sum."""
    every = [*above, *below]
    first = above[0]
    over = [f for f in first.factors if _is_common(f, [(p, p.factors) for p in every])]
    under = [f for f in first.denominator if _is_common(f, [(p, p.denominator) for p in every])]

    def rest(piece: Piece) -> Piece:
        kept = tuple(f for f in piece.factors if f not in over)
        below = tuple(f for f in piece.denominator if f not in under)
        return replace(piece, factors=kept, denominator=below)

    return [rest(piece) for piece in above], [rest(piece) for piece in below]


def _is_common(factor: Math, places: list[tuple[Piece, tuple[Math, ...]]]) -> bool:
    """Whether a symbol stands in all these places and varies in no sum."""
    everywhere = all(factor in place and not piece.varies(factor) for piece, place in places)
    return isinstance(factor, Symbol) and everywhere


def negated(math: Math) -> Math:
    """The negative of a layout."""
    return math.body if isinstance(math, Negative) else Negative(math)
