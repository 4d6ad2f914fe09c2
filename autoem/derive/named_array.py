"""Named arrays as the facts of a family read them: a(i), the sum of a, its inverse, log det a."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.index import Index, Read
from autoem.derive.quantity import Declared, Element, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, reindex


@dataclass(frozen=True)
class Reading:
    """An array as a family reads it: `element` at the formal `event` indices."""

    scope: Scope
    element: Element
    event: tuple[Index, ...]

    def __call__(self, *indices: Read) -> sympy.Expr:
        return reindex(self.element, dict(zip(self.event, indices, strict=False)))

    @property
    def size(self) -> sympy.Expr:
        return self.scope.size(self.event[-1].axis)

    def total(self) -> sympy.Expr:
        """The sum over the event."""
        (index,) = self.event
        name = f"total_{self.element.base.name}"
        return self.scope.define(name, (Term(self.element, (index,)),), "posterior")

    def inverse(self, i: Index, j: Index) -> sympy.Expr:
        """Entry (i, j) of the inverse."""
        free = (*self._plates, *self.event)
        return self._with("inverse", free)(i, j)

    def log_determinant(self) -> sympy.Expr:
        """log det."""
        return self._with("log_determinant", self._plates)()

    @property
    def _plates(self) -> tuple[Index, ...]:
        return tuple(i for i in indices_of(self.element) if i not in self.event)

    def _with(self, function: str, free: tuple[Index, ...]) -> Reading:
        base = self.element.base
        if isinstance(base, Declared):
            matrix = Element(self.scope.matrix(function, base), free)
        else:
            name = f"{function}_{base.name}"
            matrix = self.scope.computed(name, function, (self.element,), free, self.event)
        return replace(self, element=matrix)
