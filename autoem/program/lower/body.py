"""The statements of one function: each quantity, once, after what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from autoem.derive.best import Best, BestPath
from autoem.derive.decode import States
from autoem.derive.index import Index, Read, Shift
from autoem.derive.invariant import Invariant
from autoem.derive.maximizers.stationary import ends
from autoem.derive.maximum import Maximized
from autoem.derive.node import Mode, RuleNode
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Element,
    Later,
    LinearSystem,
    LogPartition,
    MatrixFunction,
    Origin,
    Quantity,
    Size,
    Solution,
)
from autoem.derive.smoothed import Recurred, Smoothed, SmoothedGaussian
from autoem.derive.term import canonical
from autoem.derive.told import Position, Told
from autoem.program import ir
from autoem.program.lower.chains import invariant, later, recurred, smoothed, smoothed_gaussian
from autoem.program.lower.decode import best, best_path, states
from autoem.program.lower.maximum import maximized
from autoem.program.lower.names import AxisNames, IndexNames, unique
from autoem.program.lower.nodes import mode, rule_node
from autoem.program.lower.sums import factor_ref, lowered, total
from autoem.program.lower.told import position, told


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
    systems: dict[object, tuple[ir.Array, ...]] = field(default_factory=dict)
    lets: list[ir.Let] = field(default_factory=list)
    inputs: dict[str, ir.Array] = field(default_factory=dict)
    reserved: list[str] = field(default_factory=list)

    # --- references -------------------------------------------------------------------------

    def ref(self, element: Element, names: IndexNames) -> ir.Ref:
        """The element as a reference to its array, which is computed first if it has to be."""
        return self._at(self.array(element.base), element.indices, names)

    def _at(self, array: ir.Array, indices: tuple[Read, ...], names: IndexNames) -> ir.Ref:
        """The array at the indices; where one is a step on, the array is moved."""
        for place, index in enumerate(indices):
            if isinstance(index, Shift):
                array = self._rolled(array, place, index.by)
        return ir.Ref(array.name, tuple(self.read(index, names) for index in indices))

    def read(self, read: Read, names: IndexNames) -> ir.IndexRead:
        """An index as an axis, an integer or a lookup; the step of a shift is in its array."""
        if isinstance(read, int):
            return read
        if isinstance(read, Index):
            return names.of(read)
        if isinstance(read, Shift):
            return names.of(read.index)
        return self._at(self.array(read.table), read.indices, names)

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
        taken += [t.name for let in self.lets for t in let.targets] + self.reserved
        return ir.Array(unique(name, taken), axes)

    def known(self, name: str) -> ir.Array:
        """An array of this function by its name."""
        made = (target for let in self.lets for target in let.targets)
        return next(a for a in (*self.inputs.values(), *made) if a.name == name)

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
                array = total(self, base.name, base.definition, base.indices)
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
            case LogPartition():
                return self._log_partition(base)
            case Invariant():
                return invariant(self, base)
            case Maximized():
                return maximized(self, base)
            case Later():
                return later(self, base)
            case Position():
                return position(self, base)
            case Told():
                return told(self, base)
            case Recurred():
                return recurred(self, base)
            case SmoothedGaussian():
                return smoothed_gaussian(self, base)
            case Smoothed():
                return smoothed(self, base)
            case Best():
                return best(self, base)
            case BestPath():
                return best_path(self, base)
            case States():
                return states(self, base)
            case RuleNode():
                return rule_node(self, base)
            case Mode():
                return mode(self, base)
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
                expression = lowered(self, base.operands[0], names)
                return self.let(self.target(name, axes), ir.Map(expression))
            case "log_sum_exp":
                operand = self._operand(base, names)
                over = names.all(base.over)
                return self.let(self.target(name, axes), ir.LogSumExp(operand, over))
            case "inverse" | "cholesky" | "log_determinant":
                operand = self._operand(base, names)
                row, column = names.all(base.over)
                matrix = ir.Matrix(base.operation, operand, row, column)
                return self.let(self.target(name, axes), matrix)
            case "root":
                return self._root(base, name, names)
            case "least" | "greatest" | "weighted_median":
                return self._rank(base, self.target(name, axes), names)
        raise AssertionError(f"no array operation {base.operation}")

    def _operand(self, base: Computed, names: IndexNames) -> ir.Ref:
        (operand,) = base.operands
        assert isinstance(operand, Element)
        return self.ref(operand, names)

    def _rank(self, base: Computed, target: ir.Array, names: IndexNames) -> ir.Array:
        """An order statistic of two arrays, each of which is named first."""
        over = names.all(base.over)
        values, weights = (factor_ref(self, operand, names) for operand in base.operands)
        return self.let(target, ir.Rank(base.operation, values, weights, over))

    def _root(self, base: Computed, name: str, names: IndexNames) -> ir.Array:
        slope, curvature, unknown = base.operands
        assert isinstance(unknown, Element) and isinstance(unknown.base, Declared)
        axes = names.all(base.indices)
        target = self.target(name, axes)
        own = ir.Ref(target.name, axes)
        value, rate = (
            lowered(self, operand, names, {unknown: own}) for operand in (slope, curvature)
        )
        lower, upper = map(float, ends(unknown.base))
        start = self.ref(unknown, names)
        return self.let(target, ir.Root(target.name, value, rate, start, lower, upper))

    def _log_partition(self, base: LogPartition) -> ir.Array:
        names = IndexNames(self.axes)
        axes = names.all((*base.indices, base.over))
        operand = self.let(self.target("logits", axes), ir.Map(lowered(self, base.operand, names)))
        over = axes[-1:]
        read = ir.Ref(operand.name, axes)
        return self.let(self.target(base.name, axes[:-1]), ir.LogSumExp(read, over))

    def _rolled(self, array: ir.Array, place: int, by: int) -> ir.Array:
        """The array with one axis moved by some steps, made once."""
        key = ("roll", array.name, place, by)
        if key not in self.shared:
            word = "previous" if by < 0 else "next"
            target = replace(self.target(f"{word}_{array.name}", array.axes), kind=array.kind)
            read = ir.Ref(array.name, array.axes)
            self.shared[key] = self.let(target, ir.Roll(read, array.axes[place], by))
        return self.shared[key]

    def _solution(self, base: Solution) -> ir.Array:
        known = self.systems.get(id(base.system))
        if known is None:
            known = self.systems[id(base.system)] = self._system(base)
        return known[base.position]

    def _system(self, base: Solution) -> tuple[ir.Array, ...]:
        """Rows have an even number of primes, and columns one more: no row is named as a column."""
        system: LinearSystem = base.system
        right = [self._with_axes(e, row) for e, row in zip(system.right, system.rows, strict=True)]
        shared = [i for i in system.rows[0] if all(i in column for column in system.columns)]
        batch = IndexNames(self.axes, mark="''")
        batch.all(shared)
        rows = [batch.copy() for _ in system.rows]
        own = [names.all(row) for names, row in zip(rows, system.rows, strict=True)]
        columns = [
            {c: name + "'" for name, c in zip(axes, column, strict=True) if c not in shared}
            for axes, column in zip(own, system.columns, strict=True)
        ]
        matrix = tuple(
            tuple(
                entry and self._entry(entry, row, column, {**names.names, **turned})
                for entry, column, turned in zip(line, system.columns, columns, strict=True)
            )
            for line, row, names in zip(system.matrix, system.rows, rows, strict=True)
        )
        targets = tuple(
            self.target(f"step_{e.base.name.removeprefix('right_')}", axes)
            for e, axes in zip(system.right, own, strict=True)
        )
        unknowns = tuple(ir.Ref(t.name, t.axes) for t in targets)
        solved = tuple(
            tuple(names.of(i) for i in row if i not in shared)
            for names, row in zip(rows, system.rows, strict=True)
        )
        right_refs = tuple(ir.Ref(a.name, axes) for a, axes in zip(right, own, strict=True))
        self.lets.append(
            ir.Let(targets, ir.Solve(unknowns, solved, matrix, right_refs, system.method))
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
        names: dict[Index, str],
    ) -> ir.Ref:
        """A block of the matrix: batches, then rows, then columns."""
        batch = tuple(i for i in row if i in column)
        rest = (*(i for i in row if i not in batch), *(i for i in column if i not in batch))
        axes = tuple(names[i] for i in (*batch, *rest))
        ref = self.ref(entry, IndexNames(self.axes, names))
        if ref.axes == axes:
            return ref
        array = self.let(self.target(entry.base.name, axes), ir.Map(ref))
        return ir.Ref(array.name, axes)
