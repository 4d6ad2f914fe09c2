"""e_step, m_step, log_likelihood and posterior: what runs the printed functions over the rows."""

from __future__ import annotations

from dataclasses import dataclass

from autoem.backends.numpy.choice import NEAR, choices
from autoem.backends.numpy.printed import EXPANDED
from autoem.backends.numpy.tree import (
    Assign,
    Attribute,
    Augment,
    Binary,
    Define,
    Evaluate,
    Expr,
    For,
    If,
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
from autoem.program.roles import EVIDENCE, PRIOR, expectations, weight_axes

WEIGHTS = Parameter("weights", "np.ndarray | None", Literal(None))
GIVEN = Parameter("posterior", "Arrays | None", Literal(None))
DATA, PARAMETERS = Parameter("data", "Arrays"), Parameter("parameters", "Arrays")
QUIET: Expr = invoke("np.errstate", all=Literal("ignore"))
BLOCK, FIXED, EXPECTED, ROWS = Name("block"), Name("fixed"), Name("expected"), Name("rows")
OTHER = Name("expanded")
PARTS, NONE = Name("parts"), Literal(None)


def item(mapping: str, name: str) -> Expr:
    """mapping["name"]"""
    return Subscript(Name(mapping), (Literal(name),))


@dataclass(frozen=True)
class Driver:
    """The public functions of the module; `sections` collects what they need of the runtime."""

    plan: Plan
    sections: dict[str, None]

    def functions(self) -> tuple[Statement, ...]:
        """What a user calls, in the order in which it is read."""
        head = [Assign(Name("BLOCK"), Literal(4096))] if self.row else []
        head += [Assign(Name("NEAR"), NEAR)] if self.plan.expanded else []
        return (*head, self.e_step(), self.m_step(), self.log_likelihood(), self.posterior())

    def private(self) -> tuple[Statement, ...]:
        """What the others call."""
        return (self.block(), *(choices(self.plan.expanded) if self.plan.expanded else ()))

    @property
    def row(self) -> str | None:
        return self.plan.program.row

    def helper(self, name: str) -> str:
        self.sections[name] = None
        return name

    def e_step(self) -> Define:
        total = self.total()
        gathered, override = self.gathered(), self.override()
        given = (Assign(Name("given"), Binary("or", Name("posterior"), Mapping(()))),) * bool(
            override
        )
        answer: Expr = self.gather()
        keep: tuple[Statement, ...] = ()
        if gathered:
            kept = Mapping(
                tuple(
                    (Literal(a.name), invoke("statistics.pop", Literal(a.name))) for a in gathered
                )
            )
            keep = (
                Assign(Name("statistics"), answer),
                Evaluate(invoke("parts.append", kept)),
            )
            answer = Name("statistics")
        body = (
            Assign(EXPECTED, self.expect()),
            Assign(Name("log_likelihood"), total),
            *(() if self.row else self.prior()),
            *override,
            *keep,
            Return(Sequence("", (answer, Name("log_likelihood")))),
        )
        return Define(
            "e_step",
            (DATA, PARAMETERS, WEIGHTS, GIVEN),
            "tuple[Arrays, float]",
            "Expected statistics and the log-likelihood: sums over the rows, block by block."
            if self.row
            else "Expected statistics and the log-likelihood.",
            (
                *self.fixed(),
                *given,
                *self.over_blocks(body, gathered),
            ),
            (QUIET,),
        )

    def total(self) -> Expr:
        """The log-likelihood of a block."""
        return invoke(
            self.helper("weighted_total"), item("block", ROW_WEIGHT), item("expected", EVIDENCE)
        )

    def over_blocks(
        self, body: tuple[Statement, ...], gathered: tuple[Array, ...]
    ) -> tuple[Statement, ...]:
        """The body for each block of rows, and the sum of what it returns."""
        if self.row is None:
            return (Assign(BLOCK, self.cut(None)), *body)
        part = Define(
            "part",
            (Parameter("rows", "slice"),),
            "tuple[Arrays, float]",
            "",
            (Assign(BLOCK, self.cut(ROWS)), *body),
        )
        run = invoke(self.helper("add_blocks"), Name("part"), self.count(), Name("BLOCK"))
        free = tuple(a for a in self.plan.program.statistics.outputs if self.is_fixed(a))
        prior = self.prior()
        if not gathered and not free and not prior:
            return (part, Return(run))
        names = Sequence("", (Name("statistics"), Name("log_likelihood")))
        lists = (Assign(PARTS, Sequence("[]", ()), "list[Arrays]"),) if gathered else ()
        return (
            *lists,
            part,
            Assign(names, run),
            *(Assign(item("statistics", a.name), self.joined(a)) for a in gathered),
            *(Assign(item("statistics", a.name), item("fixed", a.name)) for a in free),
            *prior,
            Return(names),
        )

    def prior(self) -> tuple[Statement, ...]:
        """The log density of the parameters joins the objective, once."""
        if self.plan.prior is None:
            return ()
        value = Subscript(invoke("_prior", Name("parameters")), (Literal(PRIOR),))
        return (Augment(Name("log_likelihood"), "+", invoke("float", value)),)

    def gathered(self) -> tuple[Array, ...]:
        """Statistics that keep their rows: they are put together, not summed."""
        return tuple(
            a for a in self.plan.factored.statistics.outputs if self.row and self.row in a.axes
        )

    def is_fixed(self, array: Array) -> bool:
        return any(array.name == a.name for a in self.plan.factored.fixed.outputs)

    def override(self) -> tuple[Statement, ...]:
        """Expectations that the caller gives instead of those just computed."""
        return tuple(
            If(
                Binary("in", Literal(array.name), Name("given")),
                (Assign(item("expected", array.name), self.rows_of("given", array)),),
            )
            for array in expectations(self.plan.program)
            if not self.is_fixed(array)
        )

    def rows_of(self, mapping: str, array: Array) -> Expr:
        """An array of the mapping, cut to the block."""
        code = item(mapping, array.name)
        kind = {} if array.kind == "float" else {"kind": Name(array.kind)}
        if self.row is None:
            return invoke("np.asarray", code, dtype=Name(array.kind))
        place = array.axes.index(self.row)
        axis = {"axis": Literal(place)} if place else {}
        return invoke(self.helper("take_rows"), code, ROWS, **axis, **kind)

    def joined(self, array: Array) -> Expr:
        place = array.axes.index(str(self.row))
        axis = {"axis": Literal(place)} if place else {}
        return invoke(self.helper("join_rows"), PARTS, Literal(array.name), **axis)

    def fixed(self) -> tuple[Statement, ...]:
        """What all blocks share, in each form."""
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

    def cut(self, rows: Expr | None) -> Expr:
        return invoke("_block", Name("data"), *([rows] if rows else []), Name("weights"))

    def count(self) -> Expr:
        """The number of rows."""
        array = self.plan.row_data[0]
        place = array.axes.index(str(self.row))
        if place == 0:
            return invoke("len", item("data", array.name))
        return Subscript(Attribute(item("data", array.name), "shape"), (Literal(place),))

    def m_step(self) -> Define:
        update = invoke("_maximize", Name("statistics"), Name("parameters"))
        return Define(
            "m_step",
            (Parameter("statistics", "Arrays"), PARAMETERS),
            "Arrays",
            "The parameters that maximize Q, given the expected statistics.",
            (Return(Binary("|", Name("parameters"), update)),),
            (QUIET,),
        )

    def log_likelihood(self) -> Define:
        total = self.total()
        expected = Assign(EXPECTED, self.expect())
        body: tuple[Statement, ...]
        if self.row is None:
            body = (Assign(BLOCK, self.cut(None)), expected, Return(total))
        else:
            step = (
                Assign(BLOCK, self.cut(ROWS)),
                expected,
                Return(Sequence("", (Mapping(()), total))),
            )
            signature = (Parameter("rows", "slice"),)
            part = Define("part", signature, "tuple[Arrays, float]", "", step)
            run = invoke("add_blocks", Name("part"), self.count(), Name("BLOCK"))
            body = (part, Return(Subscript(run, (Literal(1),))))
        document = "Log-likelihood of the data, each row raised to its weight."
        arguments = (DATA, PARAMETERS, WEIGHTS)
        return Define(
            "log_likelihood", arguments, "float", document, (*self.fixed(), *body), (QUIET,)
        )

    def posterior(self) -> Define:
        """Expectations for all rows: the one place where they are held together."""
        own = tuple(a for a in expectations(self.plan.program) if not self.is_fixed(a))
        shared = tuple(a for a in expectations(self.plan.program) if self.is_fixed(a))
        call = Assign(EXPECTED, self.expect())
        kept = Mapping(tuple((Literal(a.name), item("expected", a.name)) for a in own))
        constant = tuple((Literal(a.name), item("fixed", a.name)) for a in shared)
        body: tuple[Statement, ...]
        if not own:
            body = (Return(Mapping(constant)),)
        elif self.row is None:
            block = Assign(BLOCK, invoke("_block", Name("data"), NONE))
            body = (block, call, Return(Mapping((*kept.items, *constant))))
        else:
            block = Assign(BLOCK, invoke("_block", Name("data"), ROWS, NONE))
            step = (block, call, Evaluate(invoke("parts.append", kept)))
            loop = For(ROWS, invoke("blocks", self.count(), Name("BLOCK")), step)
            joined = tuple((Literal(a.name), self.joined(a)) for a in own)
            start = Assign(PARTS, Sequence("[]", ()), "list[Arrays]")
            body = (start, loop, Return(Mapping((*joined, *constant))))
        document = "Expectations of the latent variables, row by row."
        arguments = (DATA, PARAMETERS)
        before = self.fixed() if own or shared else ()
        return Define("posterior", arguments, "Arrays", document, (*before, *body), (QUIET,))

    def block(self) -> Define:
        """The rows of a block out of every array of data, rows last."""
        rows = self.plan.row_data if self.row else self.plan.program.data
        items = tuple((Literal(a.name), self.rows_of("data", a)) for a in rows)
        helper = "row_weights" if self.row else "all_weights"
        weight = invoke(self.helper(helper), Name("weights"), ROWS if self.row else self.shape())
        weights = Parameter("weights", "np.ndarray | None")
        arguments = (DATA, *((Parameter("rows", "slice"),) if self.row else ()), weights)
        document = "A block of rows; the rows are the last axis." if self.row else "The data."
        body = Return(Mapping((*items, (Literal(ROW_WEIGHT), weight))))
        return Define("_block", arguments, "Arrays", document, (body,))

    def shape(self) -> Expr:
        """Shape of the weights where the rows are not cut."""
        axes = weight_axes(self.plan.program)
        return Sequence("()", tuple(self.size(axis) for axis in axes))

    def size(self, axis: str) -> Expr:
        sizes = self.plan.program.sizes
        for array in (*self.plan.program.data, *self.plan.program.parameters):
            for place, own in enumerate(array.axes):
                if sizes[own] == sizes[axis]:
                    code = invoke("np.shape", item("data", array.name))
                    return Subscript(code, (Literal(place),))
        raise LookupError(f"no data have the axis {axis}")
