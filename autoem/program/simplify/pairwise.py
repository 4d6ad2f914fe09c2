"""The order of a contraction: two factors at a time, the cheapest way.

A step is a matrix product where the rows are free or contracted, an `einsum` where they are a
batch, an elementwise product where nothing is summed.  Row-free factors come together first.  A
product that several contractions need is charged to each of them in part, and one that has been
made already costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from autoem.program.ir import ROW_WEIGHT, Array, Contract, Function, Let, Ref
from autoem.program.simplify.context import Context, varying
from autoem.program.walk import distinct, index_axes

ROWS, OTHER = 4096.0, 8.0
"""Lengths that stand for those of the data: of a block of rows, of any other axis."""

ELEMENTWISE, EINSUM, MATRIX = 2.0, 1.0, 0.15
"""Cost of one multiplication and addition in each form: memory, a vector loop, BLAS."""

Axes = tuple[str, ...]


def contract_pairwise(function: Function, context: Context) -> Function:
    """No contraction of the result has more than two factors."""
    shared = _shared(function, context)
    found = varying(function, context.row)
    body: list[Let] = []
    for let in function.body:
        if isinstance(let.operation, Contract) and not let.operation.guards:
            body += Ordering(context, let, found, shared).statements(let.operation)
        else:
            body.append(let)
    return replace(function, body=tuple(body))


def _shared(function: Function, context: Context) -> dict[object, float]:
    """How many contractions need a product: of data alone, or of an expectation and the weights."""
    shared: dict[object, float] = {}
    entered = {*context.pinned, ROW_WEIGHT}
    for let in function.body:
        if isinstance(let.operation, Contract):
            pairs = combinations(let.operation.factors, 2)
            alike = (p for p in pairs if (p[0].name in entered) == (p[1].name in entered))
            for key in dict.fromkeys(map(_pair_key, alike)):
                shared[key] = shared.get(key, 0.0) + 1.0
    return shared


def _pair_key(pair: tuple[Ref, ...]) -> object:
    """Two factors, up to the names of their axes."""
    left, right = sorted(pair, key=lambda ref: ref.name)
    numbers: dict[str, int] = {}
    for axis in (*index_axes(left), *index_axes(right)):
        numbers.setdefault(axis, len(numbers))
    places = (tuple(numbers[a] for a in index_axes(ref)) for ref in (left, right))
    return left.name, right.name, tuple(places)


@dataclass(frozen=True)
class Ordering:
    """One contraction, taken apart into steps."""

    context: Context
    let: Let
    varying: frozenset[str]
    shared: dict[object, float]

    def statements(self, operation: Contract) -> list[Let]:
        made: list[Let] = []
        operation = self._scaled(self._summed(operation, made), made)
        factors = list(operation.factors)
        over = [axis for axis in operation.over]
        while len(factors) > 2:
            left, right = self._best(factors)
            rest = [f for f in factors if f is not left and f is not right]
            needed = {*self._target_axes(), *_axes(rest)}
            gone = tuple(a for a in _axes((left, right)) if a not in needed)
            product = self._named(
                left, right, tuple(a for a in _axes((left, right)) if a in needed)
            )
            made.append(Let((product,), Contract((left, right), gone)))
            if not gone:
                self.shared[_pair_key((left, right))] = math.inf
            over = [axis for axis in over if axis not in gone]
            factors = [*rest, Ref(product.name, product.axes)]
        final = Contract(tuple(factors), tuple(over), (), operation.scale)
        return [*made, replace(self.let, operation=final)]

    def _target_axes(self) -> Axes:
        return self.let.targets[0].axes

    def _summed(self, operation: Contract, made: list[Let]) -> Contract:
        """Sum every factor over the axes that it has alone."""
        result: list[Ref] = []
        over = operation.over
        for place, factor in enumerate(operation.factors):
            others = _axes(f for i, f in enumerate(operation.factors) if i != place)
            kept = (*others, *self._target_axes())
            gone = tuple(axis for axis in index_axes(factor) if axis not in kept)
            if gone and len(operation.factors) > 1:
                axes = tuple(axis for axis in index_axes(factor) if axis in kept)
                total = Array(self.context.fresh(f"total_{factor.name}"), axes)
                made.append(Let((total,), Contract((factor,), gone)))
                factor = Ref(total.name, axes)
                over = tuple(axis for axis in over if axis not in gone)
            result.append(factor)
        return replace(operation, factors=tuple(result), over=over)

    def _scaled(self, operation: Contract, made: list[Let]) -> Contract:
        """The scale of a row-wise result goes to a row-free factor."""
        free = [f for f in operation.factors if f.name not in self.varying and index_axes(f)]
        if operation.scale in (1, -1) or not free or self.context.row not in self._target_axes():
            return operation
        factor = free[0]
        axes = index_axes(factor)
        scaled = Array(self.context.fresh(f"scaled_{factor.name}"), axes)
        made.append(Let((scaled,), Contract((factor,), (), (), operation.scale)))
        factors = tuple(Ref(scaled.name, axes) if f is factor else f for f in operation.factors)
        return replace(operation, factors=factors, scale=Fraction(1))

    def _best(self, factors: list[Ref]) -> tuple[Ref, Ref]:
        """The first step of the cheapest order."""
        return min(self._first_steps(tuple(factors)), key=lambda step: step[0])[1]

    def _first_steps(self, factors: tuple[Ref, ...]) -> list[tuple[float, tuple[Ref, Ref]]]:
        steps = []
        for i, j in combinations(range(len(factors)), 2):
            rest = tuple(f for place, f in enumerate(factors) if place not in (i, j))
            cost, merged = self._step(factors[i], factors[j], rest)
            if rest:
                following = (*rest, merged)
                deep = len(factors) <= 5
                cost += min(s[0] for s in self._first_steps(following)) if deep else 0.0
            steps.append((cost, (factors[i], factors[j])))
        return steps

    def _step(self, left: Ref, right: Ref, rest: tuple[Ref, ...]) -> tuple[float, Ref]:
        """Cost of a product, and a reference that has the axes of its result."""
        row = self.context.row
        axes = _axes((left, right))
        needed = {*self._target_axes(), *_axes(rest)}
        result = tuple(axis for axis in axes if axis in needed)
        both = [axis for axis in index_axes(left) if axis in index_axes(right)]
        volume = math.prod(ROWS if axis == row else OTHER for axis in axes)
        if len(result) == len(axes):
            half = 0.5 if left.name == right.name else 1.0  # x[i] x[j] for i <= j tells all
            cost = half * ELEMENTWISE * volume / self.shared.get(_pair_key((left, right)), 1)
        elif (row in result and row in both) or not set(axes) - set(both):
            cost = EINSUM * volume
        else:
            cost = MATRIX * volume
        return cost, Ref(f"({left.name} {right.name})", result)

    def _named(self, left: Ref, right: Ref, axes: Axes) -> Array:
        """The array of a product: axes in the order of the larger factor, or of the target."""
        by_size = sorted((left, right), key=lambda ref: -len(index_axes(ref)))
        order = _axes(by_size)
        if len(index_axes(left)) == len(index_axes(right)):
            order = distinct((*self._target_axes(), *order))
        return Array(self.context.fresh(_stem(left.name, right.name)), _sorted(order, axes))


def _sorted(order: Axes, axes: Axes) -> Axes:
    return tuple(axis for axis in order if axis in axes)


def _stem(left: str, right: str) -> str:
    if ROW_WEIGHT in (left, right):
        return f"weighted_{right if left == ROW_WEIGHT else left}"
    if left == right:
        return f"square_{left}"
    name = f"{left}_{right}"
    return name if len(name) <= 40 else "product"


def _axes(factors: Iterable[Ref]) -> Axes:
    return distinct(axis for factor in factors for axis in index_axes(factor))
