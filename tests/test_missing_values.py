"""Missing values: what is seen has the likelihood of its margin, in every model.

A row without a value says nothing, so the likelihood is that of the others.  Of some cells missing,
it is the sum or the integral over all that could stand there: enumerated, or scipy's margin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import special, stats

from autoem import Fit, fit, generate, sample, verify
from autoem.backends.program import Program
from autoem.derive.quantity import Element
from autoem.derive.stages import derive
from autoem.errors.data import MissingGiven, OutsideDomain, PartlyMissing
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]
N = 12
HALF = np.array([0.4, 0.6])
V = np.stack([np.ones(N), np.linspace(-1, 1, N)], axis=1)
LENGTHS = np.full(N, 5)
TRIALS = np.where(np.isin(np.arange(N), (2, 7)), 1, 9)
"""What fills a gap is to be allowed by the fewest."""


@dataclass(frozen=True)
class Case:
    """Parameters, what is given along the rows, and sizes; data are simulated from these."""

    truth: Arrays
    given: Arrays = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    name: str = "x"


LAWS = {
    "normal_mixture": Case({"weight": HALF, "mean": [0, 5], "variance": [1, 2]}, sizes={"k": 2}),
    "student_regression": Case({"beta": [1, 2], "scale2": 1, "nu": 3}, {"v": V}, name="y"),
    "regression_mixture": Case(
        {"weight": HALF, "beta": [[1, 2], [0, -2]], "variance": [1, 2]}, {"v": V}, name="y"
    ),
    "mixture_of_experts": Case(
        {"gate": [[0, 1], [0, -1]], "beta": [[1, 2], [0, -2]], "variance": [1, 2]},
        {"v": V},
        name="y",
    ),
    "gamma_mixture": Case({"weight": HALF, "shape": [2, 9], "rate": [1, 2]}, sizes={"k": 2}),
    "weibull_mixture": Case({"weight": HALF, "shape": [2, 5], "scale": [1, 4]}, sizes={"k": 2}),
    "von_mises_mixture": Case(
        {"weight": HALF, "mean": [0, 2], "concentration": [3, 4]}, sizes={"k": 2}
    ),
    "death_notices": Case({"weight": HALF, "rate": [1, 4]}, sizes={"k": 2}, name="deaths"),
    "negative_binomial": Case({"shape": 2.0, "mean": 3.0}),
    "zero_inflated_poisson": Case({"p": 0.3, "rate": 2.0}),
    "zero_inflated_poisson_regression": Case({"gamma": [0, 1], "beta": [1, 0.5]}, {"v": V}),
    "logistic_regression": Case({"beta": [0.5, 1]}, {"v": V}, name="y"),
    "beta_binomial": Case({"a": 2.0, "b": 3.0}, {"trials": TRIALS}),
    "multinomial_mixture": Case(
        {"weight": HALF, "share": [[0.1, 0.2, 0.7], [0.5, 0.4, 0.1]]}, {"length": LENGTHS}
    ),
    "gaussian_mixture": Case(
        {"weight": HALF, "mean": np.zeros((2, 3)), "cov": [np.eye(3), np.eye(3) + 1]}
    ),
    "mixture_of_factor_analyzers": Case(
        {
            "weight": HALF,
            "mean": np.arange(6.0).reshape(2, 3),
            "loading": np.arange(6.0).reshape(2, 3, 1) - 2,
            "noise": [1.0, 2, 3],
        }
    ),
}
"""Models whose rows are independent."""
QUICK = "normal_mixture beta_binomial zero_inflated_poisson multinomial_mixture gaussian_mixture"


@cache
def program(name: str, gaps: tuple[str, ...]) -> Program:
    return generate(declared(ROOT / f"models/{name}.py"), missing=gaps)


def at(name: str, data: Any, truth: Arrays) -> Fit:
    """The model at these parameters: no map is made."""
    arrays = data if isinstance(data, dict) else {"x": data["x"].to_numpy()}
    gaps = tuple(key for key, x in arrays.items() if np.isnan(np.asarray(x, dtype=float)).any())
    return fit(program(name, gaps), data, start=truth, max_iterations=0, progress=False)


def simulated(name: str) -> tuple[Arrays, Arrays]:
    """Parameters as arrays, and data of the model."""
    case = LAWS[name]
    truth = {key: np.asarray(value, dtype=float) for key, value in case.truth.items()}
    model = declared(ROOT / f"models/{name}.py")
    drawn = sample(model, truth, {"n": N, **case.sizes}, seed=1, given=case.given)
    return truth, {**case.given, case.name: np.asarray(drawn[case.name], dtype=float)}


@pytest.mark.parametrize(
    "name", [n if n in QUICK.split() else pytest.param(n, marks=pytest.mark.slow) for n in LAWS]
)
def test_a_row_without_a_value_says_nothing(name: str) -> None:
    """The likelihood is that of the others; the row keeps its place, its latents their law."""
    truth, data = simulated(name)
    key, gone = LAWS[name].name, np.isin(np.arange(N), (2, 7))
    gaps = data | {key: np.where(gone.reshape(-1, *[1] * (data[key].ndim - 1)), np.nan, data[key])}
    rest = {k: np.asarray(value)[~gone] for k, value in data.items()}
    found, others = at(name, gaps, truth), at(name, rest, truth)
    assert found.log_likelihood == pytest.approx(others.log_likelihood, rel=1e-12)
    assert found.missing == {key: int(np.isnan(gaps[key]).sum())}
    for latent, value in found.posterior().items():
        if latent == key:
            continue
        for word, array in ({"states": value} if isinstance(value, np.ndarray) else value).items():
            assert len(array) == N and np.all(np.isfinite(array)), (latent, word)
            known = others.posterior()[latent]
            known = known if isinstance(value, np.ndarray) else known[word]
            np.testing.assert_allclose(array[~gone], known, rtol=1e-9, atol=1e-12)
        if isinstance(value, np.ndarray) and "weight" in truth:
            np.testing.assert_allclose(value[gone], np.tile(truth["weight"], (2, 1)), rtol=1e-9)


def completions(name: str, data: Arrays, truth: Arrays, key: str, values: range) -> float:
    """log sum p(completed) over all values of the missing cells."""
    gaps = np.argwhere(np.isnan(data[key]))
    full = at(name, data | {key: np.nan_to_num(data[key])}, truth)
    found = []
    for filled in product(values, repeat=len(gaps)):
        x = data[key].copy()
        x[tuple(gaps.T)] = filled
        found.append(full.score(data | {key: x}))
    return float(special.logsumexp(found))


def check_sum(name: str, data: Arrays, truth: Arrays, key: str, values: range) -> None:
    found = at(name, data, truth)
    wanted = completions(name, data, truth, key, values)
    assert found.log_likelihood == pytest.approx(wanted, rel=1e-9)


def test_cells_of_latent_classes() -> None:
    x = np.random.default_rng(0).integers(0, 2, (6, 3)).astype(float)
    x[0, 1] = x[2, 0] = x[2, 2] = np.nan
    truth = {"weight": HALF, "p": np.array([[0.2, 0.3, 0.9], [0.7, 0.6, 0.1]])}
    check_sum("latent_classes", {"x": x}, truth, "x", range(2))


HIDDEN = {
    "initial": HALF,
    "transition": np.array([[0.9, 0.1], [0.3, 0.7]]),
    "emission": np.array([[0.5, 0.4, 0.1], [0.1, 0.2, 0.7]]),
}


def test_symbols_of_a_hidden_chain() -> None:
    """In the middle, at the start, at the end, and two in a row."""
    x = np.array([[0, 1, 2, 2, 0, 1, 2, 0], [2, 0, 0, 1, 1, 2, 0, 2]], dtype=float)
    x[0, [3, 4]] = x[1, [0, 7]] = np.nan
    check_sum("hidden_markov", {"x": x}, HIDDEN, "x", range(3))


def test_counts_of_a_hidden_chain() -> None:
    x = np.array([1, np.nan, 3, 0, np.nan, 6.0])
    truth = {key: HIDDEN[key] for key in ("initial", "transition")} | {"rate": np.array([1.0, 4.0])}
    check_sum("poisson_hidden_markov", {"x": x}, truth, "x", range(40))


def test_cells_of_gaussian_vectors() -> None:
    """scipy's margin of each pattern; a mixture, factors, and one normal."""
    x = np.random.default_rng(0).normal(size=(8, 3))
    x[0, 1] = x[1, 0] = x[1, 2] = x[3, :] = np.nan
    mean, root = np.array([[0.0, 1, 2], [1, 1, 1]]), np.random.default_rng(1).normal(size=(2, 3, 3))
    cov = root @ np.swapaxes(root, 1, 2) + np.eye(3)

    def margin(m: np.ndarray, c: np.ndarray) -> np.ndarray:
        parts = [(row[~np.isnan(row)], np.flatnonzero(~np.isnan(row))) for row in x]
        laws = [stats.multivariate_normal.logpdf(r, m[i], c[np.ix_(i, i)]) if len(i) else 0.0
                for r, i in parts]  # fmt: skip
        return np.array(laws)

    mixed = special.logsumexp(
        np.log(HALF)[:, None] + [margin(m, c) for m, c in zip(mean, cov, strict=True)], axis=0
    )
    cases: dict[str, tuple[Arrays, float]] = {
        "incomplete_normal": ({"mean": mean[0], "cov": cov[0]}, margin(mean[0], cov[0]).sum()),
        "gaussian_mixture": ({"weight": HALF, "mean": mean, "cov": cov}, mixed.sum()),
    }
    loading = root[0][:, :1]
    factors = loading @ loading.T + np.diag([1.0, 2, 3])
    cases["factor_analysis"] = (
        {"mean": mean[0], "loading": loading, "noise": np.array([1.0, 2, 3])},
        margin(mean[0], factors).sum(),
    )
    for name, (truth, wanted) in cases.items():
        found = at(name, {"x": x}, truth)
        assert found.log_likelihood == pytest.approx(wanted, rel=1e-10), name
        assert found.missing == {"x": 6}


