"""Where named axes become positions: the arrays of a printed function and how they are read.

Inside a block the row axis stands last (component-major), so that elementwise work and sums run
along contiguous rows.
"""

from __future__ import annotations

import builtins
import keyword
from dataclasses import dataclass, field, replace

from autoem.backends.numpy.carried import FUNCTIONS, SECTIONS
from autoem.backends.numpy.tree import (
    Assign,
    Attribute,
    Expr,
    Literal,
    Name,
    Sequence,
    Slice,
    Statement,
    Subscript,
    integers,
    invoke,
)
from autoem.errors import NotDerivable
from autoem.program.ir import Array, IndexRead, Ref
from autoem.program.walk import distinct, index_axes

RESERVED = (
    "np", "special", "data", "parameters", "weights", "statistics", "posterior", "rows", "block",
    "fixed", "expected", "log_likelihood", "e_step", "m_step", "fit", "initialize", "SCHEMA",
    "Arrays", "BLOCK", "FREE",
)  # fmt: skip
TAKEN = (*RESERVED, *SECTIONS, *FUNCTIONS, *dir(builtins), *keyword.kwlist)
"""What an array may not be called in printed code."""


@dataclass(frozen=True)
class Operand:
    """An expression with the named axes of its positions.

    An array may be stored over fewer axes than it is declared with: it is constant along the
    rest.  `infinite` says that an entry may be infinite, so that zero times it needs care.
    `packed` are two axes that are stored as one, `pair(packed)`: the upper triangle of a symmetric
    array.
    """

    code: Expr
    axes: tuple[str, ...] = ()
    kind: str = "float"
    infinite: bool = False
    packed: tuple[str, str] | None = None


@dataclass
class Scope:
    """The statements of one function as they are written, and the arrays known so far."""

    sizes: dict[str, str]
    row: str | None
    statements: list[Statement] = field(default_factory=list)
    declared: dict[str, Array] = field(default_factory=dict)
    stored: dict[str, Operand] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)
    sections: dict[str, None] = field(default_factory=dict)
    imports: dict[str, None] = field(default_factory=dict)
    identifiers: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    unnamed: frozenset[str] = frozenset()
    overwritten: frozenset[str] = frozenset()

    def layout(self, axes: tuple[str, ...]) -> tuple[str, ...]:
        """The axes as stored: in declared order, the row axis last."""
        rows = tuple(axis for axis in axes if axis == self.row)
        return tuple(axis for axis in axes if axis != self.row) + rows

    def declare(self, array: Array, operand: Operand) -> None:
        """Make an array known under its name."""
        self.declared[array.name] = array
        self.stored[array.name] = operand

    def input(self, array: Array, stored: Operand | None = None) -> None:
        """Make an argument known: as it is declared, or as another function has stored it."""
        code = Name(self.identifier(array.name))
        declared = Operand(code, self.layout(array.axes), array.kind)
        self.declare(array, replace(stored, code=code) if stored else declared)

    def identifier(self, name: str) -> str:
        """A Python identifier for an array, the same for the same name."""
        if name not in self.identifiers:
            word = "".join(c if c.isalnum() or c == "_" else "_" for c in name)
            taken = (
                *RESERVED,
                *SECTIONS,
                *FUNCTIONS,
                *dir(builtins),
                *keyword.kwlist,
                *self.identifiers.values(),
            )
            while word in taken or not word.isidentifier():
                word = word + "_" if word[:1].isalpha() else "_" + word
            self.identifiers[name] = word
        return self.identifiers[name]

    def assign(self, array: Array, operand: Operand) -> None:
        """target = expression, and the target is known from here on."""
        name = Name(self.identifier(array.name))
        if operand.kind != array.kind and array.kind == "float":
            operand = replace(operand, code=invoke("np.asarray", operand.code, dtype=Name("float")))
        self.statements.append(Assign(name, operand.code))
        self.declare(array, replace(operand, code=name, kind=array.kind))

    def array(self, name: str) -> Operand:
        """An array by name; it is noted that it is used."""
        self.used[name] = None
        return self.stored[name]

    def helper(self, name: str) -> str:
        """A function of the carried sections; it is noted that it is needed."""
        self.sections[name] = None
        return name

    def entries(self, axis: str) -> int | None:
        """The number of entries of an axis, where every data set has the same."""
        return self.lengths.get(self.sizes[axis])

    def full(self, operand: Operand, order: tuple[str, ...]) -> Expr:
        """The array over all the axes, broadcast where it is constant along some."""
        code = align(operand, order)
        if set(operand.axes) == set(order):
            return code
        shape = Sequence("()", tuple(self.size(axis) for axis in order))
        return invoke("np.broadcast_to", code, shape)

    def size(self, axis: str) -> Expr:
        """The number of entries of an axis, from the shape of an array that has it."""
        if self.sizes[axis] in self.lengths:
            return Literal(self.lengths[self.sizes[axis]])
        for name, operand in self.stored.items():
            for place, own in enumerate(operand.axes):
                if self.sizes.get(own) == self.sizes[axis]:
                    shape = Attribute(self.array(name).code, "shape")
                    return Subscript(
                        shape, (Literal(place - len(operand.axes) * (own == self.row)),)
                    )
        raise NotDerivable(
            what=f"the length of the axis {axis}, along which no data and no parameter lie; write "
            "Axis(size=...)",
            where="a program",
        )


