"""Missing values that other factors read: covariates, labels, steps of a chain seen in part.

The margin is summed or integrated by hand: scipy's joint Gaussian, or all labels and all paths.
"""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from autoem import (
    Axis,
    Bernoulli,
    Categorical,
    Exponential,
    Interval,
    Latent,
    Markov,
    Model,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    fit,
    previous,
    verify,
    where,
)
from autoem.derive import missing
from autoem.derive.stages import derive
from autoem.errors import NoExactPosterior, NotDerivable

NAN = np.nan


class Regression(Model):
    """A covariate with a law of its own."""

    n = Axis()
    mean, spread = Parameter(Real()), Parameter(Positive())
    level, slope, noise = Parameter(Real()), Parameter(Real()), Parameter(Positive())
    x = Observed(Normal(mean, variance=spread), over=n)
    y = Observed(Normal(level + slope * x, variance=noise), over=n)


class Labeled(Model):
    """A mixture of which some labels are known."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean, variance = Parameter(Real(), over=k), Parameter(Positive())
    z = Observed(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance), over=n)


class Visible(Model):
    """A chain of symbols, each seen or not."""

    t, k = Axis(), Axis()
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    y = Observed(Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=t)


class Treated(Model):
    """An effect of a treatment of which some records are lost; a trait that comes with it."""

    n = Axis()
    share, shift, noise = Parameter(Interval(0, 1)), Parameter(Real()), Parameter(Positive())
    rate = Parameter(Positive())
    treated = Observed(Bernoulli(share), over=n)
    trait = Latent(Bernoulli(where(treated, 0.8, 0.3)), over=n)
    x = Observed(Normal(where(treated, shift, 0), variance=noise), over=n)
    c = Observed(Poisson(where(trait, rate, 1)), over=n)


REGRESSION = {"mean": 1.0, "spread": 2.0, "level": 0.5, "slope": -1.5, "noise": 0.7}
LABELED: dict[str, Any] = {"weight": [0.3, 0.7], "mean": [0.0, 2.0], "variance": 1.5}
VISIBLE: dict[str, Any] = {"initial": [0.3, 0.7], "transition": [[0.9, 0.1], [0.4, 0.6]]}


def log_likelihood(model: Any, data: Any, at: dict[str, Any]) -> float:
    return fit(model, data, start=at, max_iterations=0).log_likelihood


def test_a_covariate_that_is_missing_has_the_margin_of_scipy() -> None:
    x, y = np.array([NAN, 0.3, NAN, 2.0]), np.array([1.0, NAN, NAN, -2.0])
    p = REGRESSION
    mean = np.array([p["mean"], p["level"] + p["slope"] * p["mean"]])
    loading = np.array([1, p["slope"]])
    cov = p["spread"] * np.outer(loading, loading) + np.diag([0, p["noise"]])
    wanted = 0.0
    for row in np.stack([x, y], axis=1):
        seen = ~np.isnan(row)
        if seen.any():
            law = stats.multivariate_normal(mean[seen], cov[np.ix_(seen, seen)])
            wanted += law.logpdf(row[seen])
    assert log_likelihood(Regression, {"x": x, "y": y}, p) == pytest.approx(wanted, rel=1e-12)


def test_the_estimates_are_those_of_the_rows_that_are_complete_and_more() -> None:
    """Rows without a response say nothing of the regression (Little and Rubin, 2002)."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=80)
    y = 1 + 2 * x + rng.normal(size=80)
    alone = fit(Regression, {"x": x[:60], "y": y[:60]})
    y[60:] = NAN
    found = fit(Regression, {"x": x, "y": y})
    for name in ("level", "slope", "noise"):
        assert found.parameters[name] == pytest.approx(alone.parameters[name], rel=1e-9)
    assert found.parameters["mean"] == pytest.approx(x.mean(), rel=1e-9)


def labels(x: np.ndarray, z: np.ndarray) -> float:
    """log p, the labels that are missing summed over."""
    p, total = LABELED, 0.0
    for value, label in zip(x, z, strict=True):
        own = range(2) if np.isnan(label) else [int(label)]
        total += np.log(
            sum(p["weight"][k] * stats.norm.pdf(value, p["mean"][k], 1.5**0.5) for k in own)
        )
    return float(total)


X, Z = np.array([0.1, 1.0, 2.5, -0.4]), np.array([0.0, NAN, 1.0, NAN])


