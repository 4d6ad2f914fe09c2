"""Positions as numbers, and what they tell: [t < k] and t - k are known for each t and each k."""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy

from autoem.derive.index import Index
from autoem.derive.quantity import Quantity
from autoem.language.expression import Axis


@dataclass(frozen=True, eq=False)
class Position(Quantity):
    """The 0-based position along its one axis: what is read there, as a number."""


@dataclass(frozen=True, eq=False)
class Told(Quantity):
    """A number that positions, givens and states tell, at the formal `indices`: a comparison, or
    an index that is reckoned from others.

    An index counts `along` an axis, and only where `inside` is one; elsewhere it is 0.
    """

    value: sympy.Expr = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)
    along: Axis | None = field(default=None, kw_only=True)
    inside: sympy.Expr = field(default=sympy.Integer(1), kw_only=True)

    @property
    def number(self) -> sympy.Expr:
        """The value, and 0 where an index is not to be read."""
        return self.inside * self.value