def test_years_of_a_level_that_nobody_measured() -> None:
    """The dense joint normal of the years that are seen."""
    x = np.array([3.0, np.nan, 5, 4, np.nan, np.nan, 7])
    steps = np.minimum.outer(np.arange(7), np.arange(7))
    cov = 1e9 + 2.0 * steps + 3.0 * np.eye(7)
    seen = np.flatnonzero(~np.isnan(x))
    wanted = stats.multivariate_normal.logpdf(x[seen], np.zeros(4), cov[np.ix_(seen, seen)])
    truth = {"level_variance": np.array(2.0), "observation_variance": np.array(3.0)}
    found = at("local_level", {"x": x}, truth)
    assert found.log_likelihood == pytest.approx(wanted, rel=1e-6)
    assert np.all(np.isfinite(found.posterior()["level"]["mean"]))


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_nulls_of_a_frame_are_missing(frame: Callable[..., Any]) -> None:
    truth, data = simulated("normal_mixture")
    x = data["x"].tolist()
    gaps = [*x[:2], None, *x[3:]]
    found = at("normal_mixture", frame({"x": gaps}), truth)
    assert found.missing == {"x": 1}
    others = at("normal_mixture", {"x": x[:2] + x[3:]}, truth)
    assert found.log_likelihood == pytest.approx(others.log_likelihood, rel=1e-12)


