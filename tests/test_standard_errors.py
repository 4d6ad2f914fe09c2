"""Standard errors against published ones, statsmodels and textbooks; maximum, saddle, rotation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from autoem import Fit, fit
from autoem.errors import NothingAttached, TooMuchInformation
from autoem.runtime import fitting
from tests.test_models import ROOT, declared

REFERENCES = json.loads((ROOT / "tests/references/references.json").read_text())


def table(name: str) -> Any:
    return pd.read_csv(ROOT / "examples" / "data" / f"{name}.csv")


def fitted(name: str, *arguments: Any, **options: Any) -> Fit:
    return fit(declared(ROOT / "models" / f"{name}.py"), *arguments, **options)


def test_linkage() -> None:
    """Complete, missing and observed information, and the rate of EM that they give."""
    reference = REFERENCES["linkage"]
    found = fitted("linkage", {"y": reference["data"]["cells"], "animals": 197})
    assert float(found.standard_errors["theta"]) == pytest.approx(
        reference["standard_error"], rel=1e-5
    )
    observed = 1 / found.information().covariance_of("theta")[0, 0]
    assert observed == pytest.approx(reference["information"]["observed"], rel=1e-6)
    theta = float(found.parameters["theta"])
    x_2 = 125 * (theta / 4) / (1 / 2 + theta / 4)
    complete = (x_2 + 34) / theta**2 + (18 + 20) / (1 - theta) ** 2
    assert complete == pytest.approx(reference["information"]["complete"], rel=1e-6)
    missing = complete - observed
    assert missing == pytest.approx(reference["information"]["missing"], rel=1e-5)
    assert missing / complete == pytest.approx(reference["em_rate"], rel=1e-5)


def test_death_notices() -> None:
    data = table("death_notices")
    weights = {"n": data["days"]}
    found = fitted("death_notices", {"deaths": data["deaths"]}, {"k": 2}, weights=weights)
    errors = found.standard_errors
    assert errors["weight"][0] == pytest.approx(errors["weight"][1], rel=1e-12)
    ours = [errors["weight"][0], *errors["rate"]]
    assert ours == pytest.approx(REFERENCES["death_notices"]["standard_errors"], abs=6e-5)


def test_faithful() -> None:
    """The reference has standard deviations: the error of a variance is twice that times it."""
    found = fitted("normal_mixture", {"x": table("faithful")["waiting"]}, {"k": 2})
    errors = found.standard_errors
    deviations = errors["variance"] / (2 * np.sqrt(found.parameters["variance"]))
    ours = [errors["weight"][1], *errors["mean"][::-1], *deviations[::-1]]
    theirs = REFERENCES["faithful_waiting_unequal"]["standard_errors"]
    assert ours == pytest.approx(theirs, abs=6e-5)


def test_logistic_regression() -> None:
    """Without a latent variable the score is that of the model itself."""
    data = table("spector")
    v = sm.add_constant(data[["gpa", "tuce", "psi"]])
    found = fitted("logistic_regression", {"v": v.to_numpy(), "y": data["grade"]})
    theirs = sm.Logit(data["grade"], v).fit(disp=0)
    np.testing.assert_allclose(found.standard_errors["beta"], theirs.bse, rtol=1e-6)
    covariance = found.information().covariance_of("beta")
    np.testing.assert_allclose(covariance, theirs.cov_params(), rtol=1e-5, atol=1e-8)


def test_probit_regression() -> None:
    """Its latent is a normal variable of which only the sign is seen."""
    data = table("spector")
    v = np.column_stack([np.ones(len(data)), data[["gpa", "tuce", "psi"]]])
    found = fitted("spector_probit", {"v": v, "grade": data["grade"]})
    theirs = REFERENCES["spector_probit"]["standard_errors"]
    assert found.standard_errors["beta"] == pytest.approx(theirs, abs=6e-5)


def test_negative_binomial() -> None:
    counts = table("articles")["art"]
    found = fitted("negative_binomial", {"x": counts})
    theirs = sm.NegativeBinomial(counts, np.ones(len(counts))).fit(disp=0)
    shape, mean = found.parameters["shape"], found.parameters["mean"]
    errors = found.standard_errors
    assert float(errors["mean"] / mean) == pytest.approx(theirs.bse.iloc[0], rel=1e-5)
    assert float(errors["shape"] / shape**2) == pytest.approx(theirs.bse.iloc[1], rel=1e-4)


def test_a_normal_sample_of_any_scale_and_place() -> None:
    x = np.random.default_rng(0).normal(size=200)
    for place, scale in ((0, 1), (0, 1e-100), (0, 1e100), (1e9, 1)):
        found = fitted("normal_mixture", {"x": place + scale * x}, {"k": 1})
        errors, variance = found.standard_errors, found.parameters["variance"]
        tolerance = 1e-4 if place else 1e-7
        np.testing.assert_allclose(errors["mean"], np.sqrt(variance / 200), rtol=tolerance)
        np.testing.assert_allclose(errors["variance"], variance * 0.1, rtol=tolerance)
        assert errors["weight"] == 0, "a weight alone is known"


def test_weights_are_repetitions() -> None:
    x = np.random.default_rng(1).poisson(np.repeat([1, 9], 60))
    values, counts = np.unique(x, return_counts=True)
    one = fitted("death_notices", {"deaths": x}, {"k": 2})
    other = fitted("death_notices", {"deaths": values}, {"k": 2}, weights={"n": counts})
    for name, error in one.standard_errors.items():
        np.testing.assert_allclose(other.standard_errors[name], error, rtol=1e-6)


def test_what_is_fixed_is_known() -> None:
    data = table("stackloss")
    v = np.column_stack([np.ones(len(data)), data.iloc[:, :3]])
    given = {"v": v, "y": data["stack_loss"]}
    free = fitted("student_regression", given)
    held = fitted("student_regression", given, fixed={"nu": float(free.parameters["nu"])})
    assert held.standard_errors["nu"] == 0 and len(held.information().names) == 5
    assert (held.standard_errors["beta"] < free.standard_errors["beta"]).all()


def murray(correlation: float, **options: Any) -> Fit:
    """A saddle at correlation 0, maxima at -1/2 and 1/2."""
    cov = 2.5 * np.array([[1, correlation], [correlation, 1]])
    start = {"mean": np.zeros(2), "cov": cov}
    data = {"x": table("murray").to_numpy()}
    return fitted("incomplete_normal", data, start=start, **options)


def test_at_the_saddle_of_murray_the_way_up_is_named() -> None:
    found = murray(0, max_iterations=0)
    assert found.information().kind == "saddle"
    assert (found.information().eigenvalues < 0).sum() == 1
    assert "rises along L[1, 0] of cov" in found.summary()
    assert np.isnan(found.standard_errors["mean"]).all()


@pytest.mark.parametrize("start", [0.0, 0.1, -0.1])
def test_the_maxima_of_murray(start: float) -> None:
    """From correlation 0 the saddle is reported and left."""
    found = murray(start)
    reference = REFERENCES["murray"]["maxima"]
    assert found.log_likelihood == pytest.approx(reference["log_likelihood"], abs=1e-6)
    cov = found.parameters["cov"]
    assert cov[0, 0] == pytest.approx(reference["variance"], rel=1e-5)
    assert cov[0, 1] / cov[0, 0] == pytest.approx(np.sign(start or 1) * 0.5, rel=1e-5)
    assert found.information().kind == "maximum"
    assert ("no maximum, which was left along L[1, 0]" in found.result.advice) == (start == 0)


@pytest.mark.parametrize("k", [2, 3])
def test_a_symmetric_start_is_reported_and_left(k: int) -> None:
    start = {"weight": np.full(k, 1 / k), "mean": np.full(k, 70.0), "variance": np.full(k, 100.0)}
    found = fitted("normal_mixture", {"x": table("faithful")["waiting"]}, start=start)
    assert found.result == "converged" and "which was left" in found.result.advice
    assert found.log_likelihood > REFERENCES["faithful_waiting_unequal"]["log_likelihood"] - 1e-5
    assert found.iterations == len(found.trace) - 2, "the trace goes on after the point"


SKEWED = stats.skewnorm.rvs(4, 1, 2, size=300, random_state=np.random.default_rng(0))
NO_SKEW = {"mean": SKEWED.mean(), "variance": SKEWED.var()}


@pytest.mark.parametrize("skew", [0.0, 1e-6, -1e-6])
def test_the_inflection_of_a_skew_of_zero_is_reported_and_left(skew: float) -> None:
    """Just beside it the gains of EM are below rounding."""
    found = fitted("skew_normal", {"x": SKEWED}, start=NO_SKEW | {"skew": skew})
    best = stats.skewnorm.logpdf(SKEWED, *stats.skewnorm.fit(SKEWED)).sum()
    assert found.log_likelihood == pytest.approx(best, abs=1e-4)
    assert "no maximum, which was left along" in found.result.advice


def test_the_inflection_is_where_em_ends_if_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fitting, "leave", lambda outcome, *_: (outcome, ""))
    found = fitted("skew_normal", {"x": SKEWED}, start=NO_SKEW | {"skew": 0.0})
    normal = stats.norm.logpdf(SKEWED, SKEWED.mean(), SKEWED.std()).sum()
    assert found.log_likelihood == pytest.approx(normal) and found.result == "converged"


def test_screened_starts_do_not_meet_it() -> None:
    """Of data about zero a skew like their mean would be zero."""
    x = SKEWED - SKEWED.mean()
    found = fitted("skew_normal", {"x": x})
    best = stats.skewnorm.logpdf(x, *stats.skewnorm.fit(x)).sum()
    assert found.log_likelihood == pytest.approx(best, abs=1e-4)
    assert "no maximum" not in found.result.advice


def test_a_mean_of_zero_has_a_standard_error() -> None:
    """Its own size tells nothing of its scale."""
    x = np.random.default_rng(0).normal(size=200)
    for scale in (1.0, 1e-100):
        found = fitted("normal_mixture", {"x": scale * (x - x.mean())}, {"k": 1})
        np.testing.assert_allclose(found.standard_errors["mean"], scale * x.std() / 200**0.5)


def test_a_rotation_is_no_reason_to_leave() -> None:
    data = {"x": table("iris").iloc[:, :4]}
    first = fitted("probabilistic_pca", data, {"q": 2})
    again = fitted("probabilistic_pca", data, start=first.parameters)
    assert "left" not in again.result.advice and again.iterations <= 10


def test_a_rotation_of_factors_is_named() -> None:
    """With two factors the loadings may be turned; the noise is told all the same."""
    found = fitted("probabilistic_pca", {"x": table("iris").iloc[:, :4]}, {"q": 2})
    information = found.information()
    assert information.kind == "not identified" and len(information.directions) == 1
    (_, moving) = information.directions[0]
    assert all(name.startswith("loading") for name in moving)
    assert np.isnan(found.standard_errors["loading"]).all()
    variance = float(found.parameters["variance"])
    assert found.standard_errors["variance"] == pytest.approx(variance / np.sqrt(150), rel=1e-2)


def test_probabilities_at_an_edge_have_none() -> None:
    found = fitted("latent_classes", {"x": table("carcinoma")}, {"k": 2})
    errors, p = found.standard_errors["p"], found.parameters["p"]
    at_edge = (p < 1e-6) | (p > 1 - 1e-6)
    assert found.result == "boundary" and at_edge.sum() == 5
    np.testing.assert_array_equal(np.isnan(errors), at_edge)
    assert set(found.information().reasons.values()) == {"at the edge of its domain"}


def test_a_saved_fit_keeps_them(tmp_path: Path) -> None:
    found = fitted("normal_mixture", {"x": table("faithful")["waiting"]}, {"k": 2})
    found.save(tmp_path / "fit.zip")
    again = Fit.load(tmp_path / "fit.zip")
    assert again.summary() == found.summary() and "standard errors in brackets" in again.summary()
    np.testing.assert_array_equal(again.standard_errors["mean"], found.standard_errors["mean"])


def test_a_fit_without_data_has_none(tmp_path: Path) -> None:
    data = {"x": table("faithful")["waiting"]}
    found = fitted("normal_mixture", data, {"k": 2}, max_iterations=2)
    assert found.at_hand is None and "brackets" not in found.summary()
    found.save(tmp_path / "fit.zip")
    with pytest.raises(NothingAttached, match="the information needs the program"):
        Fit.load(tmp_path / "fit.zip").information()
    assert "can still rise" in found.information().advice


def test_an_information_that_takes_hours_is_refused() -> None:
    """Within a second, with what to do instead; the fit itself is whole."""
    x = np.random.default_rng(0).normal(size=(30, 90))
    found = fitted("factor_analysis", {"x": x}, {"q": 22}, max_iterations=2)
    assert found.at_hand is None and found.free_parameters > 2000
    with pytest.raises(TooMuchInformation, match=r"coordinates \(at most 2000 are taken\)"):
        found.information()
