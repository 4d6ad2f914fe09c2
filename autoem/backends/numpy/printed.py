"""The functions of a plan as functions of Python."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from autoem.backends.numpy.function import statements
from autoem.backends.numpy.scope import Scope
from autoem.backends.numpy.tree import Define, Parameter
from autoem.program.ir import Function
from autoem.program.plan import Plan
from autoem.program.roles import expectations
from autoem.program.simplify import Context
from autoem.program.simplify.unused import drop_unused

FIXED = "What the blocks of rows have in common, computed once."
ROWS = "Expectations of the latent variables in a block of rows; the rows are the last axis."
SUMS = "Expected statistics of a block of rows."
PRIOR = "Log density of the parameters."
UPDATE = "The parameters that maximize Q."


@dataclass
class Printed:
    """Printed functions; what they need of the carried sections and of imports."""

    plan: Plan
    sections: dict[str, None] = field(default_factory=dict)
    imports: dict[str, None] = field(default_factory=dict)
    infinite: dict[str, None] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)

    def functions(self) -> tuple[Define, ...]:
        """Fixed part, posterior, statistics, maximizer; the plan keeps what they use."""
        self._fixed()
        posterior, statistics = self._posterior(), self._statistics()
        self.plan = replace(self.plan, fixed=self._needed())
        fixed = (self._fixed(),) if self.plan.fixed.body else ()
        prior = () if self.plan.prior is None else (self._prior(self.plan.prior),)
        return (*fixed, posterior, statistics, self._maximize(), *prior)

    def _prior(self, prior: Function) -> Define:
        sources = {array.name: "parameters" for array in prior.inputs}
        return self._define("_prior", PRIOR, prior, ("parameters",), sources)

    def _needed(self) -> Function:
        """The fixed part without what no printed function reads."""
        plan = self.plan
        outputs = (*plan.program.statistics.outputs, *plan.program.posterior.outputs)
        known = {array.name for array in (*outputs, *expectations(plan.program))} | set(self.used)
        kept = tuple(array for array in plan.fixed.outputs if array.name in known)
        context = Context(None, plan.program.sizes, str)
        return drop_unused(replace(plan.fixed, outputs=kept), context)

    def _fixed(self) -> Define:
        program = self.plan.program
        sources = {array.name: "data" for array in program.data}
        sources |= {array.name: "parameters" for array in program.parameters}
        arguments = ("data", "parameters")
        return self._define("_fixed", FIXED, self.plan.fixed, arguments, sources)

    def _sources(self) -> dict[str, str]:
        plan = self.plan
        inputs = (*plan.posterior.inputs, *plan.statistics.inputs)
        fixed = (*plan.fixed.outputs, *plan.program.parameters)
        return {a.name: "block" for a in inputs} | {a.name: "fixed" for a in fixed}

    def _posterior(self) -> Define:
        arguments, sources = ("block", "fixed"), self._sources()
        row = self.plan.program.row
        return self._define("_expectations", ROWS, self.plan.posterior, arguments, sources, row)

    def _statistics(self) -> Define:
        sources = self._sources() | {a.name: "expected" for a in self.plan.posterior.outputs}
        arguments, row = ("block", "fixed", "expected"), self.plan.program.row
        return self._define("_statistics", SUMS, self.plan.statistics, arguments, sources, row)

    def _maximize(self) -> Define:
        maximize = self.plan.maximize
        sources = {array.name: "parameters" for array in maximize.inputs}
        sources |= {array.name: "statistics" for array in self.plan.program.statistics.outputs}
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
        body = statements(scope, function, sources, tuple(self.infinite))
        for array in function.outputs:
            if scope.stored[array.name].infinite:
                self.infinite[array.name] = None
        if name != "_fixed":
            self.used |= scope.used
        parameters = tuple(Parameter(argument, "Arrays") for argument in arguments)
        return Define(name, parameters, "Arrays", function.comment or document, body)
