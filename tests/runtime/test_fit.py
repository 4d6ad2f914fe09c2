"""Whole fits of real data: published optima, every verdict, and the value that comes out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from autoem.errors import data as wrong, run as cannot
from autoem.runtime import Fit, Program, fit, read_csv
from autoem.runtime.arrays import Arrays
from autoem.runtime.csv_file import read_columns
from autoem.runtime.fixed import hold
from tests.runtime.programs import DATA, FactorAnalysis, NormalMixture, PoissonMixture

REFERENCES = json.loads((DATA.parents[1] / "tests/references/references.json").read_text())
NOTICES = read_csv(DATA / "death_notices.csv")
WAITING = {"x": read_columns(DATA / "faithful.csv")["waiting"]}
GALAXIES = {"x": read_columns(DATA / "galaxies.csv")["velocity"] / 1000}
TWO = {"k": 2}


def notices(program: Program | None = None, **options) -> Fit:
    weights, columns = {"n": "days"}, {"x": "deaths"}
    program = program or PoissonMixture().program()
    return fit(program, NOTICES, TWO, weights=weights, columns=columns, **options)


@pytest.mark.parametrize("accelerate", ["anderson", "squarem", None])
def test_a_slow_mixture_reaches_the_published_optimum(accelerate: str | None) -> None:
    expected = REFERENCES["death_notices"]
    found = notices(accelerate=accelerate)
    assert found.result == "converged"
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-8)
    assert found.parameters["weight"][0] == pytest.approx(expected["pi"], rel=5e-6)
    np.testing.assert_allclose(found.parameters["rate"], expected["rates"], rtol=5e-6)
    assert (found.iterations < 400) == (accelerate is not None)
    assert found.free_parameters == 3 and found.observations == 1096


def test_a_normal_mixture_reaches_the_published_optimum() -> None:
    expected = REFERENCES["faithful_waiting_unequal"]
    found = fit(NormalMixture().program(), WAITING, TWO)
    assert found.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-5)
    order = np.argsort(found.parameters["mean"])
    np.testing.assert_allclose(found.parameters["mean"][order], expected["mean"], rtol=1e-6)
    deviation = np.sqrt(found.parameters["variance"])[order]
    np.testing.assert_allclose(deviation, expected["sd"], rtol=2e-6)


def test_three_galaxy_components_are_found() -> None:
    found = fit(NormalMixture().program(), GALAXIES, {"k": 3})
    assert found.log_likelihood == pytest.approx(
        REFERENCES["galaxies_3"]["log_likelihood"], abs=1e-4
    )


@pytest.mark.parametrize(("scale", "shift"), [(1e-6, 0.0), (1e6, 0.0), (1.0, 1e6)])
def test_units_do_not_matter(scale: float, shift: float) -> None:
    plain = fit(NormalMixture().program(), WAITING, TWO)
    other = fit(NormalMixture().program(), {"x": WAITING["x"] * scale + shift}, TWO)
    assert other.result == "converged"
    np.testing.assert_allclose(
        (other.parameters["mean"] - shift) / scale, plain.parameters["mean"], rtol=1e-6
    )


def test_the_objective_never_falls_and_the_count_is_right() -> None:
    for accelerate in ("anderson", "squarem", None):
        found = notices(accelerate=accelerate)
        assert np.diff(found.trace).min() > -1e-9
        assert len(found.trace) == found.iterations + 1


def test_the_documented_test_of_convergence_holds() -> None:
    for tol in (1e-5, 1e-8, 1e-11):
        found = notices(tol=tol, accelerate=None)
        gain = found.trace[-1] - found.trace[-2]
        assert found.result == "converged" and gain <= tol * (1 + abs(found.objective))


def test_a_start_is_taken_as_it_is() -> None:
    start = {"weight": [0.3, 0.7], "rate": [1.0, 2.5]}
    one = notices(start=start, max_iterations=1)
    assert one.result == "max_iterations" and one.iterations == 1
    program = PoissonMixture().program()
    data = {"x": NOTICES.columns["deaths"].astype(float)}
    first = {name: np.array(value) for name, value in start.items()}
    statistics, value = program.e_step(data, first, NOTICES.columns["days"].astype(float))
    expected = program.m_step(statistics, first)
    np.testing.assert_array_equal(one.parameters["rate"], expected["rate"])
    assert one.trace[0] == value
    assert notices(start=start).parameters["rate"][0] < 2, "labels stay the user's"


def test_a_start_may_be_a_posterior() -> None:
    deaths = NOTICES.columns["deaths"]
    soft = np.stack([deaths > 2, deaths <= 2], axis=1) * 0.8 + 0.1
    from_soft = notices(start={"z": soft}, max_iterations=0)
    from_codes = notices(start={"z": (deaths <= 2).astype(int)}, max_iterations=0)
    assert from_soft.parameters["rate"][0] > from_soft.parameters["rate"][1]
    assert from_codes.parameters["rate"][0] > from_soft.parameters["rate"][0]


def test_weights_repeat_rows() -> None:
    x, times = np.array([0, 1, 2, 7, 9]), np.array([5, 1, 3, 2, 4])
    start = {"weight": [0.3, 0.7], "rate": [1.0, 2.5]}
    program = PoissonMixture().program()
    weighed = fit(program, {"x": x}, weights={"n": times}, start=start)
    repeated = fit(program, {"x": np.repeat(x, times)}, start=start)
    assert weighed.log_likelihood == pytest.approx(repeated.log_likelihood)
    assert weighed.bic == pytest.approx(repeated.bic)
    np.testing.assert_allclose(weighed.parameters["rate"], repeated.parameters["rate"])


def test_hooks_answer_for_the_program() -> None:
    hooks = {
        "describe": lambda fit: fit.parameters["rate"],
        "sample": lambda fit, sizes, seed: {"x": np.arange(sizes["n"]) + seed},
    }
    program = PoissonMixture().program(hooks=hooks)
    found = fit(program, {"x": [1, 2, 9]}, TWO, max_iterations=2)
    assert found.hook("describe")(found) is found.parameters["rate"]
    assert found.sample({"n": 2}, seed=1)["x"].tolist() == [1, 2]
    with pytest.raises(cannot.NothingAttached, match="the information needs the score"):
        _ = found.standard_errors


def test_fixed_entries_stay() -> None:
    plain = PoissonMixture().program()

    def with_fixed(fixed: Arrays) -> Program:
        def m_step(statistics: Arrays, old: Arrays) -> Arrays:
            return hold(plain.schema.domains, plain.m_step(statistics, old), fixed)

        return replace(plain, m_step=m_step)

    held = notices(replace(plain, with_fixed=with_fixed), fixed={"weight": [0.5, np.nan]})
    np.testing.assert_array_equal(held.parameters["weight"], [0.5, 0.5])
    assert held.free_parameters == 2 and held.log_likelihood < -1989.945
    with pytest.raises(cannot.OtherFixed, match="generated without fixed entries of weight"):
        notices(plain, fixed={"weight": [0.5, np.nan]})


def test_restarts_and_seeds_are_reproducible() -> None:
    program, sizes = NormalMixture().program(), {"k": 4}
    one, two = (fit(program, GALAXIES, sizes, seed=5, restarts=2) for _ in range(2))
    assert one.trace == two.trace
    assert one.log_likelihood >= fit(program, GALAXIES, sizes, seed=5).log_likelihood


def test_an_update_in_the_wrong_direction_is_reported() -> None:
    start = {"weight": [0.3, 0.7], "rate": [1.0, 2.5]}
    found = fit(PoissonMixture(flip=True).program(), {"x": [0, 1, 2, 5, 9]}, TWO, start=start)
    assert found.result == "decreased" and "fell" in found.result.advice
    np.testing.assert_array_equal(found.parameters["rate"], [1.0, 2.5])


def test_a_collapsing_variance_is_degenerate_and_named() -> None:
    start = {"weight": [0.5, 0.5], "mean": [70.0, 43.0], "variance": [100.0, 1e-4]}
    found = fit(NormalMixture().program(), WAITING, TWO, start=start)
    assert found.result == "degenerate"
    assert found.result.advice.startswith("Collapsed, or without data: variance[1] (iteration")
    assert all(np.all(np.isfinite(value)) for value in found.parameters.values())


def test_repeated_values_collapse_too() -> None:
    x = np.concatenate([np.full(5, 3.0), np.linspace(10, 20, 30)])
    start = {"weight": [0.2, 0.8], "mean": [3.1, 15.0], "variance": [0.1, 9.0]}
    assert fit(NormalMixture().program(), {"x": x}, TWO, start=start).result == "degenerate"


def test_a_run_that_is_not_degenerate_wins() -> None:
    found = fit(NormalMixture().program(), GALAXIES, {"k": 6}, restarts=3, seed=1)
    assert found.result in ("converged", "boundary")


def test_an_emptied_component_is_named() -> None:
    start = {"weight": [1.0, 0.0], "mean": [70.0, 50.0], "variance": [100.0, 100.0]}
    found = fit(NormalMixture().program(), WAITING, TWO, start=start)
    assert found.result in ("converged", "boundary")
    assert "Without data: mean[1], variance[1], as at the start" in found.result.advice


def test_an_optimum_at_the_edge_is_a_boundary() -> None:
    x = np.repeat([2, 3, 4, 5], [3, 6, 6, 3])
    found = fit(PoissonMixture().program(), {"x": np.append(x, [0] * 40)}, TWO)
    assert found.result == "boundary" and "rate[0]" in found.result.advice


def test_a_heywood_case_ends_with_a_warning() -> None:
    columns = read_columns(DATA / "iris.csv")
    x = np.stack([columns[name] for name in list(columns)[:4]], axis=1)
    found = fit(FactorAnalysis().program(), {"x": x}, {"q": 1}, start={"mean": x.mean(axis=0)})
    assert found.result in ("boundary", "max_iterations")
    assert "noise[2]" in found.result.advice and found.log_likelihood > -422.39


def interrupted_after(maps: int) -> Program:
    """A program whose user presses Ctrl-C in a later M-step."""
    made = 0

    def m_step(statistics, parameters):
        nonlocal made
        made += 1
        if made > maps:
            raise KeyboardInterrupt
        return PoissonMixture().m_step(statistics, parameters)

    return PoissonMixture().program(m_step=m_step)


def test_control_c_keeps_the_best_so_far() -> None:
    data, start = {"x": np.arange(30) % 9}, {"weight": [0.3, 0.7], "rate": [1.0, 2.5]}
    found = fit(interrupted_after(4), data, TWO, start=start)
    assert found.result == "interrupted" and found.iterations - found.jumps == 4
    assert found.objective == found.trace[-1] == max(found.trace)
    early = fit(interrupted_after(40), data, TWO)
    assert early.result == "interrupted" and early.objective == max(early.trace)
    later = fit(interrupted_after(2000), data, TWO, restarts=100)
    assert later.result in ("interrupted", "converged") and later.iterations > 4


def test_a_prior_is_part_of_the_objective() -> None:
    def e_step(data, parameters, weights=None, posterior=None):
        statistics, value = PoissonMixture().e_step(data, parameters, weights, posterior)
        return statistics, value - float(parameters["rate"].sum())

    program = PoissonMixture().program(e_step=e_step)
    found = fit(program, {"x": [0, 1, 1, 2, 7, 8]}, TWO, max_iterations=3)
    expected = found.log_likelihood - found.parameters["rate"].sum()
    assert found.objective == pytest.approx(expected)
    assert "log posterior" in found.summary()


def test_a_fit_answers_questions() -> None:
    found = fit(NormalMixture().program(), WAITING, TWO)
    shares = found.posterior()["z"]
    assert shares.shape == (272, 2) and np.allclose(shares.sum(axis=1), 1)
    assert found.posterior({"x": [50.0, 85.0]})["z"].argmax(axis=1).tolist() == [1, 0]
    assert found.score() == pytest.approx(found.log_likelihood)
    halves = [found.score({"x": half}) for half in np.split(WAITING["x"], 2)]
    assert sum(halves) == pytest.approx(found.log_likelihood)
    assert found.aic == pytest.approx(2 * 5 - 2 * found.log_likelihood)
    assert found.bic == pytest.approx(5 * np.log(272) - 2 * found.log_likelihood)
    text = found.summary()
    assert "NormalMixture: converged" in text and "log-likelihood -1034.00175" in text


def test_components_come_most_frequent_first() -> None:
    for seed in range(3):
        found = fit(NormalMixture().program(), WAITING, TWO, seed=seed)
        assert found.parameters["weight"][0] > found.parameters["weight"][1]
        assert found.parameters["mean"][0] > 80


def test_saved_and_loaded(tmp_path: Path) -> None:
    found = fit(NormalMixture().program(), pd.DataFrame(WAITING), TWO)
    path = tmp_path / "fit.zip"
    found.save(path)
    found.save(path)
    loaded = Fit.load(path)
    assert loaded.result == "converged" and loaded.result.advice == found.result.advice
    assert loaded.trace == found.trace and loaded.schema == found.schema
    np.testing.assert_array_equal(loaded.parameters["mean"], found.parameters["mean"])
    assert loaded.summary() == found.summary()
    with pytest.raises(cannot.NothingAttached, match="needs the program"):
        loaded.posterior()
    again = loaded.attach(NormalMixture().program())
    assert again.score(WAITING) == pytest.approx(found.log_likelihood)
    with pytest.raises(cannot.NothingAttached, match="needs data"):
        again.posterior()
    assert [p.name for p in tmp_path.iterdir()] == ["fit.zip"]


def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    found = fit(NormalMixture().program(), WAITING, TWO, max_iterations=1)
    path = tmp_path / "thesis.txt"
    path.write_text("years of work")
    with pytest.raises(cannot.FileNotOurs, match=r"thesis.txt exists and is not a fit"):
        found.save(path)
    assert path.read_text() == "years of work"
    with pytest.raises(cannot.NotASavedFit, match=r"thesis.txt is no saved fit"):
        Fit.load(path)
    with pytest.raises(cannot.NotASavedFit):
        Fit.load(tmp_path / "nowhere")


def test_starts_and_options_are_checked() -> None:
    with pytest.raises(wrong.OutsideDomain, match=r"rate at k = 1 is -1.0; expected a positive"):
        notices(start={"rate": [1, -1]})
    with pytest.raises(
        wrong.OutsideDomain, match=r"weight is \[0.5, 0.6\]; expected prob.* along k"
    ):
        notices(start={"weight": [0.5, 0.6]})
    with pytest.raises(wrong.OutsideDomain, match=r"z at n = 0 is .*expected probabilities"):
        notices(start={"z": np.full((10, 2), 0.7)})
    with pytest.raises(wrong.NoSuchName, match=r"start: .* no 'rates'.*Did you mean 'rate'"):
        notices(start={"rates": [1, 2]})
    with pytest.raises(wrong.SizesDisagree, match=r"axis k"):
        fit(PoissonMixture().program(), {"x": [1]}, {"k": 2}, start={"rate": [1, 2, 3]})
    with pytest.raises(wrong.OutsideDomain, match=r"rate at k = 0 is nan"):
        notices(start={"rate": [np.nan, 1.0]})
    for option in (
        {"restarts": 0},
        {"seed": -1},
        {"tol": -1.0},
        {"max_iterations": -1},
        {"accelerate": "fast"},
    ):
        with pytest.raises(cannot.BadOption, match=next(iter(option))):
            notices(**option)


def test_sizes_may_come_from_the_start() -> None:
    found = fit(PoissonMixture().program(), {"x": [1, 2, 9]}, start={"rate": [1.0, 5.0]})
    assert found.sizes["k"] == 2


def test_progress_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    notices(progress=True)
    assert "\riteration" in capsys.readouterr().err
    notices()
    assert capsys.readouterr().err == ""
