"""Factorizations once for each pattern of missing cells: the same numbers, and fewer matrices."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autoem.cli.find import find_model
from autoem.derive.stages import derive
from autoem.pipeline import generate
from autoem.program.interpret import interpret
from autoem.program.lower import lower
from autoem.runtime.gaps import filled
from autoem.verify.instance import random_instance
from tests.backends.test_agreement import assert_same

ROWS = 60
SIZES = {"d": 3, "k": 2, "q": 2}
NAMES = ("incomplete_normal", "gaussian_mixture", "factor_analysis", "mixture_of_factor_analyzers")

Steps = tuple[dict[str, np.ndarray], float]


def gapped(name: str) -> tuple[ModuleType, Any, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The module, the meaning, data with a third of the cells missing, and parameters."""
    model, generator = find_model(name), np.random.default_rng(2)
    made = random_instance(model, {**SIZES, "n": ROWS}, generator)
    x = np.asarray(made.data["x"])
    x = np.where(generator.uniform(size=x.shape) < 0.3, np.nan, x)
    x[0] = np.nan
    module = generate(model, missing=("x",)).module
    meaning = interpret(lower(derive(model, ("x",))))
    return module, meaning, filled({"x": x}, ("x",)), dict(made.parameters)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_as_row_by_row(name: str) -> None:
    module, meaning, data, theta = gapped(name)
    for block in (ROWS, 7):
        module.BLOCK = block
        statistics, value = module.e_step(data, theta)
        wanted, expected = meaning.e_step(data, theta)
        np.testing.assert_allclose(value, expected, rtol=1e-12)
        assert_same(statistics, wanted)
    assert_same(module.posterior(data, theta), meaning.posterior(data, theta))


def test_each_pattern_is_factorized_once(monkeypatch: pytest.MonkeyPatch) -> None:
    module, _, data, theta = gapped("gaussian_mixture")
    batches: list[int] = []
    plain = np.linalg.cholesky

    def counted(matrix: np.ndarray) -> np.ndarray:
        batches.append(int(np.prod(matrix.shape[:-2])))
        return np.asarray(plain(matrix))

    monkeypatch.setattr(np.linalg, "cholesky", counted)
    module.e_step(data, theta)
    patterns = len(np.unique(data["seen_x"], axis=0))
    assert max(batches) == patterns * SIZES["k"] < ROWS


def test_patterns_that_are_confused_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: every row is taken to have the gaps of the first."""
    module, meaning, data, theta = gapped("incomplete_normal")

    def confused(*masks: np.ndarray) -> tuple[np.ndarray, ...]:
        return (*(mask[..., :1] for mask in masks), np.zeros(masks[0].shape[-1], dtype=int))

    monkeypatch.setitem(vars(module), "mask_patterns", confused)
    assert abs(module.e_step(data, theta)[1] / meaning.e_step(data, theta)[1] - 1) > 1e-3


def test_many_columns_have_patterns_too() -> None:
    """More bits than a number holds."""
    module, _, _, _ = gapped("incomplete_normal")
    mask = np.random.default_rng(0).integers(2, size=(100, 50)).astype(float)
    mask = np.concatenate([mask, mask[:, ::-1]], axis=1)
    distinct, pattern = module.mask_patterns(mask)
    assert distinct.shape == (100, 50)
    np.testing.assert_array_equal(distinct[:, pattern], mask)
