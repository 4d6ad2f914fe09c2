"""Which form of the E-step a block may use: multiplied out where that keeps nine digits."""

from __future__ import annotations

from functools import reduce

from autoem.backends.numpy.printed import EXPANDED
from autoem.backends.numpy.tree import (
    Assign,
    Binary,
    Define,
    Expr,
    If,
    Literal,
    Name,
    Parameter,
    Return,
    Subscript,
    invoke,
)
from autoem.program.plan import EStep

CANCELS: Expr = Binary("/", Literal(1e-9), Name("np.finfo(float).eps"))
"""The largest bound of what cancels that leaves nine digits."""

BLOCK, FIXED, OTHER, BOUND = Name("block"), Name("fixed"), Name("expanded"), Name("bound")
EXPECTED = Name("expected")
FORMS = tuple(Parameter(name, "Arrays") for name in ("block", "fixed", "expanded"))


def choices(form: EStep) -> tuple[Define, ...]:
    """The function that chooses the form of a block, and the one that goes on in it."""
    assert form.bound is not None
    return _expect(form), _gather(form.bound.outputs[0].name)


def _expect(form: EStep) -> Define:
    small = (Binary("<", invoke("np.max", _item(name)), Name("CANCELS")) for name in form.bounds)
    both = Binary("|", BLOCK, BOUND)
    expanded = Binary("|", BOUND, invoke(f"_expectations{EXPANDED}", both, OTHER))
    body = (
        Assign(BOUND, invoke("_bound", BLOCK, OTHER)),
        If(reduce(lambda left, right: Binary("and", left, right), small), (Return(expanded),)),
        Return(invoke("_expectations", BLOCK, FIXED)),
    )
    document = (
        "Expectations: residuals multiplied out where that leaves nine digits, else as they are."
    )
    return Define("_expect", FORMS, "Arrays", document, body)


def _gather(mark: str) -> Define:
    multiplied = Binary("in", Literal(mark), EXPECTED)
    expanded = invoke(f"_statistics{EXPANDED}", BLOCK, OTHER, EXPECTED)
    body = (
        If(multiplied, (Return(expanded),)),
        Return(invoke("_statistics", BLOCK, FIXED, EXPECTED)),
    )
    parameters = (*FORMS, Parameter("expected", "Arrays"))
    return Define(
        "_gather", parameters, "Arrays", "Statistics, in the form of the expectations.", body
    )


def _item(name: str) -> Expr:
    return Subscript(BOUND, (Literal(name),))
