"""Sparse tables as data: the answer is that of dense ones, and what cannot be is refused."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, sparse

import autoem
from autoem import Axis, Given, Model, Normal, Observed, Parameter, Positive, Real
from autoem.errors import (
    ImpossibleRow,
    MissingGiven,
    NotSparseData,
    OtherTables,
    OutsideDomain,
    WrongDimensions,
)
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]


def shipped(name: str) -> Any:
    return declared(ROOT / "models" / f"{name}.py")


def reads(rows: int = 60, columns: int = 6, seed: int = 3) -> tuple[Arrays, np.ndarray]:
    """Classes compatible with a few of the transcripts, and the number of reads in each."""
    rng = np.random.default_rng(seed)
    compatible = (rng.random((rows, columns)) < 0.3).astype(float)
    compatible[np.arange(rows), rng.integers(0, columns, rows)] = 1
    count = rng.integers(1, 30, rows).astype(float)
    return {"compatible": compatible, "length": rng.uniform(0.5, 2, columns)}, count


def as_sparse(data: Arrays, name: str) -> Arrays:
    return data | {name: sparse.csr_array(data[name])}


def test_quantification_reaches_the_convex_optimum() -> None:
    """The log-likelihood is concave in the shares: SLSQP finds the same one."""
    data, count = reads()
    chance = data["compatible"] / data["length"]
    best = optimize.minimize(
        lambda p: -count @ np.log(chance @ p), np.full(6, 1 / 6), method="SLSQP",
        jac=lambda p: -(count / (chance @ p)) @ chance, bounds=[(1e-12, 1)] * 6,
        constraints={"type": "eq", "fun": lambda p: p.sum() - 1}, options={"ftol": 1e-14},
    )  # fmt: skip
    found = autoem.fit(
        shipped("rna_quantification"), as_sparse(data, "compatible"), weights={"n": count}
    )
    assert_allclose(found.log_likelihood, -best.fun, rtol=1e-10)
    assert_allclose(found.parameters["share"], best.x, atol=1e-4)
    dense = autoem.fit(shipped("rna_quantification"), data, weights={"n": count})
    assert_allclose(found.log_likelihood, dense.log_likelihood, rtol=1e-12)


def test_tomography_steps_are_those_of_shepp_and_vardi() -> None:
    """lambda_b <- lambda_b sum_n a_nb y_n / (a lambda)_n / sum_n a_nb; all counts are kept."""
    rng = np.random.default_rng(8)
    reach = rng.uniform(0, 1, (40, 7)) * (rng.random((40, 7)) < 0.4) + 0.01
    y = rng.poisson(reach @ rng.gamma(2, 20, 7)).astype(float)
    table = sparse.coo_matrix(reach)
    module = autoem.generate(shipped("tomography"), sparse=("reach",)).module
    intensity, data = rng.gamma(2, 20, 7), {"reach": sparse.csr_array(table), "y": y}
    for _ in range(5):
        expected = intensity * (reach.T @ (y / (reach @ intensity))) / reach.sum(axis=0)
        theta = {"intensity": intensity}
        intensity = module.m_step(module.e_step(data, theta)[0], theta)["intensity"]
        assert_allclose(intensity, expected, rtol=1e-12)
        assert_allclose(reach.sum(axis=0) @ intensity, y.sum(), rtol=1e-12)
    fitted = autoem.fit(shipped("tomography"), {"reach": table, "y": y}, max_iterations=300)
    assert fitted.log_likelihood >= module.log_likelihood(data, {"intensity": intensity})


def test_a_sparse_table_of_intervals_gives_the_masses_of_a_dense_one() -> None:
    data, _ = reads()
    table = {"compatible": data["compatible"]}
    dense, thin = (
        autoem.fit(shipped("cosmesis"), d) for d in (table, as_sparse(table, "compatible"))
    )
    assert_allclose(thin.log_likelihood, dense.log_likelihood, rtol=1e-12)
    assert_allclose(thin.parameters["mass"], dense.parameters["mass"], atol=1e-6)


def test_a_table_is_never_dense() -> None:
    """As a dense array the table would take four gigabytes."""
    rng = np.random.default_rng(0)
    rows, columns = 50_000, 10_000
    spots = (np.arange(rows), rng.integers(0, columns, rows))
    table = sparse.csr_array((np.ones(rows), spots), shape=(rows, columns))
    data = {"compatible": table, "length": np.ones(columns)}
    tracemalloc.start()
    autoem.fit(shipped("rna_quantification"), data, max_iterations=2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e8


def test_the_posterior_is_as_sparse_as_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: r = a p / l over its sum, and the state with the largest."""
    data, count = reads(700)
    found = autoem.fit(
        shipped("rna_quantification"), as_sparse(data, "compatible"), weights={"n": count}
    )
    joint = data["compatible"] * found.parameters["share"] / data["length"]
    told = found.posterior()["source"]
    assert sparse.issparse(told) and told.nnz == np.count_nonzero(data["compatible"])
    assert_allclose(told.toarray(), joint / joint.sum(axis=1, keepdims=True), atol=1e-14)
    assert (found.decode()["source"] == joint.argmax(axis=1)).all()
    program = autoem.generate(shipped("rna_quantification"), sparse=("compatible",))
    monkeypatch.setattr(program.module, "BLOCK", 256)
    arrays = as_sparse(data, "compatible")
    again = program.module.posterior(arrays, found.parameters)["responsibility_source"]
    assert_allclose(again.toarray(), told.toarray(), rtol=1e-14)
    assert (program.module.decode(arrays, found.parameters)["source"] == joint.argmax(axis=1)).all()