def test_what_is_given_is_never_missing() -> None:
    truth, data = simulated("regression_mixture")
    v = V.copy()
    v[3, 1] = np.nan
    with pytest.raises(MissingGiven, match="v at n = 3, p = 1 is missing"):
        fit(program("regression_mixture", ()), data | {"v": v}, start=truth)


def counted() -> tuple[Arrays, Arrays, float]:
    """Counts with missing cells, and their margin by scipy: what is missing is one more cell."""
    truth, data = simulated("multinomial_mixture")
    data["x"][4, 1] = data["x"][2, 0] = data["x"][2, 2] = data["x"][7] = np.nan
    wanted = 0.0
    for x, trials in zip(data["x"], data["length"], strict=True):
        gap = np.isnan(x)
        cells, shares = np.append(x[~gap], trials - np.nansum(x)), truth["share"]
        merged = np.column_stack([shares[:, ~gap], shares[:, gap].sum(axis=1)])
        wanted += np.log(truth["weight"] @ stats.multinomial.pmf(cells, trials, merged))
    return truth, data, wanted


def test_counts_beside_others_split_what_the_trials_leave() -> None:
    truth, data, wanted = counted()
    found = at("multinomial_mixture", data, truth)
    assert found.log_likelihood == pytest.approx(wanted, rel=1e-12)
    filled = found.posterior()["x"]["mean"]
    np.testing.assert_allclose(filled.sum(axis=1), data["length"], rtol=1e-12)
    assert filled[4, 1] == 5 - np.nansum(data["x"][4]), "one that is missing alone is known"


def test_what_is_left_for_them_is_seen_in_the_likelihood(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the shares of the cells that are seen."""
    truth, data, wanted = counted()
    split = import_module("autoem.derive.posteriors.split")
    monkeypatch.setattr(split, "unseen", lambda seen, place: Element(seen, place))
    wrong = generate(declared(ROOT / "models/multinomial_mixture.py"), missing=("x",))
    found = fit(wrong, data, start=truth, max_iterations=0)
    assert abs(found.log_likelihood - wanted) > 0.1


def test_its_certificate() -> None:
    assert verify(derive(declared(ROOT / "models/multinomial_mixture.py"), missing=("x",)))


def test_counts_beside_missing_ones_do_not_exceed_the_trials() -> None:
    truth, data = simulated("multinomial_mixture")
    data["x"][4] = [np.nan, 3, 3]
    with pytest.raises(OutsideDomain, match="x at n = 4 is 6; expected a sum of at most length"):
        at("multinomial_mixture", data, truth)


def test_counts_of_latent_shares_are_missing_together() -> None:
    data = {"x": np.array([[1.0, 2], [np.nan, 1]]), "total": np.array([3, 3])}
    with pytest.raises(PartlyMissing, match="x at n = 1 has missing cells"):
        fit(declared(ROOT / "models/dirichlet_multinomial.py"), data)


def test_a_wrong_margin_is_seen() -> None:
    """Zero in the place of a gap is another likelihood."""
    x = np.array([[0, 1, 2, 2, 0, 1, 2, 0]], dtype=float)
    right = at("hidden_markov", {"x": x}, HIDDEN).log_likelihood
    x[0, 0] = np.nan
    assert abs(at("hidden_markov", {"x": x}, HIDDEN).log_likelihood - right) > 0.1
