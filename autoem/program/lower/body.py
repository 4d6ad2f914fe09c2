"""The statements of one function: each quantity, once, after what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

from autoem.derive.index import Guard, Index, Lookup, Read, indices_in
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Element,
    LinearSystem,
    MatrixFunction,
    Origin,
    Quantity,
    Size,
    Solution,
    elements,
    indices_of,
)
from autoem.derive.term import Term, Terms, canonical, free_indices
from autoem.program import ir
from autoem.program.lower.names import AxisNames, IndexNames, unique
from autoem.program.lower.scalar import scalar


@dataclass
class Body:
    """A function under construction.

    `given` are the quantities that the function takes as inputs; `renamed` the arrays that stand
    for others (an origin is the old value of its parameter).
    """

    axes: AxisNames
    given: Mapping[Quantity, ir.Array]
    prefix: Mapping[Quantity, str] = field(default_factory=dict)
    arrays: dict[Quantity, ir.Array] = field(default_factory=dict)
    shared: dict[object, ir.Array] = field(default_factory=dict)
    systems: dict[int, tuple[ir.Array, ...]] = field(default_factory=dict)
    lets: list[ir.Let] = field(default_factory=list)
    inputs: dict[str, ir.Array] = field(default_factory=dict)

    # --- references -------------------------------------------------------------------------

    def ref(self, element: Element, names: IndexNames) -> ir.Ref:
        """The element as a reference to its array, which is computed first if it has to be."""
        array = self.array(element.base)
        return ir.Ref(array.name, tuple(self.read(read, names) for read in element.indices))

    def read(self, read: Read, names: IndexNames) -> ir.IndexRead:
        """An index as an axis, an integer or a lookup."""
        if isinstance(read, int):
            return read
        if isinstance(read, Index):
            return names.of(read)
        table = self.array(read.table)
        return ir.Ref(table.name, tuple(self.read(inner, names) for inner in read.indices))

    def array(self, base: Quantity) -> ir.Array:
        """The array of a quantity."""
        if isinstance(base, Origin):
            return self.array(base.base)
        if base in self.given:
            array = self.given[base]
            self.inputs[array.name] = array
            return array
        if base not in self.arrays:
            self.arrays[base] = self._compute(base)
        return self.arrays[base]

    def target(self, name: str, axes: tuple[str, ...]) -> ir.Array:
        """A new array under a free name."""
        taken = [a.name for a in self.given.values()]
        taken += [t.name for let in self.lets for t in let.targets]
        return ir.Array(unique(name, taken), axes)

    def let(self, target: ir.Array, operation: ir.Operation, comment: str = "") -> ir.Array:
        self.lets.append(ir.Let((target,), operation, comment))
        return target

    # --- one quantity ------------------------------------------------------------------------

    def _compute(self, base: Quantity) -> ir.Array:
        match base:
            case Defined():
                key, free = canonical(base.definition)
                if key in self.shared and free == base.indices:
                    return self.shared[key]
                array = self.total(base.name, base.definition, base.indices)
                self.shared[key] = array
                return array
            case Size():
                axis = self.axes.of(base.axis)
                return self.let(self.target(base.name, ()), ir.Contract((), (axis,)))
            case MatrixFunction():
                return self._matrix_function(base)
            case Computed():
                return self._computed(base)
            case Solution():
                return self._solution(base)
        raise AssertionError(f"{base.name} is neither given nor computed")

    def _matrix_function(self, base: MatrixFunction) -> ir.Array:
        operand = self.array(base.base)
        *batch, row, column = operand.axes
        read = ir.Ref(operand.name, operand.axes)
        axes = operand.axes if base.function == "inverse" else tuple(batch)
        target = self.target(base.name, axes)
        return self.let(target, ir.Matrix(base.function, read, row, column))

    def _computed(self, base: Computed) -> ir.Array:
        names = IndexNames(self.axes)
        axes = names.all(base.indices)
        name = self.prefix.get(base, "") + base.name
        match base.operation:
            case "map":
                expression = self.expression(base.operands[0], names)
                return self.let(self.target(name, axes), ir.Map(expression))
            case "log_sum_exp":
                operand = self._operand(base, names)
                over = names.all(base.over)
                return self.let(self.target(name, axes), ir.LogSumExp(operand, over))
            case "inverse" | "log_determinant":
                operand = self._operand(base, names)
                row, column = names.all(base.over)
                matrix = ir.Matrix(base.operation, operand, row, column)
                return self.let(self.target(name, axes), matrix)
            case "root":
                return self._root(base, name, names)
        raise AssertionError(f"no array operation {base.operation}")

    def _operand(self, base: Computed, names: IndexNames) -> ir.Ref:
        (operand,) = base.operands
        assert isinstance(operand, Element)
        return self.ref(operand, names)

    def _root(self, base: Computed, name: str, names: IndexNames) -> ir.Array:
        slope, curvature, unknown = base.operands
        assert isinstance(unknown, Element) and isinstance(unknown.base, Declared)
        axes = names.all(base.indices)
        target = self.target(name, axes)
        own = ir.Ref(target.name, axes)
        value, rate = (
            self.expression(operand, names, {unknown: own}) for operand in (slope, curvature)
        )
        lower, upper = bounds(unknown.base)
        start = self.ref(unknown, names)
        return self.let(target, ir.Root(target.name, value, rate, start, lower, upper))

    def _solution(self, base: Solution) -> ir.Array:
        known = self.systems.get(id(base.system))
        if known is None:
            known = self.systems[id(base.system)] = self._system(base)
        return known[base.position]

    def _system(self, base: Solution) -> tuple[ir.Array, ...]:
        system: LinearSystem = base.system
        right = [self._with_axes(e, row) for e, row in zip(system.right, system.rows, strict=True)]
        shared = set(system.rows[0]).intersection(*system.columns)
        names = IndexNames(self.axes)
        own = [names.all(row) for row in system.rows]
        names_of_rows: list[tuple[str, ...]] = []
        renamed: dict[Index, str] = {}
        for row, column in zip(system.rows, system.columns, strict=True):
            names_of_rows.append(tuple(names.of(i) for i in row if i not in shared))
            renamed.update(
                {c: names.of(r) + "'" for r, c in zip(row, column, strict=True) if c not in shared}
            )
        columns = IndexNames(self.axes, {**names.names, **renamed})
        matrix = tuple(
            tuple(
                None if entry is None else self._entry(entry, row, column, columns)
                for entry, column in zip(line, system.columns, strict=True)
            )
            for line, row in zip(system.matrix, system.rows, strict=True)
        )
        targets = tuple(
            self.target(f"step_{e.base.name.removeprefix('right_')}", axes)
            for e, axes in zip(system.right, own, strict=True)
        )
        unknowns = tuple(ir.Ref(t.name, t.axes) for t in targets)
        right_refs = tuple(
            ir.Ref(a.name, axes) for a, axes in zip(right, own, strict=True)
        )
        self.lets.append(
            ir.Let(targets, ir.Solve(unknowns, tuple(names_of_rows), matrix, right_refs))
        )
        return targets

    def _with_axes(self, element: Element, free: tuple[Index, ...]) -> ir.Array:
        """The element as an array over exactly the free indices, in order."""
        names = IndexNames(self.axes)
        axes = names.all(free)
        ref = self.ref(element, names)
        if ref.axes == axes:
            return self.array(element.base)
        return self.let(self.target(element.base.name, axes), ir.Map(ref))

    def _entry(
        self,
        entry: Element,
        row: tuple[Index, ...],
        column: tuple[Index, ...],
        names: IndexNames,
    ) -> ir.Ref:
        """A block of the matrix: batches, then rows, then columns."""
        batch = tuple(i for i in row if i in column)
        rest = (*(i for i in row if i not in batch), *(i for i in column if i not in batch))
        axes = tuple(names.names[i] for i in (*batch, *rest))
        ref = self.ref(entry, names)
        if ref.axes == axes:
            return ref
        array = self.let(self.target(entry.base.name, axes), ir.Map(ref))
        return ir.Ref(array.name, axes)

    # --- sums of terms -------------------------------------------------------------------------

    def total(self, name: str, terms: Terms, free: tuple[Index, ...]) -> ir.Array:
        """A sum of terms as one array over the free indices."""
        names = IndexNames(self.axes)
        axes = names.all(free)
        name = self.target(name, ()).name
        if len(terms) == 1 and terms[0].bound:
            contract = self._contract(terms[0], names)
            if _covers(contract, axes):
                return self.let(self.target(name, axes), contract)
        parts: list[ir.Scalar] = []
        for term in terms:
            parts.append(self._part(name, term, names))
        expression = parts[0] if len(parts) == 1 else ir.Call("add", tuple(parts))
        return self.let(self.target(name, axes), ir.Map(expression))

    def _part(self, name: str, term: Term, names: IndexNames) -> ir.Scalar:
        if term.bound:
            inner = names.copy()
            mentioned = free_indices((term,))
            axes = tuple(names.of(i) for i in names.names if i in mentioned)
            contract = self._contract(term, inner)
            array = self.let(self.target(f"{name}_part", axes), contract)
            return ir.Ref(array.name, axes)
        expression = self.expression(term.value, names)
        for guard in term.guards:
            condition = ir.Call("equal", (self._side(guard.left, names), self._side(guard.right, names)))
            expression = ir.Call("where", (condition, expression, ir.Number(Fraction(0))))
        return expression

    def _side(self, read: Read, names: IndexNames) -> ir.Scalar:
        lowered = self.read(read, names)
        if isinstance(lowered, int):
            return ir.Number(Fraction(lowered))
        return ir.Position(lowered) if isinstance(lowered, str) else lowered

    def _contract(self, term: Term, names: IndexNames) -> ir.Contract:
        names = names.copy()
        over = names.all(term.bound)
        coefficient, value = term.value.as_coeff_Mul()
        scale = Fraction(1)
        factors: list[ir.Ref] = []
        if coefficient.is_Rational:
            scale = Fraction(int(coefficient.p), int(coefficient.q))
        else:
            value = term.value
        for factor in sympy.Mul.make_args(value):
            if factor != 1:
                factors.append(self._factor(factor, names))
        guards = tuple(
            ir.Guard(self.read(g.left, names), self.read(g.right, names)) for g in term.guards
        )
        return ir.Contract(tuple(factors), over, guards, scale)

    def _factor(self, factor: sympy.Expr, names: IndexNames) -> ir.Ref:
        """One factor of a contraction: an array, or an elementwise intermediate."""
        if isinstance(factor, Element):
            return self.ref(factor, names)
        key, _ = canonical((Term(factor),))
        indices = indices_of(factor)
        lookups = any(isinstance(r, Lookup) for e in elements(factor) for r in e.indices)
        own = IndexNames(self.axes)
        axes = own.all(indices)
        if lookups or key not in self.shared:
            expression = self.expression(factor, own, finite=True)
            array = self.let(self.target(_name(factor), axes), ir.Map(expression))
            self.shared[key] = array
        return ir.Ref(self.shared[key].name, names.all(indices))

    def expression(
        self,
        value: sympy.Expr,
        names: IndexNames,
        known: Mapping[Element, ir.Scalar] | None = None,
        finite: bool = False,
    ) -> ir.Scalar:
        """A sympy expression over arrays; `finite` makes log 0 a very negative number, so that it
        may stand in a matrix product with zeros."""

        def element(found: Element) -> ir.Scalar:
            if known and found in known:
                return known[found]
            return self.ref(found, names)

        lowered = scalar(value, element)
        return _finite(lowered) if finite else lowered


def _finite(expression: ir.Scalar) -> ir.Scalar:
    match expression:
        case ir.Call("log", arguments):
            return ir.Call("finite_log", arguments)
        case ir.Call(function, arguments):
            return ir.Call(function, tuple(_finite(argument) for argument in arguments))
    return expression


def _covers(contract: ir.Contract, axes: tuple[str, ...]) -> bool:
    """Whether every target axis is mentioned by a factor or a guard."""
    found: set[str] = set()

    def visit(read: ir.IndexRead) -> None:
        if isinstance(read, str):
            found.add(read)
        elif isinstance(read, ir.Ref):
            for inner in read.axes:
                visit(inner)

    for factor in contract.factors:
        visit(factor)
    for guard in contract.guards:
        visit(guard.left)
        visit(guard.right)
    return found.issuperset(axes)


def _name(factor: sympy.Expr) -> str:
    """What an intermediate is called: residual, log_weight, inverse_variance, ..."""
    names = [element.base.name for element in elements(factor)]
    if factor.is_Pow and len(names) == 1 and factor.exp == -1:
        return f"inverse_{names[0]}"
    if isinstance(factor, sympy.log) and len(names) == 1:
        return f"log_{names[0]}"
    if factor.is_Pow and factor.exp == 2:
        return "square"
    if factor.is_Add and any(isinstance(e.base, Declared) for e in elements(factor)):
        return "residual"
    return "factor"


def bounds(parameter: Declared) -> tuple[float, float]:
    """The ends of a scalar domain."""
    domain = parameter.variable.domain
    if domain.kind == "interval":
        return float(domain.lower), float(domain.upper)
    if domain.kind in ("positive", "nonnegative"):
        return 0.0, float("inf")
    return float("-inf"), float("inf")


__all__ = ["Body", "Guard", "indices_in"]
