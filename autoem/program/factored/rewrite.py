"""A program without arrays over the axes of a sparse table, which would have its zeros.

What is computed for each pair (n, k) is a table times a function of n times a function of k, and is
kept as the two functions.  Its sums are products of the table with a vector,

    sum over k of a[n, k] f[k] g[n] = g[n] (a f)[n] ,

and the log-sum-exp over k of log a[n, k] + u[k] + v[n] is m + v[n] + log (a exp(u - m))[n], with m
that of u alone.  The value is the same as before; where something is no such product, an error says
what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from autoem.errors import NotSparse
from autoem.program.factored.algebra import (
    Algebra,
    Factored,
    Logarithm,
    multiplied,
    product,
    summed,
)
from autoem.program.ir import (
    Array,
    ArrayProgram,
    Best,
    Call,
    Contract,
    Function,
    Let,
    LogSumExp,
    Map,
    Number,
    Ref,
    Scalar,
)
from autoem.program.names import fresh_names
from autoem.program.walk import distinct, index_axes, names_used, scalar_axes

MINUS, ZERO = Number(Fraction(-1)), Fraction(0)


def factored(program: ArrayProgram, sparse: tuple[str, ...]) -> ArrayProgram:
    """The program with each of the named tables in products only."""
    for name in sparse:
        table = next(array for array in program.data if array.name == name)
        program = _without_pairs(program, table)
    return replace(program, sparse=sparse)


def _without_pairs(program: ArrayProgram, table: Array) -> ArrayProgram:
    row, column = table.axes
    algebra = Algebra(table.name, row, column)
    fresh = fresh_names(program)
    posterior = Rewriting(algebra, fresh).function(program.posterior)
    between = tuple(a for a in posterior.outputs if a not in program.posterior.outputs)
    statistics = Rewriting(algebra, fresh, between).function(program.statistics)
    score = program.score
    if score is not None:
        score = Rewriting(algebra, fresh, between).function(score)
    before = program.entries or replace(program.posterior, name="entries", outputs=())
    entries = Rewriting(algebra, fresh_names(program)).entries(before, program.posterior.outputs)
    kept = {array.name for array in (*posterior.outputs, *entries.outputs)}
    latents = {
        latent: {word: told for word, told in words.items() if kept.issuperset(told.arrays)}
        for latent, words in program.latents.items()
    }
    return replace(
        program,
        posterior=posterior,
        statistics=statistics,
        score=score,
        decode=program.decode and Rewriting(algebra, fresh).function(program.decode),
        entries=entries,
        latents={latent: words for latent, words in latents.items() if words},
    )


@dataclass
class Rewriting:
    """One function being rewritten; `between` are arrays that the posterior hands over instead of
    those over both axes."""

    algebra: Algebra
    fresh: Callable[[str], str]
    between: tuple[Array, ...] = ()
    body: list[Let] = field(default_factory=list)

    def function(self, function: Function) -> Function:
        """The function without arrays over both axes but the table."""
        for let in function.body:
            self._statement(let)
        mine = {target.name: target for let in self.body for target in let.targets}
        outputs: dict[str, Array] = {}
        for array in function.outputs:
            shown = (array,) if not self._is_gone(array.name) else self._parts(array.name, mine)
            outputs |= {part.name: part for part in shown}
        inputs = (*(a for a in function.inputs if not self._is_gone(a.name)), *self.between)
        return replace(function, inputs=inputs, body=tuple(self.body), outputs=(*outputs.values(),))

    def entries(self, function: Function, arrays: tuple[Array, ...]) -> Function:
        """The function, and those of the arrays that are the table times a product besides, whose
        zeros are the table's."""
        function, outputs = self.function(function), list[Array]()
        for array in arrays:
            found = self.algebra.sums.get(array.name, ())
            if len(found) == 1 and len(found[0].tables) == 1:
                (one,) = found
                number = () if one.coefficient == 1 else (Number(one.coefficient),)
                factors = (*one.tables, *one.columns, *one.rows, *number)
                self.body.append(Let((array,), Map(Call("scaled_entries", factors))))
                outputs.append(array)
        whole = (*function.outputs, *outputs)
        return replace(function, body=tuple(self.body), outputs=whole)

    def _is_gone(self, name: str) -> bool:
        return name in self.algebra.sums or name in self.algebra.logarithms

    def _parts(self, name: str, mine: dict[str, Array]) -> tuple[Array, ...]:
        """The arrays that a sum of products is made of."""
        sides = [s for f in self.algebra.sums.get(name, ()) for s in (*f.columns, *f.rows)]
        return tuple(mine[s.name] for s in sides if isinstance(s, Ref) and s.name in mine)

    def _statement(self, let: Let) -> None:
        pair = self.algebra.is_pair(let.targets[0].axes)
        read = names_used(let.operation)
        if not pair and not any(n == self.algebra.table or self._is_gone(n) for n in read):
            self.body.append(let)
            return
        match let.operation:
            case Map(expression) if pair:
                self._define(let.targets[0], expression)
            case Contract(guards=()):
                self._contract(let, let.operation)
            case LogSumExp(operand, (axis,)) if axis == self.algebra.column:
                self._log_sum_exp(let, operand)
            case Best(operand, axis, None) if axis == self.algebra.column:
                self._best(let, operand)
            case _:
                raise self._refusal(let.targets[0])

    def _refusal(self, target: Array) -> NotSparse:
        return NotSparse(
            table=self.algebra.table,
            axes=(self.algebra.row, self.algebra.column),
            quantity=target.name,
        )

    # --- what is kept of an array over both axes ----------------------------------------------

    def _define(self, target: Array, expression: Scalar) -> None:
        logarithm, found = self.algebra.logarithm(expression), self.algebra.sum(expression)
        if logarithm is not None and (logarithm.tables or found is None):
            self.algebra.logarithms[target.name] = logarithm
        if found is not None:
            self.algebra.sums[target.name] = tuple(self._named(target, f) for f in found)
        elif logarithm is None:
            raise self._refusal(target)

    def _named(self, target: Array, factor: Factored) -> Factored:
        """Each side as an array of its own."""
        columns, rows = (
            (self._array(f"{target.name}_by_{axis}", product(side)),) if side else ()
            for side, axis in (
                (factor.columns, self.algebra.column),
                (factor.rows, self.algebra.row),
            )
        )
        return replace(factor, columns=columns, rows=rows)

    def _array(self, name: str, expression: Scalar) -> Ref:
        if isinstance(expression, Ref) and all(isinstance(a, str) for a in expression.axes):
            return expression
        axes = scalar_axes(expression)
        target = Array(self.fresh(name), axes)
        self.body.append(Let((target,), Map(expression)))
        return Ref(target.name, axes)

    # --- sums ---------------------------------------------------------------------------------

    def _log_sum_exp(self, let: Let, operand: Ref) -> None:
        known = self.algebra.logarithms.get(operand.name)
        if known is None or len(known.tables) != 1:
            raise self._refusal(let.targets[0])
        shifted = self._shifted(operand.name, known)
        column = self.algebra.column
        shares = tuple(self._array(f"share_{column}", Call("exp", (u,))) for u in shifted.columns)
        total = self._contracted(f"total_{operand.name}", (*known.tables, *shares), (column,))
        terms = (Call("log", (total,)), *shifted.rows)
        self.body.append(Let(let.targets, Map(summed(terms)), let.comment))

    def _shifted(self, name: str, known: Logarithm) -> Logarithm:
        """The same logarithm, its part by columns no greater than zero, and known so from here."""
        if not known.columns:
            return known
        column = self.algebra.column
        u = self._array(f"{name}_by_{column}", summed(known.columns))
        if column not in index_axes(u):
            return known
        rest = tuple(axis for axis in index_axes(u) if axis != column)
        most = Array(self.fresh(f"{name}_most"), rest)
        self.body.append(Let((most,), LogSumExp(u, (column,))))
        m = Ref(most.name, rest)
        below = self._array(f"{name}_below", Call("add", (u, Call("multiply", (MINUS, m)))))
        self.algebra.logarithms[name] = Logarithm(known.tables, (below,), (*known.rows, m))
        return self.algebra.logarithms[name]

    def _best(self, let: Let, operand: Ref) -> None:
        known = self.algebra.logarithms.get(operand.name)
        if known is None or len(known.tables) != 1:
            raise self._refusal(let.targets[0])
        weight = self._array(f"{operand.name}_by_{self.algebra.column}", summed(known.columns))
        value, choice = let.targets
        inner = replace(value, name=self.fresh(value.name)) if known.rows else value
        best = Best(weight, self.algebra.column, known.tables[0])
        self.body.append(Let((inner, choice), best, let.comment))
        if known.rows:
            whole = summed((Ref(inner.name, inner.axes), *known.rows))
            self.body.append(Let((value,), Map(whole)))

    def _contract(self, let: Let, operation: Contract) -> None:
        target = let.targets[0]
        parts = [self.algebra.sum(factor) for factor in operation.factors]
        if any(part is None for part in parts):
            raise self._refusal(target)
        found = multiplied([part for part in parts if part is not None])
        found = tuple(replace(f, coefficient=f.coefficient * operation.scale) for f in found)
        if self.algebra.is_pair(target.axes):
            self.algebra.sums[target.name] = tuple(self._named(target, f) for f in found)
            return
        terms = tuple(self._summed(target, f, operation.over) for f in found) or (Number(ZERO),)
        self.body.append(Let(let.targets, Map(summed(terms)), let.comment))

    def _summed(self, target: Array, factor: Factored, over: tuple[str, ...]) -> Scalar:
        """The sum of one product: first over the columns, or else over the rows."""
        if len(factor.tables) > 1:
            raise self._refusal(target)
        row, column = self.algebra.row, self.algebra.column
        rest = tuple(axis for axis in over if axis not in (row, column))
        sides = [
            tuple(self._array(f"{target.name}_by_{axis}", product(side)) for _ in side[:1])
            for side, axis in ((factor.columns, column), (factor.rows, row))
        ]
        inner, outer = sides if column in over else sides[::-1]
        first = column if column in over else row
        own = tuple(axis for axis in rest if not any(axis in index_axes(r) for r in outer))
        one = self._contracted(f"{target.name}_part", (*factor.tables, *inner), (first, *own))
        left = tuple(axis for axis in over if axis not in (first, *own))
        whole: Scalar = product((one, *outer))
        if left:
            whole = self._contracted(f"{target.name}_part", (one, *outer), left)
        return (
            whole
            if factor.coefficient == 1
            else Call("multiply", (Number(factor.coefficient), whole))
        )

    def _contracted(self, name: str, factors: tuple[Ref, ...], over: tuple[str, ...]) -> Ref:
        axes = distinct(a for f in factors for a in index_axes(f) if a not in over)
        target = Array(self.fresh(name), axes)
        self.body.append(Let((target,), Contract(factors, over)))
        return Ref(target.name, axes)
