"""Printed forms: what a statement becomes, and that the text is clean and always the same."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.backends.numpy.function import statements
from autoem.backends.numpy.printer import _statement
from autoem.backends.numpy.scope import Scope
from autoem.program.interpret import call as run
from autoem.program.ir import Array, Contract, Function, Guard, Let, LogSumExp, Ref
from autoem.program.simplify.context import Context
from autoem.program.simplify.guards import resolve_guards
from tests.program.all_cases import CASES
from tests.program.build import add, array, call, let, minus, over, ref, times, total
from tests.program.cases import Case

ROOT = Path(__file__).parent.parent.parent
each = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
SIZES = {"n": "n", "k": "k", "d": "d", "d'": "d", "v": "v"}
GIVEN = (
    *(
        array(text)
        for text in ("x[n,d]", "r[n,k]", "w[n]", "a[k]", "m[k,d]", "p[k,d,d']", "c[d,d']")
    ),
    *(array(text) for text in ("f[d,d',n]", "q[k,v]")),
    array("y[n]", "int"),
)


def printed(statement: Let, row: str | None = "n") -> str:
    """The assignment that a statement becomes, inside a block."""
    scope = Scope(SIZES, row)
    function = Function("f", GIVEN, (statement,), statement.targets)
    body = statements(scope, function, {a.name: "block" for a in GIVEN})
    return "\n".join("\n".join(_statement(s, "")) for s in body[len(scope.used) - 1 : -1])


FORMS: dict[str, tuple[Let, str]] = {
    "matrix product": (let("t[k,d]", total("r[n,k] x[n,d]", "n")), "t = r @ x.T"),
    "the other way": (let("t[d,k]", total("r[n,k] x[n,d]", "n")), "t = x @ r.T"),
    "vector": (let("t[k]", total("r[n,k] w[n]", "n")), "t = r @ w"),
    "rows free": (let("t[n,k]", total("m[k,d] x[n,d]", "d")), "t = m @ x"),
    "quadratic": (
        let("t[n,k]", total("p[k,d,d'] f[d,d',n]", "d d'")),
        "t = np.tensordot(p, f, axes=((1, 2), (0, 1)))",
    ),
    "stack": (let("t[k,d',n]", total("p[k,d,d'] x[n,d]", "d")), "t = p.swapaxes(-1, -2) @ x"),
    "sum": (let("t[k]", total("r[n,k]", "n")), "t = r.sum(axis=1)"),
    "size": (let("t", total("", "d")), "t = float(x.shape[0])"),
    "outer": (let("t[n,k,d]", total("r[n,k] x[n,d]", "")), "t = r[:, None] * x"),
    "rows as batch": (
        let("t[n]", total("x[n,d] x[n,d]", "d")),
        't = np.einsum("dn,dn->n", x, x)',
    ),
    "scale": (let("t[k]", total("r[n,k]", "n", scale=-1)), "t = -r.sum(axis=1)"),
    "segments": (
        let("t[k,v]", total("r[n,k]", "n", "y[n]=v")),
        "t = segment_sum(r, y, q.shape[1])",
    ),
    "gather": (let("t[n,k]", "q[k,y[n]]"), "t = np.take(q, y, axis=1)"),
    "entry": (let("t[k]", "q[k,0]"), "t = q[:, 0]"),
    "residual": (let("t[n,k,d]", add("x[n,d]", minus("m[k,d]"))), "t = x - m[:, :, None]"),
    "quotient": (let("t[n,k]", over("r[n,k]", "a[k]")), "t = r / a[:, None]"),
    "small first": (
        let("t[n,k]", add("r[n,k]", call("log", "w[n]"), "w[n]")),
        "t = np.log(w) + w + r",
    ),
    "coefficient": (let("t[n]", times(0.5, "w[n]", "w[n]")), "t = 0.5 * w * w"),
    "power": (let("t[n]", call("power", "w[n]", 2)), "t = w**2"),
    "log sum exp": (
        let("t[n]", LogSumExp(ref("r[n,k]"), ("k",))),
        "t = log_sum_exp(r, axis=0)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "text"), FORMS.values(), ids=FORMS)
def test_what_is_printed(statement: Let, text: str) -> None:
    assert printed(statement) == text


def test_shares_reuse_the_exponentials() -> None:
    text = emit(CASES["gaussian"].program)
    assert "log_evidence, r = softmax(logits, axis=0)" in text
    assert "np.exp(" not in text.split("def softmax")[0]


# --- every contraction of two or three arrays ----------------------------------------------------


def contractions() -> list[Let]:
    """All sums of products of two arrays, with the axes of the result in every sensible order."""
    names = ["x[n,d]", "r[n,k]", "w[n]", "a[k]", "m[k,d]", "p[k,d,d']", "c[d,d']", "f[d,d',n]"]
    found = []
    for left, right in product(names, names):
        axes = sorted({*ref(left).axes, *ref(right).axes}, key=str)
        for kept in range(2 ** len(axes)):
            target = tuple(str(a) for i, a in enumerate(axes) if kept >> i & 1)
            gone = " ".join(str(a) for i, a in enumerate(axes) if not kept >> i & 1)
            for order in (target, target[::-1]):
                found.append(
                    let(f"t[{','.join(order)}]" if order else "t", total(f"{left} {right}", gone))
                )
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("row", ["n", None])
def test_every_contraction_agrees_with_the_interpreter(row: str | None) -> None:
    lengths = {"n": 6, "k": 3, "d": 2, "v": 4}
    sizes = {axis: lengths[model] for axis, model in SIZES.items()}
    rng = np.random.default_rng(0)
    values = {a.name: rng.normal(size=tuple(sizes[axis] for axis in a.axes)) for a in GIVEN}
    values["y"] = rng.integers(0, 4, 6)
    lets = [
        Let((Array(f"t{i}", each.targets[0].axes),), each.operation)
        for i, each in enumerate(contractions())
    ]
    outputs = tuple(each.targets[0] for each in lets)
    function = Function("f", GIVEN, tuple(lets), outputs)
    found = executed(function, values, row)
    for name, value in run(function, values, sizes).items():
        operation = next(each.operation for each in lets if each.targets[0].name == name)
        assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=str(operation))


def executed(
    function: Function, values: dict[str, np.ndarray], row: str | None
) -> dict[str, np.ndarray]:
    """What the printed function returns, rows back in their place."""
    scope = Scope(SIZES, row)
    body = statements(scope, function, {a.name: "block" for a in function.inputs})
    lines = [line for statement in body for line in _statement(statement, "    ")]
    head = "\n".join(("import numpy as np", *scope.imports))
    source = head + "\n\ndef f(block):\n" + "\n".join(lines) + "\n"
    source += "\nfrom autoem.backends.numpy.support import *\n"
    block = {}
    for a in function.inputs:
        order = [a.axes.index(axis) for axis in scope.layout(a.axes)]
        block[a.name] = np.ascontiguousarray(np.transpose(values[a.name], order))
    found = load(source, "fragment").f(block)
    return {
        a.name: np.transpose(found[a.name], [scope.layout(a.axes).index(axis) for axis in a.axes])
        for a in function.outputs
    }


def test_lookups_and_guards_agree_with_the_interpreter() -> None:
    lengths = {"n": 6, "k": 3, "d": 2, "v": 4}
    sizes = {axis: lengths[model] for axis, model in SIZES.items()}
    rng = np.random.default_rng(0)
    values = {a.name: rng.normal(size=tuple(sizes[axis] for axis in a.axes)) for a in GIVEN}
    values["y"] = np.array([0, 3, 1, 1, 2, -1])
    body = (
        let("t1[n,k]", "q[k,y[n]]"),
        let("t2[k,v]", total("r[n,k]", "n", "y[n]=v")),
        let("t3[v]", total("", "n", "y[n]=v")),
        let("t4[v,d]", total("x[n,d]", "n", "y[n]=v", scale=3)),
        let("t5[d]", "c[d,d]"),
        Let(
            (Array("t6", ("v", "n")),),
            Contract((Ref("w", ("n",)),), (), (Guard(ref("y[n]"), "v"),)),
        ),
    )
    names = iter(range(100))
    function = Function("f", GIVEN, body, tuple(each.targets[0] for each in body))
    resolved = resolve_guards(function, Context("n", SIZES, lambda stem: f"{stem}{next(names)}"))
    wanted = run(function, values, sizes)
    for row in ("n", None):
        for name, value in executed(resolved, values, row).items():
            assert_allclose(value, wanted[name], rtol=1e-12, atol=1e-12, err_msg=name)


def test_infinities_times_zero_are_zero() -> None:
    lengths = {"n": 3, "k": 2, "d": 2, "v": 4}
    sizes = {axis: lengths[model] for axis, model in SIZES.items()}
    values = {a.name: np.ones(tuple(sizes[axis] for axis in a.axes)) for a in GIVEN}
    values |= {"x": np.array([[0.0, 1], [2, 0], [0, 0]]), "m": np.array([[0.0, 1], [1, 0]])}
    values["y"] = np.zeros(3, dtype=int)
    body = (
        let("log[k,d]", call("log", "m[k,d]")),
        let("t1[n,k]", total("log[k,d] x[n,d]", "d")),
        let("t2[n,k,d]", times("x[n,d]", "log[k,d]")),
        let("t3[n,k,d]", call("xlogy", "x[n,d]", "m[k,d]")),
    )
    function = Function("f", GIVEN, body, tuple(each.targets[0] for each in body))
    with np.errstate(all="ignore"):
        wanted = run(function, values, sizes)
        for name, value in executed(function, values, "n").items():
            assert_allclose(value, wanted[name], err_msg=name)


# --- the text ---------------------------------------------------------------------------------


@each
def test_the_text_is_clean(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "em.py"
    path.write_text(emit(case.program, SCHEMA))
    assert max(map(len, path.read_text().splitlines())) <= 100
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml")]
        done = subprocess.run([*ruff, str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@each
def test_the_module_imports_numpy_and_scipy_only(case: Case) -> None:
    text = emit(case.program)
    tree = ast.parse(text)
    names = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    names += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    others = {name.split(".")[0] for name in names} - {"numpy", "scipy", "__future__"}
    assert others <= set(sys.stdlib_module_names)
    assert ("from scipy import special" in text) == ("special." in text)


SCHEMA = {"name": "Some", "axes": ["n"], "variables": [], "sizes": {}}


@each
def test_a_name_is_defined_once(case: Case) -> None:
    tree = ast.parse(emit(case.program, SCHEMA))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    assert {
        "SCHEMA",
        "e_step",
        "m_step",
        "log_likelihood",
        "posterior",
        "initialize",
        "fit",
    } <= set(names)


@pytest.mark.slow
@each
def test_the_module_is_typed(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "em.py"
    path.write_text(emit(case.program, SCHEMA))
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_same_bytes_under_every_hash_seed() -> None:
    code = (
        "from tests.program.all_cases import CASES; from autoem.backends.numpy import emit; "
        "import hashlib; text = ''.join(emit(c.program) for c in CASES.values()); "
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    hashes = set()
    for seed in ("0", "1", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment
        )
        assert done.returncode == 0, done.stderr
        hashes.add(done.stdout)
    assert len(hashes) == 1


def test_odd_names_become_identifiers() -> None:
    body = (
        let("lambda[n]", times(2, "w[n]")),
        let("e-step[n]", "lambda[n]"),
        let("len[n]", "w[n]"),
    )
    function = Function("f", GIVEN, body, tuple(each.targets[0] for each in body))
    values = {a.name: np.ones((2,) * len(a.axes)) for a in GIVEN}
    assert executed(function, values, "n")["e-step"].tolist() == [2.0, 2.0]
