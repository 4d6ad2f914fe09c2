"""The executable meaning of the symbolic model: terms as numbers, slowly and obviously.

A sum of terms is a loop over the bound indices of each, where its guards hold; an element is the
entry of its quantity; a quantity is data, a parameter, or what its definition says.  Nothing is
compiled and nothing is simplified: the sympy tree is walked.  Zero times infinity is zero.

Q(theta) reads two sets of parameters: theta, and in the posterior and in origins the old ones.  A
`Meaning` has one set and knows the `old` meaning, which is itself where they are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import sympy
from scipy import optimize, special

from autoem.derive.index import Index, Lookup, Read
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Delta,
    Element,
    Entries,
    Indicator,
    MatrixFunction,
    Origin,
    Quantity,
    Size,
    Solution,
    Statistic,
)
from autoem.derive.term import Term
from autoem.errors.verification import NotJudged
from autoem.families.family import log_zero
from autoem.language.declaration import Variable
from autoem.language.expression import Axis

At = Mapping[Index, int]
Known = Mapping[Element, float]

FUNCTIONS: dict[type, Callable[..., float]] = {
    sympy.log: lambda x: math.log(x) if x > 0 else -math.inf if x == 0 else math.nan,
    sympy.exp: lambda x: math.exp(x) if x < 700 else math.inf,
    sympy.loggamma: lambda x: float(special.gammaln(x)),
    sympy.polygamma: lambda n, x: float(special.psi(x) if n == 0 else special.polygamma(int(n), x)),
    sympy.Abs: abs,
    sympy.sign: lambda x: float(np.sign(x)),
    sympy.Max: max,
    sympy.Min: min,
    sympy.erf: math.erf,
    log_zero: lambda x: 0.0 if x == 0 else -math.inf,
}
"""What each function of an expression means."""


@dataclass(frozen=True, eq=False)
class Meaning:
    """Numbers for the declared quantities: `arrays` by variable, `sizes` by axis.

    The array of a discrete latent holds its states.
    """

    arrays: Mapping[Variable, np.ndarray]
    sizes: Mapping[Axis, int]
    old: Meaning | None = None
    memory: dict[tuple[Quantity, tuple[int, ...]], float] = field(default_factory=dict)
    matrices: dict[tuple[Quantity, tuple[int, ...]], Any] = field(default_factory=dict)

    # --- sums ---------------------------------------------------------------------------------

    def total(
        self, terms: Iterable[Term], at: At | None = None, known: Known | None = None
    ) -> float:
        """The value of a sum of terms, whose free indices have the values `at`."""
        return math.fsum(self._summed(term, at or {}, known or {}) for term in terms)

    def _summed(self, term: Term, at: At, known: Known) -> float:
        lengths = [range(self.length(index.axis)) for index in term.bound]
        parts = []
        for position in product(*lengths):
            here = {**at, **dict(zip(term.bound, position, strict=True))}
            if all(self.read(g.left, here) == self.read(g.right, here) for g in term.guards):
                parts.append(self.value(term.value, here, known))
        return _sum(parts)

    def length(self, axis: Axis) -> int:
        """The number of entries of an axis."""
        return self.sizes[axis] if axis.size is None else axis.size

    def read(self, read: Read, at: At) -> int:
        """The position that an index, a lookup or an integer names."""
        if isinstance(read, Index):
            return at[read]
        if isinstance(read, Lookup):
            return int(self.entry(read.table, tuple(self.read(r, at) for r in read.indices)))
        return read

    # --- expressions --------------------------------------------------------------------------

    def value(self, expression: sympy.Expr, at: At, known: Known) -> float:
        """A sympy expression with its elements read at the indices `at`."""
        if isinstance(expression, Element):
            if expression in known:
                return known[expression]
            position = tuple(self.read(read, at) for read in expression.indices)
            return self.entry(expression.base, position)
        if not expression.args:
            return math.inf if expression is sympy.oo else float(expression)
        values = [self.value(argument, at, known) for argument in expression.args]
        if isinstance(expression, sympy.Add):
            return _sum(values)
        if isinstance(expression, sympy.Mul):
            return 0.0 if 0.0 in values and not any(map(math.isnan, values)) else math.prod(values)
        if isinstance(expression, sympy.Pow):
            return _power(*values)
        if type(expression) not in FUNCTIONS:
            raise NotJudged(what=f"the function {type(expression).__name__}")
        return FUNCTIONS[type(expression)](*values)

    # --- quantities ---------------------------------------------------------------------------

    def entry(self, base: Quantity, at: tuple[int, ...]) -> float:
        """One entry of a quantity; expectations and origins are those of the old parameters."""
        if self.old is not None and _is_old(base):
            return self.old.entry(base, at)
        if (base, at) not in self.memory:
            self.memory[base, at] = self._entry(base, at)
        return self.memory[base, at]

    def array(self, base: Quantity) -> np.ndarray:
        """All entries of a quantity, over its axes."""
        shape = tuple(self.length(axis) for axis in base.axes)
        return np.array([self.entry(base, at) for at in np.ndindex(shape)]).reshape(shape)

    def _entry(self, base: Quantity, at: tuple[int, ...]) -> float:
        match base:
            case Declared():
                return float(self.arrays[base.variable][at])
            case Indicator():
                return float(self.arrays[base.latent.variable][at[:-1]] == at[-1])
            case Delta():
                return float(at[0] == at[1])
            case Size():
                return float(self.length(base.axis))
            case Origin():
                return self.entry(base.base, at)
            case MatrixFunction():
                return self._matrix_function(base, at)
            case Entries():
                places = dict(zip(base.indices[:-1], at[:-1], strict=True))
                return self.value(base.entries[at[-1]], places, {})
            case Defined():
                return self.total(base.definition, dict(zip(base.indices, at, strict=True)))
            case Computed():
                return self._computed(base, dict(zip(base.indices, at, strict=True)))
            case Solution():
                return self._solution(base, dict(zip(base.indices, at, strict=True)))
        raise NotJudged(what=f"the quantity {base.name} of kind {type(base).__name__}")

    def _matrix_function(self, base: MatrixFunction, at: tuple[int, ...]) -> float:
        batch = at[: len(base.base.axes) - 2]
        if (base, batch) not in self.matrices:
            size = self.length(base.base.axes[-1])
            entries = [self.entry(base.base, (*batch, *ij)) for ij in np.ndindex(size, size)]
            self.matrices[base, batch] = _of_matrix(
                base.function, np.reshape(entries, (size, size))
            )
        return float(self.matrices[base, batch][at[len(batch) :]])

    def _computed(self, base: Computed, at: At) -> float:
        match base.operation:
            case "map":
                return self.value(base.operands[0], at, {})
            case "log_sum_exp":
                return float(special.logsumexp(self._grid(base, at)))
            case "log_determinant":
                return float(_of_matrix("log_determinant", self._grid(base, at)))
            case "inverse":
                batch = tuple(place for index, place in at.items() if index not in base.over)
                if (base, batch) not in self.matrices:
                    self.matrices[base, batch] = _of_matrix("inverse", self._grid(base, at))
                return float(self.matrices[base, batch][tuple(at[index] for index in base.over)])
            case "root":
                return self._root(base, at)
        raise NotJudged(what=f"the operation {base.operation}")

    def _grid(self, base: Computed, at: At) -> np.ndarray:
        """The operand over the indices that the operation takes together."""
        shape = tuple(self.length(index.axis) for index in base.over)
        places = ({**at, **dict(zip(base.over, place, strict=True))} for place in np.ndindex(shape))
        return np.array([self.value(base.operands[0], p, {}) for p in places]).reshape(shape)

    def _root(self, base: Computed, at: At) -> float:
        """The root of the slope in the unknown: a bracket about the old value, then Brent."""
        slope, _, unknown = base.operands
        assert isinstance(unknown, Element)
        start = self.value(unknown, at, {})
        positive = unknown.base.sign in ("positive", "nonnegative")

        def at_value(t: float) -> float:
            return self.value(slope, at, {unknown: t})

        for factor in 2.0 ** np.arange(1, 60):
            low, high = (
                (start / factor, start * factor) if positive else (start - factor, start + factor)
            )
            if at_value(low) * at_value(high) <= 0:
                return float(optimize.brentq(at_value, low, high, xtol=1e-300, rtol=1e-15))
        return math.nan

    def _solution(self, base: Solution, at: At) -> float:
        """One unknown of the smallest solution of the linear system of its batch."""
        system = base.system
        shared = [i for i in system.rows[0] if all(i in column for column in system.columns)]
        batch = tuple(at[index] for index in shared)
        key: tuple[Any, tuple[int, ...]] = (system, batch)
        if key not in self.matrices:
            self.matrices[key] = self._solved(base, dict(zip(shared, batch, strict=True)))
        row = tuple(at[i] for i in system.rows[base.position] if i not in shared)
        return float(self.matrices[key][base.position, row])

    def _solved(self, base: Solution, batch: At) -> dict[tuple[int, tuple[int, ...]], float]:
        system = base.system
        rows = [self._places(index, batch) for index in system.rows]
        columns = [self._places(index, batch) for index in system.columns]
        matrix = [
            [
                0.0 if entry is None else self.value(entry, {**row, **column}, {})
                for j, entry in enumerate(line)
                for column in columns[j]
            ]
            for i, line in enumerate(system.matrix)
            for row in rows[i]
        ]
        right = [self.value(e, row, {}) for i, e in enumerate(system.right) for row in rows[i]]
        solution = np.linalg.lstsq(np.array(matrix), np.array(right), rcond=1e-13)[0]
        names = [
            (i, tuple(row[index] for index in system.rows[i] if index not in batch))
            for i in range(len(rows))
            for row in rows[i]
        ]
        return dict(zip(names, solution, strict=True))

    def _places(self, indices: tuple[Index, ...], batch: At) -> list[dict[Index, int]]:
        """All positions of the indices, those of the batch held."""
        free = [index for index in indices if index not in batch]
        ranges = [range(self.length(index.axis)) for index in free]
        return [{**batch, **dict(zip(free, place, strict=True))} for place in product(*ranges)]


def _is_old(base: Quantity) -> bool:
    if isinstance(base, Statistic | Origin | Solution):
        return True
    return isinstance(base, Defined | Computed) and base.phase in ("posterior", "maximize")


def _of_matrix(function: str, matrix: np.ndarray) -> np.ndarray:
    if function == "inverse":
        return np.linalg.inv(matrix)
    return np.asarray(np.linalg.slogdet(matrix)[1])


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        return math.inf
    if base < 0 and exponent != int(exponent):
        return math.nan
    return float(base**exponent)


def _sum(values: list[float]) -> float:
    """The exact sum; plain where something is infinite."""
    return math.fsum(values) if all(map(math.isfinite, values)) else sum(values)
