"""Expressions over a pair of axes (n, k) as products: a table, a function of n, a function of k.

    w[n, k] = c a[n, k] f[k] g[n],        log w[n, k] = log a[n, k] + u[k] + v[n] .

An expression is read as a sum of such products, or as one such logarithm, where it is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product as combinations

from autoem.program.ir import Call, Number, Ref, Scalar
from autoem.program.terms import Coefficient
from autoem.program.walk import scalar_axes


@dataclass(frozen=True)
class Factored:
    """coefficient * tables[n, k] * columns[k] * rows[n], each a product."""

    coefficient: Coefficient = Fraction(1)
    tables: tuple[Ref, ...] = ()
    columns: tuple[Scalar, ...] = ()
    rows: tuple[Scalar, ...] = ()

    def times(self, other: Factored) -> Factored:
        return Factored(
            self.coefficient * other.coefficient,
            self.tables + other.tables,
            self.columns + other.columns,
            self.rows + other.rows,
        )


@dataclass(frozen=True)
class Logarithm:
    """log tables[n, k] + columns[k] + rows[n], each a sum."""

    tables: tuple[Ref, ...] = ()
    columns: tuple[Scalar, ...] = ()
    rows: tuple[Scalar, ...] = ()

    def plus(self, other: Logarithm) -> Logarithm:
        return Logarithm(
            self.tables + other.tables, self.columns + other.columns, self.rows + other.rows
        )


Sum = tuple[Factored, ...]


@dataclass
class Algebra:
    """What is known of the arrays over the axes `row` and `column`; `table` is the data."""

    table: str
    row: str
    column: str
    sums: dict[str, Sum] = field(default_factory=dict)
    logarithms: dict[str, Logarithm] = field(default_factory=dict)

    def is_pair(self, axes: tuple[str, ...]) -> bool:
        """Whether both axes are among these."""
        return self.row in axes and self.column in axes

    def sum(self, expression: Scalar) -> Sum | None:
        """The expression as a sum of products."""
        if not self.is_pair(scalar_axes(expression)):
            return (self._side(expression),)
        match expression:
            case Ref(name) if name == self.table:
                return (Factored(tables=(expression,)),)
            case Ref(name):
                return self.sums.get(name)
            case Call("multiply", arguments):
                parts = [self.sum(argument) for argument in arguments]
                return None if None in parts else multiplied([p for p in parts if p is not None])
            case Call("add", arguments):
                parts = [self.sum(argument) for argument in arguments]
                return None if None in parts else added([f for p in parts if p for f in p])
            case Call("power", (base, Number() as exponent)):
                return self._power(self.sum(base), exponent)
            case Call("exp", (exponent,)):
                known = self.logarithm(exponent)
                return None if known is None else (exponential(known),)
        return None

    def logarithm(self, expression: Scalar) -> Logarithm | None:
        """The expression as a logarithm of a product."""
        axes = scalar_axes(expression)
        if not self.is_pair(axes):
            rows = self.row in axes
            return Logarithm((), () if rows else (expression,), (expression,) if rows else ())
        match expression:
            case Ref(name):
                return self.logarithms.get(name)
            case Call("add", arguments):
                result = Logarithm()
                for argument in arguments:
                    known = self.logarithm(argument)
                    if known is None:
                        return None
                    result = result.plus(known)
                return result
            case Call("log" | "finite_log", (inner,)):
                return self._log(self.sum(inner))
        return None

    def _side(self, expression: Scalar) -> Factored:
        if isinstance(expression, Number):
            return Factored(expression.value)
        if self.row in scalar_axes(expression):
            return Factored(rows=(expression,))
        return Factored(columns=(expression,))

    def _power(self, base: Sum | None, exponent: Number) -> Sum | None:
        if base is None or len(base) != 1 or base[0].tables or base[0].coefficient != 1:
            return None
        (only,) = base
        columns, rows = (
            tuple(Call("power", (factor, exponent)) for factor in side)
            for side in (only.columns, only.rows)
        )
        return (replace(only, columns=columns, rows=rows),)

    def _log(self, inner: Sum | None) -> Logarithm | None:
        if inner is None or len(inner) != 1:
            return None
        (only,) = inner
        number = () if only.coefficient == 1 else (Number(only.coefficient),)
        columns, rows = (
            tuple(Call("log", (factor,)) for factor in side)
            for side in ((*only.columns, *number), only.rows)
        )
        return Logarithm(only.tables, columns, rows)


def exponential(known: Logarithm) -> Factored:
    """exp of a logarithm, one exponential a side."""
    columns, rows = (
        (Call("exp", (summed(side),)),) if side else () for side in (known.columns, known.rows)
    )
    return Factored(Fraction(1), known.tables, columns, rows)


def summed(terms: tuple[Scalar, ...]) -> Scalar:
    """The sum as one expression."""
    return terms[0] if len(terms) == 1 else Call("add", terms)


def product(factors: tuple[Scalar, ...]) -> Scalar:
    """The product as one expression."""
    return factors[0] if len(factors) == 1 else Call("multiply", factors)


def multiplied(parts: list[Sum]) -> Sum:
    """The product of sums, multiplied out."""
    result = []
    for chosen in combinations(*parts):
        whole = Factored()
        for factor in chosen:
            whole = whole.times(factor)
        result.append(whole)
    return added(result)


def added(terms: list[Factored]) -> Sum:
    """The sum with equal products put together, and without those that cancel."""
    found: dict[object, Factored] = {}
    for term in terms:
        sides = (sorted(map(repr, side)) for side in (term.tables, term.columns, term.rows))
        key = tuple(map(tuple, sides))
        known = found.get(key)
        coefficient = term.coefficient + (known.coefficient if known else 0)
        found[key] = replace(term, coefficient=coefficient)
    return tuple(term for term in found.values() if term.coefficient != 0)
