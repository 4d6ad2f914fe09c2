"""The printed module: the functions of the program, and around them e_step, m_step and the rest."""

from __future__ import annotations

from collections.abc import Mapping as Schema

from autoem.backends.numpy.carried import carried
from autoem.backends.numpy.decode import decode
from autoem.backends.numpy.driver import Driver
from autoem.backends.numpy.printed import Printed
from autoem.backends.numpy.printer import module_text
from autoem.backends.numpy.rows import Rows
from autoem.backends.numpy.score import score
from autoem.backends.numpy.search import search
from autoem.backends.numpy.tree import (
    Assign,
    Comment,
    Expr,
    Literal,
    Mapping,
    Module,
    Name,
    Section,
    Sequence,
    Statement,
    invoke,
)
from autoem.backends.program import MARK
from autoem.program.check import check
from autoem.program.ir import ArrayProgram
from autoem.program.plan import plan

HEADER = f"{MARK}: do not edit; change the model and generate again."
CARRIED = "What every generated module carries of the runtime."


def emit(program: ArrayProgram, schema: Schema[str, object] | None = None) -> str:
    """Source of a module that stands alone, with the EM algorithm of the program."""
    printed = Printed(plan(check(program)), {"Arrays": None})
    functions = printed.functions()
    driver = Driver(Rows(printed.plan, printed.sections))
    extra = search(printed.sections, "draws" in schema) if schema else ()
    public = (*driver.functions(), *decode(driver), *score(driver), *extra)
    private = driver.private()
    imports, sections = carried(tuple(printed.sections))
    lines = {*imports, *printed.imports, "import numpy as np", "from typing import Any"} - {""}
    body: tuple[Statement, ...] = (
        Assign(Name("SCHEMA"), literal(dict(schema or {})), "dict[str, Any]"),
        *_free(program),
        *public,
        *private,
        *functions,
        Comment(CARRIED),
        *(Section(text) for text in sections),
    )
    document = program.document or program.name
    return module_text(Module(HEADER, document, _grouped(sorted(lines, key=_order)), body))


def _free(program: ArrayProgram) -> tuple[Statement, ...]:
    """The constants of the M-step."""
    if not program.free:
        return ()
    entries = {a.name: literal(e) for a, e in program.free.items()}
    arrays = Mapping(tuple((Literal(n), invoke("np.array", e)) for n, e in entries.items()))
    comment = "1 where an entry of a parameter is free, 0 where it is held."
    return (Assign(Name("FREE"), arrays, "", comment),)


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


def _order(line: str) -> tuple[int, int, str]:
    module = line.split()[1]
    third = module.split(".")[0] in ("numpy", "scipy")
    return int(third), int(line.startswith("from")), module


def _grouped(lines: list[str]) -> tuple[str, ...]:
    """Standard library, blank line, NumPy and SciPy."""
    own = [line for line in lines if _order(line)[0]]
    standard = [line for line in lines if not _order(line)[0]]
    return (*standard, *([""] if standard and own else []), *own)
