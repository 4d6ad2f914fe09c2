"""decode and entries: what is asked for once, row by row, from the data and the parameters."""

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
from autoem.program.ir import Array, Function
from autoem.program.roles import key_of

STATES = "The most probable states of the discrete latent variables, all together."
SPARSE = "Expectations at the entries of a sparse table, which are sparse themselves."


def decode(driver: Driver) -> tuple[Define, ...]:
    """The public functions, where the program has discrete latents, or a sparse table."""
    asked = (
        (driver.plan.decode, STATES, "join_rows"), (driver.plan.entries, SPARSE, "join_tables"),
    )  # fmt: skip
    return tuple(_by_rows(driver, f, words, join) for f, words, join in asked if f is not None)


def _by_rows(driver: Driver, function: Function, document: str, join: str) -> Define:
    """The function of a block, for all of them."""
    whole = Assign(FIXED, Binary("|", Name("data"), Name("parameters")))
    call: Expr = invoke(f"_{function.name}", BLOCK, FIXED)
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
        kept = tuple((Literal(n), _joined(driver, n, a, join)) for n, a in names.items())
        start = Assign(PARTS, Sequence("[]", ()), "list[Arrays]")
        body = (whole, start, loop, Return(Mapping(kept)))
    return Define(function.name, (DATA, PARAMETERS), "Arrays", document, body, (QUIET,))


def _joined(driver: Driver, name: str, array: Array, join: str) -> Expr:
    """The block results of all rows together; what has no rows is the same in every block."""
    if driver.rows.axis not in array.axes:
        return Subscript(Subscript(PARTS, (Literal(0),)), (Literal(name),))
    place = array.axes.index(driver.rows.axis)
    axis = {"axis": Literal(place)} if place else {}
    return invoke(driver.rows.helper(join), PARTS, Literal(name), **axis)
