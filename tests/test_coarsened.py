"""Models in which one latent is seen coarsely, on their data, to published optima."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from autoem import Fit, fit
from tests.test_models import ROOT, declared

REFERENCES = json.loads((ROOT / "tests/references/references.json").read_text())


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "examples" / "data" / f"{name}.csv")


def fitted(name: str, data: dict[str, object], **options: object) -> Fit:
    return fit(declared(ROOT / "models" / f"{name}.py"), data, **options)


def with_constant(*columns: object) -> np.ndarray:
    return np.column_stack([np.ones(len(columns[0])), *columns])  # type: ignore[arg-type]


def test_motorettes() -> None:
    data, expected = table("motorettes"), REFERENCES["motorettes"]
    hours = np.log10(data["hours"])
    upper = np.where(data["censored"], np.inf, hours)
    v = with_constant(1000 / (data["temperature"] + 273.2))
    found = fitted("motorettes", {"v": v, "lower": hours, "upper": upper})
    assert found.result == "converged"
    np.testing.assert_allclose(found.parameters["beta"], expected["beta"], rtol=5e-6)
    assert np.sqrt(found.parameters["sigma2"]) == pytest.approx(expected["sd"], rel=5e-6)
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-5)


def test_spector_probit() -> None:
    data, expected = table("spector"), REFERENCES["spector_probit"]
    v = with_constant(data["gpa"], data["tuce"], data["psi"])
    found = fitted("spector_probit", {"v": v, "grade": data["grade"]})
    assert found.result == "converged"
    np.testing.assert_allclose(found.parameters["beta"], expected["beta"], rtol=1e-5)
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-5)
    np.testing.assert_allclose(
        found.standard_errors["beta"], expected["standard_errors"], atol=6e-5
    )


def innermost(left: np.ndarray, right: np.ndarray) -> list[tuple[float, float]]:
    """Where a left end is followed by a right one: (l, r]; at a tie the right end comes first."""
    ends = sorted({(x, 1) for x in left} | {(x, 0) for x in right})
    return [(a, b) for (a, opens), (b, stays) in pairwise(ends) if opens > stays]


@pytest.mark.parametrize("treatment", ["Rad", "RadChem"])
def test_cosmesis(treatment: str) -> None:
    data, expected = table("cosmesis"), REFERENCES["cosmesis"]
    rows = data[data["treatment"] == treatment]
    left, right = rows["left"].to_numpy(float), rows["right"].to_numpy(float)
    inner = innermost(left, right)
    compatible = [[left[n] <= a and b <= right[n] for a, b in inner] for n in range(len(rows))]
    found = fitted("cosmesis", {"compatible": np.array(compatible, float)})
    assert found.log_likelihood == pytest.approx(expected[f"{treatment}_log_likelihood"], abs=1e-5)
    if treatment == "Rad":
        masses = {
            f"({a:.0f},{b:.0f}]": mass
            for (a, b), mass in zip(inner, found.parameters["mass"], strict=True)
            if mass > 1e-4
        }
        assert masses == pytest.approx(expected["Rad"], abs=6e-5)


def test_crime() -> None:
    expected = REFERENCES["crime"]
    seen = expected["data"]
    both = np.ravel(seen["both"])
    data = {
        "people": both.sum(), "by_row": sum(seen["row_only"]),
        "by_column": sum(seen["column_only"]), "unknown": seen["neither"], "both": both,
        "row": seen["row_only"], "column": seen["column_only"], "neither": [seen["neither"]],
    }  # fmt: skip
    found = fitted("crime", data)
    p = found.parameters["p"]
    np.testing.assert_allclose(p, np.ravel(expected["cells"]), rtol=5e-6)
    assert p[0] * p[3] / (p[1] * p[2]) == pytest.approx(expected["odds_ratio"], rel=1e-5)
