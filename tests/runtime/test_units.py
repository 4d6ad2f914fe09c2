"""Some groups at a time: the same sums as over all of them at once, of shorter arrays."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import autoem
from autoem.runtime import Fit, fitting, units
from tests.test_weights import data_of, derived


def fitted(name: str, weights: dict[str, Any] | None = None) -> Fit:
    data, sizes = data_of(name)
    options: dict[str, Any] = {"seed": 1, "max_iterations": 3, "tol": 0, "progress": False}
    return autoem.fit(derived(name), data, sizes, weights=weights, **options)


def check_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same path in parts, with weights and without; there are several parts."""
    seen = []

    def watched(*arguments: Any) -> Any:
        found = units.by_units(*arguments)
        seen.append(len(found))
        return found

    whole = fitted(name)
    axis = whole.program.units if whole.program else None
    assert axis is not None
    weights = {axis: 0.5 + np.arange(whole.sizes[axis]) % 3}
    weighed = fitted(name, weights)
    monkeypatch.setattr(units, "PART", 6)
    monkeypatch.setattr(fitting, "by_units", watched)
    for one, other in ((whole, fitted(name)), (weighed, fitted(name, weights))):
        np.testing.assert_allclose(other.trace, one.trace, rtol=1e-11)
        np.testing.assert_allclose(other.log_likelihood, one.log_likelihood, rtol=1e-11)
        for parameter, value in one.parameters.items():
            np.testing.assert_allclose(other.parameters[parameter], value, rtol=1e-8, atol=1e-10)
    assert min(seen) > 2


@pytest.mark.parametrize(
    "name",
    [
        "random_intercept",
        "nested_effects",
        pytest.param("dawid_skene", marks=pytest.mark.slow),
        pytest.param("random_slopes", marks=pytest.mark.slow),
        pytest.param("poisson_random_intercept", marks=pytest.mark.slow),
    ],
)
def test_parts_of_whole_groups_have_the_sums_of_all(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_same(name, monkeypatch)


def test_a_group_that_is_cut_in_two_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows in the order in which they came, as if they were sorted by group."""

    def unsorted(group: np.ndarray, ends: np.ndarray) -> units.Along:
        order = np.arange(len(group))
        return units.Along(order, order, np.searchsorted(np.sort(group), ends))

    monkeypatch.setattr(units, "_along", unsorted)
    with pytest.raises((AssertionError, IndexError, autoem.errors.AutoemError)):
        check_same("random_intercept", monkeypatch)


@pytest.mark.parametrize("name", ["crossed_effects", "latent_dirichlet_allocation"])
def test_where_something_lies_in_no_group_arrays_stand_whole(name: str) -> None:
    """Items of no subject; the factors of documents, which are parameters."""
    assert autoem.generate(derived(name)).module.SCHEMA["units"] is None


def test_the_memory_of_an_iteration_is_that_of_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    data, sizes = data_of("random_intercept")
    times = 400
    many = {name: np.concatenate([value] * times) for name, value in data.items()}
    many["group"] = np.concatenate([data["group"] + 6 * copy for copy in range(times)])

    def peak() -> int:
        start = {"beta": np.zeros(2), "tau2": 1.0, "sigma2": 1.0}
        derivation = derived("random_intercept")
        found = autoem.fit(derivation, many, sizes, start=start, max_iterations=1, progress=False)
        program, read = found.program, found.data
        assert program is not None and read is not None
        parts = units.by_units(program, program.condensed(program.arrays(read)), read.sizes)
        tracemalloc.start()
        for part in parts:
            program.e_step(part.data, found.parameters)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    whole = peak()
    monkeypatch.setattr(units, "PART", 500)
    assert 5 * peak() < whole
