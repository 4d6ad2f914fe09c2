"""Published optima of real data, reached from the data alone.

Log-likelihoods to 1e-5, parameters to five significant digits, or to what the source printed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import AgglomerativeClustering

from autoem import fit, generate
from autoem.runtime import Fit
from tests.test_models import declared

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "tests/references/references.json").read_text()
KNOWN: dict[str, Any] = json.loads(TEXT, parse_float=Decimal)


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / f"examples/data/{name}.csv")


def with_one(columns: Any) -> np.ndarray:
    """Covariates with a leading 1 for the intercept."""
    return np.column_stack([np.ones(len(columns)), columns])


def irises() -> pd.DataFrame:
    return table("iris").iloc[:, :4]


def regression(name: str, response: str, covariates: list[str]) -> dict[str, Any]:
    data = table(name)
    return {"y": data[response], "v": with_one(data[covariates])}


def galaxies() -> dict[str, Any]:
    return {"x": table("galaxies")["velocity"] / 1000}


def faithful() -> dict[str, Any]:
    return {"x": table("faithful")}


def waiting() -> dict[str, Any]:
    return {"x": table("faithful")["waiting"]}


def iris() -> dict[str, Any]:
    return {"x": irises()}


def deaths() -> dict[str, Any]:
    return {"deaths": table("death_notices")["deaths"]}


def stack_loss() -> dict[str, Any]:
    return regression("stackloss", "stack_loss", list(table("stackloss").columns[:3]))


def carcinoma() -> dict[str, Any]:
    return {"x": table("carcinoma")}


def articles() -> dict[str, Any]:
    return {"x": table("articles")["art"]}


Call = tuple[str, Callable[[], Mapping[str, Any]], dict[str, Any]]
MIXTURE: dict[str, Any] = {"restarts": 3}

FITS: dict[str, Call] = {
    "linkage": ("linkage", lambda: {"y": [125, 18, 20, 34], "animals": 197}, {}),
    "abo": ("abo", lambda: {"phenotype": [186, 38, 13, 284], "people": 521}, {}),
    "death_notices": ("death_notices", deaths, {"sizes": {"k": 2}}),
    "two_coins": ("two_coins", lambda: {"heads": [5, 9, 8, 4, 7], "tosses": 10}, {}),
    "faithful_waiting_equal": ("normal_mixture_equal", waiting, {"sizes": {"k": 2}}),
    "faithful_waiting_unequal": ("normal_mixture", waiting, {"sizes": {"k": 2}}),
    "faithful_full_2": ("gaussian_mixture", faithful, {"sizes": {"k": 2}}),
    "faithful_full_3": ("gaussian_mixture", faithful, {"sizes": {"k": 3}, **MIXTURE}),
    "faithful_tied_3": ("gaussian_mixture_tied", faithful, {"sizes": {"k": 3}, **MIXTURE}),
    "iris_full_2": ("gaussian_mixture", iris, {"sizes": {"k": 2}}),
    "iris_full_3": ("gaussian_mixture", iris, {"sizes": {"k": 3}, **MIXTURE}),
    "iris_tied_3": ("gaussian_mixture_tied", iris, {"sizes": {"k": 3}, **MIXTURE}),
    "iris_diag_3": ("gaussian_mixture_diagonal", iris, {"sizes": {"k": 3}, **MIXTURE}),
    "iris_spherical_3": ("gaussian_mixture_spherical", iris, {"sizes": {"k": 3}, **MIXTURE}),
    "galaxies_3": ("normal_mixture", galaxies, {"sizes": {"k": 3}, **MIXTURE}),
    "co2_gnp": (
        "regression_mixture",
        lambda: regression("co2_gnp", "CO2", ["GNP"]),
        {"sizes": {"k": 2}, "restarts": 5},
    ),
    "carcinoma_2": ("latent_classes", carcinoma, {"sizes": {"k": 2}}),
    "carcinoma_3": ("latent_classes", carcinoma, {"sizes": {"k": 3}, **MIXTURE}),
    "carcinoma_4": ("latent_classes", carcinoma, {"sizes": {"k": 4}, "restarts": 5}),
    "articles_zip": ("zero_inflated_poisson", articles, {}),
    "articles_negative_binomial": ("negative_binomial", articles, {}),
    "stackloss_free": ("student_regression", stack_loss, {}),
    "stackloss_fixed": ("student_regression", stack_loss, {"fixed": {"nu": 1.1}}),
    "spector_logit": (
        "logistic_regression",
        lambda: regression("spector", "grade", ["gpa", "tuce", "psi"]),
        {},
    ),
    "ppca_1": ("probabilistic_pca", iris, {"sizes": {"q": 1}}),
    "ppca_2": ("probabilistic_pca", iris, {"sizes": {"q": 2}}),
    "factor_analysis_iris_q1": ("factor_analysis", iris, {"sizes": {"q": 1}}),
}


@cache
def program(model: str) -> Any:
    return generate(declared(ROOT / f"models/{model}.py"))


@cache
def fitted(case: str) -> Fit:
    """The fit of a case, once."""
    model, data, options = FITS[case]
    weights = {"n": table("death_notices")["days"]} if case == "death_notices" else None
    # What is held is part of the derivation.
    subject = declared(ROOT / f"models/{model}.py") if "fixed" in options else program(model)
    return fit(subject, data(), weights=weights, seed=0, progress=False, **options)


def at(path: str) -> Any:
    """An entry of the references: "ppca_iris q_2 variance"."""
    found: Any = KNOWN
    for key in path.split():
        found = found[key]
    return found


def check_number(found: float, wanted: Decimal | int, what: str) -> None:
    """Equal to five significant digits, or to a unit of the last digit that is told."""
    exponent = Decimal(wanted).as_tuple().exponent
    assert isinstance(exponent, int)
    told = 10.0**exponent if isinstance(wanted, Decimal) else 0.0
    close = max(1e-5 * abs(float(wanted)), told)
    assert abs(found - float(wanted)) <= close * (1 + 1e-9), f"{what}: {found}, not {wanted}"


def check_numbers(found: Any, wanted: Any, what: str) -> None:
    if isinstance(wanted, list):
        assert len(found) == len(wanted)
        for i, (one, other) in enumerate(zip(found, wanted, strict=True)):
            check_numbers(one, other, f"{what}[{i}]")
    else:
        check_number(float(found), wanted, what)


LIKELIHOODS = {
    **{case: f"{case} log_likelihood" for case in FITS if "log_likelihood" in KNOWN.get(case, {})},
    **{f"carcinoma_{k}": f"carcinoma log_likelihood {k}" for k in (2, 3, 4)},
    "stackloss_free": "stackloss_t nu_free log_likelihood",
    "stackloss_fixed": "stackloss_t nu_fixed_1.1 log_likelihood",
    "ppca_1": "ppca_iris q_1 log_likelihood",
    "ppca_2": "ppca_iris q_2 log_likelihood",
}


SURPASSED = ("iris_diag_3",)
"""Where the published value is a local maximum, that of hierarchical starts; ours is higher."""


@pytest.mark.parametrize("case", LIKELIHOODS)
def test_the_log_likelihood(case: str) -> None:
    found, wanted = fitted(case), at(LIKELIHOODS[case])
    close = max(1e-5, 0.5 * 10.0 ** wanted.as_tuple().exponent)
    assert found.log_likelihood >= float(wanted) - close, found.result
    assert found.log_likelihood <= float(wanted) + close or case in SURPASSED
    assert found.result in ("converged", "boundary"), found.result


def test_the_published_local_maximum_of_the_diagonal_mixture() -> None:
    """From Ward's clusters, as its source starts."""
    groups = np.eye(3)[AgglomerativeClustering(3).fit_predict(irises())]
    sizes = {"k": 3}
    found = fit(program("gaussian_mixture_diagonal"), iris(), sizes, start={"z": groups})
    assert abs(found.log_likelihood - float(at("iris_diag_3 log_likelihood"))) < 1e-5


