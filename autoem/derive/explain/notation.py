"""What each quantity of a derivation is called on the page.

Declared variables keep the user's names; responsibilities, log weights, expectations and the
numbers of entries have the names of a textbook.  An element is written with the indices that are
shown as subscripts; those of its event may be hidden, and then the symbol stands for a vector or a
matrix: x[n, d] with d hidden is the vector x_n.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import sympy

from autoem.derive.explain.comparisons import told
from autoem.derive.explain.later import Shown as Shown, later, subscripted as subscripted
from autoem.derive.explain.layout import (
    Add,
    Call,
    Indicator,
    Math,
    Negative,
    Number,
    Power,
    Relation,
    Size as SizeOf,
    Symbol,
    Words,
    equation,
)
from autoem.derive.explain.names import Indexing, Letters, greek, unused
from autoem.derive.held import Free
from autoem.derive.index import Index, Lookup, Read, Shift
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Delta,
    Indicator as IndicatorOf,
    Later,
    LogPartition,
    MatrixFunction,
    Origin,
    Quantity,
    Seen,
    Size,
)
from autoem.derive.told import Position, Told
from autoem.language.declaration import Latent, Parameter, Variable
from autoem.language.expression import Axis
from autoem.language.model import Declaration

SIZE, WEIGHT, PARAMETER, EXPECTATION, DATA, LATENT = range(6)
"""The order in which factors stand in a product."""


OPERATORS = ("E", "I")
"""Capitals that are no number of entries: the expectation, and the identity matrix."""

INVERSE = Number(Fraction(-1))


@dataclass(frozen=True, eq=False)
class New(Quantity):
    """The new value of a parameter: written with a hat."""

    base: Declared = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Kept(Quantity):
    """One where an entry of a parameter is held."""

    base: Declared = field(kw_only=True)


def new(parameter: Declared) -> New:
    """The quantity of a parameter's new value."""
    return New(parameter.name, parameter.axes, parameter.sign, base=parameter)


@dataclass(frozen=True)
class Glyph:
    """How the elements of a quantity are written.

    `event` are the positions that may be hidden, the row first; `rank` is the place in a product.
    """

    write: Callable[[Shown], Math]
    event: tuple[int, ...] = ()
    rank: tuple[int, int] = (PARAMETER, 0)
    symmetric: bool = False


