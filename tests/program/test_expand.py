"""Residuals multiplied out: the same value, factors without components, bounds that are bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.testing import assert_allclose

from autoem.program.check import check_function
from autoem.program.expand import expand
from autoem.program.interpret import axis_sizes, call as run
from autoem.program.ir import Contract, Function
from autoem.program.names import fresh_names
from autoem.program.plan import apart, joined, plan
from autoem.program.roles import expectations
from autoem.program.simplify import TIDY, Context, simplify
from tests.program.all_cases import CASES
from tests.program.build import add, arrays, call, function, let, minus, times, total
from tests.program.cases import Case

SIZES = {"n": "n", "k": "k", "d": "d", "d'": "d"}


def context(program_row: str | None = "n") -> Context:
    names = iter(range(1000))
    return Context(program_row, SIZES, lambda stem: f"{stem}_{next(names)}")


def tidied(case: Case) -> tuple[Function, Context]:
    program = apart(case.program)
    pinned = tuple(array.name for array in expectations(program))
    whole = Context(program.row, program.sizes, fresh_names(program), pinned)
    return simplify(joined(program), whole, TIDY), whole


def test_a_mixture_keeps_its_value() -> None:
    case = CASES["gaussian"]
    before, rewrite = tidied(case)
    expansion = expand(before, rewrite)
    assert expansion is not None
    values = {**case.data, **case.parameters, "row_weight": case.weights}
    sizes = axis_sizes(case.program, values)
    check_function(expansion.function, case.program.sizes, before.inputs)
    after = run(expansion.function, values, sizes)
    for name, value in run(before, values, sizes).items():
        assert_allclose(after[name], value, rtol=1e-11, atol=1e-11, err_msg=name)


def test_what_is_summed_over_rows_has_no_component() -> None:
    form = plan(CASES["gaussian"].program).expanded
    assert form is not None
    products = [
        each.targets[0]
        for part in (form.posterior, form.statistics)
        for each in part.body
        if isinstance(each.operation, Contract) and not each.operation.over
    ]
    data = [array for array in products if "n" in array.axes and "weight" not in array.name]
    assert data and all("k" not in array.axes for array in data)


def test_the_bound_bounds_the_error() -> None:
    body = [
        let("u[n,k,d]", add("x[n,d]", minus("m[k,d]"))),
        let("q[n,k]", total("p[k,d,d'] u[n,k,d] u[n,k,d']", "d d'")),
    ]
    source = function("f", arrays("x[n,d] m[k,d] p[k,d,d']"), body, "q[n,k]")
    expansion = expand(source, context())
    assert expansion is not None
    rng = np.random.default_rng(0)
    sizes = {"n": 50, "k": 3, "d": 4, "d'": 4}
    for offset in (0.0, 1e3, 1e6):
        values = {
            "x": rng.normal(size=(50, 4)) + offset,
            "m": rng.normal(size=(3, 4)),
            "p": rng.normal(size=(3, 4, 4)),
        }
        exact = run(source, values, sizes)["q"]
        found = run(expansion.function, values, sizes)
        bound = found[expansion.bounds[0].name]
        assert np.all(np.abs(exact).max(axis=0) <= bound)
        assert np.all(np.abs(found["q"] - exact) <= 40 * np.finfo(float).eps * bound)


def test_residuals_that_are_read_otherwise_stay() -> None:
    body = [
        let("u[n,k,d]", add("x[n,d]", minus("m[k,d]"))),
        let("q[n,k]", total("u[n,k,d] u[n,k,d]", "d")),
        let("e[n,k,d]", call("exp", "u[n,k,d]")),
    ]
    source = function("f", arrays("x[n,d] m[k,d]"), body, "q[n,k] e[n,k,d]")
    assert expand(source, context()) is None
    assert expand(replace(source, body=source.body[:2], outputs=source.outputs[:1]), context())


def test_without_components_there_is_nothing_to_gain() -> None:
    body = [
        let("u[n,d]", add("x[n,d]", minus("m[d]"))),
        let("q[n]", total("u[n,d] u[n,d]", "d")),
        let("w[n]", times("q[n]", "q[n]")),
    ]
    source = function("f", arrays("x[n,d] m[d]"), body, "w[n]")
    assert expand(source, context()) is None
    assert expand(source, context(None)) is None
