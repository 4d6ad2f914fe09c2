"""The executable meaning of the symbolic model: terms as numbers, slowly and obviously.

A sum of terms is a loop over the bound indices of each, where its guards hold; an element is the
entry of its quantity; a quantity is data, a parameter, or what its definition says.  Nothing is
compiled and nothing is simplified: the sympy tree is walked.

Q(theta) reads two sets of parameters: theta, and in the posterior and in origins the old ones.  A
`Meaning` has one set and knows the `old` meaning, which is itself where they are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy
from scipy import special

from autoem.derive.held import Free
from autoem.derive.index import Index, Lookup, Read, Shift
from autoem.derive.invariant import Invariant
from autoem.derive.maximum import Maximized
from autoem.derive.node import Mode, RuleNode
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Delta,
    Element,
    Entries,
    Indicator,
    Later,
    LogPartition,
    MatrixFunction,
    Origin,
    Quantity,
    Seen,
    Size,
    Solution,
    Statistic,
)
from autoem.derive.smoothed import Smoothed, SmoothedGaussian
from autoem.derive.term import Term
from autoem.derive.told import Position, Told
from autoem.errors.verification import NotJudged
from autoem.language.declaration import Variable
from autoem.language.expression import Axis
from autoem.verify.arithmetic import added, applied
from autoem.verify.brackets import around, root_in, within
from autoem.verify.chains import parts_of
from autoem.verify.greatest import greatest
from autoem.verify.linear_system import batches, solved
from autoem.verify.nodes import rule_nodes
from autoem.verify.pointwise import size_of
from autoem.verify.ranks import rank

At = Mapping[Index, int]
NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Meaning:
    """Numbers for the declared quantities: `arrays` by variable, `sizes` by axis.

    The array of a discrete latent holds its states; a missing entry is nan.
    """

    arrays: Mapping[Variable, np.ndarray]
    sizes: Mapping[Axis, int]
    old: Meaning | None = None
    memory: dict[tuple[Quantity, tuple[int, ...]], float] = field(default_factory=dict)
    parts: dict[tuple[Any, tuple[int, ...]], Any] = field(default_factory=dict)

    # --- sums and expressions -------------------------------------------------------------------

    def total(self, terms: Iterable[Term], at: At = NOTHING) -> float:
        """The value of a sum of terms, whose free indices have the values `at`."""
        return added([self._summed(term, at) for term in terms])

    def _summed(self, term: Term, at: At) -> float:
        lengths = [range(self.length(index.axis)) for index in term.bound]
        parts = []
        for position in product(*lengths):
            here = {**at, **dict(zip(term.bound, position, strict=True))}
            if all(self.read(g.left, here) == self.read(g.right, here) for g in term.guards):
                parts.append(self.value(term.value, here))
        return added(parts)

    def value(
        self, expression: sympy.Expr, at: At, known: Mapping[Element, float] = NOTHING
    ) -> float:
        """A sympy expression with its elements read at the indices `at`, but for those known."""
        if isinstance(expression, Element):
            if expression in known:
                return known[expression]
            place = tuple(self.read(read, at) for read in expression.indices)
            return self.entry(expression.base, place)
        if not expression.args:
            return math.inf if expression is sympy.oo else float(expression)
        return applied(expression, [self.value(part, at, known) for part in expression.args])

    def read(self, read: Read, at: At) -> int:
        """The position that an index, a lookup, a shift or an integer names."""
        if isinstance(read, Index):
            return at[read]
        if isinstance(read, Lookup):
            return int(self.entry(read.table, tuple(self.read(r, at) for r in read.indices)))
        if isinstance(read, Shift):  # round the end: what is read there is multiplied by zero
            return (at[read.index] + read.by) % self.length(read.index.axis)
        return read

    def length(self, axis: Axis) -> int:
        """The number of entries of an axis."""
        return size_of(axis, self.sizes)

    # --- quantities ---------------------------------------------------------------------------

    def array(self, base: Quantity) -> np.ndarray:
        """All entries of a quantity, over its axes."""
        shape = tuple(self.length(axis) for axis in base.axes)
        return np.array([self.entry(base, at) for at in np.ndindex(shape)]).reshape(shape)

    def entry(self, base: Quantity, at: tuple[int, ...]) -> float:
        """One entry of a quantity; expectations and origins are those of the old parameters."""
        if self.old is not None and _is_old(base):
            return self.old.entry(base, at)
        if (base, at) not in self.memory:
            self.memory[base, at] = self._entry(base, at)
        return self.memory[base, at]

    def _entry(self, base: Quantity, at: tuple[int, ...]) -> float:
        match base:
            case Declared():
                found = float(self.arrays[base.variable][at])
                return 0.0 if math.isnan(found) else found  # missing: its mask is zero
            case Indicator():
                return float(self.arrays[base.latent.variable][at[:-1]] == at[-1])
            case Seen():
                return float(not np.isnan(self.arrays[base.base.variable][at]))
            case Free():
                return float(base.at(at))
            case Delta():
                return float(at[0] == at[1])
            case Later():
                there = at[-1] if base.parent is None else self.entry(base.parent, at) + 1
                return float(there > 0)
            case Position():
                return float(at[0])
            case Told():
                return self.value(base.number, dict(zip(base.indices, at, strict=True)))
            case Size():
                return float(self.length(base.axis))
            case Origin():
                return self.entry(base.base, at)
            case MatrixFunction():
                return self._matrix_function(base, at)
            case Entries():
                return self.value(base.entries[at[-1]], dict(zip(base.indices, at, strict=True)))
            case Defined():
                return self.total(base.definition, dict(zip(base.indices, at, strict=True)))
            case LogPartition():
                return self._log_partition(base, dict(zip(base.indices, at, strict=True)))
            case Computed():
                return self._computed(base, dict(zip(base.indices, at, strict=True)))
            case Maximized():
                return self._maximized(base, at)
            case Solution():
                return self._solution(base, dict(zip(base.indices, at, strict=True)))
            case Smoothed() | SmoothedGaussian() | Invariant():
                return self._along(base, at)
            case RuleNode():
                return float(rule_nodes(base.integration)[base.part][at[0]])
            case Mode():
                return self._mode(base, dict(zip(base.indices, at, strict=True)))
        raise NotJudged(what=f"the quantity {base.name} of kind {type(base).__name__}")

    def _log_partition(self, base: LogPartition, at: At) -> float:
        states = range(self.length(base.over.axis))
        return float(
            special.logsumexp([self.value(base.operand, {**at, base.over: k}) for k in states])
        )

    def _matrix_function(self, base: MatrixFunction, at: tuple[int, ...]) -> float:
        batch = at[: len(base.base.axes) - 2]
        if (base, batch) not in self.parts:
            size = self.length(base.base.axes[-1])
            entries = [self.entry(base.base, (*batch, *ij)) for ij in np.ndindex(size, size)]
            matrix = np.reshape(entries, (size, size))
            self.parts[base, batch] = MATRIX_FUNCTIONS[base.function](matrix)
        return float(self.parts[base, batch][at[len(batch) :]])

    # --- operations ---------------------------------------------------------------------------

    def _computed(self, base: Computed, at: At) -> float:
        match base.operation:
            case "map":
                return self.value(base.operands[0], at)
            case "log_sum_exp":
                return float(special.logsumexp(self._grid(base, at)))
            case "log_determinant":
                return float(MATRIX_FUNCTIONS["log_determinant"](self._grid(base, at)))
            case "inverse" | "cholesky":
                batch = tuple(place for index, place in at.items() if index not in base.over)
                if (base, batch) not in self.parts:
                    function = MATRIX_FUNCTIONS[base.operation]
                    self.parts[base, batch] = function(self._grid(base, at))
                return float(self.parts[base, batch][tuple(at[index] for index in base.over)])
            case "root":
                return self._root(base, at)
            case "least" | "greatest" | "weighted_median":
                return self._rank(base, at)
        raise NotJudged(what=f"the operation {base.operation}")

    def _grid(self, base: Computed, at: At, place: int = 0) -> np.ndarray:
        """One operand over the indices that the operation takes together."""
        shape = tuple(self.length(index.axis) for index in base.over)
        places = ({**at, **dict(zip(base.over, place, strict=True))} for place in np.ndindex(shape))
        return np.array([self.value(base.operands[place], p) for p in places]).reshape(shape)

    def _rank(self, base: Computed, at: At) -> float:
        """An order statistic, from the values and how much each counts."""
        return rank(base.operation, *(np.ravel(self._grid(base, at, place)) for place in (0, 1)))

    def _root(self, base: Computed, at: At) -> float:
        """The root of the slope in the unknown, near the old value."""
        slope, _, unknown = base.operands
        assert isinstance(unknown, Element)
        start = self.value(unknown, at)

        return root_in(lambda t: self.value(slope, at, {unknown: t}), within(unknown.base, start))

    def _mode(self, base: Mode, at: At) -> float:
        """The root of the slope in one entry of the unknown."""
        place = tuple(at[i] for i in base.indices)

        def slope(t: float) -> float:
            memory = {(base.unknown.base, place): t}
            return Meaning(self.arrays, self.sizes, self.old, memory, {}).total(base.slope, at)

        return root_in(slope, around(0.0))

    def _along(self, base: Smoothed | SmoothedGaussian | Invariant, at: tuple[int, ...]) -> float:
        """One result of what is computed along a chain."""
        chain, batch = base.chain, at[: len(base.chain.plates)]
        if (chain, batch) not in self.parts:
            plates = dict(zip(chain.plates, batch, strict=True))
            self.parts[chain, batch] = parts_of(chain, plates, self.sizes, self.value)
        return float(self.parts[chain, batch][base.part][at[len(batch) :]])

    def _maximized(self, base: Maximized, at: tuple[int, ...]) -> float:
        """One unknown where the objective is greatest."""
        if (base.objective, ()) not in self.parts:
            self.parts[base.objective, ()] = greatest(
                base.objective,
                self,
                lambda moved: Meaning({**self.arrays, **moved}, self.sizes, self),
            )
        return float(self.parts[base.objective, ()][base.position][at])

    def _solution(self, base: Solution, at: At) -> float:
        """One unknown of the linear system of its batch."""
        system = base.system
        batch = {index: at[index] for index in batches(system)}
        key = (system, tuple(batch.values()))
        if key not in self.parts:
            self.parts[key] = solved(system, batch, self.sizes, self.value)
        place = tuple(at[i] for i in base.indices if i not in batch)
        return float(self.parts[key][base.position, place])


MATRIX_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "inverse": np.linalg.inv,
    "cholesky": np.linalg.cholesky,
    "log_determinant": lambda matrix: np.asarray(np.linalg.slogdet(matrix)[1]),
}
"""What a function of a positive definite matrix means."""


def _is_old(base: Quantity) -> bool:
    known = Statistic | Origin | Solution | Maximized | Mode | Smoothed | SmoothedGaussian
    if isinstance(base, known):
        return True
    return isinstance(base, Defined | Computed) and base.phase in ("posterior", "maximize")
