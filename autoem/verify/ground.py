"""Terms written out at a small fixed size: every entry is a symbol, no sum and no plate is left.

What holds between expressions in these symbols holds for all values of data and parameters, at that
size.  Sympy does scalar algebra only; inverses and log-determinants are symbols.  This is the twin
of `evaluate_terms`, with symbols in place of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import sympy

from autoem.derive.held import Free
from autoem.derive.index import Index, Lookup, Read, Shift
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
    Quantity,
    Size,
    elements,
)
from autoem.derive.term import Term
from autoem.derive.told import Position, Told
from autoem.errors.verification import NotJudged
from autoem.language.declaration import Given, Latent, Random, Variable
from autoem.language.expression import Axis
from autoem.language.model import ModelType
from autoem.verify.pointwise import size_of

Place = tuple[int, ...]
At = Mapping[Index, int]
Held = Callable[[Quantity, Place], sympy.Expr | None]
States = Mapping[tuple[Variable, Place], int]


@dataclass(frozen=True, eq=False)
class Ground:
    """Symbols for the entries of quantities.

    `states` are those of the discrete latents; `held` says what stands for a quantity that is not
    opened, or None.
    """

    sizes: Mapping[Axis, int]
    held: Held
    states: States

    def total(self, terms: Iterable[Term], at: At | None = None) -> sympy.Expr:
        """The sum of terms written out, free indices at `at`."""
        return sympy.Add(*(part for term in terms for part in self._parts(term, at or {})))

    def _parts(self, term: Term, at: At) -> Iterable[sympy.Expr]:
        ranges = [range(size_of(index.axis, self.sizes)) for index in term.bound]
        for position in product(*ranges):
            here = {**at, **dict(zip(term.bound, position, strict=True))}
            if all(self.read(g.left, here) == self.read(g.right, here) for g in term.guards):
                yield self.value(term.value, here)

    def read(self, read: Read, at: At) -> int:
        """The position that an index, a lookup or an integer names."""
        if isinstance(read, Index):
            return at[read]
        if isinstance(read, Lookup):
            place = tuple(self.read(inner, at) for inner in read.indices)
            return self._code(read.table, place)
        if isinstance(read, Shift):  # round the end: what is read there is multiplied by zero
            return (at[read.index] + read.by) % size_of(read.index.axis, self.sizes)
        return read

    def value(self, expression: sympy.Expr, at: At) -> sympy.Expr:
        """An expression with every element written out."""
        moved = {e: self.entry(e.base, tuple(self._inside(e, at))) for e in elements(expression)}
        return expression.xreplace(moved)

    def _inside(self, element: Element, at: At) -> Iterator[int]:
        """The place of an element; before the first is the last, which is multiplied by zero."""
        for read, axis in zip(element.indices, element.base.axes, strict=True):
            place = self.read(read, at)
            yield place % size_of(axis, self.sizes) if place < 0 else place

    def entry(self, base: Quantity, at: Place) -> sympy.Expr:
        """One entry of a quantity."""
        held = self.held(base, at)
        if held is not None:
            return held
        match base:
            case Indicator():
                return sympy.Integer(self.states[base.latent.variable, at[:-1]] == at[-1])
            case Position():
                return sympy.Integer(at[0])
            case Told():
                return self.value(base.number, dict(zip(base.indices, at, strict=True)))
            case Free():
                return sympy.Integer(base.at(at))
            case Delta():
                return sympy.Integer(at[0] == at[1])
            case Later():
                there = at[-1] if base.parent is None else self._code(base.parent, at) + 1
                return sympy.Integer(there > 0)
            case LogPartition():
                places = dict(zip(base.indices, at, strict=True))
                states = range(size_of(base.over.axis, self.sizes))
                each = (self.value(base.operand, {**places, base.over: k}) for k in states)
                return sympy.log(sympy.Add(*map(sympy.exp, each)))
            case Size():
                return sympy.Integer(size_of(base.axis, self.sizes))
            case Entries():
                return self.value(base.entries[at[-1]], dict(zip(base.indices, at, strict=True)))
            case Defined():
                return self.total(base.definition, dict(zip(base.indices, at, strict=True)))
            case Computed(operation="map"):
                return self.value(base.operands[0], dict(zip(base.indices, at, strict=True)))
        return symbol(base, at)

    def places(self, base: Quantity) -> list[Place]:
        """Every place of a quantity."""
        return list(product(*(range(size_of(axis, self.sizes)) for axis in base.axes)))

    def _code(self, table: Quantity, place: Place) -> int:
        """What a lookup finds: a state, or the rows of a given dealt out in turn; in a given along
        the axis that it names, of a tree, the row before, -1 of the first."""
        if isinstance(table, Told):
            return int(self.entry(table, place))
        assert isinstance(table, Declared)
        if isinstance(table.variable, Latent):
            return self.states[table.variable, place]
        category = table.variable.category
        if category is None:
            raise NotJudged(what=f"a lookup in {table.name}")
        if category in table.axes:
            return place[table.axes.index(category)] - 1
        return sum(place) % size_of(category, self.sizes)


def symbol(base: Quantity, at: Place, prefix: str = "") -> sympy.Symbol:
    """The symbol of one entry, with the sign of its quantity; a symmetric matrix has one for both
    (i, j) and (j, i)."""
    if base.symmetric:
        at = (*at[:-2], *sorted(at[-2:]))
    signs = {"positive": {"positive": True}, "nonnegative": {"nonnegative": True}}
    name = f"{prefix}{base.name}#{base.serial}{list(at)}"
    return sympy.Symbol(name, **signs.get(base.sign, {"real": True}))


def ground_sizes(model: ModelType, rows: int) -> dict[Axis, int]:
    """`rows` along the axes of data that no parameter has, two along all others."""
    declaration = model.declaration
    inner = [axis for v in declaration.parameters for axis in (*v.plates, *v.event)]
    inner += [axis for v in declaration.latents for axis in v.event]
    coded = [v.category for v in declaration.variables if isinstance(v, Random | Given)]
    inner += [axis for axis in coded if axis is not None]
    return {axis: 2 if axis in inner else rows for axis in declaration.axes if axis.size is None}


def is_zero(expression: sympy.Expr) -> bool:
    """Whether the expression is zero for all values of its symbols, by rational algebra."""
    numerator, _ = sympy.fraction(sympy.together(sympy.expand_log(expression)))
    return sympy.expand(numerator) == 0
