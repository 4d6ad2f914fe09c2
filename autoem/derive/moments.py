"""Where rows meet the iteration through their moments alone.

Let the posterior expectations be polynomial in the data, with coefficients that are free of the
row: a mean that is linear in x_n under a covariance that all rows share.  Then every statistic and
the log-likelihood are sums over rows of a polynomial f of the data of a row; where f is quadratic,

    sum_n f(x_n)    is a function of    N ,   sum_n x_n ,   sum_n x_n x_n' .

Nothing else of the data is ever read, so the moments are gathered once, and an iteration costs
nothing in N.  What is discrete (codes, and which cells are missing) need not be polynomial: rows
that agree in it share their coefficients, and have moments of their own.  The degree is found by
the rules below, on the definitions of the derivation; what they do not know of is no polynomial.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sympy

from autoem.derive.index import Index, Lookup, Read, Shift
from autoem.derive.kept import Kept
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Delta,
    Element,
    Entries,
    LogPartition,
    MatrixFunction,
    Origin,
    Quantity,
    Seen,
    Size,
    SmoothedGaussian,
    Solution,
)
from autoem.derive.rows import evidence, is_prior, row_axis, statistics
from autoem.derive.score import score
from autoem.derive.term import Term
from autoem.language.declaration import Given, Observed, Parameter, Random, Variable
from autoem.language.expression import Axis

if TYPE_CHECKING:
    from autoem.derive.stages import Derivation

NEVER = math.inf
"""The degree of what is no polynomial in the data of one row."""


@dataclass(frozen=True)
class Moments:
    """The `data` over the `row` whose sums and cross products tell all, among rows that have the
    same `codes`, and the same cells of `gaps` missing."""

    row: Axis
    data: tuple[Variable, ...]
    codes: tuple[Variable, ...] = ()
    gaps: tuple[Variable, ...] = ()


def moments(derivation: Derivation) -> Moments | None:
    """The data that are read through their moments; None where rows tell more than these.

    >>> from autoem.derive.stages import derive
    >>> from autoem.families import Normal
    >>> from autoem.language import Axis, Latent, Model, Observed, Parameter, Positive, Real
    >>> class Shift(Model):
    ...     n = Axis("rows")
    ...     mean, variance = Parameter(Real()), Parameter(Positive())
    ...     b = Latent(Normal(mean, variance=variance), over=n)
    ...     x = Observed(Normal(b, variance=1), over=n)
    >>> [variable.name for variable in moments(derive(Shift)).data]
    ['x']
    """
    row = row_axis(derivation)
    if row is None:
        return None
    degrees = Degrees(row)
    terms, sums = evidence(derivation), statistics(derivation)
    if any(isinstance(statistic, Kept) for statistic in sums):
        return None
    terms += [term for statistic in sums for term in statistic.definition]
    slopes = [term for slope in score(derivation.surrogate) for term in slope.terms]
    terms += [term for term in slopes if not is_prior(derivation, term)]
    if any(degrees.of_term(term) > 2 for term in terms):
        return None
    told = [v for v in derivation.declaration.variables if isinstance(v, Given | Observed)]
    told = [v for v in told if row in v.plates]
    codes = tuple(v for v in told if v.category is not None)
    data = tuple(v for v in told if v.category is None)
    gaps = tuple(v for v in derivation.log_joint.scope.masks if row in v.plates)
    return Moments(row, data, codes, gaps) if data else None


@dataclass
class Degrees:
    """The degree of quantities in the continuous data of one row; each is looked at once."""

    row: Axis
    known: dict[Quantity, float] = field(default_factory=dict)

    def of_term(self, term: Term) -> float:
        """The degree of a term, summed over rows or not; a guard reads nothing continuous."""
        reads = [read for guard in term.guards for read in (guard.left, guard.right)]
        own = (i for i in reads if isinstance(i, Index | Shift) and self._is_row(i))
        if any(True for _ in own) or not all(self._is_fixed(read) for read in reads):
            return NEVER
        return self.of(term.value)

    def of(self, expression: sympy.Expr) -> float:
        """The degree of an expression of one row."""
        if isinstance(expression, Element):
            moved = any(isinstance(i, Shift) and self._is_row(i) for i in expression.indices)
            if moved or not all(self._is_fixed(read) for read in expression.indices):
                return NEVER
            return self._of_quantity(expression.base)
        parts = [self.of(part) for part in expression.args]
        if isinstance(expression, sympy.Add):
            return max(parts)
        if isinstance(expression, sympy.Mul):
            return sum(parts)
        if isinstance(expression, sympy.Pow) and expression.exp.is_Integer and expression.exp > 0:
            return parts[0] * int(expression.exp)
        return NEVER if any(parts) else 0

    def _is_row(self, read: Index | Shift) -> bool:
        return (read.index if isinstance(read, Shift) else read).axis is self.row

    def _is_fixed(self, read: Read) -> bool:
        """Whether an index is the row itself, or free of its continuous data."""
        if not isinstance(read, Lookup):
            return True
        return self._of_quantity(read.table) == 0 and all(map(self._is_fixed, read.indices))

    def _of_quantity(self, base: Quantity) -> float:
        if base not in self.known:
            self.known[base] = self._degree(base)
        return self.known[base]

    def _degree(self, base: Quantity) -> float:
        match base:
            case Declared():
                return self._of_variable(base.variable)
            case Origin() | MatrixFunction():
                return self._unless(self._of_quantity(base.base), 0)
            case Delta() | Seen():
                return 0
            case Size():
                return NEVER if base.axis is self.row else 0
            case Defined():
                inner = any(i.axis is self.row for t in base.definition for i in t.bound)
                return NEVER if inner else max(map(self.of_term, base.definition), default=0)
            case Entries():
                return max(map(self.of, base.entries), default=0)
            case LogPartition():
                return self._unless(self.of(base.operand), 0)
            case Computed():
                worst = max(map(self.of, base.operands), default=0)
                return worst if base.operation == "map" else self._unless(worst, 0)
            case Solution():
                matrix = (e for line in base.system.matrix for e in line if e is not None)
                right = max(map(self.of, base.system.right))
                return self._unless(max(map(self.of, matrix)), right)
            case SmoothedGaussian(chain=chain):
                fixed = max(self.of(chain.diagonal), self.of(chain.lower))
                return self._unless(fixed, self.of(chain.shift) if base.part == "mean" else 0)
        return NEVER

    def _unless(self, needed: float, degree: float) -> float:
        """The degree, where what has to be free of the data is."""
        return NEVER if needed else degree

    def _of_variable(self, variable: Variable) -> float:
        if isinstance(variable, Parameter):
            return 0
        if isinstance(variable, Random) and not isinstance(variable, Observed):
            return NEVER
        continuous = self.row in variable.plates and variable.category is None
        return 1 if continuous else 0


__all__ = ["Moments", "moments"]