Row = tuple[str, str, Callable[[Mapping[str, Any]], Any]]


def largest_first(parameters: Mapping[str, Any]) -> list[int]:
    return list(np.argsort(-np.asarray(parameters["weight"])))


PARAMETERS: list[Row] = [
    ("linkage", "linkage theta", lambda p: p["theta"]),
    ("abo", "abo p", lambda p: p["freq"][0]),
    ("abo", "abo q", lambda p: p["freq"][1]),
    ("abo", "abo r", lambda p: p["freq"][2]),
    ("death_notices", "death_notices rates", lambda p: -np.sort(-p["rate"])),
    ("death_notices", "death_notices pi", lambda p: np.max(p["weight"])),
    ("two_coins", "two_coins limit", lambda p: -np.sort(-p["bias"])),
    ("faithful_waiting_equal", "faithful_waiting_equal mean", lambda p: np.sort(p["mean"])),
    ("faithful_waiting_equal", "faithful_waiting_equal pi", lambda p: np.min(p["weight"])),
    ("faithful_waiting_equal", "faithful_waiting_equal sd", lambda p: np.sqrt(p["variance"])),
    ("faithful_waiting_unequal", "faithful_waiting_unequal mean", lambda p: np.sort(p["mean"])),
    ("faithful_waiting_unequal", "faithful_waiting_unequal pi", lambda p: np.min(p["weight"])),
    (
        "faithful_waiting_unequal",
        "faithful_waiting_unequal sd",
        lambda p: np.sqrt(p["variance"][np.argsort(p["mean"])]),
    ),
    ("galaxies_3", "galaxies_3 mean", lambda p: np.sort(p["mean"])),
    ("galaxies_3", "galaxies_3 weight", lambda p: p["weight"][np.argsort(p["mean"])]),
    ("galaxies_3", "galaxies_3 variance", lambda p: p["variance"][np.argsort(p["mean"])]),
    ("co2_gnp", "co2_gnp weight", lambda p: p["weight"][largest_first(p)]),
    ("co2_gnp", "co2_gnp beta", lambda p: p["beta"][largest_first(p)]),
    ("co2_gnp", "co2_gnp sd", lambda p: np.sqrt(p["variance"][largest_first(p)])),
    ("carcinoma_3", "carcinoma weights_3", lambda p: np.sort(p["weight"])),
    ("articles_zip", "articles_zip pi", lambda p: p["p"]),
    ("articles_zip", "articles_zip rate", lambda p: p["rate"]),
    (
        "articles_negative_binomial",
        "articles_negative_binomial shape",
        lambda p: p["shape"],
    ),
    ("articles_negative_binomial", "articles_negative_binomial mean", lambda p: p["mean"]),
    ("stackloss_fixed", "stackloss_t nu_fixed_1.1 beta", lambda p: p["beta"]),
    ("stackloss_fixed", "stackloss_t nu_fixed_1.1 scale", lambda p: np.sqrt(p["scale2"])),
    ("stackloss_free", "stackloss_t nu_free nu", lambda p: p["nu"]),
    ("spector_logit", "spector_logit beta", lambda p: p["beta"]),
    ("ppca_1", "ppca_iris q_1 variance", lambda p: p["variance"]),
    ("ppca_2", "ppca_iris q_2 variance", lambda p: p["variance"]),
]


