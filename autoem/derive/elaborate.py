"""From an expression of the language to a sympy expression at given indices.

An expression over plates and event axes is read at one index for each axis,

    loading @ z + mean   at (n, d)   ->   loading_z[n, d] + mean[d],

where a contraction becomes a named intermediate, so that residuals stay factored.  A lookup by a
discrete latent is read at a *state*, a new index k that is summed with the indicator [z_n = k]; a
lookup by data is an index of its own.  Where positions are compared or reckoned with, t < z_n or
t - z_n, the outcome is known for each t and k: a number of its own, `Told`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

from autoem.derive.index import Index, Lookup, Read, fresh, shifted
from autoem.derive.quantity import (
    Declared,
    Element,
    Entries,
    Size,
    elements,
)
from autoem.derive.scope import DELTA, Scope
from autoem.derive.standing import (
    Consumed,
    Environment,
    assigned,
    called,
    contracted_at,
    placed,
    remaining,
)
from autoem.derive.term import Term, free_indices
from autoem.derive.told import Position
from autoem.errors import NotDerivable
from autoem.families.where import choice, equal, less
from autoem.language import chain, declaration, expression
from autoem.language.expression import Axis, Expression, Previous


@dataclass
class Reader:
    """Reads the expressions of one factor; `states` are the latent states it has met.

    `binary` are binary variables and comparisons whose value is chosen, and `met` where the
    variables were read; `used` are those that this reading needed, `compared` the comparisons as
    numbers, and `inside` those that hold where it is being read.
    """

    scope: Scope
    binary: Mapping[Expression, int]
    met: dict[Expression, tuple[Read, ...]] = field(default_factory=dict)
    used: dict[Expression, None] = field(default_factory=dict)
    compared: dict[Expression, sympy.Expr] = field(default_factory=dict)
    inside: tuple[sympy.Expr, ...] = ()
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
            case expression.Position(axis=axis):
                return self.scope.position(known[axis], axis)
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
                if node in self.binary:
                    return self._binary(node, earlier)
                return Element(self.scope.quantity(variable), earlier + event)
        raise NotDerivable(what=f"an expression of kind {type(node).__name__}", where="elaboration")

    def _variable(
        self, node: declaration.Variable, plates: tuple[Read, ...], event: tuple[Read, ...]
    ) -> sympy.Expr:
        if node in self.binary:
            return self._binary(node, plates)
        if self.scope.is_latent(node) and node.category is not None:
            return self.scope.position(self.state(node, plates), node.category)
        return Element(self.scope.quantity(node), plates + event)

    def _binary(self, node: Expression, place: tuple[Read, ...]) -> sympy.Expr:
        """What is chosen of a binary variable, at the one place where a law reads it."""
        self.used[node] = None
        if self.met.setdefault(node, place) != place:
            raise NotDerivable(what=f"{node.label} at two places of one law", where="a choice")
        return sympy.Integer(self.binary[node])

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
        return tuple((axis, self._place(entry, axis, known)) for axis, entry in node.entries)

    def _place(self, entry: Expression, axis: Axis, known: Environment) -> Read:
        """The index along the axis: one that is known, or one that is reckoned from others."""
        if isinstance(entry, expression.Position):
            return known[entry.axis]
        if not isinstance(entry, expression.Apply):
            return self.index(entry, known)
        value = self.read(entry, known)
        _check_told(self.scope, value, f"the index {entry.label}")
        told = self.scope.told("place", value, axis, sympy.Mul(*self.inside))
        return Lookup(told.base, told.indices)

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
        if self.scope.is_latent(variable):
            return self.state(variable, indices)
        return Lookup(self.scope.quantity(variable), indices)

    def _earlier(
        self, node: Previous, known: Environment
    ) -> tuple[declaration.Variable, tuple[Read, ...]]:
        """The variable of a chain, and its indices one step earlier; of a tree, at the parent."""
        variable = node.variable
        assert isinstance(variable, declaration.Random)
        law, (*plates, time) = variable.distribution, (known[axis] for axis in variable.plates)
        up = self.index(law.parent, known) if isinstance(law, chain.Tree) else shifted(time, -1)
        return variable, (*plates, up)

    def _apply(
        self, node: expression.Apply, known: Environment, event: tuple[Read, ...]
    ) -> sympy.Expr:
        if node.operator == "where" and node.arguments[0] in self.binary:
            return self._chosen(node, known, event)
        values = []
        for argument in node.arguments:
            inner = assigned(argument.event, node.event, event)
            values.append(self.read(argument, known, inner))
        return _OPERATORS[node.operator](*values)

    def chosen(self, condition: Expression) -> sympy.Expr:
        """A comparison as it is chosen to be: one where it holds, or where it does not."""
        holds = self.compared[condition]
        name, value = ("holds", holds) if self.binary[condition] else ("fails", 1 - holds)
        return value if value.is_number else self.scope.told(name, value)

    def _chosen(
        self, node: expression.Apply, known: Environment, event: tuple[Read, ...]
    ) -> sympy.Expr:
        """One branch of a choice, where its condition holds or does not."""
        condition, *branches = node.arguments
        holds = self.holds(condition, known)
        branch = branches[0 if holds else 1]
        outer = self.inside
        if condition in self.compared:
            self.inside = (*outer, self.chosen(condition))
        value = self.read(branch, known, assigned(branch.event, node.event, event))
        self.inside = outer
        return value

    def holds(self, condition: Expression, known: Environment) -> sympy.Expr:
        """Whether a condition is chosen to hold; what it compares is read once."""
        if condition not in self.binary or isinstance(condition, declaration.Variable | Previous):
            return self.read(condition, known)
        value = self.read(condition, known)
        _check_told(self.scope, value, "a comparison")
        if self.compared.setdefault(condition, value) != value:
            raise NotDerivable(what="one comparison at two places of a law", where="a choice")
        self.used[condition] = None
        return sympy.Integer(self.binary[condition])

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
        product = factors[0] * factors[1]
        if product.is_number:
            return sympy.Mul(product, *map(self.scope.size, summed))
        return self.scope.define(called(node), (Term(product, tuple(summed.values())),))


def number(value: Fraction | float) -> sympy.Expr:
    """An exact number, or an infinity."""
    if isinstance(value, float):
        return sympy.oo if value > 0 else -sympy.oo
    return sympy.Rational(value.numerator, value.denominator)


def _check_told(scope: Scope, value: sympy.Expr, what: str) -> None:
    """Data and states tell it: EM would never move a parameter in it."""
    for element in elements(value):
        base = element.base
        if isinstance(base, Position | Size) or (
            isinstance(base, Declared)
            and not isinstance(base.variable, UNKNOWN)
            and base.variable not in scope.unsure
        ):
            continue
        raise NotDerivable(
            what=f"{what} that mentions {base.name}, which is neither data nor one of finitely "
            "many states",
            where="a position",
        )


UNKNOWN = (declaration.Parameter, declaration.Latent)

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
    "less": less,
    "less_equal": lambda a, b: 1 - less(b, a),
    "greater": lambda a, b: less(b, a),
    "greater_equal": lambda a, b: 1 - less(a, b),
    "equal": equal,
}