def align(operand: Operand, order: tuple[str, ...]) -> Expr:
    """The operand as it broadcasts over the axes in `order`."""
    own = tuple(axis for axis in order if axis in operand.axes)
    code = operand.code
    if own != operand.axes:
        code = transpose(code, tuple(operand.axes.index(axis) for axis in own))
    if not own:
        return code
    shown = order[order.index(own[0]) :]
    places = tuple(Slice() if axis in own else Literal(None) for axis in shown)
    while places and places[-1] == Slice():
        places = places[:-1]
    return Subscript(code, places) if places else code


def transpose(code: Expr, places: tuple[int, ...]) -> Expr:
    """The array with its positions in another order."""
    if places == (1, 0):
        return Attribute(code, "T")
    return invoke("np.transpose", code, integers(places))


def read(scope: Scope, ref: Ref) -> Operand:
    """An array over the axes of the reference: entries taken, lookups gathered."""
    return _read(scope, unpacked(scope, scope.array(ref.name)), ref)


def read_packed(scope: Scope, ref: Ref) -> Operand:
    """The same, but what is stored packed stays so if it is read along plain axes."""
    array = scope.array(ref.name)
    plain = tuple(axis for axis in ref.axes if isinstance(axis, str))
    if array.packed is None or len(set(plain)) < len(ref.axes):
        return read(scope, ref)
    place = dict(zip(scope.declared[ref.name].axes, plain, strict=True))
    both = (place[array.packed[0]], place[array.packed[1]])
    axes = tuple(pair(both) if a == pair(array.packed) else place[a] for a in array.axes)
    return replace(array, axes=axes, packed=both)


def pair(axes: tuple[str, str]) -> str:
    """Two axes as one."""
    return f"({axes[0]} {axes[1]})"


def unpacked(scope: Scope, operand: Operand) -> Operand:
    """The whole of a symmetric array."""
    if operand.packed is None:
        return operand
    others = tuple(axis for axis in operand.axes if axis != pair(operand.packed))
    code = align(operand, (*others, pair(operand.packed)))
    whole = invoke(scope.helper("unfold_pairs"), code)
    return Operand(whole, (*others, *operand.packed), operand.kind, operand.infinite)


def _read(scope: Scope, array: Operand, ref: Ref) -> Operand:
    declared = scope.declared[ref.name].axes
    places = tuple(ref.axes[declared.index(axis)] for axis in array.axes)
    plain = tuple(place for place in places if isinstance(place, str))
    lookups = [place for place in places if isinstance(place, Ref)]
    looked = tuple(axis for place in lookups for axis in index_axes(place))
    if len(set(plain)) < len(plain) or len(lookups) > 1 or set(looked) & set(plain):
        return _gather_all(scope, array, places)
    array, places = _entries(array, places)
    for position, place in enumerate(places):
        if isinstance(place, Ref):
            index = read(scope, place)
            code = _taken(array.code, index.code, position)
            axes = (*array.axes[:position], *index.axes, *array.axes[position + 1 :])
            return replace(array, code=code, axes=_renamed(axes, places, position, len(index.axes)))
    return replace(array, axes=plain)


def _taken(code: Expr, index: Expr, position: int) -> Expr:
    """The entries along one axis; np.take leaves the axes in the order in which they stand."""
    if position == 0:
        return Subscript(code, (index,))
    return invoke("np.take", code, index, axis=Literal(position))


def _renamed(
    axes: tuple[str, ...], places: tuple[IndexRead, ...], position: int, width: int
) -> tuple[str, ...]:
    before = tuple(str(place) for place in places[:position])
    after = tuple(str(place) for place in places[position + 1 :])
    return before + axes[position : position + width] + after


def _entries(
    array: Operand, places: tuple[IndexRead, ...]
) -> tuple[Operand, tuple[IndexRead, ...]]:
    """Take the entries at literal integers first."""
    if not any(isinstance(place, int) for place in places):
        return array, places
    index: list[Expr] = [Literal(p) if isinstance(p, int) else Slice() for p in places]
    while index[-1] == Slice():
        index.pop()
    kept = [not isinstance(place, int) for place in places]
    axes = tuple(axis for axis, keep in zip(array.axes, kept, strict=True) if keep)
    rest = tuple(place for place, keep in zip(places, kept, strict=True) if keep)
    return replace(array, code=Subscript(array.code, tuple(index)), axes=axes), rest


def _gather_all(scope: Scope, array: Operand, places: tuple[IndexRead, ...]) -> Operand:
    """Every position by an index array on the grid of all axes that are mentioned."""
    grid = scope.layout(distinct(axis for place in places for axis in index_axes(place)))
    index = tuple(align(index_operand(scope, place), grid) for place in places)
    return replace(array, code=Subscript(array.code, index), axes=grid)


def index_operand(scope: Scope, place: IndexRead) -> Operand:
    """The integers that an index expression stands for."""
    if isinstance(place, int):
        return Operand(Literal(place), (), "int")
    if isinstance(place, str):
        return Operand(invoke("np.arange", scope.size(place)), (place,), "int")
    return read(scope, place)
