"""What a maximizer rule is given, and what it returns.

The problem is Q, the parameters that are still to be updated, and the statistics gathered so far.
A rule returns an `Update`: the new values, as named quantities, with the reason that a user reads;
or it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.held import Free
from autoem.derive.index import Index, fresh
from autoem.derive.invariant import Invariant
from autoem.derive.maximum import Maximized
from autoem.derive.posterior import Refusal
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Element,
    LogPartition,
    MatrixFunction,
    Origin,
    Quantity,
    Solution,
    elements,
    indices_of,
    old_value,
)
from autoem.derive.scope import Scope
from autoem.derive.separate import Gathering, Mixed
from autoem.derive.term import Term, Terms, at, merged, renamed
from autoem.families.where import where
from autoem.language.distribution import Law


@dataclass(frozen=True)
class Update:
    """New values of some parameters.

    `values[i]` is the new value of `parameters[i]`, free at its own indices; `exact` is false
    where Q is raised but not maximized.  `pending` names the parameters that the solution reads
    and that are not updated yet.  `slope` and `curvature` are what proofs read: the equation
    that the update solves and, for a scalar, its derivative.  `statistic` is the order
    statistic of the rows that the new value is, if it is one.
    """

    parameters: tuple[Declared, ...]
    rule: str
    reason: str
    values: tuple[Element, ...]
    exact: bool = True
    pending: tuple[Declared, ...] = ()
    equation: sympy.Expr | None = None
    formula: tuple[sympy.Expr, ...] = ()
    located: tuple[tuple[Origin, Quantity], ...] = ()
    statistic: str = ""


STEPS = ("newton", "scoring")
"""Rules that take one step from the old values, shortened until the objective rises."""

Slopes = dict[Quantity, tuple[tuple[Index, ...], Terms]]
"""Of a profile: the slope by a parameter, free at the indices."""


@dataclass
class Problem:
    """Q with the parameters solved so far replaced by their new values.

    `laws` are those of the factors, by the name that their terms have; `free` says which entries of
    a parameter are free, where some are held.
    """

    scope: Scope
    terms: Terms
    pending: list[Declared]
    gathering: Gathering
    closed: tuple[Declared, ...] = ()
    slopes: Slopes = field(default_factory=dict)
    laws: Mapping[str, Law] = field(default_factory=dict)
    free: Mapping[Declared, Free] = field(default_factory=dict)

    def gradient(self, quantity: Quantity, target: tuple[Index, ...]) -> Terms:
        """dQ / d quantity[target]; of a profile, the slope along it."""
        if quantity in self.slopes:
            indices, terms = self.slopes[quantity]
            moved = dict(zip(indices, target, strict=True))
            found = (at(renamed(term), moved) for term in terms)
            return tuple(term for term in found if term is not None)
        return derivative(self.terms, quantity, target)

    def separate(self, terms: Terms) -> Terms:
        """The terms by statistics; refuses where they do not reduce."""
        try:
            return self.gathering.separate(terms)
        except Mixed as mixed:
            raise Refusal(f"does not reduce to statistics: {mixed}") from None

    def unsolved(self, terms: Terms, own: tuple[Declared, ...]) -> tuple[Declared, ...]:
        """The pending parameters, other than `own`, that the terms mention."""
        others = (q for q in self.pending if q not in own)
        return tuple(q for q in others if any(reads(t.value, q) for t in terms))

    def coefficient(self, name: str, terms: Terms) -> sympy.Expr:
        """A sum of separated terms as one expression: itself where nothing is summed."""
        if all(not term.bound and not term.guards for term in terms):
            return sympy.Add(*(term.value for term in terms))
        return self.scope.define(name, terms, "maximize")

    def solved(
        self,
        name: str,
        operation: str,
        operands: tuple[sympy.Expr, ...],
        free: tuple[Index, ...],
        over: tuple[Index, ...] = (),
        sign: str = "real",
    ) -> Element:
        """A result of the M-step."""
        return self.scope.computed(name, operation, operands, free, over, sign, "maximize")

    def freed(self, terms: Terms, q: Declared, indices: tuple[Index, ...]) -> Terms:
        """The terms of an equation of q where the entry is free; zero where it is held."""
        if q not in self.free:
            return terms
        free = Element(self.free[q], indices)
        return tuple(replace(term, value=term.value * free) for term in terms)

    def kept(self, q: Declared, best: sympy.Expr, indices: tuple[Index, ...]) -> sympy.Expr:
        """What is best for a free entry; the old value of an entry that is held."""
        if q not in self.free:
            return best
        return where(Element(self.free[q], indices), best, Element(old_value(q), indices))

    def chosen(self, q: Declared, best: Element) -> Element:
        """The same of a result that is no expression: what is best gets a name of its own."""
        if q not in self.free:
            return best
        indices = own_indices(q)
        named = replace(best.base, name=f"best_{q.name}")
        kept = self.kept(q, Element(named, indices), indices)
        return self.solved(q.name, "map", (kept,), indices, sign=q.sign)


def reads(expression: sympy.Expr, quantity: Quantity) -> bool:
    """Whether the expression reads the quantity, through everything that it is computed from."""
    return any(
        element.base is quantity or any(reads(part, quantity) for part in parts(element.base))
        for element in elements(expression)
    )


def parts(base: Quantity) -> tuple[sympy.Expr, ...]:
    """What a quantity of the M-step is computed from; expectations are held."""
    if isinstance(base, MatrixFunction):
        return (Element(base.base, own_indices(base.base)),)
    if isinstance(base, LogPartition | Invariant):
        return (base.operand,)
    if isinstance(base, Defined) and base.phase != "posterior":
        return tuple(term.value for term in base.definition)
    if isinstance(base, Computed) and base.phase == "maximize":
        return base.operands
    if isinstance(base, Maximized):
        return tuple(term.value for term in base.objective.terms)
    if isinstance(base, Solution):
        return (*base.system.right, *(e for line in base.system.matrix for e in line if e))
    return ()


def own_indices(quantity: Quantity) -> tuple[Index, ...]:
    """Fresh indices for the axes of a quantity."""
    return tuple(fresh(axis) for axis in quantity.axes)


def by_function(terms: Terms, element: Element) -> dict[sympy.Expr, list[Term]]:
    """Separated terms grouped by their function of one unknown element."""
    groups: dict[sympy.Expr, list[Term]] = {}
    for term in terms:
        for rest, function in _split(term, element):
            groups.setdefault(function, []).append(rest)
    return groups


def _split(term: Term, element: Element) -> Iterator[tuple[Term, sympy.Expr]]:
    """Products of a sum free of the element and of a function of it; the function, in which
    nothing is summed, is multiplied out where it has to be."""
    for part in sympy.Add.make_args(term.value):
        rest, function = part.as_independent(element, as_Add=False)
        if not any(index in term.bound for index in indices_of(function)):
            yield replace(term, value=rest), function
            continue
        opened = sympy.expand(part)
        if not opened.is_Add:
            raise Refusal(f"{element.base.name} enters under a sum")
        yield from _split(replace(term, value=opened), element)


__all__ = ["Problem", "Refusal", "Update", "by_function", "depends", "merged", "own_indices"]
