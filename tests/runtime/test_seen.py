"""Bounds, likelihoods and truncated values that cannot be: errors that name the entry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autoem import (
    Axis,
    Bernoulli,
    Interval,
    Latent,
    Model,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Truncated,
    fit,
    where,
)
from autoem.errors import CrossedBounds, ImpossibleRow, MissingGiven, NotFinite, OutsideDomain
from autoem.errors.base import AutoemError
from autoem.language.model import ModelType
from tests.derive.zoo import coarsened as zoo

INF = np.inf
BOUNDS = {"lower": [0.0, 1.0, 2.0], "upper": [INF, 1.0, 4.0]}
WRONG: list[tuple[ModelType, dict[str, Any], type[AutoemError], str]] = [
    (
        zoo.GammaWithin,
        {**BOUNDS, "lower": [0, 1, 5]},
        CrossedBounds,
        "seen at n = 2 lies between 5.0 and 4.0",
    ),
    (zoo.GammaWithin, {**BOUNDS, "lower": [0, np.nan, 2]}, MissingGiven, "lower at n = 1"),
    (zoo.MeasuredWithin, {"x": [1.0, 2.0], "upper": [1.0, -1.0]}, CrossedBounds, "0.0 and -1.0"),
    (zoo.MeasuredWithin, {"x": [1.0, INF], "upper": [1.0, 1.0]}, NotFinite, "x at n = 1"),
    (zoo.TruncatedNormal, {"x": [0.0, 2.5]}, OutsideDomain, "x at n = 1"),
    (zoo.TruncatedExponential, {"x": [0.5, 2.5], "u": [1.0, 2.0]}, OutsideDomain, "between"),
    (zoo.KnownLikelihoods, {"table": [[1, 0], [0, 0]]}, ImpossibleRow, "table at n = 1"),
]


@pytest.mark.parametrize(("model", "data", "error", "said"), WRONG)
def test_what_cannot_be_seen_is_refused(
    model: ModelType, data: dict[str, Any], error: type[AutoemError], said: str
) -> None:
    with pytest.raises(error) as raised:
        fit(model, data, max_iterations=1)
    assert said in str(raised.value)


def test_bounds_may_be_infinite_and_what_is_seen_needs_no_data() -> None:
    found = fit(zoo.GammaWithin, {key: np.array(value) for key, value in BOUNDS.items()})
    assert np.isfinite(found.log_likelihood) and found.observations == 3


def test_rows_of_which_nothing_is_known_count_nothing() -> None:
    lower, upper = np.array([1.0, 2.0, 0.5]), np.array([1.0, 3.0, 0.5])
    plain = fit(zoo.ExponentialWithin, {"lower": lower, "upper": upper})
    more = fit(zoo.ExponentialWithin, {"lower": [*lower, 0], "upper": [*upper, INF]})
    assert more.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-12)
    np.testing.assert_allclose(more.parameters["rate"], plain.parameters["rate"], rtol=1e-6)


@pytest.mark.parametrize("shift", [0.0, 1e9])
@pytest.mark.parametrize("scale", [1e-100, 1.0, 1e100])
def test_censored_data_in_any_units(shift: float, scale: float) -> None:
    if shift and scale != 1:
        pytest.skip("offsets of the size of the unit only")
    draw = np.random.default_rng(2)
    v = np.column_stack([np.ones(30), draw.normal(size=30)])
    value = v @ [1.0, 0.5] + draw.normal(size=30)
    upper = np.where(draw.random(30) < 0.4, INF, value + (draw.random(30) < 0.5))
    plain = fit(zoo.NormalWithin, {"v": v, "lower": value, "upper": upper})
    data = {"v": v, "lower": scale * (value + shift), "upper": scale * (upper + shift)}
    other = fit(zoo.NormalWithin, data)
    expected = scale * (plain.parameters["beta"] + np.array([shift, 0]))
    digits = 1e-4 if shift else 1e-6  # the data themselves have seven digits left
    np.testing.assert_allclose(other.parameters["beta"], expected, rtol=digits)
    np.testing.assert_allclose(
        np.sqrt(other.parameters["s2"]), scale * np.sqrt(plain.parameters["s2"]), rtol=digits * 10
    )


def test_what_one_branch_of_a_switch_cannot_be_the_other_can() -> None:
    class Hurdle(Model):
        n = Axis()
        share, rate = Parameter(Interval(0, 1)), Parameter(Positive())
        z = Latent(Bernoulli(share), over=n)
        x = Observed(where(z, Truncated(Poisson(rate), lower=1), Poisson(0)), over=n)

    x = np.array([0, 0, 1, 2, 3, 0, 5, 2, 1, 1, 0, 4, 2, 0])
    found = fit(Hurdle, {"x": x}).parameters
    assert found["share"] == pytest.approx(np.mean(x > 0), rel=1e-9)
    # The mean of a Poisson that is not zero.
    assert found["rate"] / -np.expm1(-found["rate"]) == pytest.approx(x[x > 0].mean(), rel=1e-9)
