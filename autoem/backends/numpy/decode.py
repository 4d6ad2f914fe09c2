"""decode: the most probable states, row by row."""

from __future__ import annotations

from autoem.backends.numpy.driver import QUIET, Driver
from autoem.backends.numpy.rows import (
    BLOCK,
    DATA,
    FIXED,
    NONE,
    PARAMETERS,
    PARTS,
    ROWS,
)
from autoem.backends.numpy.tree import (
    Assign,
    Binary,
    Define,
    Evaluate,
    Expr,
    For,
    Literal,
    Mapping,
    Name,
    Return,
    Sequence,
    Statement,
    Subscript,
    invoke,
)
from autoem.program.ir import Array
from autoem.program.roles import key_of

DOCUMENT = "The most probable states of the discrete latent variables, all together."


def decode(driver: Driver) -> tuple[Define, ...]:
    """The public function, where the program has discrete latents."""
    function = driver.plan.decode
    if function is None:
        return ()
    whole = Assign(FIXED, Binary("|", Name("data"), Name("parameters")))
    call: Expr = invoke("_decode", BLOCK, FIXED)
    body: tuple[Statement, ...]
    if driver.rows.axis is None:
        block = Assign(BLOCK, invoke("_block", Name("data"), NONE))
        body = (whole, block, Return(call))
    else:
        names = {key_of(function, array): array for array in function.outputs}
        step = (
            Assign(BLOCK, invoke("_block", Name("data"), ROWS, NONE)),
            Evaluate(invoke("parts.append", call)),
        )
        loop = For(ROWS, invoke("blocks", driver.rows.count(), driver.rows.length()), step)
        kept = tuple((Literal(name), _joined(driver, name, a)) for name, a in names.items())
        start = Assign(PARTS, Sequence("[]", ()), "list[Arrays]")
        body = (whole, start, loop, Return(Mapping(kept)))
    return (Define("decode", (DATA, PARAMETERS), "Arrays", DOCUMENT, body, (QUIET,)),)


def _joined(driver: Driver, name: str, array: Array) -> Expr:
    """The states of all rows; what has no rows is the same in every block."""
    if driver.rows.axis not in array.axes:
        return Subscript(Subscript(PARTS, (Literal(0),)), (Literal(name),))
    place = array.axes.index(driver.rows.axis)
    axis = {"axis": Literal(place)} if place else {}
    return invoke(driver.rows.helper("join_rows"), PARTS, Literal(name), **axis)
