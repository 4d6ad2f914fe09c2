"""Every rewrite keeps the value of every function of every program, and does what it is for."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem.program.check import check_function
from autoem.program.interpret import axis_sizes, call as run
from autoem.program.ir import Call, Contract, Map, Number, Ref
from autoem.program.names import fresh_names
from autoem.program.plan import apart, joined, plan
from autoem.program.simplify import RULES, Context, Rule, simplify
from autoem.program.simplify.constants import folded
from autoem.program.simplify.copies import drop_copies
from autoem.program.simplify.guards import resolve_guards
from autoem.program.simplify.hoist import hoist_fixed
from autoem.program.simplify.pairwise import contract_pairwise
from autoem.program.simplify.repeated import drop_repeated
from autoem.program.simplify.short_names import shorten_names
from autoem.program.simplify.subexpressions import share_subexpressions
from autoem.program.simplify.unused import drop_unused
from tests.program.all_cases import CASES
from tests.program.build import add, array, arrays, call, function, let, minus, over, times, total
from tests.program.cases import Case

each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
SIZES = {"n": "n", "k": "k", "d": "d", "d'": "d", "v": "v", "e": "e"}


def context(row: str | None = "n") -> Context:
    names = iter(range(1000))
    return Context(row, SIZES, lambda stem: f"{stem}_{next(names)}")


def inputs_of(case: Case) -> dict[str, np.ndarray]:
    expected, statistics, _ = case.e_step(case.data, case.parameters, case.weights)
    return {
        **case.data, **case.parameters, **expected, **statistics, "row_weight": case.weights,
    }  # fmt: skip


@each
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_keeps_the_value(rule: Rule, case: Case) -> None:
    program, values = apart(case.program), inputs_of(case)
    sizes = axis_sizes(program, values)
    for before in (joined(program), program.maximize):
        row = program.row if before.name == "e_step" else None
        rewrite = Context(row, program.sizes, fresh_names(program))
        after = rule(before, rewrite)
        check_function(after, program.sizes, before.inputs)
        wanted = run(before, values, sizes)
        for name, value in run(after, values, sizes).items():
            assert_allclose(value, wanted[name], rtol=1e-12, atol=1e-12, err_msg=name)


@each
@pytest.mark.parametrize("form", ["factored", "expanded"])
def test_the_plan_is_well_typed_and_keeps_the_value(form: str, case: Case) -> None:
    program, cut = case.program, getattr(plan(case.program), form)
    if cut is None:
        pytest.skip("there are no residuals to multiply out")
    values = inputs_of(case)
    sizes = axis_sizes(program, values)
    known = (*program.data, *program.parameters)
    weight = tuple(a for a in cut.statistics.inputs if a.name == "row_weight")
    found = dict(values)
    for part in (cut.fixed, cut.bound, cut.posterior, cut.statistics):
        if part is not None:
            check_function(part, program.sizes, (*known, *weight))
            found |= run(part, found, sizes)
            known = tuple(dict.fromkeys((*known, *part.outputs)))
    expected, statistics, _ = case.e_step(case.data, case.parameters, case.weights)
    for name, value in (expected | statistics).items():
        assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=name)


# --- what each rule does ------------------------------------------------------------------------


def test_constants_fold() -> None:
    a = "a[k]"
    assert folded(add(a, 0, times(2, a), minus(a))) == times(2, a)
    assert folded(add(a, minus(a))) == Number(Fraction(0))
    assert folded(times(2, times(Fraction(1, 2), a))) == Ref("a", ("k",))
    assert folded(add(add(a, 1), add("b[k]", 2))) == add(a, 3, "b[k]")
    assert folded(call("power", a, 1)) == Ref("a", ("k",))
    assert folded(call("where", call("equal", 1, 1), a, 0)) == Ref("a", ("k",))
    assert folded(call("power", 2, -2)) == Number(Fraction(1, 4))


def test_copies_are_read_from_the_original() -> None:
    body = [let("t[d,k]", "m[k,d]"), let("s[d]", total("t[d,k]", "k"))]
    after = drop_copies(function("f", arrays("m[k,d]"), body, "s[d]"), context())
    assert after.body[1].operation == total("m[k,d]", "k")


def test_equal_statements_are_computed_once_whatever_their_axes_are_called() -> None:
    body = [
        let("r[n,d]", add("x[n,d]", minus("m[d]"))),
        let("s[n,d']", add("x[n,d']", minus("m[d']"))),
        let("t[n]", total("r[n,d] s[n,d]", "d")),
    ]
    after = drop_repeated(function("f", arrays("x[n,d] m[d]"), body, "t[n]"), context())
    assert [target.name for each in after.body for target in each.targets] == ["r", "t"]
    assert after.body[1].operation == total("r[n,d] r[n,d]", "d")


def test_what_a_caller_may_replace_is_not_read_from_elsewhere() -> None:
    body = [let("r[n]", "x[n]"), let("s[n]", "x[n]"), let("t", total("s[n]", "n"))]
    pinned = Context("n", SIZES, str, pinned=("s",))
    source = function("f", arrays("x[n]"), body, "s[n] t")
    for rule in (drop_copies, drop_repeated):
        assert rule(source, pinned).body[-1].operation == total("s[n]", "n")


def test_parts_of_expressions_are_shared() -> None:
    residual = add("x[n]", minus("m"))
    body = [let("s[n]", call("power", residual, 2)), let("t[n]", call("exp", residual))]
    after = share_subexpressions(function("f", arrays("x[n] m"), body, "s[n] t[n]"), context())
    assert after.body[0].operation == Map(residual)
    assert len(after.body) == 3


def test_row_free_parts_are_hoisted() -> None:
    expression = add(
        call("log", "a[k]"), minus("b[k]"), times("x[n]", over(Fraction(1, 2), "v[k]"))
    )
    source = function("f", arrays("a[k] b[k] v[k] x[n]"), [let("t[n,k]", expression)], "t[n,k]")
    *before, last = hoist_fixed(source, context()).body
    assert all("n" not in target.axes for each in before for target in each.targets)
    match last.operation:
        case Map(
            Call("add", (Ref(_, ("k",)), Call("multiply", (Ref(_, ("k",)), Ref("x", ("n",))))))
        ):
            return
    pytest.fail(str(last))


def test_contractions_have_two_factors_and_share_products() -> None:
    body = [
        let("s[k,d]", total("r[n,k] row_weight[n] x[n,d]", "n")),
        let("t[k,d,d']", total("r[n,k] row_weight[n] x[n,d] x[n,d']", "n")),
    ]
    source = function("f", arrays("r[n,k] row_weight[n] x[n,d]"), body, "s[k,d] t[k,d,d']")
    after = simplify(source, replace(context(), pinned=("r",)))
    contractions = [each.operation for each in after.body if isinstance(each.operation, Contract)]
    assert all(len(operation.factors) <= 2 for operation in contractions)
    assert len(contractions) == 4  # the weighted r, its products with x twice, one x x or r x


def test_row_free_factors_come_together_first() -> None:
    body = [let("t[n,k]", total("a[k,d] b[d] x[n,d]", "d", scale=Fraction(-1, 2)))]
    source = function("f", arrays("a[k,d] b[d] x[n,d]"), body, "t[n,k]")
    *before, last = contract_pairwise(source, context()).body
    assert all("n" not in target.axes for each in before for target in each.targets)
    assert isinstance(last.operation, Contract) and last.operation.scale == 1


def test_guards_become_lookups_masks_and_segments() -> None:
    given = (array("y[n]", "int"), *arrays("p[k,v] r[n,k]"))
    body = [
        let("gathered[n,k]", total("p[k,v]", "v", "y[n]=v")),
        let("masked[n,v]", total("r[n,k]", "k", "y[n]=v")),
        let("counted[k,v]", total("r[n,k]", "n", "y[n]=v")),
    ]
    source = function("f", given, body, "gathered[n,k] masked[n,v] counted[k,v]")
    after = resolve_guards(source, context())
    left = [each.operation for each in after.body if isinstance(each.operation, Contract)]
    assert [bool(operation.guards) for operation in left] == [False, False, True]
    check_function(after, SIZES, given)


def test_unused_statements_go_and_names_are_shortened() -> None:
    body = [let("s_2", "a"), let("t", times(2, "s_2")), let("u", "a")]
    source = function("f", arrays("a"), body, "t")
    after = shorten_names(drop_unused(source, context()), context())
    assert [each.targets[0].name for each in after.body] == ["s", "t"]
