"""score: the gradient of the objective, summed over the rows block by block."""

from __future__ import annotations

from autoem.backends.numpy.driver import QUIET, WEIGHTS, Driver
from autoem.backends.numpy.rows import BLOCK, DATA, EXPECTED, FIXED, PARAMETERS, ROWS, item
from autoem.backends.numpy.tree import (
    Assign,
    Augment,
    Binary,
    Define,
    Expr,
    Literal,
    Name,
    Parameter,
    Return,
    Sequence,
    Statement,
    invoke,
)
from autoem.program.roles import key_of

DOCUMENT = "Gradient of the log-likelihood by every parameter: at these, it is that of Q (Fisher)."
POSTERIOR = "Gradient of the log posterior by every parameter: at these, it is that of Q (Fisher)."


def score(driver: Driver) -> tuple[Define, ...]:
    """The public function, where the program has a score."""
    if driver.plan.score is None:
        return ()
    whole = Binary("|", Name("data"), Name("parameters"))
    if driver.plan.factored.fixed.body:
        whole = Binary("|", whole, invoke("_fixed", Name("data"), Name("parameters")))
    prior = _prior(driver)
    body = (
        *driver.at_modes(),
        *driver.rows.measured(),
        Assign(FIXED, whole),
        *_rows(driver, bool(prior)),
        *prior,
    )
    document = POSTERIOR if prior else DOCUMENT
    return (Define("score", (DATA, PARAMETERS, WEIGHTS), "Arrays", document, body, (QUIET,)),)


def _rows(driver: Driver, more: bool) -> tuple[Statement, ...]:
    """The sum over the rows; `total` where there is more to come."""
    expected = Assign(EXPECTED, invoke("_expectations", BLOCK, FIXED))
    answer: Expr = invoke("_score", BLOCK, FIXED, EXPECTED)
    if driver.rows.axis is None:
        block = Assign(BLOCK, driver.rows.cut(None))
        return (block, expected, Assign(Name("total"), answer) if more else Return(answer))
    step = (
        Assign(BLOCK, driver.rows.cut(ROWS)),
        expected,
        Return(Sequence("", (answer, Literal(0.0)))),
    )
    part = Define("part", (Parameter("rows", "slice"),), "tuple[Arrays, float]", "", step)
    add = driver.rows.helper("add_blocks")
    run = invoke(add, Name("part"), driver.rows.count(), driver.rows.length())
    total = Assign(Sequence("", (Name("total"), Name("_"))), run)
    return (part, total) if more else (part, total, Return(Name("total")))


def _prior(driver: Driver) -> tuple[Statement, ...]:
    """What the log density of the parameters adds, once."""
    function = driver.plan.prior_score
    if function is None:
        return ()
    names = [key_of(function, array) for array in function.outputs]
    return (
        Assign(Name("prior"), invoke("_prior_score", Name("parameters"))),
        *(Augment(item("total", name), "+", item("prior", name)) for name in names),
        Return(Name("total")),
    )
