"""The printed module: the functions of the program, and around them e_step, m_step and the rest."""

from __future__ import annotations

from collections.abc import Mapping as Schema

from autoem.backends.numpy.carried import carried
from autoem.backends.numpy.driver import Driver
from autoem.backends.numpy.function import statements
from autoem.backends.numpy.printer import module_text
from autoem.backends.numpy.scope import Scope
from autoem.backends.numpy.tree import (
    Assign,
    Define,
    Expr,
    Literal,
    Mapping,
    Module,
    Name,
    Parameter,
    Section,
    Sequence,
    Statement,
)
from autoem.program.ir import ArrayProgram, Function
from autoem.program.plan import Plan, plan

ARRAYS = "dict[str, np.ndarray]"


def emit(program: ArrayProgram, schema: Schema[str, object] | None = None) -> str:
    """Source of a module that stands alone, with the EM algorithm of the program."""
    cut = plan(program)
    printed = Printed(cut)
    functions = printed.functions()
    drivers = Driver(cut, printed.sections).functions()
    imports, sections = carried(tuple(printed.sections))
    lines = sorted({*imports, *printed.imports, "import numpy as np"}, key=_import_order)
    body: list[Statement] = [Assign(Name("Arrays"), Name(ARRAYS))]
    body += [Assign(Name("SCHEMA"), literal(dict(schema or {})), "dict[str, Any]")]
    lines = sorted({*lines, "from typing import Any"}, key=_import_order)
    body += [*drivers, *functions]
    if sections:
        body += [Section(text) for text in sections]
    return module_text(Module(program.document or program.name, _grouped(lines), tuple(body)))


class Printed:
    """The functions of a plan, printed; what they need of the carried sections and of imports."""

    def __init__(self, cut: Plan) -> None:
        self.cut = cut
        self.sections: dict[str, None] = {}
        self.imports: dict[str, None] = {}
        self.infinite: dict[str, None] = {}

    def functions(self) -> list[Define]:
        cut, row = self.cut, self.cut.program.row
        given = {a.name: "data" for a in cut.program.data}
        given |= {a.name: "parameters" for a in cut.program.parameters}
        block = {a.name: "block" for f in (cut.posterior, cut.statistics) for a in f.inputs}
        block |= {a.name: "fixed" for a in (*cut.fixed.outputs, *cut.program.parameters)}
        expected = {a.name: "expected" for a in cut.posterior.outputs}
        result = []
        if cut.fixed.body:
            result.append(self._define("_fixed", FIXED, cut.fixed, ("data", "parameters"), given))
        rows: tuple[str, ...] = ("block", "fixed")
        result.append(self._define("_expectations", ROWS, cut.posterior, rows, block, row))
        rows, both = (*rows, "expected"), block | expected
        result.append(self._define("_statistics", SUMS, cut.statistics, rows, both, row))
        known = {a.name: "parameters" for a in cut.maximize.inputs}
        known |= {a.name: "statistics" for a in cut.program.statistics.outputs}
        update = ("statistics", "parameters")
        result.append(self._define("_maximize", UPDATE, cut.maximize, update, known))
        return result

    def _define(
        self,
        name: str,
        document: str,
        function: Function,
        arguments: tuple[str, ...],
        sources: dict[str, str],
        row: str | None = None,
    ) -> Define:
        program = self.cut.program
        scope = Scope(program.sizes, row, sections=self.sections, imports=self.imports)
        scope.lengths.update(program.lengths)
        body = statements(scope, function, sources, tuple(self.infinite))
        for array in function.outputs:
            if scope.stored[array.name].infinite:
                self.infinite[array.name] = None
        parameters = tuple(Parameter(argument, "Arrays") for argument in arguments)
        return Define(name, parameters, "Arrays", function.comment or document, body)


FIXED = "What the same for all rows depends on: computed once."
ROWS = "Expectations of the latent variables in a block of rows; the rows are the last axis."
SUMS = "Expected statistics of a block of rows."
UPDATE = "The parameters that maximize Q."


def literal(value: object) -> Expr:
    """Plain Python values as source."""
    if isinstance(value, dict):
        return Mapping(tuple((literal(key), literal(item)) for key, item in value.items()))
    if isinstance(value, list):
        return Sequence("[]", tuple(literal(item) for item in value))
    if isinstance(value, tuple):
        return Sequence("()", tuple(literal(item) for item in value))
    if value is None or isinstance(value, bool | int | float | str):
        return Literal(value)
    raise TypeError(f"a schema holds plain values only, not {type(value).__name__}")


def _import_order(line: str) -> tuple[int, int, str]:
    module = line.split()[1]
    third = module.split(".")[0] in ("numpy", "scipy")
    return int(third), int(line.startswith("from")), module


def _grouped(lines: list[str]) -> tuple[str, ...]:
    """Standard library, blank line, NumPy and SciPy."""
    own = [line for line in lines if _import_order(line)[0]]
    standard = [line for line in lines if not _import_order(line)[0]]
    return (*standard, *([""] if standard and own else []), *own)
