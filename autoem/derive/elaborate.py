"""From an expression of the language to a sympy expression at given indices.

An expression over plates and event axes is read at one index for each axis,

    loading @ z + mean   at (n, d)   ->   loading_z[n, d] + mean[d],

where a contraction becomes a named intermediate, so that residuals stay factored.  A lookup by a
discrete latent is read at a *state*, a new index k that is summed with the indicator [z_n = k]; a
lookup by data is an index of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

from autoem.derive.index import Index, Lookup, Read, fresh, shifted
from autoem.derive.quantity import (
    Element,
    Entries,
)
from autoem.derive.scope import DELTA, Scope
from autoem.derive.term import Term, free_indices
from autoem.errors import NotDerivable
from autoem.families.where import choice
from autoem.language import declaration, expression
from autoem.language.expression import Axis, Expression, Previous

Environment = Mapping[Axis, Read]
Consumed = tuple[Axis, Read]


@dataclass
class Reader:
    """Reads the expressions of one factor; `states` are the latent states it has met.

    `binary` are binary variables whose value is chosen, and `met` where they were read.
    """

    scope: Scope
    binary: Mapping[declaration.Variable, int]
    met: dict[declaration.Variable, tuple[Read, ...]] = field(default_factory=dict)
    states: dict[tuple[declaration.Variable, tuple[Read, ...]], Index] = field(default_factory=dict)

    def state(self, latent: declaration.Variable, indices: tuple[Read, ...]) -> Index:
        """The index k of the indicator [z = k] of this factor."""
        key = (latent, indices)
        if key not in self.states:
            self.states[key] = fresh(self.scope.states(latent))
        return self.states[key]

    def read(self, node: Expression, at: Environment, event: tuple[Read, ...] = ()) -> sympy.Expr:
        """The expression at one index for each plate and one for each event axis."""
        # A plate that a lookup has consumed keeps its index where an event has the same axis.
        known = {**dict(zip(node.event, event, strict=True)), **at}
        match node:
            case expression.Number():
                return number(node.value)
            case expression.Constant(kind="identity"):
                return Element(DELTA, event)
            case expression.Constant():
                return sympy.Integer(0 if node.kind == "zeros" else 1)
            case expression.DiagonalMatrix():
                return Element(DELTA, event) * self.read(node.vector, at, event[:1])
            case expression.Listing():
                return self._listing(node, known, event)
            case expression.Entry():
                return self.read(node.base, at, (*event, node.position))
            case expression.Lookup():
                return self._lookup(node, known, event)
            case expression.Contraction():
                return self._contraction(node, known, event)
            case expression.Apply():
                return self._apply(node, known, event)
            case declaration.Variable():
                return self._variable(node, placed(node.plates, (), known), event)
            case Previous():
                variable, earlier = self._earlier(node, known)
                return Element(self.scope.quantity(variable), earlier + event)
        raise NotDerivable(what=f"an expression of kind {type(node).__name__}", where="elaboration")

    def _variable(
        self, node: declaration.Variable, plates: tuple[Read, ...], event: tuple[Read, ...]
    ) -> sympy.Expr:
        if node in self.binary:
            if self.met.setdefault(node, plates) != plates:
                raise NotDerivable(what=f"{node.name} at two places of one law", where="a choice")
            return sympy.Integer(self.binary[node])
        return Element(self.scope.quantity(node), plates + event)

    def _listing(
        self, node: expression.Listing, known: Environment, event: tuple[Read, ...]
    ) -> sympy.Expr:
        entries = tuple(self.read(entry, known) for entry in node.entries)
        (position,) = event
        if isinstance(position, int):
            return entries[position]
        free = free_indices(Term(entry) for entry in entries)
        axes = (*(index.axis for index in free), node.axis)
        formal = fresh(node.axis)
        sign = "nonnegative" if all(entry.is_nonnegative for entry in entries) else "real"
        base = Entries("entries", axes, sign, indices=(*free, formal), entries=entries)
        return Element(base, (*free, position))

    def _lookup(
        self, node: expression.Lookup, known: Environment, event: tuple[Read, ...]
    ) -> sympy.Expr:
        consumed = self._consumed(node, known)
        if isinstance(node.base, declaration.Variable):
            return self._variable(node.base, placed(node.base.plates, consumed, known), event)
        return self.read(node.base, {**known, **dict(consumed)}, event)

    def _consumed(self, node: expression.Lookup, known: Environment) -> tuple[Consumed, ...]:
        return tuple((axis, self.index(entry, known)) for axis, entry in node.entries)

    def index(self, node: Expression, known: Environment) -> Read:
        """An index expression: a latent's state, or a lookup in data."""
        if isinstance(node, expression.Lookup) and isinstance(node.base, declaration.Variable):
            consumed = self._consumed(node, known)
            return self._code(node.base, placed(node.base.plates, consumed, known))
        if isinstance(node, declaration.Variable):
            return self._code(node, placed(node.plates, (), known))
        if isinstance(node, Previous):
            return self._code(*self._earlier(node, known))
        raise NotDerivable(what=f"an index of kind {type(node).__name__}", where="lookup")

    def _code(self, variable: declaration.Variable, indices: tuple[Read, ...]) -> Read:
        """The category of a variable at its indices."""
        if isinstance(variable, declaration.Latent):
            return self.state(variable, indices)
        return Lookup(self.scope.quantity(variable), indices)

    def _earlier(
        self, node: Previous, known: Environment
    ) -> tuple[declaration.Variable, tuple[Read, ...]]:
        """The variable of a chain, and its indices one step earlier."""
        variable = node.variable
        assert isinstance(variable, declaration.Variable)
        *plates, time = (known[axis] for axis in variable.plates)
        return variable, (*plates, shifted(time, -1))

    def _apply(
        self, node: expression.Apply, known: Environment, event: tuple[Read, ...]
    ) -> sympy.Expr:
        values = []
        for argument in node.arguments:
            inner = assigned(argument.event, node.event, event)
            values.append(self.read(argument, known, inner))
        return _OPERATORS[node.operator](*values)

    def _contraction(
        self, node: expression.Contraction, known: Environment, event: tuple[Read, ...]
    ) -> sympy.Expr:
        summed = {axis: fresh(axis) for axis in node.axes}
        left, right = node.left, node.right
        left_rest = remaining(left.event, node.axes, last=True)
        right_rest = remaining(right.event, node.axes, last=False)
        shift = {
            axis: left_rest.count(axis)
            for axis in right_rest
            if node.event.count(axis) == left_rest.count(axis) + right_rest.count(axis)
        }
        factors = []
        for operand, rest, last, offset in (
            (left, left_rest, True, {}),
            (right, right_rest, False, shift),
        ):
            outer = list(assigned(rest, node.event, event, offset))
            inner: list[Read] = []
            for position, axis in enumerate(operand.event):
                bound = contracted_at(operand.event, node.axes, axis, last) == position
                inner.append(summed[axis] if bound else outer.pop(0))
            factors.append(self.read(operand, {**known, **summed}, tuple(inner)))
        product = Term(factors[0] * factors[1], tuple(summed.values()))
        return self.scope.define(_name(node), (product,))