@dataclass
class Notation:
    """The names of one derivation; `glyphs` holds what its posteriors have introduced, and
    `rewrites` the products that have a name of their own; a sum over one of the `binary_axes`, the
    states of a latent that is 0 or 1, is written out."""

    declaration: Declaration
    letters: Letters
    taken: list[str]
    vector_axes: tuple[Axis, ...]
    glyphs: dict[Quantity, Glyph] = field(default_factory=dict)
    binary_axes: tuple[Axis, ...] = ()
    rewrites: list[Callable[[sympy.Expr], sympy.Expr]] = field(default_factory=list)

    def symbol(self, variable: Variable) -> Symbol:
        """The name of a declared variable."""
        names = [v.name for v in self.declaration.variables]
        stem = variable.name[:-1]
        square = (
            isinstance(variable, Parameter)
            and variable.domain.kind == "positive"
            and stem not in names
            and f"{stem}1" not in names
        )
        return greek(variable.name, square)

    def subscripted(self, variable: Variable, reads: Sequence[Read], names: Indexing) -> Symbol:
        """A declared variable at these indices."""
        return subscripted(self.symbol(variable), tuple(self.read(r, names) for r in reads))

    def read(self, index: Read, names: Indexing) -> Math:
        """An index as a subscript: k, 2, or group_i."""
        if isinstance(index, int):
            return Number(Fraction(index))
        if isinstance(index, Lookup):
            if isinstance(index.table, Told):
                return told(index.table, tuple(self.read(r, names) for r in index.indices))
            assert isinstance(index.table, Declared)
            return self.subscripted(index.table.variable, index.indices, names)
        if isinstance(index, Shift):
            step = Number(Fraction(abs(index.by)))
            return Add((names.named(index.index), Negative(step) if index.by < 0 else step))
        return names.named(index)

    def introduce(self, *choices: str) -> Symbol:
        """A symbol that the page does not use yet."""
        symbol = unused(choices, self.taken)
        self.taken.append(symbol.name)
        return symbol

    def indexing(self, *indices: Index) -> Indexing:
        """The symbols of the free indices of a formula."""
        return Indexing(self.letters).bind(indices)

    def size(self, axis: Axis) -> Math:
        """The number of entries of an axis: N for n."""
        if axis.size is not None:
            return Number(Fraction(axis.size))
        letter = self.letters.of(axis)
        capital = letter.upper()
        known = [self.symbol(v).name for v in self.declaration.variables]
        if len(letter) == 1 and capital != letter and capital not in (*known, *OPERATORS):
            return Symbol(capital)
        return SizeOf(Symbol(letter))

    def glyph(self, base: Quantity) -> Glyph | None:
        """How a quantity is written; None where its definition stands in its place."""
        if base in self.glyphs:
            return self.glyphs[base]
        match base:
            case Declared():
                return self._declared(base, base, "")
            case New():
                return self._declared(base, base.base, "hat")
            case Origin():
                return self.glyph(base.base)
            case IndicatorOf():
                return self._indicator(base)
            case MatrixFunction():
                return self._matrix(base)
            case Size():
                size = self.size(base.axis)
                return Glyph(lambda shown: size, rank=(SIZE, 0))
            case Defined() | Computed() | LogPartition():
                return None
            case Delta():
                return Glyph(_delta, rank=(WEIGHT, 0))
            case Position():
                return Glyph(lambda shown: shown[0] or Symbol(base.name), rank=(DATA, 0))
            case Told():
                return Glyph(lambda shown: told(base, shown), rank=(WEIGHT, 0))
            case Later():
                size = self.size(base.axes[0])
                last = len(self.declaration.variables)
                up = None if base.parent is None else self.symbol(base.parent.variable)
                return Glyph(lambda shown: later(shown, size, up), rank=(WEIGHT, last))
            case Seen():
                return self._marked(base.base, "seen")
            case Free():
                return self._marked(base.base, "free")
            case Kept():
                return self._marked(base.base, "held")
        # What no reader has introduced stands under its own name.
        plain = Symbol(base.name.replace("_", " "))
        return Glyph(lambda shown: subscripted(plain, shown))

    def _declared(self, base: Quantity, origin: Declared, accent: str) -> Glyph:
        variable = origin.variable
        symbol = replace(self.symbol(variable), accent=accent)
        plates = len(variable.plates)
        event = tuple(
            position
            for position, axis in enumerate(base.axes)
            if position >= plates and axis in self.vector_axes
        )
        known = self.declaration.variables
        place = known.index(variable) if variable in known else len(known)  # of a mean field
        return Glyph(
            lambda shown: subscripted(symbol, shown),
            event,
            (_rank(variable), place),
            origin.symmetric,
        )

    def _indicator(self, base: IndicatorOf) -> Glyph:
        latent = self.symbol(base.latent.variable)

        def write(shown: Shown) -> Math:
            *plates, state = shown
            assert state is not None
            return Indicator(equation(subscripted(latent, tuple(plates)), state))

        return Glyph(write, rank=(WEIGHT, self.declaration.variables.index(base.latent.variable)))

    def _marked(self, base: Declared, word: str) -> Glyph:
        """[x_n seen]"""
        symbol, words = self.symbol(base.variable), Words(word)
        return Glyph(
            lambda shown: Indicator(Relation((subscripted(symbol, shown), words), ("",))),
            rank=(WEIGHT, 0),
        )

    def _matrix(self, base: MatrixFunction) -> Glyph:
        inner = self.glyph(base.base)
        assert inner is not None
        if base.function == "inverse":
            last = len(base.axes)
            return Glyph(
                lambda shown: Power(inner.write(shown), INVERSE),
                (last - 2, last - 1),
                inner.rank,
                symmetric=True,
            )
        return Glyph(
            lambda shown: Call("log", Call("det", inner.write((*shown, None, None)))),
            rank=inner.rank,
        )


def notation(declaration: Declaration) -> Notation:
    """The notation of a model: nothing is introduced yet."""
    letters = Letters(declaration.axes, tuple(v.name for v in declaration.variables))
    taken = [letters.of(axis) for axis in declaration.axes]
    result = Notation(declaration, letters, taken, _vector_axes(declaration))
    taken += [result.symbol(v).name for v in declaration.variables]
    taken += [
        size.name for axis in declaration.axes if isinstance(size := result.size(axis), Symbol)
    ]
    return result


def _vector_axes(declaration: Declaration) -> tuple[Axis, ...]:
    """The axes along which entries are entries of a vector: of events, never plates or states."""
    plates = [axis for v in declaration.variables for axis in v.plates]
    states = [v.category for v in declaration.variables if v.category is not None]
    states += [p.event[-1] for p in declaration.parameters if p.domain.kind == "simplex"]
    events = (axis for v in declaration.variables for axis in v.event)
    return tuple(
        dict.fromkeys(
            axis for axis in events
            if axis not in plates and axis not in states and axis.key is not None
        )
    )  # fmt: skip


def _rank(variable: Variable) -> int:
    known: Mapping[type[Variable], int] = {Latent: LATENT, Parameter: PARAMETER}
    return known.get(type(variable), DATA)


def _delta(shown: Shown) -> Math:
    left, right = shown
    assert left is not None and right is not None
    return Indicator(equation(left, right))
