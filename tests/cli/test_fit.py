"""`autoem fit` from the shell's point of view."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from autoem.runtime import Fit
from tests.cli.conftest import Run

FAITHFUL = ("gaussian_mixture", "examples/data/faithful.csv", "--size", "k=2")
NOTICES = ("death_notices", "examples/data/death_notices.csv", "--size", "k=2")
LINKAGE = ("linkage", "--given", "animals=197", "--given", "y=125,18,20,34")


def test_the_main_job(autoem: Run, folder: Path) -> None:
    code, out, err = autoem(
        "fit", "models/gaussian_mixture.py", "examples/data/faithful.csv", "--size", "k=2"
    )
    assert code == 0 and err == ""
    for said in (
        "GaussianMixture: Clusters of correlated measurements.",
        "x_n | z_n = k ~ N(mean_k, cov_k)",
        "p(x_n | z_n, mean, cov)",
        "z  enumerate  z has finitely many states",
        "weight  counts      simplex: counts over total",
        "x = eruptions, waiting",
        "GaussianMixture: converged",
        "log-likelihood -1130.26396",
        "d = waiting",
    ):
        assert said in out


def test_weights_start_and_fixed(autoem: Run, folder: Path) -> None:
    weighed = autoem("fit", *NOTICES, "--weights", "n=days", "--json")
    found = json.loads(weighed.out)
    assert found["standard_errors"]["rate"] == pytest.approx([0.2505, 0.3500], abs=6e-5)
    assert found["information"].startswith("maximum")
    assert found["log_likelihood"] == pytest.approx(-1989.94586, abs=1e-5)
    assert found["result"] == "converged" and found["observations"] == 1096
    held = autoem(
        "fit", *NOTICES, "--weights", "n=days", "--json",
        "--fixed", "weight=0.5,nan", "--start", "rate=1,2",
    )  # fmt: skip
    found = json.loads(held.out)
    assert found["parameters"]["weight"] == [0.5, 0.5]
    assert found["parameters"]["rate"][0] < 2, "labels stay as they were started"


def test_no_table_is_needed_where_the_values_are_given(autoem: Run) -> None:
    code, out, _ = autoem("fit", *LINKAGE, "--quiet")
    assert code == 0 and "theta  0.626821" in out and "E-step" not in out
    one = json.loads(
        autoem("fit", *LINKAGE, "--start", "theta=0.5", "--max-iterations", 1, "--json").out
    )
    assert one["parameters"]["theta"] == pytest.approx(0.608247423, abs=1e-9)


def test_columns_of_a_regression(autoem: Run, folder: Path) -> None:
    code, out, _ = autoem(
        "fit", "logistic_regression", "examples/data/spector.csv",
        "--column", "y=grade", "--column", "v=1,gpa,tuce,psi",
    )  # fmt: skip
    assert code == 0 and "log-likelihood -12.88963" in out and "p = tuce" in out
    assert "no latent variable" in out and "v = 1, gpa, tuce, psi; y = grade" in out


def test_an_empty_cell_is_missing(autoem: Run, folder: Path) -> None:
    Path("gaps.csv").write_text("deaths\n1\n\n2\nNA\n0\n7\n")
    code, out, _ = autoem("fit", "death_notices", "gaps.csv", "--size", "k=1")
    assert code == 0 and "deaths: 1 missing" in out and "observations 5" in out
    assert "rate       k = 0\n      2.5 (0.79)" in out


def test_a_fit_that_did_not_succeed_is_exit_code_1(autoem: Run, folder: Path) -> None:
    code, out, _ = autoem("fit", *FAITHFUL, "--max-iterations", "1", "--quiet")
    assert code == 1 and "GaussianMixture: max_iterations after 1 iteration" in out


def test_saved_and_started_again(autoem: Run, folder: Path) -> None:
    autoem("fit", *FAITHFUL, "--save", "fit.zip", "--quiet")
    saved = Fit.load("fit.zip")
    again = json.loads(autoem("fit", *FAITHFUL, "--start", "fit.zip", "--json").out)
    np.testing.assert_allclose(again["parameters"]["mean"], saved.parameters["mean"], rtol=1e-6)


def test_a_file_that_is_not_ours_is_refused_before_the_fit(autoem: Run, folder: Path) -> None:
    thesis = folder / "thesis.txt"
    thesis.write_text("years of work")
    code, out, err = autoem("fit", *FAITHFUL, "--save", thesis)
    assert code == 2 and out == "" and thesis.read_text() == "years of work"
    assert "thesis.txt exists and is not a fit saved by autoem: choose another name" in err
    code, _, err = autoem("fit", *FAITHFUL, "--save", "nowhere/fit.zip")
    assert code == 2 and "nowhere/fit.zip cannot be written: its folder does not exist" in err


def test_the_progress_line_is_asked_for_or_goes_to_a_terminal(autoem: Run, folder: Path) -> None:
    assert "\riteration" in autoem("fit", *FAITHFUL, "--progress").err
    assert autoem("fit", *FAITHFUL).err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gausian_mixture",), "error: no file and no shipped model"),
        (("gaussian_mixture",), "error: no data for x: name a CSV file after the model"),
        (("gaussian_mixture", "nowhere.csv"), "error: nowhere.csv: No such file"),
        (FAITHFUL[:2], "error: the length of axis k (of weight, mean, cov)"),
        ((*FAITHFUL[:2], "--size", "k=two"), "error: --size k=two: expected the length of an axis"),
        ((*FAITHFUL, "--column", "x=waitin"), "Did you mean 'waiting'?"),
        ((*FAITHFUL, "--start", "men=1"), "Did you mean 'mean'?"),
        ((*FAITHFUL, "--weights", "n=eruption"), "Did you mean 'eruptions'?"),
        ((*FAITHFUL, "--restarts", "0"), "error: restarts=0: expected a whole number from 1"),
        ((*FAITHFUL, "--sizes", "k=2"), "No such option"),
    ],
)
def test_errors_are_messages_with_exit_code_2(
    autoem: Run, folder: Path, arguments: tuple[str, ...], message: str
) -> None:
    code, _, err = autoem("fit", *arguments)
    assert code == 2 and message in err
