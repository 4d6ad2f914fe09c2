"""The value and the arguments of a factor, as the log density of a family reads them.

`value(i)` and `mean(i)` are sympy expressions at event index i.  A covariance is read through its
inverse and its log-determinant, by its structure

    scale * (identity | diagonal | positive definite variable),

since sympy's own matrix calculus is not to be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from autoem.derive.elaborate import Reader
from autoem.derive.index import Index, Read, fresh
from autoem.derive.quantity import Declared, Element
from autoem.derive.scope import DELTA
from autoem.derive.term import Term
from autoem.derive.unroll import unrolled
from autoem.errors import NotDerivable
from autoem.language import declaration
from autoem.language.expression import Apply, Axis, Constant, DiagonalMatrix, Expression


@dataclass(frozen=True)
class Value:
    """The value of a factor's variable, as a family reads it."""

    variable: declaration.Variable
    reader: Reader
    plates: dict[Axis, Read]

    def __call__(self, *indices: Read) -> sympy.Expr:
        # A law of single numbers is that of every entry of an array.
        entries = () if indices else tuple(self.plates[axis] for axis in self.variable.event)
        return self.reader.read(self.variable, self.plates, indices or entries)

    @property
    def index(self) -> Read:
        """The category of the value."""
        return self.reader.index(self.variable, self.plates)

    @property
    def size(self) -> sympy.Expr:
        return self.reader.scope.size(self.variable.event[-1])

    def inverse(self, i: Index, j: Index) -> sympy.Expr:
        """Entry (i, j) of the inverse of a matrix."""
        entry = self(i, j)
        return Element(self.reader.scope.matrix("inverse", entry.base), entry.indices)

    def log_determinant(self) -> sympy.Expr:
        """log det of a matrix."""
        index = fresh(self.variable.event[-1])
        entry = self(index, index)
        function = self.reader.scope.matrix("log_determinant", entry.base)
        return Element(function, entry.indices[:-2])


@dataclass(frozen=True)
class Argument:
    """An argument of a factor's law, as a family reads it."""

    node: Expression
    reader: Reader
    plates: dict[Axis, Read]
    axis: Axis | None = None

    def __call__(self, *indices: Read) -> sympy.Expr:
        event = indices[: len(self.node.event)]
        if not indices and self.node.event:
            event = tuple(self.plates[axis] for axis in self.node.event)
        if len(self.node.event) < len(indices):
            # Category axes of logits are plates of the expression: read them by identity.
            known = {r.axis: r for r in indices if isinstance(r, Index)}
            return self.reader.read(self.node, {**self.plates, **known}, event)
        return self.reader.read(self.node, self.plates, event)

    @property
    def size(self) -> sympy.Expr:
        return self.reader.scope.size(self._axis)

    @property
    def _axis(self) -> Axis:
        """The event axis: its own, or that of the value."""
        axis = self.node.event[-1] if self.node.event else self.axis
        assert axis is not None
        return axis

    def total(self) -> sympy.Expr:
        """The sum over the event axis; one number stands for every entry."""
        if not self.node.event:
            return self.reader.scope.size(self._axis) * self()
        index = fresh(self.node.event[-1])
        terms = tuple(unrolled(Term(self(index), (index,))))
        return self.reader.scope.define("total", terms)

    def log_sum_exp(self) -> sympy.Expr:
        """log sum exp over the last event axis."""
        index = fresh(self.node.event[-1])
        return self.reader.scope.log_partition(self(index), index)

    def inverse(self, i: Index, j: Index) -> sympy.Expr:
        """Entry (i, j) of the inverse of a matrix with known structure."""
        scale, matrix = self._structure(self.node)
        if isinstance(matrix, Constant):
            return Element(DELTA, (i, j)) / scale
        if isinstance(matrix, DiagonalMatrix):
            entry = self.reader.read(matrix.vector, self.plates, (i,))
            return Element(DELTA, (i, j)) / (scale * entry)
        entry = self.reader.read(matrix, self.plates, (i, j))
        inverse = self.reader.scope.matrix("inverse", entry.base)
        return Element(inverse, entry.indices) / scale

    def log_determinant(self) -> sympy.Expr:
        """log det, the scale taken out."""
        scale, matrix = self._structure(self.node)
        index = fresh(self.node.event[-1])
        scales = self.size * sympy.log(scale)
        if isinstance(matrix, Constant):
            return scales
        if isinstance(matrix, DiagonalMatrix):
            entry = sympy.log(self.reader.read(matrix.vector, self.plates, (index,)))
            return scales + self.reader.scope.define("log_det", (Term(entry, (index,)),))
        entry = self.reader.read(matrix, self.plates, (index, index))
        function = self.reader.scope.matrix("log_determinant", entry.base)
        return scales + Element(function, entry.indices[:-2])

    def _structure(self, node: Expression) -> tuple[sympy.Expr, Expression]:
        """The matrix as scale * (identity | diagonal | positive definite variable)."""
        if isinstance(node, Apply) and node.operator in ("multiply", "divide"):
            left, right = node.arguments
            if left.event and not right.event:
                factor = self.reader.read(right, self.plates)
                scale, matrix = self._structure(left)
                return (scale * factor if node.operator == "multiply" else scale / factor), matrix
            if right.event and not left.event and node.operator == "multiply":
                scale, matrix = self._structure(right)
                return scale * self.reader.read(left, self.plates), matrix
        one = sympy.Integer(1)
        if isinstance(node, Constant) and node.kind == "identity":
            return one, node
        if isinstance(node, DiagonalMatrix):
            return one, node
        index = tuple(fresh(axis) for axis in node.event)
        entry = self.reader.read(node, self.plates, index)
        if isinstance(entry, Element) and isinstance(entry.base, Declared):
            return one, node
        raise NotDerivable(
            what="a covariance that is no positive definite variable, diagonal or identity",
            where="its inverse",
        )
