"""The M-step on the page: the state that its sections share.

Each update is found again from Q itself, with a hat on what is solved already, and not from the
named statistics that the code computes with: a page shows Σ_n r_nk x_n / Σ_n r_nk where the code
takes a step from an origin.  That both are the same number is tested on the page's own layout.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import derivative, substituted
from autoem.derive.explain.alike import added
from autoem.derive.explain.contraction import Open
from autoem.derive.explain.layout import Math, Negative, Number, Symbol
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import New, new
from autoem.derive.explain.page import Page
from autoem.derive.explain.piece import Piece, content, product, scaled
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.maximizers.problem import Problem, own_indices
from autoem.derive.quantity import Declared, Element, Quantity
from autoem.derive.separate import Gathering
from autoem.derive.term import Term, Terms


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
        return Problem(scope, self.terms, list(self.pending), Gathering(scope))

    def slope(self, quantity: Quantity, indices: tuple[Index, ...]) -> Terms:
        """dQ/d quantity at these indices."""
        return self.tidy(derivative(self.terms, quantity, indices))

    def tidy(self, terms: Terms) -> Terms:
        """Responsibilities of all states sum to one, and signs as on paper."""
        return self.page.normalized(tuple(replace(t, value=forward(t.value)) for t in terms))

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
        one, other = content(above), content(below)
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


def canceled(above: list[Piece], below: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Both without the symbols that are a factor of every piece and of no sum."""
    every = [*above, *below]
    common = [
        factor
        for factor in above[0].factors
        if isinstance(factor, Symbol)
        and all(factor in p.factors and not p.varies(factor) for p in every)
    ]
    return (
        [replace(p, factors=tuple(f for f in p.factors if f not in common)) for p in above],
        [replace(p, factors=tuple(f for f in p.factors if f not in common)) for p in below],
    )


def forward(value: sympy.Expr) -> sympy.Expr:
    """(x − 1) / (p − 1) as (1 − x) / (1 − p): a denominator that begins with a number has it in
    front, and its sign goes to a difference above."""
    if value.is_Add:
        return sympy.Add(*(forward(part) for part in value.args))
    sign, below, above = sympy.Integer(1), sympy.Integer(1), []
    for factor in sympy.Mul.make_args(value):
        base, exponent = factor.as_base_exp()
        if base.is_Add and exponent.is_Integer and exponent < 0 and base.as_coeff_Add()[0] < 0:
            sign, below = sign * (-1) ** exponent, below * (-base) ** exponent
        else:
            above.append(factor)
    for position, factor in enumerate(above):
        if sign < 0 and factor.is_Add and len(factor.args) == 2:
            above[position], sign = -factor, -sign
    return sympy.Mul(sign, *above, below)


def negated(math: Math) -> Math:
    """The negative of a layout."""
    return math.body if isinstance(math, Negative) else Negative(math)


__all__ = ["Maximization", "New", "Term", "negated", "own_indices"]
