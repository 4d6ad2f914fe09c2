"""Every rule of the typechecker refuses its own planted error."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from autoem.program.check import check, check_function
from autoem.program.ill_typed import IllTyped
from autoem.program.ir import (
    Array,
    ArrayProgram,
    Call,
    Contract,
    Function,
    Guard,
    Let,
    LogSumExp,
    Map,
    Matrix,
    Maximize,
    Position,
    Ref,
    Root,
    Solve,
)
from tests.program.all_cases import CASES
from tests.program.build import add, array, arrays, call, function, let, ref, times, total

SIZES = {"n": "n", "k": "k", "d": "d", "d'": "d", "n'": "n"}
INPUTS = (*arrays("x[n,d] a[k] m[d,d']"), array("y[n]", "int"))
SYSTEM = Solve((ref("s[d]"),), (("d",),), ((ref("m[d,d']"),),), (ref("b[d]"),))
NEWTON = Maximize(
    (ref("u[d]"),),
    ("real",),
    (ref("b[d]"),),
    (let("f", total("u[d]", "d")), let("g[d]", "u[d]"), let("h[d,d']", times("u[d]", "u[d']"))),
    "f",
    ("g",),
    (("h",),),
)
ROOT = Root("r", add("r[k]", "a[k]"), call("exp", "r[k]"), ref("a[k]"), 0.0, 1.0)

PLANTED: dict[str, tuple[Let | tuple[Let, ...], str]] = {
    "twice": ((let("t[k]", "a[k]"), let("t[k]", "a[k]")), "assigned twice"),
    "input again": (let("a[k]", "a[k]"), "assigned twice"),
    "undefined": (let("t[k]", "nobody[k]"), "before it is defined"),
    "too early": ((let("t[k]", "s[k]"), let("s[k]", "a[k]")), "before it is defined"),
    "no targets": (Let((), Map(ref("a[k]"))), "nothing is assigned"),
    "two targets": (let("s[k] t[k]", "a[k]"), "several arrays"),
    "few axes": (let("t[n]", "x[n]"), "has 2 axes"),
    "wrong axis": (let("t[k,d]", "x[k,d]"), "is read along k"),
    "uncovered": (let("t[n]", "x[n,d]"), "not in the target"),
    "no size": (let("t[z]", "a[k]"), "has no size"),
    "no size of a position": (Let((Array("t"),), Map(Position("z"))), "has no size"),
    "repeated axis": (Let((Array("t", ("k", "k")),), Map(ref("a[k]"))), "repeats"),
    "odd kind": (Let((Array("t", ("k",), "text"),), Map(ref("a[k]"))), "no kind"),
    "lookup by a float": (let("t[n,d]", "m[d,x[n,d]]"), "no index"),
    "guard by a float": (
        Let((array("t[k]"),), Contract((), ("n", "d"), (Guard(ref("x[n,d]"), "k"),))),
        "no index",
    ),
    "negative entry": (Let((Array("t"),), Map(Ref("a", (-1,)))), "is read at -1"),
    "unknown function": (let("t[k]", call("tan", "a[k]")), "no function tan"),
    "few arguments": (let("t[k]", call("power", "a[k]")), "takes 2 arguments"),
    "no arguments": (let("t[k]", Call("add", ())), "no arguments"),
    "not summed": (let("t[k]", total("x[n,d] a[k]", "n")), "not in the target"),
    "summed and kept": (let("t[n]", total("x[n,d]", "n d")), "in the target"),
    "guard not summed": (let("t[k]", total("a[k]", "", "y[n]=k")), "not in the target"),
    "reduced axis": (let("t[n]", LogSumExp(ref("x[n,d]"), ("k",))), "reduced and not there"),
    "nothing reduced": (let("t[n,d]", LogSumExp(ref("x[n,d]"), ())), "nothing is reduced"),
    "reduced shape": (let("t[d]", LogSumExp(ref("x[n,d]"), ("d",))), "the target needs"),
    "matrix function": (let("t[d,d']", Matrix("root", ref("m[d,d']"), "d", "d'")), "no matrix"),
    "not square": (let("t[n,d]", Matrix("inverse", ref("x[n,d]"), "n", "d")), "no square"),
    "no pair": (let("t[d,d']", Matrix("inverse", ref("m[d,d']"), "d", "d")), "not both there"),
    "matrix shape": (let("t[d]", Matrix("log_determinant", ref("m[d,d']"), "d", "d'")), "needs"),
    "block count": (let("s[d]", replace(SYSTEM, right=())), "do not match"),
    "block axes": (let("s[d]", replace(SYSTEM, right=(ref("a[k]"),))), "not in the target"),
    "system batch": (
        let("s[d] t[k]", Solve((), (("d",), ()), ((None, None),) * 2, (ref("b[d]"), ref("a[k]")))),
        "different batches",
    ),
    "root interval": (let("r[k]", replace(ROOT, upper=-1.0)), "empty"),
    "root axes": (let("r", replace(ROOT, start=ref("a[k]"))), "not in the target"),
    "objective": (let("s[d]", replace(NEWTON, objective="g")), "no number"),
    "no gradient": (let("s[d]", replace(NEWTON, gradient=("nobody",))), "not computed"),
    "newton count": (let("s[d]", replace(NEWTON, domains=())), "do not match"),
    "newton axes": (let("s[k]", NEWTON), "other axes"),
    "shadowed unknown": (let("s[d]", replace(NEWTON, unknowns=(ref("b[d]"),))), "assigned twice"),
}


@pytest.mark.parametrize(("lets", "complaint"), PLANTED.values(), ids=PLANTED)
def test_a_planted_error_is_refused(lets: Let | tuple[Let, ...], complaint: str) -> None:
    body = [*(lets if isinstance(lets, tuple) else (lets,))]
    inputs = (*INPUTS, *arrays("b[d]"))
    with pytest.raises(IllTyped, match=complaint):
        check_function(function("f", inputs, body, ""), SIZES, inputs)


@pytest.mark.parametrize("operation", [("s[d]", SYSTEM), ("s[d]", NEWTON), ("r[k]", ROOT)])
def test_the_right_ones_pass(operation: tuple[str, Solve | Maximize | Root]) -> None:
    inputs = (*INPUTS, *arrays("b[d]"))
    check_function(function("f", inputs, [let(*operation)], operation[0]), SIZES, inputs)


def test_inputs_and_outputs() -> None:
    body = [let("t[k]", "a[k]")]
    with pytest.raises(IllTyped, match="unknown input"):
        check_function(function("f", arrays("a[k]"), body, "t[k]"), SIZES, ())
    with pytest.raises(IllTyped, match="does not define"):
        check_function(function("f", arrays("a[k]"), body, "s[k]"), SIZES, arrays("a[k]"))


def changed(part: str, body: list[Let], outputs: str | None = None) -> ArrayProgram:
    """The Poisson mixture with statements added to one of its functions."""
    program = CASES["poisson"].program
    old: Function = getattr(program, part)
    new = replace(old, body=(*old.body, *body))
    if outputs is not None:
        new = replace(new, outputs=arrays(outputs))
    sizes = {**program.sizes, "n'": "n"}
    return replace(program, sizes=sizes, **{part: new})


ROWS: dict[str, tuple[str, list[Let], str]] = {
    "sum in posterior": ("posterior", [let("t", total("x[n]", "n"))], "sums over the rows"),
    "other row": ("statistics", [let("t[k]", "responsibility[0,k]")], "at another row"),
    "twin axis": ("statistics", [let("t[n']", "x[n']")], "at another row"),
    "pairs of rows": (
        "statistics",
        [let("t[n,n']", times("x[n]", "count[k]"))],
        "not in the target",
    ),
    "rows in log sum exp": (
        "statistics",
        [let("t", LogSumExp(ref("x[n]"), ("n",)))],
        "log sum exp",
    ),
    "sum read by rows": ("statistics", [let("t[n,k]", times("x[n]", "count[k]"))], "read by rows"),
    "ratio of sums": (
        "statistics",
        [let("t[k]", times("first[k]", call("power", "count[k]", -1)))],
        "not read linearly",
    ),
    "product of sums": ("statistics", [let("t[k]", times("first[k]", "count[k]"))], "linearly"),
    "summed twice": ("statistics", [let("t", total("count[k] x[n]", "n k"))], "summed twice"),
}


@pytest.mark.parametrize(("part", "body", "complaint"), ROWS.values(), ids=ROWS)
def test_rows_do_not_meet(part: str, body: list[Let], complaint: str) -> None:
    with pytest.raises(IllTyped, match=complaint):
        check(changed(part, body))


def test_linear_readings_of_sums_pass() -> None:
    more = add("first[k]", times(Fraction(-1, 2), "count[k]"))
    check(changed("statistics", [let("t[k]", more)]))


def test_roles() -> None:
    program = CASES["poisson"].program
    silent = replace(program.posterior, outputs=program.posterior.outputs[:1])
    with pytest.raises(IllTyped, match="does not give log_evidence"):
        check(replace(program, posterior=silent))
    maximize = replace(program.maximize, outputs=arrays("total"))
    with pytest.raises(IllTyped, match="no parameter"):
        check(replace(program, maximize=maximize))
    wrong = changed("maximize", [let("new_x", "total")])
    renamed = replace(wrong.maximize, outputs=(*wrong.maximize.outputs, Array("new_x")))
    with pytest.raises(IllTyped, match="no parameter"):
        check(replace(wrong, maximize=renamed))