def placed(
    plates: tuple[Axis, ...], consumed: tuple[Consumed, ...], known: Environment
) -> tuple[Read, ...]:
    """One read for each plate: an axis that stands twice is consumed from left to right."""
    left, result = list(consumed), []
    for axis in plates:
        own = next((pair for pair in left if pair[0] is axis), None)
        if own is None:
            result.append(known[axis])
        else:
            left.remove(own)
            result.append(own[1])
    return tuple(result)


def number(value: Fraction | float) -> sympy.Expr:
    """An exact number, or an infinity."""
    if isinstance(value, float):
        return sympy.oo if value > 0 else -sympy.oo
    return sympy.Rational(value.numerator, value.denominator)


def remaining(event: tuple[Axis, ...], axes: tuple[Axis, ...], last: bool) -> tuple[Axis, ...]:
    """The event axes of an operand that a contraction leaves."""
    return tuple(
        axis
        for position, axis in enumerate(event)
        if contracted_at(event, axes, axis, last) != position
    )


def contracted_at(
    event: tuple[Axis, ...], axes: tuple[Axis, ...], axis: Axis, last: bool
) -> int | None:
    """Where in `event` the contracted axis stands: A's last, B's first."""
    if axis not in axes:
        return None
    positions = [position for position, other in enumerate(event) if other is axis]
    return positions[-1 if last else 0]


def assigned(
    inner: tuple[Axis, ...],
    outer: tuple[Axis, ...],
    indices: tuple[Read, ...],
    offset: Mapping[Axis, int] | None = None,
) -> tuple[Read, ...]:
    """Indices for the inner event axes: the j-th occurrence of an axis takes the j-th outside."""
    result = []
    for position, axis in enumerate(inner):
        nth = inner[:position].count(axis) + (offset or {}).get(axis, 0)
        places = [index for other, index in zip(outer, indices, strict=True) if other is axis]
        result.append(places[nth])
    return tuple(result)


def _name(node: Expression) -> str:
    """A readable name for a contraction: loading @ z is loading_z."""
    match node:
        case expression.Contraction():
            return f"{_name(node.left)}_{_name(node.right)}"
        case expression.Lookup():
            return _name(node.base)
        case declaration.Variable():
            return node.name or "x"
    return "sum"


_OPERATORS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "negative": lambda a: -a,
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "where": choice,
}
