"""The degree of what is computed of a row, as a polynomial in the data of that row.

Sums have the largest degree of their terms, products the sum of the degrees, the solution of a
linear system that of its right side; an inverse, a logarithm, a weight by a softmax is a polynomial
only where it does not read the row.  What the rules do not know of is no polynomial.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import sympy

from autoem.derive.index import Index, Lookup, Read, Shift
from autoem.derive.invariant import Invariant
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
    Solution,
)
from autoem.derive.smoothed import SmoothedGaussian
from autoem.derive.term import Term
from autoem.language.declaration import Observed, Parameter, Random, Variable
from autoem.language.expression import Axis

NEVER = math.inf
"""The degree of what is no polynomial in the data of one row."""


@dataclass
class Degrees:
    """The degree of quantities in the continuous data of one row; each is looked at once.

    `inside` is the degree of a sum of quadratics over the rows inside a definition: 0 where it may
    stand there, as a number that the moments tell.
    """

    row: Axis
    inside: float = NEVER
    known: dict[Quantity, float] = field(default_factory=dict)

    def of_sum(self, term: Term) -> float:
        """The degree of a term, with its sum over the rows if it has one."""
        over = sum(index.axis is self.row for index in term.bound)
        degree = self.of_term(term)
        return degree if not over else self.inside if over == 1 and degree <= 2 else NEVER

    def of_term(self, term: Term) -> float:
        """The degree of what a term sums; a guard reads nothing continuous."""
        reads = [read for guard in term.guards for read in (guard.left, guard.right)]
        own = (i for i in reads if isinstance(i, Index | Shift) and self._is_row(i))
        if any(True for _ in own) or not all(self._is_fixed(read) for read in reads):
            return NEVER
        return self.of(term.value)

    def of(self, expression: sympy.Expr) -> float:
        """The degree of an expression of one row."""
        if isinstance(expression, Element):
            own = [i for i in expression.indices if isinstance(i, Index | Shift)]
            own = [i for i in own if self._is_row(i)]
            moved = len(own) > 1 or any(isinstance(i, Shift) for i in own)
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
                return self.inside if base.axis is self.row else 0
            case Defined():
                return max(map(self.of_sum, base.definition), default=0)
            case Entries():
                return max(map(self.of, base.entries), default=0)
            case LogPartition():
                over = NEVER if self._is_row(base.over) else 0
                return self._unless(max(over, self.of(base.operand)), 0)
            case Invariant():
                return self._unless(self.of(base.operand), 0)
            case Computed():
                worst = max(map(self.of, base.operands), default=0)
                worst = NEVER if any(map(self._is_row, base.over)) else worst
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