def test_expected_emissions_are_as_sparse_as_the_table() -> None:
    rng = np.random.default_rng(8)
    reach = rng.uniform(0, 1, (40, 7)) * (rng.random((40, 7)) < 0.4) + 0.1 * np.eye(40, 7)
    reach[:, 0] += 0.1
    y = rng.poisson(reach @ rng.gamma(2, 20, 7)).astype(float)
    found = autoem.fit(
        shipped("tomography"), {"reach": sparse.csr_array(reach), "y": y}, max_iterations=4
    )
    mean = reach * found.parameters["intensity"]
    expected = mean * (y / mean.sum(axis=1))[:, None]
    assert_allclose(found.posterior()["emitted"]["mean"].toarray(), expected, rtol=1e-12)


def test_the_table_of_the_user_is_left_alone() -> None:
    data, count = reads()
    table = sparse.csr_matrix(data["compatible"])
    table.data[0] = 0.0
    kept = table.copy()
    autoem.fit(
        shipped("rna_quantification"), data | {"compatible": table}, weights={"n": count},
        max_iterations=3,
    )  # fmt: skip
    assert (table.data == kept.data).all() and (table.indices == kept.indices).all()


def changed(change: Any) -> Arrays:
    data, _ = reads()
    table = sparse.lil_array(data["compatible"])
    change(table)
    return data | {"compatible": sparse.csr_array(table)}


def emptied(table: Any) -> None:
    table[7] = 0


def negative(table: Any) -> None:
    table[7, 2] = -1


def unknown(table: Any) -> None:
    table[7, 2] = np.nan


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (emptied, ImpossibleRow, "compatible at n = 7 is zero for every state"),
        (negative, OutsideDomain, r"compatible at n = 7, k = 2"),
        (unknown, MissingGiven, r"compatible at n = 7, k = 2"),
    ],
)
def test_a_bad_entry_is_named(change: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        autoem.fit(shipped("rna_quantification"), changed(change))


class Line(Model):
    """A regression, of whose data none may be sparse."""

    n, p = Axis(), Axis()
    v = Given(Positive(), over=(n, p))
    mean = Parameter(Real())
    x = Observed(Normal(mean, variance=1), over=(n, p))


def test_what_may_not_be_sparse_is_refused() -> None:
    table = sparse.csr_array(np.eye(3))
    with pytest.raises(NotSparseData, match=r"x \(observed, real\) is a sparse matrix"):
        autoem.fit(Line, {"v": np.ones((3, 3)), "x": table})
    with pytest.raises(NotSparseData, match=r"v \(given, positive\)"):
        autoem.fit(Line, {"v": table, "x": np.ones((3, 3))})
    data, _ = reads()
    with pytest.raises(WrongDimensions):
        autoem.fit(shipped("rna_quantification"), data | {"length": table})


def test_a_program_for_dense_tables_takes_no_sparse_one() -> None:
    data, _ = reads()
    program = autoem.generate(shipped("rna_quantification"))
    with pytest.raises(OtherTables, match=r"generate\(model, sparse=\('compatible',\)\)"):
        autoem.fit(program, as_sparse(data, "compatible"))
