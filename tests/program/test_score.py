"""The score is the gradient of the objective: every shipped model, and planted errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.derive.stages import derive
from autoem.errors.verification import NotSimulated
from autoem.program import ir
from autoem.program.interpret import interpret
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from autoem.runtime.arrays import Arrays
from autoem.runtime.coordinates import Coordinates, coordinates
from autoem.runtime.schema import Schema
from autoem.verify.instance import random_instance
from tests.derive.zoo import priors
from tests.test_models import FILES, derived

NAMES = [path.stem for path in FILES]
each_model = pytest.mark.parametrize("name", NAMES)


@dataclass(frozen=True)
class Case:
    """A program with data, and the free coordinates about generic parameters."""

    program: ir.ArrayProgram
    data: Arrays
    near: Coordinates

    @property
    def weights(self) -> np.ndarray | None:
        return None if self.program.row is None else np.arange(1, 10) / 4

    def slope(self, score: Arrays) -> np.ndarray:
        """A gradient by the coordinates."""
        return self.near.pulled(self.near.u, score)


@cache
def case_of(name: str) -> Case:
    path = Path("models") / f"{name}.py"
    derivation = derive(getattr(priors, name)) if name[0].isupper() else derived(path)
    model = derivation.model
    if derivation.e_step.factors:
        pytest.skip("a bound has no score")
    program = lower(derivation, "")
    schema = Schema.from_dict(schema_of(derivation, program))
    smooth = tuple(replace(variable, corner="") for variable in schema.variables)
    schema = replace(schema, variables=smooth)  # a score between the corners
    sizes = {a: 9 if a == program.row else 3 for a in schema.axes if a not in schema.sizes}
    try:
        instance = random_instance(model, sizes, np.random.default_rng(3))
    except NotSimulated as missing:
        pytest.skip(str(missing))
    near = coordinates(schema, dict(instance.parameters), {})
    return Case(program, dict(instance.data), near)


def derivatives(objective: Callable[[Arrays], float], near: Coordinates) -> np.ndarray:
    """By each coordinate, from differences over 1e-3 and 2e-3."""

    def along(place: int, step: float) -> float:
        up, down = near.u, near.u
        up[place] += step
        down[place] -= step
        return (objective(near.point(up)) - objective(near.point(down))) / (2 * step)

    places = range(len(near.u))
    return np.array([(4 * along(i, 1e-3) - along(i, 2e-3)) / 3 for i in places])


@each_model
def test_the_score_is_the_gradient_of_the_log_likelihood(name: str) -> None:
    case = case_of(name)
    program = interpret(case.program)
    truth = derivatives(lambda p: program.log_likelihood(case.data, p, case.weights), case.near)
    score = program.score(case.data, case.near.parameters, case.weights)
    np.testing.assert_allclose(case.slope(score), truth, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["MapMixture", "MapRates", "Hierarchical", "PriorOfLoadings"])
def test_a_prior_adds_its_gradient_once(name: str) -> None:
    case = case_of(name)
    program = interpret(case.program)
    truth = derivatives(lambda p: program.e_step(case.data, p, case.weights)[1], case.near)
    score = program.score(case.data, case.near.parameters, case.weights)
    np.testing.assert_allclose(case.slope(score), truth, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", [*NAMES, "MapMixture", "Hierarchical"])
def test_the_module_gives_the_same_block_by_block(name: str) -> None:
    case = case_of(name)
    module = vars(load(emit(case.program), name))
    if case.program.row is not None:
        module["BLOCK"] = 4
    found = module["score"](case.data, case.near.parameters, case.weights)
    wanted = interpret(case.program).score(case.data, case.near.parameters, case.weights)
    assert found.keys() == wanted.keys() == case.near.parameters.keys()
    for key, value in wanted.items():
        assert np.shape(found[key]) == np.shape(value)
        np.testing.assert_allclose(found[key], value, rtol=1e-10, atol=1e-10, err_msg=key)


# --- planted errors ------------------------------------------------------------------------------


def negated(let: ir.Let) -> ir.Let | None:
    """The statement with its sign flipped."""
    match let.operation:
        case ir.Contract(scale=scale):
            return replace(let, operation=replace(let.operation, scale=-scale))
        case ir.Map(expression):
            minus = ir.Call("multiply", (ir.Number(Fraction(-1)), expression))
            return replace(let, operation=ir.Map(minus))
    return None


def wrong_scores(program: ir.ArrayProgram) -> Iterator[tuple[str, ir.ArrayProgram]]:
    """Programs in which one summand of one slope has the wrong sign."""
    assert program.score is not None
    for place, let in enumerate(program.score.body):
        wrong = negated(let)
        if wrong is not None and let.targets[0].name.startswith(ir.SCORE):
            body = (*program.score.body[:place], wrong, *program.score.body[place + 1 :])
            yield let.targets[0].name, replace(program, score=replace(program.score, body=body))


@each_model
def test_a_flipped_sign_is_caught(name: str) -> None:
    case = case_of(name)
    right = interpret(case.program).score(case.data, case.near.parameters, case.weights)
    found = 0
    for what, program in wrong_scores(case.program):
        wrong = interpret(program).score(case.data, case.near.parameters, case.weights)
        found += 1
        if not any(what.startswith(f"{ir.SCORE}{patch.name}") for patch in case.near.patches):
            continue  # a whole parameter that is held
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(
                case.slope(wrong), case.slope(right), rtol=1e-6, atol=1e-6, err_msg=what
            )
    assert found >= len(case.near.parameters)
