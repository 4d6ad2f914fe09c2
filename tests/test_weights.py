"""Weights of groups and of what lies in them: as if the data had every entry so many times.

The judge is the same program without weights, on data in which entries are repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autoem
from autoem import mean_field, quadrature
from autoem.derive.stages import Derivation
from autoem.errors.run import BadOption
from autoem.errors.weights import NotIndependent, OtherWeights
from autoem.program.lower import repeats as lowered
from autoem.runtime import Fit, observations
from autoem.runtime.arrays import Arrays
from tests.repeated import repeated
from tests.test_models import declared

MODELS = Path(__file__).parent.parent / "models"
APPROXIMATED = {
    "poisson_random_intercept": quadrature(),
    "latent_dirichlet_allocation": mean_field(),
    "switching_state_space": mean_field(),
    "poisson_state_space": autoem.laplace(),
}


@cache
def derived(name: str) -> Derivation:
    return autoem.derive(declared(MODELS / f"{name}.py"), APPROXIMATED.get(name))


def covariates(rows: int, generator: np.random.Generator) -> np.ndarray:
    return np.column_stack([np.ones(rows), generator.normal(size=rows)])


def data_of(name: str) -> tuple[Arrays, dict[str, int]]:
    """Data of a model, and sizes that they do not tell."""
    rng = np.random.default_rng(4)
    v, group = covariates(24, rng), rng.integers(0, 6, 24)
    y = v @ [1.0, 0.5] + rng.normal(size=6)[group] + rng.normal(size=24)
    match name:
        case "random_intercept":
            return {"v": v, "group": group, "y": y}, {}
        case "random_slopes":
            slopes = rng.normal(size=(6, 2))[group]
            return {"v": v, "group": group, "y": y + np.sum(v * slopes, axis=1)}, {}
        case "poisson_random_intercept":
            return {"v": v, "group": group, "y": rng.poisson(np.exp(0.3 * y)).astype(float)}, {}
        case "nested_effects":
            return {"v": v, "group": group, "school": np.array([0, 1, 1, 2, 0, 2]), "y": y}, {}
        case "crossed_effects":
            return {"v": v, "subject": group, "item": rng.integers(0, 4, 24), "y": y}, {}
        case "dawid_skene":
            items, answers = np.repeat(np.arange(8), 4), rng.integers(0, 3, 32)
            answer = np.where(rng.uniform(size=32) < 0.6, items % 3, answers)
            return {"of_item": items, "by": np.tile(np.arange(4), 8), "answer": answer}, {}
        case "latent_dirichlet_allocation":
            return {"of": rng.integers(0, 4, 30), "word": rng.integers(0, 5, 30)}, {"k": 2}
        case "plsa":
            return {"doc": rng.integers(0, 4, 30), "word": rng.integers(0, 5, 30)}, {"k": 2}
        case "super_resolution":
            operator, x = rng.normal(size=(4, 3, 5)), rng.normal(size=(4, 3))
            return {"operator": operator, "shape": np.eye(5) + 0.3, "x": x}, {}
        case "poisson_state_space":
            return {"y": rng.poisson(2.0, size=(4, 8)).astype(float)}, {}
    return {"x": rng.normal(size=(4, 8)).cumsum(axis=1)}, {"k": 2}


def pair(name: str, axis: str) -> tuple[Fit, Fit]:
    """Some maps with weights, and as many over repeated entries, from one point."""
    derivation, (data, sizes) = derived(name), data_of(name)
    first = autoem.fit(derivation, data, sizes, max_iterations=1, progress=False)
    times = 1 + np.arange(first.sizes[axis]) % 3
    many = repeated(first.schema, data, axis, times)
    options: dict[str, Any] = {"max_iterations": 4, "tol": 0, "accelerate": None}
    start = first.point
    weighed = autoem.fit(derivation, data, sizes, weights={axis: times}, start=start, **options)
    held = {  # the factors of a mean field have some
        name: np.repeat(value, times, axis=first.schema[name].axes.index(axis))
        if axis in first.schema[name].axes
        else value
        for name, value in start.items()
    }
    return weighed, autoem.fit(derivation, many, sizes, start=held, **options)


def check_same(name: str, axis: str) -> None:
    """The same path, estimates, standard errors and criteria."""
    weighed, plain = pair(name, axis)
    np.testing.assert_allclose(weighed.trace, plain.trace, rtol=1e-12)
    assert weighed.observations == plain.observations
    assert weighed.free_parameters == plain.free_parameters
    for parameter, value in plain.parameters.items():
        np.testing.assert_allclose(weighed.parameters[parameter], value, rtol=1e-9, atol=1e-9)
    if plain.program is None or plain.program.score is None:
        return
    np.testing.assert_allclose([weighed.aic, weighed.bic], [plain.aic, plain.bic], rtol=1e-12)
    for parameter, value in plain.standard_errors.items():
        np.testing.assert_allclose(weighed.standard_errors[parameter], value, rtol=1e-6, atol=1e-9)


QUICK = [
    ("random_intercept", "g"),
    ("nested_effects", "h"),
    ("crossed_effects", "i"),
    ("dawid_skene", "row"),
    ("latent_dirichlet_allocation", "d"),
]
SLOW = [
    ("random_intercept", "i"),
    ("random_slopes", "g"),
    ("random_slopes", "i"),
    ("nested_effects", "g"),
    ("nested_effects", "i"),
    ("dawid_skene", "item"),
    ("latent_dirichlet_allocation", "t"),
    ("poisson_random_intercept", "g"),
    ("poisson_random_intercept", "i"),
    ("poisson_state_space", "s"),
    ("super_resolution", "f"),
    ("switching_state_space", "s"),
]


@pytest.mark.parametrize(
    ("name", "axis"), [*QUICK, *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW)]
)
def test_an_entry_of_weight_w_is_w_entries(name: str, axis: str) -> None:
    check_same(name, axis)


def _inside_too(axes: Any, *rest: Any, found: Any = lowered._entries) -> Any:
    """Weights within an entry, too: no target is said to lie in one."""
    return () if isinstance(axes, dict) else found(axes, *rest)


def _not_of_counts(let: Any, *rest: Any, found: Any = lowered._counted) -> Any:
    """Numbers of entries as they are."""
    counts = getattr(let.operation, "factors", None) == ()
    return let if counts else found(let, *rest)


def _itself_alone(within: Any, axes: Any, found: Any = lowered._place) -> Any:
    """Rows are not said to lie in their groups."""
    return found(within, axes) if not isinstance(within.read, lowered.Lookup) else ((), "")


PLANTED: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "inside too": (lowered, "_entries", _inside_too),
    "not of counts": (lowered, "_counted", _not_of_counts),
    "itself alone": (lowered, "_place", _itself_alone),
    "observations": (observations, "weights_along", lambda *_: None),
}


@pytest.mark.parametrize("error", PLANTED)
def test_the_judge_sees_a_planted_error(error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*PLANTED[error])
    with pytest.raises(AssertionError):
        check_same("random_intercept", "g")


def test_documents_count_as_their_words() -> None:
    """Of rows that all lie in one entry each, weights of entries are weights of rows."""
    data, sizes = data_of("plsa")
    times, options = np.array([1.0, 0.5, 2.0, 3.0]), {"max_iterations": 5, "seed": 2}
    one, other = (
        autoem.fit(derived("plsa"), data, sizes, weights=weights, progress=False, **options)
        for weights in ({"d": times}, {"n": times[data["doc"]]})
    )
    assert one.trace == other.trace and one.observations == other.observations


def test_what_a_fit_with_weights_says_afterwards() -> None:
    """Rows that count more draw the effect of their group; new data have weights of their own."""
    data, _ = data_of("random_intercept")
    times = np.where(data["y"] > 1, 3.0, 1.0)
    found = autoem.fit(derived("random_intercept"), data, weights={"i": times}, progress=False)
    many = repeated(found.schema, data, "i", times.astype(int))
    np.testing.assert_allclose(
        found.posterior()["b"]["mean"], found.posterior(many)["b"]["mean"], rtol=1e-9
    )
    np.testing.assert_allclose(found.score(), found.log_likelihood)
    np.testing.assert_allclose(found.score(data, weights={"i": times}), found.log_likelihood)
    np.testing.assert_allclose(found.score(many), found.log_likelihood)
    by_group = found.score(data, weights={"g": np.full(6, 2.0)})
    np.testing.assert_allclose(by_group, 2 * found.score(data))


def test_a_generated_module_takes_weights_of_groups_as_data() -> None:
    data, _ = data_of("random_intercept")
    times = 1.0 + np.arange(6) % 3
    program = autoem.generate(derived("random_intercept"), weights="g")
    theta = {"beta": np.zeros(2), "tau2": np.array(1.0), "sigma2": np.array(2.0)}
    many = repeated(
        autoem.fit(program, data, max_iterations=1).schema, data, "g", times.astype(int)
    )
    module = program.module
    statistics, value = module.e_step(data | {"repeats_g": times}, theta)
    plain, wanted = module.e_step(many, theta)
    np.testing.assert_allclose(value, wanted)
    for name, statistic in plain.items():
        np.testing.assert_allclose(statistics[name], statistic)
    found = autoem.fit(program, data, weights={"g": times}, max_iterations=3)
    assert found.observations == len(many["y"])
    assert "repeats_g is how often an entry of g counts" in program.source


@pytest.mark.parametrize(
    ("name", "axis", "why"),
    [
        ("crossed_effects", "g", "crossed with those of h.*Weigh i instead"),
        ("crossed_effects", "h", "crossed with those of g"),
        ("dawid_skene", "rater", "crossed with those of item"),
        ("dawid_skene", "label", "states or coordinates"),
        ("switching_state_space", "t", "follow each other.*Weigh s instead"),
    ],
)
def test_entries_that_are_no_units(name: str, axis: str, why: str) -> None:
    data, sizes = data_of(name)
    length = autoem.fit(derived(name), data, sizes, max_iterations=0, progress=False).sizes[axis]
    with pytest.raises(NotIndependent, match=f"axis {axis} .*{why}"):
        autoem.fit(derived(name), data, sizes, weights={axis: np.ones(length)})


def test_weights_that_a_program_was_not_generated_for() -> None:
    data, sizes = data_of("random_intercept")
    program = autoem.generate(derived("random_intercept"))
    with pytest.raises(OtherWeights, match=r"generate\(model, weights='g'\)"):
        autoem.fit(program, data, sizes, weights={"g": np.ones(6)})
    with pytest.raises(NotIndependent, match="crossed with those of h"):
        autoem.generate(derived("crossed_effects"), weights="g")
    with pytest.raises(BadOption, match="weights of the rows"):
        autoem.generate(derived("plsa"), weights="d")
    with pytest.raises(autoem.errors.NoSuchName):
        autoem.generate(derived("plsa"), weights="nobody")
