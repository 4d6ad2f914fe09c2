"""Bad input, end to end: what a user sees of each mistake, from the shell and from Python.

The rules of the language, of data and of values are tested one by one beside their modules; here
every kind of mistake goes all the way through.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autoem.cli import main
from autoem.cli.find import find_model
from autoem.errors.base import AutoemError
from autoem.errors.data import DataError
from autoem.pipeline import fit, generate
from autoem.runtime import Fit, read_csv

DATA = Path(__file__).parents[1] / "examples" / "data"
WAITING = {"x": read_csv(DATA / "faithful.csv").columns["waiting"].astype(float)}
HEADER = """from autoem import Axis, Categorical, Latent, Model, Normal, Observed, Parameter
from autoem import Poisson, Positive, Real, Simplex

class Wrong(Model):
    n, k, j = Axis(), Axis(), Axis()
"""
DECLARATIONS = {
    "redeclared": ("rate = Parameter(Positive())\nrate = Parameter(Positive())", 7, "rate is decl"),
    "misspelt": ("rate = Parameter(Positive())\nx = Observed(Poisson(raet), over=n)", 7, "rate"),
    "cyclic": ("a = Latent(Poisson(b), over=n)\nb = Latent(Poisson(a), over=n)", 6, "b is used"),
    "wrong axis": (
        "w = Parameter(Simplex(k))\nrate = Parameter(Positive(), over=j)\n"
        "z = Latent(Categorical(w), over=n)\nx = Observed(Poisson(rate[z]), over=n)",
        9,
        "along k, and rate is over j",
    ),
    "scale by position": ("x = Observed(Normal(0, 1), over=n)", 6, "Normal(mean, variance=...)"),
    "if": ("m = Parameter(Real())\nif m > 0: pass", 7, "truth value"),
    "nothing observed": ("z = Latent(Normal(0, variance=1), over=n)", 4, "no observed variable"),
}


def program(name: str) -> Callable[..., Fit]:
    """`fit` of a shipped model, derived once."""
    generated = generate(find_model(name))

    def run(data: Any, **options: Any) -> Fit:
        return fit(generated, data, **options)

    return run


@pytest.fixture(scope="module")
def mixture() -> Callable[..., Fit]:
    return program("gaussian_mixture")


@pytest.fixture(scope="module")
def normals() -> Callable[..., Fit]:
    return program("normal_mixture")


@pytest.fixture(scope="module")
def counts() -> Callable[..., Fit]:
    return program("death_notices")


@pytest.mark.parametrize("mistake", DECLARATIONS)
def test_a_wrong_declaration_is_quoted_at_file_and_line(
    mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body, line, words = DECLARATIONS[mistake]
    spec = tmp_path / "spec.py"
    spec.write_text(HEADER + "".join(f"    {each}\n" for each in body.splitlines()))
    with pytest.raises(SystemExit) as ended:
        main(["fit", str(spec), "data.csv"])
    err = capsys.readouterr().err
    assert ended.value.code == 2 and "Traceback" not in err
    assert err.startswith(f"error: {spec}:{line}\n    ")
    assert spec.read_text().splitlines()[line - 1].strip() in err
    assert words in err and "Write " in err


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.ones((0, 2)), "x is empty: give at least one row"),
        ([[1.0, 2.0], [np.inf, 3.0]], "x at n = 1, d = 0 is inf: infinity is allowed only in a"),
        ([[1.0, 2.0], ["two", 3.0]], "x at n = 1, d = 0 is 'two', not a number"),
        (np.ones(3), r"x has the axes (n, d), 2 in all; the array that came has 1"),
        (np.ones((3, 2, 1)), r"2 in all; the array that came has 3: shape (3, 2, 1)"),
        ([[1.0, 2.0], [3.0]], "x has entries of different lengths (2, 1)"),
    ],
)
def test_wrong_measurements(mixture: Callable[..., Fit], rows: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        mixture({"x": rows}, sizes={"k": 2})
    assert message in str(caught.value)


def test_lengths_on_one_plate_agree() -> None:
    regression = program("regression_mixture")
    with pytest.raises(DataError, match=r"axis n has different lengths: 3 by v, 2 by y"):
        regression({"v": np.ones((3, 2)), "y": [1.0, 2.0]}, sizes={"k": 2})
    with pytest.raises(DataError, match=r"v at n = 1, p = 0 is missing \(nan\), and v is given"):
        regression({"v": [[1.0], [np.nan]], "y": [1.0, 2.0]}, sizes={"k": 1})


@pytest.mark.parametrize("count", [-1, 1.5])
def test_counts_are_whole_and_not_negative(counts: Callable[..., Fit], count: float) -> None:
    with pytest.raises(DataError, match=rf"deaths at n = 1 is {count}.*whole number from 0"):
        counts({"deaths": [3, count]}, sizes={"k": 2})


@pytest.mark.parametrize(
    ("heads", "tosses"), [([5, 11], 10), ([5, 9], -1)], ids=["more heads than tosses", "trials"]
)
def test_counts_have_their_trials(heads: list[int], tosses: int) -> None:
    with pytest.raises(DataError, match=r"heads at n = 1 is 11|tosses is -1"):
        program("two_coins")({"heads": heads, "tosses": tosses})


def test_a_category_is_in_range() -> None:
    classes = program("latent_classes")
    with pytest.raises(DataError, match=r"x at n = 0, item = 1 is 3.*expected 0 or 1"):
        classes({"x": [[0, 3], [1, 1]]}, sizes={"k": 2})


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_a_weight_is_a_number_from_0(counts: Callable[..., Fit], weight: float) -> None:
    with pytest.raises(DataError, match=rf"weights of n\[1\] are {weight}: a weight is a finite"):
        counts({"deaths": [1, 2]}, sizes={"k": 2}, weights={"n": [1.0, weight]})


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"variance": [1.0, -1.0]}, "variance at k = 1 is -1.0; expected a positive"),
        ({"weight": [0.5, 0.6]}, "weight is [0.5, 0.6]; expected probabilities"),
        ({"mean": [np.nan, 0.0]}, "mean at k = 0 is nan"),
        ({"mean": [1.0, 2.0, 3.0]}, "axis k has different lengths"),
        ({"men": [1.0, 2.0]}, "Did you mean 'mean'?"),
    ],
)
def test_a_start_lies_in_its_domain(
    normals: Callable[..., Fit], start: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError) as caught:
        normals(WAITING, sizes={"k": 2}, start=start)
    assert message in str(caught.value)


def test_a_covariance_to_start_from_is_positive_definite(mixture: Callable[..., Fit]) -> None:
    rows = np.random.default_rng(0).normal(size=(20, 2))
    with pytest.raises(DataError, match=r"(?s)cov at k = 0 .*positive definite"):
        mixture({"x": rows}, sizes={"k": 1}, start={"cov": [[[1.0, 2.0], [2.0, 1.0]]]})


def test_an_output_that_is_not_ours_stays(normals: Callable[..., Fit], tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work")
    writes: tuple[Callable[[Path], Any], ...] = (
        normals(WAITING, sizes={"k": 2}, max_iterations=1).save,
        generate(find_model("two_coins")).write,
    )
    for write in writes:
        with pytest.raises(AutoemError, match=r"thesis.txt exists and is not .*choose another"):
            write(thesis)
    assert thesis.read_text() == "years of work"


def test_a_collapsing_variance_is_named_with_its_iteration(normals: Callable[..., Fit]) -> None:
    start = {"weight": [0.5, 0.5], "mean": [70.0, 43.0], "variance": [100.0, 1e-4]}
    found = normals(WAITING, sizes={"k": 2}, start=start)
    assert found.result == "degenerate" and "variance[1]" in found.result.advice
    assert "ollapsed" in found.result.advice and "iteration" in found.result.advice


def test_a_collapsing_covariance_is_named(mixture: Callable[..., Fit]) -> None:
    spread = np.random.default_rng(0).normal(size=(30, 2)) + 9
    rows = np.concatenate([np.tile([1.0, 2.0], (5, 1)), spread])
    start = {"weight": [0.2, 0.8], "mean": [[1.0, 2.0], [9.0, 9.0]], "cov": [np.eye(2)] * 2}
    found = mixture({"x": rows}, sizes={"k": 2}, start=start)
    assert found.result == "degenerate" and "cov[0]" in found.result.advice
    assert all(np.all(np.isfinite(value)) for value in found.parameters.values())


def test_an_emptied_component_is_named(normals: Callable[..., Fit]) -> None:
    start = {"weight": [1.0, 0.0], "mean": [70.0, 50.0], "variance": [100.0, 100.0]}
    found = normals(WAITING, sizes={"k": 2}, start=start)
    assert found.result == "degenerate" and "[1]" in found.result.advice
    assert "without data" in found.result.advice and "iteration" in found.result.advice
