"""The typechecker of one function: statement by statement, with the arrays defined so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autoem.program.functions import FUNCTIONS
from autoem.program.ill_typed import demand
from autoem.program.ir import (
    RANKS,
    Array,
    Best,
    BestPath,
    Call,
    Contract,
    Extreme,
    ForwardBackward,
    Function,
    IndexRead,
    Let,
    LogSumExp,
    Map,
    Matrix,
    Maximize,
    Nodes,
    Position,
    Rank,
    Recur,
    Ref,
    Roll,
    Root,
    Scalar,
    Smooth,
    Solve,
)
from autoem.program.walk import index_axes, scalar_axes

Axes = tuple[str, ...]

SEVERAL = (Solve, ForwardBackward, Smooth, Maximize, Best, BestPath, Nodes)
"""Operations that assign several arrays."""

MATRIX_AXES = {
    "inverse": (0, 1),
    "cholesky": (0, 1),
    "resolvent": (0, 1),
    "stationary": (1,),
    "log_determinant": (),
}
"""Which axes of the matrix, row and column, a function of it has."""


def check_function(function: Function, sizes: dict[str, str], available: tuple[Array, ...]) -> None:
    """Check one function; its inputs have to be among the arrays that are there."""
    known = {array.name: array for array in available}
    for array in function.inputs:
        demand(function, known.get(array.name) == array, f"has the unknown input {array.name}")
    scope = Scope(function, sizes)
    for array in function.inputs:
        scope.declare(array)
    for let in function.body:
        scope.check(let)
    for array in function.outputs:
        demand(function, scope.arrays.get(array.name) == array, f"does not define {array.name}")


@dataclass
class Scope:
    """The arrays defined so far in one function."""

    function: Function
    sizes: dict[str, str]
    arrays: dict[str, Array] = field(default_factory=dict)
    let: Let | None = None

    def demand(self, truth: bool, complaint: str) -> None:
        demand(self.function, truth, complaint, self.let)

    def declare(self, array: Array) -> None:
        self.demand(array.name not in self.arrays, f"{array.name} is assigned twice")
        self.demand(array.kind in ("float", "int", "bool"), f"{array.kind} is no kind of array")
        self.demand(len(set(array.axes)) == len(array.axes), f"{array.name} repeats an axis")
        for axis in array.axes:
            self.demand(axis in self.sizes, f"the axis {axis} has no size")
        self.arrays[array.name] = array

    def check(self, let: Let) -> None:
        """One statement; its targets are known from here on."""
        self.let = let
        several = isinstance(let.operation, SEVERAL)
        self.demand(bool(let.targets), "nothing is assigned")
        self.demand(several or len(let.targets) == 1, "several arrays are assigned")
        for axis in (axis for target in let.targets for axis in target.axes):
            self.demand(axis in self.sizes, f"the axis {axis} has no size")
        self._operation(let, let.targets[0])
        for target in let.targets:
            self.declare(target)

    def _operation(self, let: Let, target: Array) -> None:
        match let.operation:
            case Map(expression):
                self._covered(self._scalar(expression), target.axes)
            case Contract():
                self._contract(let.operation, target)
            case LogSumExp(operand, axes) | Extreme(operand, axes):
                self._reduced(self._ref(operand), axes, target.axes)
            case Rank(function, values, weights, axes):
                self.demand(function in RANKS, f"there is no order statistic {function}")
                self._reduced((*self._ref(values), *self._ref(weights)), axes, target.axes)
            case Matrix():
                self._matrix(let.operation, target)
            case Solve():
                self._solve(let.operation, let.targets)
            case ForwardBackward(weight, step, time) as chain:
                self._parent(chain.parent, let.targets[0].axes)
                self._covered(self._ref(weight), let.targets[0].axes)
                self._covered(self._ref(step), (*let.targets[0].axes, *chain.befores))
                self._covered((time, *chain.states), let.targets[0].axes)
                if chain.first:
                    self._covered((*self._ref(chain.first), time), let.targets[0].axes)
            case Best(operand, axis, table):
                both = (*self._ref(operand), *(self._ref(table) if table else ()))
                self._reduced(both, (axis,), target.axes)
            case BestPath(weight, step) as chain:
                self.demand(
                    len(let.targets) == 1 + len(chain.states), "paths and states do not match"
                )
                steps = let.targets[1].axes
                self._parent(chain.parent, steps)
                self._covered(self._ref(weight), (*steps, *chain.states))
                self._covered(self._ref(step), (*steps, *chain.befores, *chain.states))
            case Roll(operand, axis):
                self._same((*self._ref(operand), axis), target.axes)
            case Recur(gain, shift, time, event):
                self._covered((*self._ref(shift), time), target.axes)
                self._covered(self._ref(gain), (*target.axes, *event))
            case Smooth(diagonal, lower, shift, _, event):
                own = (*target.axes, *event)
                for read in (diagonal, lower, shift):
                    self._covered(self._ref(read), own)
            case Root():
                self._root(let.operation, target)
            case Maximize():
                self._maximize(let.operation, let.targets)
            case Nodes(kind, count):
                known = kind in ("hermite", "draws") and count > 0
                self.demand(known, f"there are no {count} nodes of kind {kind}")

    # --- references and expressions --------------------------------------------------------

    def _ref(self, ref: Ref) -> Axes:
        """The axes along which a reference is read."""
        array = self.arrays.get(ref.name)
        self.demand(array is not None, f"{ref.name} is read before it is defined")
        assert array is not None
        self.demand(
            len(ref.axes) == len(array.axes),
            f"{ref.name} has {len(array.axes)} axes and is read along {len(ref.axes)}",
        )
        for read, axis in zip(ref.axes, array.axes, strict=True):
            self._index(read, axis, ref.name)
        return index_axes(ref)

    def _index(self, read: IndexRead, axis: str, name: str) -> None:
        if isinstance(read, Ref):
            self._ref(read)
            self.demand(self.arrays[read.name].kind == "int", f"{read.name} is no index")
        elif isinstance(read, int):
            self.demand(read >= 0, f"{name} is read at {read}")
        else:
            self.demand(read in self.sizes, f"the axis {read} has no size")
            same = self.sizes[read] == self.sizes[axis]
            self.demand(same, f"{name} is read along {read} where it has the axis {axis}")

    def _scalar(self, expression: Scalar) -> Axes:
        for ref in self._calls(expression):
            self._ref(ref)
        return scalar_axes(expression)

    def _calls(self, expression: Scalar) -> Iterator[Ref]:
        """The references of an expression; its functions are checked on the way."""
        if isinstance(expression, Ref):
            yield expression
        elif isinstance(expression, Position):
            self.demand(expression.axis in self.sizes, f"the axis {expression.axis} has no size")
        elif isinstance(expression, Call):
            function, count = expression.function, len(expression.arguments)
            self.demand(function in FUNCTIONS, f"there is no function {function}")
            wanted = FUNCTIONS[function]
            right = wanted in (count, None)
            self.demand(right, f"{function} takes {wanted} arguments, not {count}")
            self.demand(count > 0, f"{function} has no arguments")
            for argument in expression.arguments:
                yield from self._calls(argument)

    def _parent(self, parent: Ref | None, target: Axes) -> None:
        if parent is not None:
            self._covered(self._ref(parent), target)
            self.demand(self.arrays[parent.name].kind == "int", f"{parent.name} is no index")

    def _covered(self, axes: Axes, target: Axes) -> None:
        for axis in axes:
            self.demand(axis in target, f"the axis {axis} is not in the target")

    def _same(self, axes: Axes, wanted: Axes) -> None:
        self.demand(set(axes) == set(wanted), f"axes are {axes}, the target needs {wanted}")

    # --- operations ---------------------------------------------------------------------------

    def _contract(self, operation: Contract, target: Array) -> None:
        sides = [side for guard in operation.guards for side in (guard.left, guard.right)]
        axes = [axis for factor in operation.factors for axis in self._ref(factor)]
        for side in sides:
            if isinstance(side, Ref):
                self._ref(side)
                self.demand(self.arrays[side.name].kind == "int", f"{side.name} is no index")
            axes += index_axes(side)
        for axis in operation.over:
            self.demand(axis in self.sizes, f"the axis {axis} has no size")
            self.demand(axis not in target.axes, f"{axis} is summed and in the target")
        self._covered(tuple(axes), (*target.axes, *operation.over))

    def _reduced(self, axes: Axes, over: Axes, target: Axes) -> None:
        self.demand(bool(over), "nothing is reduced")
        for axis in over:
            self.demand(axis in axes, f"{axis} is reduced and not there")
        self._same(tuple(axis for axis in axes if axis not in over), target)

    def _matrix(self, operation: Matrix, target: Array) -> None:
        axes, pair = self._ref(operation.operand), (operation.row, operation.column)
        name = operation.function
        self.demand(name in MATRIX_AXES, f"there is no matrix function {name}")
        self.demand(set(pair) <= set(axes) and len(set(pair)) == 2, f"{pair} are not both there")
        self.demand(self.sizes[pair[0]] == self.sizes[pair[1]], f"{pair} make no square matrix")
        batch = tuple(axis for axis in axes if axis not in pair)
        kept = tuple(pair[place] for place in MATRIX_AXES[name])
        self._same((*batch, *kept), target.axes)

    def _solve(self, operation: Solve, targets: tuple[Array, ...]) -> None:
        count = len(targets)
        parts = (operation.rows, operation.matrix, operation.right, *operation.matrix)
        self.demand(all(len(part) == count for part in parts), "blocks and unknowns do not match")
        batch = {axis for axis in targets[0].axes if axis not in operation.rows[0]}
        for i, target in enumerate(targets):
            own = {axis for axis in target.axes if axis not in operation.rows[i]}
            self.demand(own == batch, "unknowns have different batches")
            self._covered(self._ref(operation.right[i]), target.axes)
            for j, block in enumerate(operation.matrix[i]):
                if block is not None:
                    columns = tuple(axis + "'" for axis in operation.rows[j])
                    self._covered(self._ref(block), (*target.axes, *columns))

    def _root(self, operation: Root, target: Array) -> None:
        self.demand(operation.lower < operation.upper, "the interval of the root is empty")
        self._covered(self._ref(operation.start), target.axes)
        inside = self._inside((Array(operation.unknown, target.axes),), operation.body)
        for expression in (operation.value, operation.slope):
            self._covered(inside._scalar(expression), target.axes)

    def _inside(self, unknowns: Iterable[Array], body: tuple[Let, ...]) -> Scope:
        """The arrays that an inner body has made, at the end of it."""
        inside = Scope(self.function, self.sizes, dict(self.arrays), self.let)
        for unknown in unknowns:
            inside.declare(unknown)
        for let in body:
            inside.check(let)
        return inside

    def _maximize(self, operation: Maximize, targets: tuple[Array, ...]) -> None:
        count = len(targets)
        parts = (operation.unknowns, operation.domains, operation.start, operation.gradient)
        whole = (*parts, operation.hessian, *operation.hessian)
        self.demand(all(len(part) == count for part in whole), "unknowns do not match")
        for unknown, target in zip(operation.unknowns, targets, strict=True):
            same = unknown.axes == target.axes
            self.demand(same, f"{unknown.name} has other axes than its target")
        pairs = zip(operation.unknowns, targets, strict=True)
        inside = self._inside((Array(u.name, t.axes) for u, t in pairs), operation.body)
        derivatives = [name for line in operation.hessian for name in line if name]
        for name in (operation.objective, *operation.gradient, *derivatives):
            self.demand(name in inside.arrays, f"{name} is not computed")
        self.demand(not inside.arrays[operation.objective].axes, "the objective is no number")
