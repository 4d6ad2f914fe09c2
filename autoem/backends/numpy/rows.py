"""How the rows of the data are cut into blocks, and what is computed for one block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from autoem.backends.numpy.printed import EXPANDED
from autoem.backends.numpy.tree import (
    Assign,
    Attribute,
    Binary,
    Define,
    Expr,
    Literal,
    Mapping,
    Name,
    Parameter,
    Return,
    Sequence,
    Statement,
    Subscript,
    invoke,
)
from autoem.program.ir import ROW_WEIGHT, Array
from autoem.program.plan import Plan
from autoem.program.positions import ROW_POSITION
from autoem.program.roles import EVIDENCE, weight_axes

DATA, PARAMETERS = Parameter("data", "Arrays"), Parameter("parameters", "Arrays")
BLOCK, FIXED, EXPECTED, ROWS = Name("block"), Name("fixed"), Name("expected"), Name("rows")
Body = tuple[Statement, ...]
OTHER, PARTS, NONE = Name("expanded"), Name("parts"), Literal(None)


ALL = 2**40
"""More rows than there are."""


def item(mapping: str, name: str) -> Expr:
    """mapping["name"]"""
    return Subscript(Name(mapping), (Literal(name),))


@dataclass(frozen=True)
class Rows:
    """The rows of a plan; `sections` collects what printed functions need of the runtime."""

    plan: Plan
    sections: dict[str, None]

    @property
    def axis(self) -> str | None:
        return self.plan.program.row

    @property
    def most(self) -> int:
        """Rows of a block: fewer where arrays have two axes besides, so that they fit a cache; all
        where a table is sparse, of which a block is a copy."""
        if self.plan.program.sparse:
            return ALL
        return 4000 if len(self.widest) > 1 else 8000

    @property
    def widest(self) -> tuple[str, ...]:
        """The axes of the largest array of a block, but for the rows."""
        form = self.plan.expanded or self.plan.factored
        body = (*form.posterior.body, *form.statistics.body)
        targets = (target for let in body for target in let.targets if self.axis in target.axes)
        axes = max((target.axes for target in targets), key=len, default=())
        return tuple(axis for axis in axes if axis != self.axis)

    @property
    def measured_length(self) -> bool:
        """Whether the rows of a block depend on what there is along the other axes."""
        return self.axis is not None and not self.plan.program.sparse and len(self.widest) > 1

    def length(self) -> Expr:
        """The rows of a block."""
        if not self.measured_length:
            return Name("BLOCK")
        return invoke("_block_length", Name("data"), Name("parameters"))

    def block_size(self) -> tuple[Define, ...]:
        """The function that `length` calls."""
        if not self.measured_length:
            return ()
        floats = reduce(lambda a, b: Binary("*", a, b), map(self.size, self.widest))
        size = Return(invoke(self.helper("block_size"), Name("BLOCK"), floats))
        document = "Rows of a block: fewer where the largest array would not fit the caches."
        return (Define("_block_length", (DATA, PARAMETERS), "int", document, (size,)),)

    def helper(self, name: str) -> str:
        self.sections[name] = None
        return name

    def is_fixed(self, array: Array) -> bool:
        return any(array.name == a.name for a in self.plan.factored.fixed.outputs)

    def taken(self, mapping: str, array: Array) -> Expr:
        """An array of the mapping, cut to the block."""
        if array.name == ROW_POSITION:
            return invoke("np.arange", Attribute(ROWS, "start"), Attribute(ROWS, "stop"))
        code = item(mapping, array.name)
        kind = {} if array.kind == "float" else {"kind": Name(array.kind)}
        if self.axis is None:
            return invoke("np.asarray", code, dtype=Name(array.kind))
        place = array.axes.index(self.axis)
        if array.name in self.plan.program.sparse:
            return invoke(self.helper("take_lines"), code, ROWS, Literal(place))
        axis = {"axis": Literal(place)} if place else {}
        return invoke(self.helper("take_rows"), code, ROWS, **axis, **kind)

    def joined(self, array: Array) -> Expr:
        place = array.axes.index(str(self.axis))
        axis = {"axis": Literal(place)} if place else {}
        return invoke(self.helper("join_rows"), PARTS, Literal(array.name), **axis)

    def cut(self, rows: Expr | None) -> Expr:
        return invoke("_block", Name("data"), *([rows] if rows else []), Name("weights"))

    def count(self) -> Expr:
        """The number of rows."""
        array = self.plan.row_data[0]
        place = array.axes.index(str(self.axis))
        if place == 0 and array.name not in self.plan.program.sparse:
            return invoke("len", item("data", array.name))
        return Subscript(Attribute(item("data", array.name), "shape"), (Literal(place),))

    def measured(self) -> tuple[Statement, ...]:
        """The data with an array for every axis that only codes point into, and with ones."""
        program = self.plan.program
        codes = {name: tuple(map(Literal, each)) for name, each in program.every.items()}
        every = tuple((Literal(n), Sequence("()", each)) for n, each in codes.items())
        ones = ((a, self.size(a.axes[0])) for a in program.data if a.name in program.ones)
        lengths = tuple((Literal(array.name), length) for array, length in ones)
        return (*self._completed("measured", every), *self._completed("with_ones", lengths))

    def _completed(self, helper: str, items: tuple[tuple[Expr, Expr], ...]) -> Body:
        """data = helper(data, items), where there are any."""
        if not items:
            return ()
        return (Assign(Name("data"), invoke(self.helper(helper), Name("data"), Mapping(items))),)

    def fixed(self) -> tuple[Statement, ...]:
        """What all blocks share, in each form."""
        return (*self.measured(), *self._fixed())

    def _fixed(self) -> tuple[Statement, ...]:
        call: Expr = invoke("_fixed", Name("data"), Name("parameters"))
        data = [a.name for a in self.plan.program.data]
        if not self.plan.factored.fixed.body:
            given = any(a.name in data for a in self.plan.factored.fixed.outputs)
            call = Binary("|", Name("data"), Name("parameters")) if given else Name("parameters")
        first = Assign(FIXED, call)
        if self.plan.expanded is None:
            return (first,)
        second = invoke(f"_fixed{EXPANDED}", Name("data"), Name("parameters"))
        return first, Assign(OTHER, second)

    def expect(self) -> Expr:
        """The expectations of a block."""
        if self.plan.expanded is None:
            return invoke("_expectations", BLOCK, FIXED)
        return invoke("_expect", BLOCK, FIXED, OTHER)

    def gather(self) -> Expr:
        """The statistics of a block."""
        if self.plan.expanded is None:
            return invoke("_statistics", BLOCK, FIXED, EXPECTED)
        return invoke("_gather", BLOCK, FIXED, OTHER, EXPECTED)

    def total(self) -> Expr:
        """The log-likelihood of a block."""
        return invoke(
            self.helper("weighted_total"), item("block", ROW_WEIGHT), item("expected", EVIDENCE)
        )

    def block(self) -> Define:
        """The rows of a block out of every array of data, rows last."""
        rows = self.plan.row_data if self.axis else self.plan.program.data
        items = tuple((Literal(a.name), self.taken("data", a)) for a in rows)
        helper = "row_weights" if self.axis else "all_weights"
        weight = invoke(self.helper(helper), Name("weights"), ROWS if self.axis else self.shape())
        weights = Parameter("weights", "np.ndarray | None")
        arguments = (DATA, *((Parameter("rows", "slice"),) if self.axis else ()), weights)
        document = "A block of rows; the rows are the last axis." if self.axis else "The data."
        body = Return(Mapping((*items, (Literal(ROW_WEIGHT), weight))))
        return Define("_block", arguments, "Arrays", document, (body,))

    def shape(self) -> Expr:
        """Shape of the weights where the rows are not cut."""
        axes = weight_axes(self.plan.program)
        return Sequence("()", tuple(self.size(axis) for axis in axes))

    def size(self, axis: str) -> Expr:
        program = self.plan.program
        if program.sizes[axis] in program.lengths:
            return Literal(program.lengths[program.sizes[axis]])
        for mapping, arrays in (("data", program.data), ("parameters", program.parameters)):
            for array in arrays:
                for place, own in enumerate(array.axes):
                    if program.sizes[own] == program.sizes[axis]:
                        code = invoke("np.shape", item(mapping, array.name))
                        return Subscript(code, (Literal(place),))
        raise LookupError(f"no data have the axis {axis}")
