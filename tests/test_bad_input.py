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
from autoem.graph import draw
from autoem.language import Model
from autoem.pipeline import derive, fit, generate, sample
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
        (np.float32([[1.0, np.inf]]), "x at n = 0, d = 1 is inf: infinity is allowed only in a"),
        ([[1.0, 2.0], [1e200, 3.0]], "x at n = 1, d = 0 is 1e+200, and its square overflows"),
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sizes": 2}, 'sizes=2: expected the lengths of axes by name, as {"k": 3}'),
        ({"weights": np.ones(272)}, 'expected an array by the name of an axis, as {"n": w}'),
        ({"start": 3}, "start=3: expected values by the name of a parameter or a latent"),
        ({"fixed": "variance"}, "fixed='variance': expected values by the name of a parameter"),
        ({"start": {"mean": "low"}}, "mean is 'low', not a number"),
        ({"start": {"mean": [[1.0], [2.0, 3.0]]}}, "mean has entries of different lengths (1, 2)"),
        ({"fixed": {"variance": [1.0, "b"]}}, "variance at k = 1 is 'b', not a number"),
        ({"fixed": {"weight": [0.8, 0.7]}}, "weight is [0.8, 0.7]; expected probabilities"),
        ({"tol": "low"}, "tol='low': expected a number from 0"),
        ({"seed": "a"}, "seed='a': expected a whole number from 0, or None"),
        ({"max_iterations": 1.5}, "max_iterations=1.5: expected a whole number from 0"),
        ({"restarts": True}, "restarts=True: expected a whole number from 1"),
        ({"progress": "yes"}, "progress='yes': expected True, False or None"),
    ],
)
def test_options_are_of_their_kind(
    normals: Callable[..., Fit], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(AutoemError) as caught:
        normals(WAITING, **({"sizes": {"k": 2}} | options))
    assert message in str(caught.value)


def test_fixed_probabilities_leave_something(normals: Callable[..., Fit]) -> None:
    with pytest.raises(DataError, match=r"weight is .*expected probabilities that sum to 1"):
        normals(WAITING, sizes={"k": 3}, fixed={"weight": [0.5, 0.7, np.nan]})


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
    assert found.result in ("converged", "boundary")
    assert "Without data: mean[1], variance[1], as at the start" in found.result.advice
    assert found.parameters["mean"][1] == 50


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "rows", [np.ones((1, 2)), np.ones((9, 2)), np.column_stack([np.arange(9.0), np.ones(9)])]
)
def test_measurements_that_do_not_vary_are_degenerate(
    mixture: Callable[..., Fit], rows: np.ndarray
) -> None:
    found = mixture({"x": rows}, sizes={"k": 1})
    assert found.result == "degenerate" and "cov[0]" in found.result.advice
    assert not np.isnan(found.log_likelihood)


def test_a_weight_on_one_row_alone_is_degenerate(mixture: Callable[..., Fit]) -> None:
    rows = np.random.default_rng(0).normal(size=(9, 2))
    found = mixture({"x": rows}, sizes={"k": 2}, weights={"n": np.eye(9)[0]})
    assert found.result == "degenerate" and "cov" in found.result.advice


def test_counts_of_zero_have_a_rate_at_the_edge(counts: Callable[..., Fit]) -> None:
    found = counts({"deaths": np.zeros(9)}, sizes={"k": 2})
    assert found.result == "boundary" and found.result.advice.count("rate[") == 2


@pytest.mark.parametrize("y", [[0, 0, 0, 1, 1, 1], [1] * 6, [0] * 6])
def test_classes_that_are_separated_have_no_finite_slope(y: list[int]) -> None:
    v = np.column_stack([np.ones(6), np.arange(6)])
    found = program("logistic_regression")({"v": v, "y": y})
    assert found.result == "boundary" and "beta" in found.result.advice
    assert "at infinity" in found.result.advice and np.isnan(found.standard_errors["beta"]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit("gaussian_mixture", {}), "and not 'gaussian_mixture'"),  # type: ignore[arg-type]
        (lambda: derive(None), "and not None"),  # type: ignore[arg-type]
        (lambda: derive(Model), "and not the base of all models"),
        (lambda: draw(3), "and not 3"),  # type: ignore[arg-type]
        (lambda: sample(None, {}), "and not None"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_model(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(AutoemError) as caught:
        call()
    assert message in str(caught.value) and "class MyModel(Model)" in str(caught.value)


@pytest.mark.parametrize(
    ("parameters", "options", "message"),
    [
        (None, {}, "weight"),
        ([1.0], {}, "parameters=[1.0]: expected values by the name of a parameter"),
        ({"mean": [[1.0], [2.0, 3.0]]}, {}, "mean has entries of different lengths (1, 2)"),
        ({"mean": ["low", 1.0]}, {}, "mean at components = 0 is 'low', not a number"),
        ({"mean": [np.nan, 1.0]}, {}, "mean at components = 0 is nan"),
        ({}, {"sizes": "n"}, "sizes='n': expected the lengths of axes by name"),
        ({}, {"seed": -1}, "seed=-1: expected a whole number from 0, or None"),
        ({}, {"seed": "a"}, "seed='a': expected a whole number from 0, or None"),
    ],
)
def test_what_is_no_simulation(parameters: Any, options: dict[str, Any], message: str) -> None:
    known = {"weight": [0.5, 0.5], "mean": [0.0, 1.0], "variance": [1.0, 1.0]}
    theta = known | parameters if isinstance(parameters, dict) else parameters
    with pytest.raises(AutoemError) as caught:
        sample(find_model("normal_mixture"), theta, **({"sizes": {"n": 3}} | options))
    assert message in str(caught.value)


def test_a_fit_is_simulated_with_its_own_givens() -> None:
    v = np.column_stack([np.ones(9), np.arange(9.0)])
    y = np.array([0, 0, 1, 0, 1, 0, 1, 1, 1])
    found = fit(find_model("logistic_regression"), {"v": v, "y": y})
    drawn = found.sample(seed=3)
    assert drawn["y"].shape == (9,) and set(drawn["y"]) <= {0, 1}
    np.testing.assert_array_equal(drawn["v"], v)
    again = found.sample(seed=3)
    np.testing.assert_array_equal(drawn["y"], again["y"])
