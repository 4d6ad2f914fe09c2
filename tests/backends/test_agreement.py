"""The printed module, the interpreter and plain NumPy agree; a wrong program does not pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.program.interpret import interpret
from autoem.program.ir import (
    ArrayProgram,
    Call,
    Contract,
    Function,
    Let,
    Map,
    Number,
    Position,
)
from autoem.program.walk import replace_scalar
from tests.program.all_cases import CASES
from tests.program.build import add, arrays, call, function, let, minus, over, total
from tests.program.cases import Case

each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def module_of(program: ArrayProgram, rows: int = 7) -> ModuleType:
    module = load(emit(program), program.name)
    if program.row is not None:
        module.BLOCK = rows
    return module


def assert_same(found: Mapping[str, np.ndarray], wanted: Mapping[str, np.ndarray]) -> None:
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert np.shape(found[name]) == np.shape(value), name
        assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=name)


@each
def test_module_agrees_with_interpreter(case: Case) -> None:
    module, program = module_of(case.program), interpret(case.program)
    found, objective = module.e_step(case.data, case.parameters, case.weights)
    statistics, log_likelihood = program.e_step(case.data, case.parameters, case.weights)
    assert_same(found, statistics)
    assert_allclose(objective, log_likelihood, rtol=1e-12)
    assert_same(
        module.m_step(statistics, case.parameters), program.m_step(statistics, case.parameters)
    )
    assert_same(
        module.posterior(case.data, case.parameters), program.posterior(case.data, case.parameters)
    )
    assert_allclose(
        module.log_likelihood(case.data, case.parameters, case.weights), log_likelihood, rtol=1e-12
    )


@each
def test_module_agrees_with_numpy(case: Case) -> None:
    module = module_of(case.program)
    expected, statistics, log_likelihood = case.e_step(case.data, case.parameters, case.weights)
    found, objective = module.e_step(case.data, case.parameters, case.weights)
    assert_same(found, statistics)
    assert_allclose(objective, log_likelihood, rtol=1e-12)
    assert_same(module.posterior(case.data, case.parameters), expected)
    updated = case.m_step(statistics, case.parameters)
    moved = module.m_step(statistics, case.parameters)
    assert_same({name: moved[name] for name in updated}, updated)


@each
def test_blocks_of_any_size_give_the_same(case: Case) -> None:
    if case.program.row is None:
        pytest.skip("there are no rows to cut")
    one, whole = module_of(case.program, 1), module_of(case.program, 10**6)
    assert_same(
        one.e_step(case.data, case.parameters)[0], whole.e_step(case.data, case.parameters)[0]
    )


def test_a_given_posterior_replaces_the_computed_one() -> None:
    case = CASES["gaussian"]
    r = np.random.default_rng(0).dirichlet(np.ones(3), len(case.data["x"]))
    given = {"r": r}
    module, program = module_of(case.program), interpret(case.program)
    assert_same(
        module.e_step(case.data, case.parameters, None, given)[0],
        program.e_step(case.data, case.parameters, None, given)[0],
    )


def test_positions_of_rows_are_those_of_all_rows() -> None:
    data, parameters = arrays("x[n]"), arrays("level")
    early = call("less", Position("n"), 5)
    jump = call("where", early, "level", minus("level"))
    posterior = function(
        "posterior",
        (*data, *parameters),
        [let("log_evidence[n]", minus(call("power", add("x[n]", minus(jump)), 2)))],
        "log_evidence[n]",
    )
    statistics = function(
        "statistics",
        (*data, *arrays("row_weight[n]")),
        [
            let("signed[n]", call("where", early, "x[n]", minus("x[n]"))),
            let("S", total("signed[n] row_weight[n]", "n")),
            let("last", total("x[n]", "n", "n=19")),
        ],
        "S last",
    )
    maximize = function(
        "maximize", arrays("S last"), [let("new_level", over("S", "last"))], "new_level"
    )
    program = ArrayProgram(
        "Jump", "n", {"n": "n"}, data, parameters, posterior, statistics, maximize
    )
    module, truth = module_of(program, 3), interpret(program)
    given = {"x": np.arange(20.0)}, {"level": np.array(2.0)}
    assert_same(module.e_step(*given)[0], truth.e_step(*given)[0])
    assert_allclose(module.e_step(*given)[1], truth.e_step(*given)[1])


def test_nothing_n_by_k_is_held_in_the_e_step() -> None:
    import tracemalloc

    case = CASES["poisson"]
    module = module_of(case.program, 4096)
    x = np.tile(case.data["x"], 50_000)
    module.e_step({"x": x[:100]}, case.parameters)
    tracemalloc.start()
    module.e_step({"x": x}, case.parameters)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < x.nbytes / 4


# --- planted errors ------------------------------------------------------------------------------


def mutants(program: ArrayProgram) -> list[tuple[str, ArrayProgram]]:
    """Programs with one thing wrong in a statement: a sign, a scale, a dropped factor, an axis."""
    found = []
    for part in ("posterior", "statistics", "maximize"):
        whole: Function = getattr(program, part)
        for place, right in enumerate(whole.body):
            for word, wrong in _wrong(right):
                body = (*whole.body[:place], wrong, *whole.body[place + 1 :])
                changed = replace(program, **{part: replace(whole, body=body)})
                found.append((f"{part}: {right.targets[0].name}: {word}", changed))
    return found


def _wrong(right: Let) -> list[tuple[str, Let]]:
    operation = right.operation
    if isinstance(operation, Contract):
        less = replace(operation, factors=operation.factors[1:])
        wrong = [("scale", replace(operation, scale=2 * operation.scale))]
        if len(operation.factors) > 1 and not operation.guards:
            wrong.append(("factor", less))
        return [(word, replace(right, operation=new)) for word, new in wrong]
    if isinstance(operation, Map):
        twice = replace_scalar(operation.expression, _double)
        if twice != operation.expression:
            return [("coefficient", replace(right, operation=Map(twice)))]
    return []


def _double(expression: object) -> object:
    match expression:
        case Call("multiply", (Number(value), *rest)):
            return Call("multiply", (Number(value * 2), *rest))
    return expression


ALL_MUTANTS = [
    (f"{name}: {word}", case, program)
    for name, case in CASES.items()
    if name != "many_values"
    for word, program in mutants(case.program)
]


def test_there_are_many_mutants() -> None:
    assert len(ALL_MUTANTS) >= 40


@pytest.mark.parametrize(("word", "case", "program"), ALL_MUTANTS, ids=[m[0] for m in ALL_MUTANTS])
def test_a_mutant_does_not_agree(word: str, case: Case, program: ArrayProgram) -> None:
    module, truth = module_of(program), interpret(case.program)
    statistics, log_likelihood = truth.e_step(case.data, case.parameters, case.weights)
    with np.errstate(all="ignore"), pytest.raises((AssertionError, ValueError)):
        found, objective = module.e_step(case.data, case.parameters, case.weights)
        assert_same(found, statistics)
        assert_allclose(objective, log_likelihood, rtol=1e-12)
        assert_same(
            module.m_step(statistics, case.parameters), truth.m_step(statistics, case.parameters)
        )
        assert_same(
            module.posterior(case.data, case.parameters),
            truth.posterior(case.data, case.parameters),
        )