@pytest.mark.parametrize(("case", "path", "read"), PARAMETERS, ids=[row[1] for row in PARAMETERS])
def test_the_parameters(case: str, path: str, read: Callable[[Mapping[str, Any]], Any]) -> None:
    check_numbers(read(fitted(case).parameters), at(path), path)


def map_of(model: str, data: Mapping[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """One map theta -> m_step(e_step(theta)) of the generated module."""
    module = program(model).module
    arrays = {name: np.asarray(value, dtype=float) for name, value in data.items()}

    def step(theta: dict[str, Any]) -> dict[str, Any]:
        statistics, _ = module.e_step(arrays, theta)
        return dict(module.m_step(statistics, theta))

    return step


def test_the_trace_of_linkage_from_a_half() -> None:
    step = map_of("linkage", FITS["linkage"][1]())
    theta: dict[str, Any] = {"theta": np.asarray(0.5)}
    for wanted in at("linkage trace_from_0.5"):
        theta = step(theta)
        assert abs(float(theta["theta"]) - float(wanted)) < 1e-9


def test_two_coins_after_one_iteration_and_after_ten() -> None:
    step = map_of("two_coins", FITS["two_coins"][1]())
    theta: dict[str, Any] = {"bias": np.array([float(x) for x in at("two_coins from")])}
    for number in range(1, 11):
        theta = step(theta)
        if number in (1, 10):
            check_numbers(theta["bias"], at(f"two_coins iteration_{number}"), f"after {number}")


@pytest.mark.parametrize("q", [1, 2])
def test_probabilistic_pca_is_the_answer_in_closed_form(q: int) -> None:
    """Tipping and Bishop: the variance is the mean of the smallest eigenvalues, and loading and
    variance together restore the others."""
    p = fitted(f"ppca_{q}").parameters
    x = irises().to_numpy()
    values, vectors = np.linalg.eigh(np.cov(x.T, bias=True))
    np.testing.assert_allclose(p["variance"], values[:-q].mean(), rtol=1e-6)
    signal = (vectors[:, -q:] * (values[-q:] - values[:-q].mean())) @ vectors[:, -q:].T
    np.testing.assert_allclose(p["loading"] @ p["loading"].T, signal, atol=1e-5)
    np.testing.assert_allclose(p["mean"], x.mean(axis=0), rtol=1e-10)


def test_the_heywood_case_ends_with_a_warning() -> None:
    found = fitted("factor_analysis_iris_q1")
    assert found.result != "converged" and "noise" in found.result.advice
    assert found.log_likelihood >= -422.3795 and np.isfinite(found.log_likelihood)
    assert all(np.all(np.isfinite(value)) for value in found.parameters.values())


def test_a_wrong_digit_is_seen() -> None:
    """The comparison itself: the fifth digit counts, the sixth need not."""
    check_number(0.626823, Decimal("0.626821497871"), "near")
    with pytest.raises(AssertionError):
        check_number(0.62684, Decimal("0.626821497871"), "the fifth digit")
    with pytest.raises(AssertionError):
        check_numbers([1.0, 2.0], [Decimal("1.0"), Decimal("2.2")], "the second entry")
