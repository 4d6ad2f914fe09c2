"""Sections carried into generated modules stand alone, are clean, and do what the library does."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autoem.runtime import fit
from autoem.runtime.csv_file import read_columns
from autoem.runtime.standalone import BEGIN, in_order, region, section
from tests.runtime.programs import DATA, PoissonMixture

RUNTIME = Path(__file__).parents[2] / "autoem" / "runtime"
MARKED = tuple(sorted(p.stem for p in RUNTIME.glob("*.py") if f"\n{BEGIN}" in p.read_text()))

PROGRAM = """
SCHEMA = {schema!r}


def e_step(data, parameters, weights=None, posterior=None):
    x, rate = data["x"], parameters["rate"][:, None]
    logits = np.log(parameters["weight"])[:, None] + x * np.log(rate) - rate
    peak = logits.max(axis=0)
    shares = np.exp(logits - peak)
    total = shares.sum(axis=0)
    shares = posterior["share_z"].T if posterior else shares / total
    counts = shares * weights
    value = weights @ (peak + np.log(total))
    return {{"count": counts.sum(axis=1), "sum": counts @ x}}, float(value)


def m_step(statistics, parameters):
    count = statistics["count"]
    return {{"weight": count / count.sum(), "rate": statistics["sum"] / count}}


if __name__ == "__main__":
    data = {{"x": np.arange(10.0)}}
    weights = np.array({days})
    outcome = fit_alone(SCHEMA, e_step, m_step, data, {{"k": 2}}, weights)
    assert not any(name.startswith("autoem") for name in sys.modules)
    print(outcome.result, *sorted(outcome.parameters["rate"]))
"""


def test_the_marked_files_are_those_that_are_meant() -> None:
    expected = (
        "alone alone_by_draws arrays bessel_k blocks chain clusters condensed definite digits "
        "edges em entries fixed gamma_interval initial invariant joint linear log_concave "
        "measure merged modes moments multigamma newton nodes normal_interval outcome passes "
        "pieces poisson_interval polya_gamma quantiles ranks recursion root search shorten "
        "silent squarem sweeps transforms tree tridiagonal viterbi"
    )
    assert expected.split() == list(MARKED)


@pytest.mark.parametrize("name", MARKED)
def test_a_region_needs_nothing_but_numpy_and_its_own(name: str) -> None:
    tree = ast.parse(section((name,)))
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert {str(m).split(".")[0] for m in modules} <= {"numpy", "scipy", *sys.stdlib_module_names}
    assert "autoem" not in section((name,))


def test_no_name_is_defined_twice() -> None:
    names: list[str] = []
    for file in MARKED:
        for node in ast.parse(region(file)).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.append(node.name)
            elif isinstance(node, ast.Assign):
                names += [t.id for t in node.targets if isinstance(t, ast.Name)]
    assert sorted(names) == sorted(dict.fromkeys(names))


def test_what_is_needed_comes_first() -> None:
    order = in_order(("newton", "em"))
    assert order.index("transforms") < order.index("newton")
    assert order.index("arrays") < order.index("edges") < order.index("em")
    assert section(("em", "newton")).count("Arrays = dict") == 1


def test_a_module_made_of_sections_runs_alone(tmp_path: Path) -> None:
    days = read_columns(DATA / "death_notices.csv")["days"]
    schema = PoissonMixture().program().plain
    text = section(("alone",)).replace("import math", "import math\nimport sys")
    path = tmp_path / "alone_em.py"
    path.write_text(text + "\n" + PROGRAM.format(schema=schema, days=days.tolist()))
    command = [sys.executable, "-W", "error", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stderr
    word, *rates = run.stdout.split()
    assert word == "converged"
    found = fit(PoissonMixture().program(), {"x": np.arange(10)}, {"k": 2}, weights={"n": days})
    np.testing.assert_allclose(
        sorted(found.parameters["rate"]), [float(r) for r in rates], rtol=1e-6
    )


def test_the_sections_are_clean(tmp_path: Path) -> None:
    path = tmp_path / "everything.py"
    path.write_text('"""Everything."""\n\nfrom __future__ import annotations\n\n' + section(MARKED))
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=100", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