def test_labels_that_are_missing_are_summed_over() -> None:
    found = fit(Labeled, {"x": X, "z": Z}, start=LABELED, max_iterations=0)
    assert found.log_likelihood == pytest.approx(labels(X, Z), rel=1e-12)
    states = found.posterior()["z"]
    np.testing.assert_array_equal(states[[0, 2]], np.eye(2))
    odds = 0.7 / 0.3 * stats.norm.pdf(1, 2, 1.5**0.5) / stats.norm.pdf(1, 0, 1.5**0.5)
    assert states[1, 1] / states[1, 0] == pytest.approx(odds, rel=1e-12)


def test_new_rows_are_classified_as_by_scikit_learn() -> None:
    """Linear discriminant analysis: fitted with every label, asked with none."""
    rng = np.random.default_rng(0)
    z = np.array(["a", "b"])[rng.integers(2, size=60)]
    x = rng.normal(size=60) + 2 * (z == "b")
    peer = LinearDiscriminantAnalysis(solver="lsqr").fit(x[:, None], z)
    found = fit(Labeled, {"x": x, "z": z})
    new = {"x": [0.3, 1.1, 2.0], "z": [None] * 3}
    wanted = peer.predict_proba(np.reshape(new["x"], (-1, 1)))
    np.testing.assert_allclose(found.posterior(new)["z"], wanted, rtol=1e-6)
    assert [found.levels["k"][i] for i in found.decode(new)["z"]] == ["a", "b", "b"]
    margin = np.log(
        stats.norm.pdf(
            np.reshape(new["x"], (-1, 1)),
            found.parameters["mean"],
            found.parameters["variance"] ** 0.5,
        )
        @ found.parameters["weight"]
    )
    assert found.score(new) == pytest.approx(margin.sum(), rel=1e-12)


def test_a_label_that_is_not_told_is_seen_in_the_likelihood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Planted: the labels that are known are forgotten."""
    monkeypatch.setattr(missing, "told", lambda variable, scope: ())
    found = log_likelihood(Labeled, {"x": X, "z": Z}, LABELED)
    assert found == pytest.approx(labels(X, np.full(4, NAN)), rel=1e-12)
    assert abs(found - labels(X, Z)) > 0.1


@pytest.mark.parametrize("y", [[0, NAN, NAN, 1, 1, NAN], [NAN, 1, 0, NAN, 0, 0]])
def test_symbols_that_are_missing_are_summed_over_all_paths(y: list[float]) -> None:
    p, total = VISIBLE, 0.0
    for path in product(range(2), repeat=len(y)):
        if all(np.isnan(seen) or seen == state for seen, state in zip(y, path, strict=True)):
            steps = np.prod([p["transition"][a][b] for a, b in pairwise(path)])
            total += p["initial"][path[0]] * steps
    found = log_likelihood(Visible, {"y": np.array(y)}, p)
    assert found == pytest.approx(np.log(total), rel=1e-12)


@pytest.mark.parametrize(
    ("model", "gaps"),
    [
        (Regression, ("x", "y")),
        (Labeled, ("z",)),
        pytest.param(Visible, ("y",), marks=pytest.mark.slow),
        pytest.param(Treated, ("treated", "x"), marks=pytest.mark.slow),
    ],
)
def test_they_are_certified(model: type[Model], gaps: tuple[str, ...]) -> None:
    certificate = verify(derive(model, gaps))
    assert certificate, str(certificate)


def test_numbers_that_no_rule_reads_in_part_are_refused() -> None:
    class Scaled(Model):
        n = Axis()
        rate = Parameter(Positive())
        x = Observed(Exponential(rate=rate), over=n)
        y = Observed(Poisson(x), over=n)

    class Wandering(Model):
        t = Axis()
        pull, noise = Parameter(Real()), Parameter(Positive())
        y = Observed(
            Markov(first=Normal(0, variance=1), then=Normal(pull * previous, variance=noise)),
            over=t,
        )

    with pytest.raises(NoExactPosterior, match="x, gaussian: x does not range over the reals"):
        fit(Scaled, {"x": [1.0, NAN, 2.0], "y": [1, 2, 3]})
    with pytest.raises(NoExactPosterior, match="y, gaussian: a term mentions y at 2 places"):
        fit(Wandering, {"y": [1.0, NAN, 2.0]})


def test_where_a_number_seen_in_part_is_compared() -> None:
    class Threshold(Model):
        n = Axis()
        mean, above, noise = Parameter(Real()), Parameter(Real()), Parameter(Positive())
        x = Observed(Normal(mean, variance=1), over=n)
        y = Observed(Normal(where(x < 0, 0, above), variance=noise), over=n)

    with pytest.raises(NotDerivable, match="a comparison that mentions x"):
        fit(Threshold, {"x": [1.0, NAN, -2.0], "y": [1.0, 2, 3]})
