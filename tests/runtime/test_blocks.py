"""Blocks cover every row once, and their sums are those of all rows, bit for bit the same twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from autoem.runtime.blocks import add_blocks, block_size, blocks


@given(st.integers(0, 500), st.integers(1, 200))
def test_every_row_once(rows: int, size: int) -> None:
    covered = [i for block in blocks(rows, size) for i in range(rows)[block]]
    assert covered == list(range(rows))


def test_sizes_fit_the_cache() -> None:
    assert [block_size(8000, floats) for floats in (1, 512, 10_000)] == [8000, 2048, 256]
    assert block_size(8000, 10**6) * 10**6 <= 2**24


def test_sums_are_those_of_all_rows() -> None:
    x = np.random.default_rng(0).normal(size=(1000, 3))

    def part(rows: slice) -> tuple[dict[str, np.ndarray], float]:
        return {"s": x[rows].sum(axis=0), "xx": x[rows].T @ x[rows]}, float(x[rows].sum())

    whole, total = add_blocks(part, 1000, 1000)
    for size in (1, 7, 333, 5000):
        pieces, value = add_blocks(part, 1000, size)
        np.testing.assert_allclose(pieces["xx"], whole["xx"])
        np.testing.assert_allclose(value, total)
        again, _ = add_blocks(part, 1000, size)
        assert np.array_equal(pieces["s"], again["s"])
    assert add_blocks(part, 0, 10) == ({}, 0.0)


def test_blocks_grow_to_the_longest_axis_of_a_statistic() -> None:
    index = np.random.default_rng(0).integers(0, 50, 1000)
    seen = []

    def part(rows: slice) -> tuple[dict[str, np.ndarray], float]:
        seen.append(rows.stop - rows.start)
        return {"count": np.bincount(index[rows], minlength=50)}, 0.0

    found, _ = add_blocks(part, 1000, 20)
    assert np.array_equal(found["count"], np.bincount(index, minlength=50))
    assert seen[:3] == [20, 50, 50] and sum(seen) == 1000
