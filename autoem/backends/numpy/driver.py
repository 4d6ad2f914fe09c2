"""e_step, m_step, log_likelihood and posterior: what runs the printed functions over the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.backends.numpy.choice import CANCELS, choices
from autoem.backends.numpy.rows import (
    BLOCK,
    DATA,
    EXPECTED,
    NONE,
    PARAMETERS,
    PARTS,
    ROWS,
    Rows,
    item,
)
from autoem.backends.numpy.tree import (
    Assign,
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
from autoem.program.ir import Array
from autoem.program.plan import Plan
from autoem.program.roles import PRIOR, expectations, handed

WEIGHTS = Parameter("weights", "np.ndarray | None", Literal(None))
GIVEN = Parameter("posterior", "Arrays | None", Literal(None))
QUIET: Expr = invoke("np.errstate", all=Literal("ignore"))
BOTH = Sequence("", (Name("statistics"), Name("log_likelihood")))

Body = tuple[Statement, ...]


@dataclass(frozen=True)
class Driver:
    """The public functions of the module."""

    rows: Rows

    @property
    def plan(self) -> Plan:
        return self.rows.plan

    def functions(self) -> Body:
        """What a user calls, in the order in which it is read."""
        block = Assign(
            Name("BLOCK"),
            Literal(self.rows.most),
            "",
            "Rows that are worked on at a time, at most.",
        )
        head = [block] if self.rows.axis else []
        if self.plan.expanded:
            head.append(
                Assign(Name("CANCELS"), CANCELS, "", "What may cancel and leave nine digits.")
            )
        posterior = self.posterior()
        posterior = replace(posterior, body=(*self.at_modes(), *posterior.body))
        return (*head, self.e_step(), m_step(), self.log_likelihood(), posterior)

    def private(self) -> Body:
        """What the others call."""
        length = self.rows.block_size()
        return (
            *length,
            *self.held(),
            self.rows.block(),
            *(choices(self.plan.expanded) if self.plan.expanded else ()),
        )

    def e_step(self) -> Define:
        override = self.override()
        given = Assign(Name("given"), Binary("or", Name("posterior"), Mapping(())))
        gathered = self.gathered()
        answer: Expr = self.rows.gather()
        keep: Body = ()
        if gathered:
            pops = ((Literal(a.name), invoke("statistics.pop", Literal(a.name))) for a in gathered)
            kept = Evaluate(invoke("parts.append", Mapping(tuple(pops))))
            keep, answer = (Assign(Name("statistics"), answer), kept), Name("statistics")
        body = (
            Assign(EXPECTED, self.rows.expect()),
            Assign(Name("log_likelihood"), self.rows.total()),
            *(() if self.rows.axis else self.prior()),
            *override,
            *keep,
            Return(Sequence("", (answer, Name("log_likelihood")))),
        )
        before = (*self.at_modes(), *self.rows.fixed(), *((given,) if override else ()))
        sums = ": sums over the rows, block by block." if self.rows.axis else "."
        return Define(
            "e_step",
            (DATA, PARAMETERS, WEIGHTS, GIVEN),
            "tuple[Arrays, float]",
            f"Expected statistics and the log-likelihood{sums}",
            (*before, *self.over_blocks(body, gathered)),
            (QUIET,),
        )

    def over_blocks(self, body: Body, gathered: tuple[Array, ...]) -> Body:
        """The body for each block of rows, and the sum of what it returns."""
        if self.rows.axis is None:
            return (Assign(BLOCK, self.rows.cut(None)), *body)
        part, run = self.sum_of((Assign(BLOCK, self.rows.cut(ROWS)), *body))
        free = tuple(a for a in self.plan.program.statistics.outputs if self.rows.is_fixed(a))
        prior = self.prior()
        if not gathered and not free and not prior:
            return (part, Return(run))
        lists = (Assign(PARTS, Sequence("[]", ()), "list[Arrays]"),) if gathered else ()
        return (
            *lists,
            part,
            Assign(BOTH, run),
            *(Assign(item("statistics", a.name), self.rows.joined(a)) for a in gathered),
            *(Assign(item("statistics", a.name), item("fixed", a.name)) for a in free),
            *prior,
            Return(BOTH),
        )

    def sum_of(self, body: Body) -> tuple[Define, Expr]:
        """A function of one block, and the sum of what it returns over all blocks."""
        signature = (Parameter("rows", "slice"),)
        part = Define("part", signature, "tuple[Arrays, float]", "", body)
        add = self.rows.helper("add_blocks")
        return part, invoke(add, Name("part"), self.rows.count(), self.rows.length())

    def prior(self) -> Body:
        """The log density of the parameters joins the objective, once."""
        if self.plan.prior is None:
            return ()
        value = Subscript(invoke("_prior", Name("parameters")), (Literal(PRIOR),))
        return (Augment(Name("log_likelihood"), "+", invoke("float", value)),)

    def gathered(self) -> tuple[Array, ...]:
        """Statistics that keep their rows: they are put together, not summed."""
        outputs = self.plan.factored.statistics.outputs
        return tuple(array for array in outputs if self.rows.axis in array.axes)

    def override(self) -> Body:
        """Expectations that the caller gives instead of those just computed."""
        return tuple(
            If(
                Binary("in", Literal(array.name), Name("given")),
                (Assign(item("expected", array.name), self.rows.taken("given", array)),),
            )
            for array in handed(self.plan.program)
            if not self.rows.is_fixed(array)
        )

    def log_likelihood(self) -> Define:
        total, expected = self.rows.total(), Assign(EXPECTED, self.rows.expect())
        body: Body = (Assign(BLOCK, self.rows.cut(None)), expected, Return(total))
        if self.rows.axis is not None:
            answer = Return(Sequence("", (Mapping(()), total)))
            part, run = self.sum_of((Assign(BLOCK, self.rows.cut(ROWS)), expected, answer))
            body = (part, Return(Subscript(run, (Literal(1),))))
        return Define(
            "log_likelihood",
            (DATA, PARAMETERS, WEIGHTS),
            "float",
            "Log-likelihood of the data, each row raised to its weight.",
            (*self.at_modes(), *self.rows.fixed(), *body),
            (QUIET,),
        )

    def at_modes(self) -> Body:
        """What is held goes to the mode before anything is computed there."""
        program = self.plan.program
        if not program.modes:
            return ()
        held = Mapping(tuple((Literal(a), Literal(b)) for a, b in program.modes.items()))
        heights = Sequence("[]", tuple(map(Literal, program.heights)))
        call = (Name("_at_held"), Name("data"), Name("parameters"), held, heights)
        return (Assign(Name("parameters"), invoke(self.rows.helper("at_modes"), *call)),)

    def held(self) -> Body:
        """The step of Newton's method as a function of data and parameters."""
        if not self.plan.program.modes:
            return ()
        block = invoke("_block", Name("data"), NONE)
        step = Return(invoke("_newton", block, Name("parameters")))
        document = "A step towards the modes that are held, and the log joint where it begins."
        body = (*self.rows.measured(), step)
        return (Define("_at_held", (DATA, PARAMETERS), "Arrays", document, body, (QUIET,)),)

    def posterior(self) -> Define:
        """Expectations for all rows: the one place where they are held together."""
        found = expectations(self.plan.program)
        own = tuple(array for array in found if not self.rows.is_fixed(array))
        shared = tuple(array for array in found if self.rows.is_fixed(array))
        return Define(
            "posterior",
            (DATA, PARAMETERS),
            "Arrays",
            "Expectations of the latent variables, row by row.",
            (*(self.rows.fixed() if found else ()), *self._expectations(own, shared)),
            (QUIET,),
        )

    def _with_entries(self, expected: Mapping) -> Return:
        """What is found, with that which is sparse."""
        if self.plan.entries is None:
            return Return(expected)
        return Return(Binary("|", expected, invoke("entries", Name("data"), Name("parameters"))))

    def _expectations(self, own: tuple[Array, ...], shared: tuple[Array, ...]) -> Body:
        call = Assign(EXPECTED, self.rows.expect())
        kept = tuple((Literal(a.name), item("expected", a.name)) for a in own)
        constant = tuple((Literal(a.name), item("fixed", a.name)) for a in shared)
        if not own:
            return (self._with_entries(Mapping(constant)),)
        if self.rows.axis is None:
            block = Assign(BLOCK, invoke("_block", Name("data"), NONE))
            return (block, call, self._with_entries(Mapping((*kept, *constant))))
        block = Assign(BLOCK, invoke("_block", Name("data"), ROWS, NONE))
        step = (block, call, Evaluate(invoke("parts.append", Mapping(kept))))
        loop = For(ROWS, invoke("blocks", self.rows.count(), self.rows.length()), step)
        joined = tuple((Literal(a.name), self.rows.joined(a)) for a in own)
        start = Assign(PARTS, Sequence("[]", ()), "list[Arrays]")
        return (start, loop, self._with_entries(Mapping((*joined, *constant))))


def m_step() -> Define:
    """m_step is _maximize, and what it leaves alone."""
    update = invoke("_maximize", Name("statistics"), Name("parameters"))
    return Define(
        "m_step",
        (Parameter("statistics", "Arrays"), PARAMETERS),
        "Arrays",
        "The parameters that maximize Q, given the expected statistics.",
        (Return(Binary("|", Name("parameters"), update)),),
        (QUIET,),
    )
