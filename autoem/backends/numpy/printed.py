"""The functions of a plan as functions of Python."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from autoem.backends.numpy.function import statements
from autoem.backends.numpy.scope import Operand, Scope
from autoem.backends.numpy.tree import Define, Parameter
from autoem.program.ir import ROW_WEIGHT, Array, Function
from autoem.program.plan import EStep, Plan
from autoem.program.simplify import Context
from autoem.program.simplify.unused import drop_unused

FIXED = "What the blocks of rows have in common, computed once."
EXPANDED = "_expanded"
BOUND = "Centered rows, and bounds of what cancels when residuals are multiplied out about them."
ROWS = "Expectations of the latent variables in a block of rows; the rows are the last axis."
SUMS = "Expected statistics of a block of rows."
PRIOR = "Log density of the parameters."
UPDATE = "The parameters that maximize Q."
PATHS = "The most probable states of the latent variables in a block of rows."
ENTRIES = "Expectations at the entries of a sparse table, in a block of rows."
STEP = "Where a step of Newton's method leads from what is held, and the log joint there."
SLOPES = "Gradient of Q in a block of rows."


@dataclass
class Printed:
    """Printed functions; what they need of the carried sections and of imports."""

    plan: Plan
    sections: dict[str, None] = field(default_factory=dict)
    imports: dict[str, None] = field(default_factory=dict)
    stored: dict[str, Operand] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)

    def functions(self) -> tuple[Define, ...]:
        """E-step in one form or two, maximizer, prior; the plan keeps what they use."""
        factored, first = self._form(self.plan.factored, "")
        self.plan = replace(self.plan, factored=factored)
        score = self._score()
        second: tuple[Define, ...] = ()
        if self.plan.expanded is not None:
            expanded, second = self._form(self.plan.expanded, EXPANDED)
            self.plan = replace(self.plan, expanded=expanded)
        more = (*self._priors(), *self._from_data(), *self._newton())
        return (*first, *second, self._maximize(), *score, *more)

    def _form(self, form: EStep, suffix: str) -> tuple[EStep, tuple[Define, ...]]:
        """One form of the E-step, and the form with only what is used of the fixed part."""
        self.stored, self.used = {}, {}
        self._fixed(form.fixed, suffix)
        bound = () if form.bound is None else (self._bound(form),)
        functions = (*bound, self._posterior(form, suffix), self._statistics(form, suffix))
        form = replace(form, fixed=self._needed(form.fixed))
        fixed = (self._fixed(form.fixed, suffix),) if form.fixed.body else ()
        return form, (*fixed, *functions)

    def _public(self) -> tuple[Array, ...]:
        """Arrays that are handed out as they are declared; others as they are stored."""
        program = self.plan.program
        sure = (program.posterior, program.statistics, program.maximize)
        more = (
            program.prior, program.score, program.prior_score, program.decode, program.entries
        )  # fmt: skip
        return tuple(array for f in (*sure, *more) if f is not None for array in f.outputs)

    def _needed(self, fixed: Function) -> Function:
        """The fixed part without what no printed function reads."""
        program = self.plan.program
        outputs = (*program.statistics.outputs, *program.posterior.outputs)
        known = {array.name for array in outputs} | set(self.used)
        kept = tuple(array for array in fixed.outputs if array.name in known)
        return drop_unused(replace(fixed, outputs=kept), Context(None, program.sizes, str))

    def _fixed(self, fixed: Function, suffix: str) -> Define:
        program = self.plan.program
        sources = {array.name: "data" for array in program.data}
        sources |= {array.name: "parameters" for array in program.parameters}
        arguments = ("data", "parameters")
        return self._define(f"_fixed{suffix}", FIXED, fixed, arguments, sources)

    def _sources(self, form: EStep) -> dict[str, str]:
        """Where a block finds its arrays."""
        inputs = (*form.posterior.inputs, *form.statistics.inputs)
        inputs += () if form.bound is None else form.bound.inputs
        fixed = (*form.fixed.outputs, *self.plan.program.parameters)
        return {a.name: "block" for a in inputs} | {a.name: "fixed" for a in fixed}

    def _bound(self, form: EStep) -> Define:
        assert form.bound is not None
        arguments, row = ("block", "fixed"), self.plan.program.row
        return self._define("_bound", BOUND, form.bound, arguments, self._sources(form), row)

    def _posterior(self, form: EStep, suffix: str) -> Define:
        arguments, row = ("block", "fixed"), self.plan.program.row
        name = f"_expectations{suffix}"
        return self._define(name, ROWS, form.posterior, arguments, self._sources(form), row)

    def _statistics(self, form: EStep, suffix: str) -> Define:
        before = (*form.posterior.outputs, *(form.bound.outputs if form.bound else ()))
        sources = self._sources(form) | {a.name: "expected" for a in before}
        arguments, row = ("block", "fixed", "expected"), self.plan.program.row
        return self._define(f"_statistics{suffix}", SUMS, form.statistics, arguments, sources, row)

    def _score(self) -> tuple[Define, ...]:
        """The score of a block: what is the same for all rows comes with the fixed part."""
        plan = self.plan
        if plan.score is None:
            return ()
        row = plan.program.row
        given = {array.name: "fixed" for array in plan.score.inputs}
        own = [a for a in plan.program.data if row is None or row in a.axes]
        given |= {array.name: "block" for array in own} | {ROW_WEIGHT: "block"}
        given |= {array.name: "expected" for array in plan.factored.posterior.outputs}
        arguments = ("block", "fixed", "expected")
        return (self._define("_score", SLOPES, plan.score, arguments, given, row),)

    def _from_data(self) -> tuple[Define, ...]:
        """The best states of a block, and what is sparse, from the data and the parameters."""
        plan, row = self.plan, self.plan.program.row
        found = []
        for function, document in ((plan.decode, PATHS), (plan.entries, ENTRIES)):
            if function is not None:
                given = {array.name: "fixed" for array in function.inputs}
                given |= {a.name: "block" for a in function.inputs if row is None or row in a.axes}
                given |= {a.name: "fixed" for a in plan.program.parameters}
                name, arguments = f"_{function.name}", ("block", "fixed")
                found.append(self._define(name, document, function, arguments, given, row))
        return tuple(found)

    def _newton(self) -> tuple[Define, ...]:
        """A step towards the modes that are held, from the data and the parameters."""
        newton = self.plan.newton
        if newton is None:
            return ()
        given = {array.name: "block" for array in newton.inputs}
        given |= {array.name: "fixed" for array in self.plan.program.parameters}
        newton = replace(newton, comment="")
        return (self._define("_newton", STEP, newton, ("block", "fixed"), given),)

    def _priors(self) -> tuple[Define, ...]:
        """The log density of the parameters, and its gradient."""
        functions = {"_prior": self.plan.prior, "_prior_score": self.plan.prior_score}
        return tuple(
            self._define(
                name, PRIOR, function, ("parameters",),
                {array.name: "parameters" for array in function.inputs},
            )
            for name, function in functions.items()
            if function is not None
        )  # fmt: skip

    def _maximize(self) -> Define:
        maximize = self.plan.maximize
        sources = {array.name: "parameters" for array in maximize.inputs}
        sources |= {array.name: "statistics" for array in self.plan.program.statistics.outputs}
        sources |= {array.name: "FREE" for array in self.plan.program.free}
        return self._define("_maximize", UPDATE, maximize, ("statistics", "parameters"), sources)

    def _define(
        self,
        name: str,
        document: str,
        function: Function,
        arguments: tuple[str, ...],
        sources: dict[str, str],
        row: str | None = None,
    ) -> Define:
        program = self.plan.program
        scope = Scope(program.sizes, row, sections=self.sections, imports=self.imports)
        scope.lengths.update(program.lengths)
        public = {array.name for array in self._public()}
        between = self.stored if row or name.startswith("_fixed") else {}
        body = statements(scope, function, sources, between, public)
        for array in function.outputs:
            stored = scope.stored[array.name]
            if array.name in public:
                stored = Operand(stored.code, scope.layout(array.axes), array.kind, stored.infinite)
            self.stored[array.name] = stored
        if not name.startswith("_fixed"):
            self.used |= scope.used
        parameters = tuple(Parameter(argument, "Arrays") for argument in arguments)
        return Define(name, parameters, "Arrays", function.comment or document, body)
