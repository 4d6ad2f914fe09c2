"""Latents that rows point to: published optima, other libraries, and what is refused."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import NMF

from autoem import fit
from autoem.errors.data import CategoryOutOfRange
from autoem.runtime import Fit
from tests.test_references import at, check_numbers, program, table


@cache
def fitted(case: str) -> Fit:
    data: dict[str, Any]
    if case == "dyestuff":
        rows = table("dyestuff")
        data = {"y": rows["Yield"], "group": rows["Batch"], "v": np.ones((len(rows), 1))}
        return fit(program("random_intercept"), data, progress=False)
    if case == "sleepstudy":
        rows = table("sleepstudy")
        v = np.column_stack([np.ones(len(rows)), rows["Days"]])
        data = {"y": rows["Reaction"], "group": rows["Subject"], "v": v}
        return fit(program("random_slopes"), data, progress=False)
    rows = table("anesthesia")
    data = {"of_item": rows["item"], "by": rows["rater"], "answer": rows["rating"]}
    votes = pd.crosstab(rows["item"], rows["rating"], normalize="index").to_numpy()
    return fit(program("dawid_skene"), data, start={"truth": votes}, progress=False)


def test_dyestuff_by_a_random_intercept() -> None:
    """A balanced design, whose maximum is a fraction."""
    found = fitted("dyestuff")
    assert found.result == "converged"
    check_numbers(found.parameters["beta"], [at("dyestuff mean")], "mean")
    check_numbers(found.parameters["sigma2"], at("dyestuff residual_variance"), "residual")
    check_numbers(found.parameters["tau2"], at("dyestuff batch_variance"), "batches")
    check_numbers(-2 * found.log_likelihood, at("dyestuff minus_2_log_likelihood"), "deviance")


def test_sleepstudy_by_random_slopes() -> None:
    found = fitted("sleepstudy")
    assert found.result == "converged"
    check_numbers(found.parameters["beta"], at("sleepstudy beta"), "beta")
    np.testing.assert_allclose(
        found.parameters["cov"], np.array(at("sleepstudy covariance"), dtype=float), atol=0.05
    )
    assert abs(found.parameters["sigma2"] - float(at("sleepstudy residual_variance"))) < 0.01
    check_numbers(-2 * found.log_likelihood, at("sleepstudy minus_2_log_likelihood"), "deviance")
    assert found.posterior()["b"]["mean"].shape == (18, 2)


def test_anesthesia_by_raters_with_zeros_at_the_edge() -> None:
    found = fitted("anesthesia")
    check_numbers(found.log_likelihood, at("anesthesia log_likelihood"), "log-likelihood")
    check_numbers(found.parameters["prevalence"], at("anesthesia prevalence"), "prevalence")
    check_numbers(found.parameters["confusion"][0, 0], at("anesthesia rater_1_row_1"), "rater 1")
    assert found.result == "boundary" and "confusion" in found.result.advice


def test_the_trace_of_three_sentences() -> None:
    """Codes of words: 0 das, 1 haus, 2 buch, 3 ein; 0 the, 1 house, 2 book, 3 a."""
    data = {
        "source": np.array([[0, 1], [0, 2], [3, 2]]),
        "position": np.full((3, 2), 0.5),
        "sentence": np.repeat(np.arange(3), 2),
        "word": np.array([0, 1, 0, 2, 3, 2]),
    }
    module = program("ibm_model_1").module
    theta = {"translation": np.full((4, 4), 0.25)}
    for wanted in at("ibm_model_1 t(the|das)_by_iteration"):
        theta = module.m_step(module.e_step(data, theta)[0], theta)
        assert abs(theta["translation"][0, 0] - float(wanted)) <= 5e-5
    found = fit(program("ibm_model_1"), data, start=theta, progress=False)
    assert abs(found.parameters["translation"][0, 0] - float(at("ibm_model_1 limit"))) < 1e-6


def test_topics_are_a_factorization_with_the_kullback_leibler_loss() -> None:
    """The fit is what scikit-learn's multiplicative updates reach from the same point."""
    generator = np.random.default_rng(3)
    counts = generator.poisson(2.0, (12, 9))
    doc, word = np.nonzero(counts)
    share, topic = generator.dirichlet(np.ones(3), 12), generator.dirichlet(np.ones(9), 3)
    data = {"doc": doc, "word": word}
    weight = counts[doc, word].astype(float)
    start = {"share": share, "topic": topic}
    found = fit(program("plsa"), data, weights={"n": weight}, start=start, progress=False)
    w = share * counts.sum(axis=1, keepdims=True)
    nmf = NMF(3, init="custom", solver="mu", beta_loss="kullback-leibler", tol=0, max_iter=20_000)
    w = nmf.fit_transform(counts.astype(float), W=w.copy(), H=topic.copy())
    mixed = (w @ nmf.components_) / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        found.parameters["share"] @ found.parameters["topic"], mixed, atol=2e-4
    )
    assert found.log_likelihood >= np.sum(weight * np.log(mixed[doc, word])) - 1e-6


SMALL = {
    "y": np.array([1.0, 2.0, 4.5, 7.0, 0.5]),
    "group": np.array([0, 0, 2, 2, 0]),
    "v": np.ones((5, 1)),
}


def test_a_group_that_nothing_points_to_keeps_its_prior() -> None:
    found = fit(program("random_intercept"), SMALL, {"g": 4}, progress=False)
    alone = fit(program("random_intercept"), SMALL, progress=False)
    told = found.posterior()["b"]
    np.testing.assert_array_equal(told["mean"][[1, 3]], 0)
    np.testing.assert_allclose(told["variance"][[1, 3]], found.parameters["tau2"])
    np.testing.assert_allclose(found.parameters["tau2"], alone.parameters["tau2"], rtol=1e-4)
    np.testing.assert_allclose(found.log_likelihood, alone.log_likelihood, rtol=1e-9)


def test_a_lookup_out_of_range_is_told_by_its_row() -> None:
    with pytest.raises(CategoryOutOfRange, match="group at i = 2 is 2"):
        fit(program("random_intercept"), SMALL, {"g": 2})


def test_the_generated_module_alone_counts_the_groups() -> None:
    """Its e_step takes arrays by name; the largest code tells how many groups there are."""
    module = program("random_intercept").module
    theta = {"beta": np.zeros(1), "tau2": np.array(1.0), "sigma2": np.array(1.0)}
    statistics, _ = module.e_step(SMALL, theta)
    more, _ = module.e_step(SMALL | {"every_g": np.arange(5)}, theta)
    assert float(statistics["count"]) == 3 and float(more["count"]) == 5


def test_the_largest_code_of_all_that_point_into_an_axis_tells_its_length() -> None:
    pairs = {"first": np.array([0, 1, 0, 1]), "second": np.array([2, 2, 1, 2])}
    data = pairs | {"won": np.array([1, 0, 1, 1])}
    assert fit(program("bradley_terry"), data, max_iterations=2, progress=False).sizes["g"] == 3
    module = program("bradley_terry").module
    assert module.initialize(data)["skill"].shape == (3,)
