"""Statistics: what the M-step reads of the data.

A term of Q, or of its gradient, is a product of functions of the new parameters and of functions of
data and expectations.  Summing the latter over what the former do not mention gives a *statistic*,

    sum_n r[n, k] x[n, d] / v[k, d]  =  S[k, d] / v[k, d],     S[k, d] = sum_n r[n, k] x[n, d],

additive over rows.  Where a factor mixes data with location parameters (a residual), it is exactly
quadratic in them, and is expanded about their old values, the origin, by Taylor's rule:

    f(o + step) = f(o) + f'(o) step + f''(o) step^2 / 2 ,

so that squares are gathered as residuals and never as raw moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sympy

from autoem.derive.calculus import depends, derivative, substituted
from autoem.derive.index import Guard, Index, Lookup, Read, fresh, indices_in
from autoem.derive.invariant import Invariant
from autoem.derive.kept import by_rows
from autoem.derive.maximum import Maximized
from autoem.derive.node import Mode, RuleNode
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Element,
    Later,
    LogPartition,
    MatrixFunction,
    Origin,
    Quantity,
    Seen,
    Solution,
    Statistic,
    elements,
    indices_of,
)
from autoem.derive.scope import Scope
from autoem.derive.smoothed import Smoothed, SmoothedGaussian
from autoem.derive.term import Term, Terms, canonical, merged, settled
from autoem.derive.told import Position, Told
from autoem.language.declaration import Parameter

LONGEST_NAME = 40
"""Statistics with longer names are called after the first quantity in them."""


class Mixed(Exception):
    """A factor that mixes data with a parameter that is no solved location."""


@dataclass(frozen=True)
class Location:
    """A solved location parameter: its origin, the step from there, and the new value."""

    origin: Origin
    step: Quantity
    new: Quantity


@dataclass
class Gathering:
    """The statistics of one M-step, and the location parameters that are already solved.

    `ranked` are the new values of parameters that are order statistics of the rows.
    """

    scope: Scope
    located: dict[Declared, Location] = field(default_factory=dict)
    ranked: list[Quantity] = field(default_factory=list)
    statistics: dict[object, Statistic] = field(default_factory=dict)

    def separate(self, terms: Terms) -> Terms:
        """The terms with everything of the rows gathered into statistics.

        Raises Mixed, with the factor, where one does not separate.
        """
        result: list[Term] = []
        for term in terms:
            for part in self._expanded(term):
                result.append(self._separated(part))
        return merged(result)

    def _expanded(self, term: Term) -> Terms:
        """The term as separable products; only what mixes is multiplied out."""
        if len(parts := products(term)) > 1:
            return tuple(p for part in parts for p in self._expanded(part))
        mixed = [f for f in sympy.Mul.make_args(term.value) if is_mixed(f)]
        if not mixed:
            return (term,)
        locations = [p for p in self.located if any(depends(f, p) for f in mixed)]
        if locations:
            return tuple(p for t in self._taylor(term, locations) for p in self._expanded(t))
        factor = mixed[0]
        if len(mixed) == 1 and any(depends(factor, q) for q in self.ranked):
            return (self._kept(term, factor),)
        opened = factor if factor.is_Add else sympy.expand(sympy.expand_log(factor))
        rest = sympy.Mul(*(f for f in sympy.Mul.make_args(term.value) if f is not factor))
        parts = tuple(replace(term, value=rest * v) for v in sympy.Add.make_args(opened))
        if parts == (term,):  # a product of exponentials is one exponential again
            raise Mixed(str(factor))
        return tuple(p for part in parts for p in self._expanded(part))

    def _kept(self, term: Term, factor: sympy.Expr) -> Term:
        """A sum about the new value of an order statistic: row by row, since nothing else is."""
        outside = [f for f in sympy.Mul.make_args(term.value) if not is_gathered(f)]
        data = tuple(e for e in elements(factor) if is_gathered(e))
        if any(is_new(e) for e in data):
            raise Mixed(str(factor))
        return by_rows(self.statistics, term, sympy.Mul(factor, *outside), data)

    def _taylor(self, term: Term, locations: list[Declared]) -> Terms:
        """The term about the origins of the locations, to second order, which is exact."""
        origins: Mapping[Quantity, Quantity | sympy.Expr] = {
            p: self.located[p].origin for p in locations
        }
        result = list(substituted((term,), origins))
        for a in locations:
            i = tuple(fresh(axis) for axis in a.axes)
            step_a = Element(self.located[a].step, i)
            first = derivative((term,), a, i)
            result += _bound(substituted(first, origins), step_a, i)
            for b in locations:
                j = tuple(fresh(axis) for axis in b.axes)
                second = derivative(first, b, j)
                if any(depends(t.value, p) for t in second for p in locations):
                    raise Mixed(str(term.value))
                steps = step_a * Element(self.located[b].step, j) / 2
                result += _bound(second, steps, (*i, *j))
        return tuple(result)

    def _separated(self, term: Term) -> Term:
        term = _with_guards_for_lookups(term)
        solved: Mapping[Quantity, Quantity | sympy.Expr] = {
            p: location.new for p, location in self.located.items()
        }
        outside, inside = sympy.Integer(1), sympy.Integer(1)
        for factor in sympy.Mul.make_args(term.value):
            if is_gathered(factor):
                inside *= factor
            else:
                (new,) = substituted((Term(factor),), solved)
                outside *= new.value
        return self._gathered(term, outside, inside)

    def _gathered(self, term: Term, outside: sympy.Expr, inside: sympy.Expr) -> Term:
        coefficient, inside = inside.as_coeff_Mul()
        kept = indices_of(outside)
        summed = tuple(index for index in term.bound if index not in kept)
        own = tuple(guard for guard in term.guards if _is_of_rows(guard, summed))
        if not summed and inside == 1 and not own:
            return replace(term, value=coefficient * outside)
        statistic = self.gather(Term(inside, summed, own))
        return Term(
            coefficient * outside * statistic,
            tuple(index for index in term.bound if index in kept),
            tuple(guard for guard in term.guards if guard not in own),
            term.factor,
        )

    def gather(self, term: Term) -> Element:
        """The statistic that is this sum; equal sums are gathered once."""
        key, free = canonical((term,))
        if key not in self.statistics:
            axes = tuple(index.axis for index in free)
            name = self._name(term)
            sign = "nonnegative" if term.value.is_nonnegative else "real"
            self.statistics[key] = Statistic(name, axes, sign, indices=free, definition=(term,))
        return Element(self.statistics[key], free)

    def _name(self, term: Term) -> str:
        """count, sum_x, sum_x_z, ..., made unique."""
        words = []
        for element in elements(term.value):
            root = element.base.base if isinstance(element.base, Origin) else element.base
            if not root.name.startswith("responsibility") and not isinstance(element.base, Origin):
                words.append(root.name)
        stem = "_".join(["sum", *dict.fromkeys(words)]) if words else "count"
        squares = any(f.is_Pow and f.exp == 2 for f in sympy.Mul.make_args(term.value))
        if term.value.is_nonnegative and words and squares:
            stem = stem.replace("sum", "square", 1)
        if len(stem) > LONGEST_NAME:
            stem = f"sum_{words[0]}_and_others"
        taken = [s.name for s in self.statistics.values()]
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}_{number}", number + 1
        return name


def _bound(terms: Terms, factor: sympy.Expr, indices: tuple[Index, ...]) -> list[Term]:
    found = (
        settled(replace(part, value=part.value * factor, bound=(*part.bound, *indices)))
        for term in terms
        for part in products(term)
    )
    return [product for product in found if product is not None]


def products(term: Term) -> Terms:
    """A sum whose every part mixes rows and parameters, part by part; a residual stays whole."""
    parts = sympy.Add.make_args(term.value)
    if not all(is_mixed(part) for part in parts):
        return (term,)
    return tuple(replace(term, value=part) for part in parts)


def is_mixed(expression: sympy.Expr) -> bool:
    """Whether data or expectations meet new parameters."""
    return is_new(expression) and is_gathered(expression)


def _is_of_rows(guard: Guard, summed: tuple[Index, ...]) -> bool:
    """Whether a guard reads data, or an index that is summed over."""
    sides = (guard.left, guard.right)
    return any(isinstance(s, Lookup) or any(i in summed for i in indices_in(s)) for s in sides)


def is_new(expression: sympy.Expr) -> bool:
    """Whether the expression is of the M-step: new parameters, steps, solutions."""
    return any(_is_new(element.base) for element in elements(expression))


def _is_new(base: Quantity) -> bool:
    if isinstance(base, Declared):
        return isinstance(base.variable, Parameter)
    if isinstance(base, MatrixFunction):
        return _is_new(base.base)
    if isinstance(base, LogPartition | Invariant):
        return is_new(base.operand)
    if isinstance(base, Solution | Statistic | Maximized):
        return True
    if isinstance(base, Computed) and base.phase == "maximize":
        return True
    if isinstance(base, Defined) and not isinstance(base, Statistic) and base.phase == "model":
        return any(is_new(term.value) for term in base.definition)
    return isinstance(base, Defined) and base.phase == "maximize"


def is_gathered(expression: sympy.Expr) -> bool:
    """Whether the expression is of the rows: data and expectations.

    An origin, the old value of a parameter, is of neither side: it may stand on both.
    """
    return any(_is_gathered(element) for element in elements(expression))


def _is_gathered(element: Element) -> bool:
    base = element.base
    if isinstance(base, Declared):
        return not isinstance(base.variable, Parameter)
    if isinstance(base, Origin | Statistic):
        return False
    if isinstance(base, MatrixFunction):
        return not isinstance(base.base, Origin) and not _is_new(base.base)
    if isinstance(base, LogPartition | Invariant):
        return is_gathered(base.operand) or (isinstance(base, Invariant) and base.looks_up)
    known = Seen | Later | Position | Told | Smoothed | SmoothedGaussian | Mode | RuleNode
    if isinstance(base, known):
        return True
    if isinstance(base, Computed | Defined) and base.phase == "posterior":
        return True
    if isinstance(base, Defined) and base.phase == "model":
        return any(is_gathered(term.value) for term in base.definition)
    return False


def _with_guards_for_lookups(term: Term) -> Term:
    """What is not of the rows, b[group(i)], as the sum over g of [group(i) = g] b[g]."""
    factors = sympy.Mul.make_args(term.value)
    inside = sympy.Mul(*(factor for factor in factors if is_gathered(factor)))
    outside = sympy.Mul(*(factor for factor in factors if not is_gathered(factor)))
    moved: dict[Lookup, Index] = {}
    replacement: dict[sympy.Expr, sympy.Expr] = {}
    for element in elements(outside):
        reads: list[Read] = []
        for read, axis in zip(element.indices, element.base.axes, strict=True):
            if isinstance(read, Lookup):
                reads.append(moved.setdefault(read, fresh(axis)))
            else:
                reads.append(read)
        if tuple(reads) != element.indices:
            replacement[element] = Element(element.base, tuple(reads))
    if not moved:
        return term
    guards = tuple(Guard(lookup, index) for lookup, index in moved.items())
    return replace(
        term,
        value=inside * outside.xreplace(replacement),
        bound=(*term.bound, *moved.values()),
        guards=(*term.guards, *guards),
    )
