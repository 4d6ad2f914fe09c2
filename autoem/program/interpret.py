"""The reference interpreter: what an array program means, slowly and obviously.

Every array is read on the full grid of axes that a statement mentions, by integer index arrays;
a guard is a boolean mask on that grid; a contraction is the product on the grid, masked and
summed.  Zero times infinity is zero (a state of probability zero that is never visited), while
0/0 stays NaN (an emptied component is to be seen, not hidden).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from autoem.program import interpret_chains, interpret_numeric
from autoem.program.interpret_data import axis_sizes, completed, sizes_of
from autoem.program.interpret_modes import at_modes
from autoem.program.interpret_ranks import best, rank
from autoem.program.interpret_scalar import Scope, product, read, scalar
from autoem.program.ir import (
    ROW_WEIGHT,
    Array,
    ArrayProgram,
    Best,
    BestPath,
    Contract,
    Distinct,
    Extreme,
    ForwardBackward,
    Function,
    Let,
    LogSumExp,
    Map,
    Matrix,
    Maximize,
    Nodes,
    Rank,
    Recur,
    Roll,
    Root,
    Smooth,
    Solve,
)
from autoem.program.roles import EVIDENCE, PRIOR, expectations, key_of, row_weight

KINDS = {"float": np.float64, "int": np.int64, "bool": np.bool_}
Values = dict[str, np.ndarray]
Known = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Interpretation:
    """An array program with the functions of a generated module, interpreted."""

    program: ArrayProgram

    def e_step(
        self,
        data: Mapping[str, np.ndarray],
        parameters: Mapping[str, np.ndarray],
        weights: np.ndarray | None = None,
        posterior: Mapping[str, np.ndarray] | None = None,
    ) -> tuple[Values, float]:
        """Expected statistics, and the objective: log-likelihood plus log prior."""
        program = self.program
        parameters = self._at_modes(data, parameters)
        given = completed(program, data, parameters)
        sizes = axis_sizes(program, given)
        expected = call(program.posterior, given, sizes)
        weight = _weight(program, expected, weights)
        known = {**given, **expected, **(posterior or {}), **weight}
        objective = _total(expected[EVIDENCE], weights) + self._log_prior(parameters)
        return call(program.statistics, known, sizes), objective

    def _log_prior(self, parameters: Mapping[str, np.ndarray]) -> float:
        if self.program.prior is None:
            return 0.0
        sizes = sizes_of(self.program, self.program.parameters, parameters)
        return float(call(self.program.prior, parameters, sizes)[PRIOR])

    def m_step(
        self, statistics: Mapping[str, np.ndarray], parameters: Mapping[str, np.ndarray]
    ) -> Values:
        """The parameters that maximize Q, given the statistics."""
        free = {array.name: np.array(entries) for array, entries in self.program.free.items()}
        known = {**statistics, **parameters, **free}
        arrays = {a.name: a for a in (*self.program.parameters, *self.program.maximize.inputs)}
        sizes = sizes_of(self.program, arrays.values(), known)
        return {**parameters, **_by_name(self.program.maximize, known, sizes)}

    def score(
        self,
        data: Mapping[str, np.ndarray],
        parameters: Mapping[str, np.ndarray],
        weights: np.ndarray | None = None,
    ) -> Values:
        """The gradient of the objective by every parameter."""
        program = self.program
        assert program.score is not None
        parameters = self._at_modes(data, parameters)
        given = completed(program, data, parameters)
        sizes = axis_sizes(program, given)
        expected = call(program.posterior, given, sizes)
        known = {**given, **expected, **_weight(program, expected, weights)}
        total = _by_name(program.score, known, sizes)
        if program.prior_score is None:
            return total
        prior = _by_name(program.prior_score, parameters, sizes)
        return {name: total[name] + prior[name] for name in total}

    def log_likelihood(
        self,
        data: Mapping[str, np.ndarray],
        parameters: Mapping[str, np.ndarray],
        weights: np.ndarray | None = None,
    ) -> float:
        """Log-likelihood of the data, each row raised to its weight."""
        given = completed(self.program, data, self._at_modes(data, parameters))
        expected = call(self.program.posterior, given, axis_sizes(self.program, given))
        return _total(expected[EVIDENCE], weights)

    def posterior(
        self, data: Mapping[str, np.ndarray], parameters: Mapping[str, np.ndarray]
    ) -> Values:
        """Expectations of the latent variables given the data."""
        return self._held(data, self._at_modes(data, parameters))

    def _held(self, data: Known, parameters: Known) -> Values:
        """Expectations at what is held, be it at a mode or not."""
        given = completed(self.program, data, parameters)
        sizes, more = axis_sizes(self.program, given), self.program.entries
        expected = call(self.program.posterior, given, sizes)
        own = {array.name: expected[array.name] for array in expectations(self.program)}
        return own if more is None else own | _by_name(more, given, sizes)

    def _at_modes(self, data: Known, parameters: Known) -> Known:
        modes, heights = self.program.modes, self.program.heights
        return at_modes(partial(self._held, data), dict(parameters), modes, heights)

    def decode(
        self, data: Mapping[str, np.ndarray], parameters: Mapping[str, np.ndarray]
    ) -> Values:
        """The most probable states of the discrete latents, together."""
        assert self.program.decode is not None
        given = completed(self.program, data, parameters)
        return _by_name(self.program.decode, given, axis_sizes(self.program, given))


def interpret(program: ArrayProgram) -> Interpretation:
    """The meaning of a program, with the interface of a generated module."""
    return Interpretation(program)


def _by_name(
    function: Function, values: Mapping[str, np.ndarray], sizes: Mapping[str, int]
) -> Values:
    """The outputs by the parameters or latents that they belong to."""
    found = call(function, values, sizes)
    return {key_of(function, array): found[array.name] for array in function.outputs}


def _total(evidence: np.ndarray, weights: np.ndarray | None) -> float:
    ones = np.ones(()) if weights is None else np.asarray(weights)
    return float(np.sum(product([ones, evidence])))


def _weight(program: ArrayProgram, expected: Values, weights: np.ndarray | None) -> Values:
    if row_weight(program) is None:
        return {}
    ones = np.ones(expected[EVIDENCE].shape)
    return {ROW_WEIGHT: ones if weights is None else np.asarray(weights, dtype=np.float64)}


def call(function: Function, values: Mapping[str, np.ndarray], sizes: Mapping[str, int]) -> Values:
    """The outputs of a function at the given inputs."""
    scope = Scope({}, dict(sizes))
    for array in function.inputs:
        scope.values[array.name] = _cast(array, np.asarray(values[array.name]), scope)
    execute(function.body, scope)
    return {array.name: scope.values[array.name] for array in function.outputs}


def execute(body: tuple[Let, ...], scope: Scope) -> None:
    """Run the statements in order, adding their targets to the scope."""
    for let in body:
        for target, value in zip(let.targets, _evaluate(let, scope), strict=True):
            scope.values[target.name] = _cast(target, value, scope)


def _cast(array: Array, value: np.ndarray, scope: Scope) -> np.ndarray:
    return np.broadcast_to(value, scope.shape(array.axes)).astype(KINDS[array.kind])


def _evaluate(let: Let, scope: Scope) -> tuple[np.ndarray, ...]:
    target, operation = let.targets[0], let.operation
    match operation:
        case Map(expression):
            return (scalar(scope, expression, target.axes),)
        case Contract():
            return (_contract(operation, target, scope),)
        case LogSumExp():
            return (_log_sum_exp(operation, target, scope),)
        case Extreme(operand, axes):
            value = np.abs(read(scope, operand, (*target.axes, *axes)))
            return (np.max(value, axis=tuple(range(len(target.axes), value.ndim)), initial=0.0),)
        case Rank():
            return (rank(operation, target, scope),)
        case Matrix():
            return (interpret_numeric.matrix(operation, target, scope),)
        case Solve():
            return interpret_numeric.solve(operation, let.targets, scope)
        case ForwardBackward():
            return interpret_chains.forward_backward(operation, let.targets, scope)
        case Best():
            return best(operation, target, scope)
        case BestPath():
            return interpret_chains.best_path(operation, let.targets, scope)
        case Roll(operand, axis, by):
            value = read(scope, operand, target.axes)
            return (np.roll(value, -by, target.axes.index(axis)),)
        case Distinct():
            raise AssertionError("patterns are made by the plan, after the meaning is settled")
        case Recur():
            return (interpret_chains.recur(operation, target, scope),)
        case Smooth():
            return interpret_chains.smooth(operation, let.targets, scope)
        case Root():
            return (interpret_numeric.root(operation, target, scope, execute),)
        case Maximize():
            return interpret_numeric.maximize(operation, scope, execute)
        case Nodes():
            return interpret_numeric.nodes(operation)


def _contract(operation: Contract, target: Array, scope: Scope) -> np.ndarray:
    grid = (*target.axes, *operation.over)
    value = product([np.ones(()), *(read(scope, f, grid) for f in operation.factors)])
    value = np.broadcast_to(value, scope.shape(grid))
    for guard in operation.guards:
        value = np.where(read(scope, guard.left, grid) == read(scope, guard.right, grid), value, 0)
    summed = value.sum(axis=tuple(range(len(target.axes), len(grid))))
    return float(operation.scale) * summed


def _log_sum_exp(operation: LogSumExp, target: Array, scope: Scope) -> np.ndarray:
    grid = (*target.axes, *operation.axes)
    value = np.broadcast_to(read(scope, operation.operand, grid), scope.shape(grid))
    return np.logaddexp.reduce(value.reshape(*value.shape[: len(target.axes)], -1), axis=-1)
