"""Every elementwise function: its meaning by mpmath, and what is printed of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from autoem.backends.load import load
from autoem.backends.numpy.function import statements
from autoem.backends.numpy.printer import _statement
from autoem.backends.numpy.scope import Scope
from autoem.derive.quantity import Element, Quantity
from autoem.families.family import outside
from autoem.program.functions import FUNCTIONS
from autoem.program.interpret import call as run
from autoem.program.ir import Call, Function, Ref
from autoem.program.lower.scalar import scalar
from tests.program.build import arrays, call, let

POINTS = {
    "x": np.array([0.3, 1.7, 2.5, 40.0]),
    "u": np.array([-2.0, 0.0, 1.5, 3.0]),
    "a": np.array([1.2, 2.5, 7.0, 90.0]),
    "d": np.array(3.0),
}
ARRAYS = arrays("x[n] u[n] a[n] d")


def psi(order: int, a: float) -> Any:
    return mpmath.psi(order, a)


MEANING: dict[str, tuple[tuple[object, ...], Callable[..., Any]]] = {
    "sign": (("u[n]",), mpmath.sign),
    "abs": (("u[n]",), abs),
    "cos": (("u[n]",), mpmath.cos),
    "sin": (("u[n]",), mpmath.sin),
    "atan2": (("u[n]", "x[n]"), mpmath.atan2),
    "gamma": (("x[n]",), mpmath.gamma),
    "log_bessel_i0": (("a[n]",), lambda c: mpmath.log(mpmath.besseli(0, c))),
    "bessel_ratio": (("a[n]",), lambda c: mpmath.besseli(1, c) / mpmath.besseli(0, c)),
    "log_bessel_k": (("u[n]", "a[n]"), lambda p, w: mpmath.log(mpmath.besselk(p, w))),
    "bessel_k_ratio": (
        ("u[n]", "a[n]"),
        lambda p, w: mpmath.besselk(p + 1, w) / mpmath.besselk(p, w),
    ),
    "bessel_k_slope": (
        ("u[n]", "a[n]"),
        lambda p, w: mpmath.diff(lambda q: mpmath.log(mpmath.besselk(q, w)), p),
    ),
    "bessel_width": (("x[n]", "a[n]"), lambda a, b: mpmath.sqrt(a * b)),
    "outside": (("u[n]", 0, "x[n]"), lambda u, low, x: 0 if low <= u <= x else -mpmath.inf),
    "log_multigamma": (
        ("a[n]", "d"),
        lambda a, d: (
            d * (d - 1) * mpmath.log(mpmath.pi) / 4
            + sum(mpmath.loggamma(a - i / 2) for i in range(int(d)))
        ),
    ),
    "multi_polygamma": (
        (1, "a[n]", "d"),
        lambda m, a, d: sum(psi(int(m), a - i / 2) for i in range(int(d))),
    ),
}


@pytest.mark.parametrize("name", MEANING)
def test_a_function_is_interpreted_and_printed_as_it_is_meant(name: str) -> None:
    arguments, meaning = MEANING[name]
    assert FUNCTIONS[name] == len(arguments)
    found = [POINTS[a.partition("[")[0]] if isinstance(a, str) else a for a in arguments]
    rows = np.broadcast_arrays(*found, POINTS["x"])[:-1]
    wanted = [float(meaning(*map(float, row))) for row in zip(*rows, strict=True)]
    for value in both(call(name, *arguments)):
        assert_allclose(value, wanted, rtol=2e-13, atol=1e-15)


def test_powers_with_unknown_exponents_do_not_overflow() -> None:
    """x^k s^-k with x and s near 1e200 is near one."""
    x, s, k = (Element(Quantity(n, (), "positive")) for n in "xsk")
    places = {x: Ref("x"), s: Ref("s"), k: Ref("k")}
    found = scalar(-(x**k) * s ** (-k), lambda element: places[element])
    scope = {"x": np.array(2e200), "s": np.array(1e200), "k": np.array(3.0)}
    function = Function("f", arrays("x s k"), (let("t", found),), arrays("t"))
    assert_allclose(run(function, scope, {})["t"], -8, rtol=1e-12)
    assert isinstance(scalar(x**2, lambda element: places[element]), Call)


def test_an_infinite_bound_is_not_asked_about() -> None:
    x, m = (Element(Quantity(n, (), "positive")) for n in "xm")
    places = {x: Ref("x", ("n",)), m: Ref("d")}
    found = scalar(outside(x, m, sympy.oo), lambda element: places[element])
    for value in both(found):
        assert_allclose(value, [-np.inf, -np.inf, -np.inf, 0])
    assert "inf" not in printed(found).replace("-np.inf", "")


def both(expression: object) -> tuple[np.ndarray, np.ndarray]:
    """The value by the interpreter, and by the printed code."""
    function = Function("f", ARRAYS, (let("t[n]", expression),), arrays("t[n]"))
    source = "import numpy as np\nfrom scipy import special\n"
    source += "from autoem.runtime.multigamma import log_multigamma, multi_polygamma\n"
    source += "from autoem.runtime.bessel_k import *\n"
    source += "\n\ndef f(block):\n"
    body = "\n".join(f"    {line}" for line in printed(expression).splitlines())
    code = load(f"{source}{body}\n", "fragment")
    return run(function, POINTS, {"n": 4})["t"], code.f(POINTS)["t"]


def printed(expression: object) -> str:
    """The body of the function that returns t."""
    scope = Scope({"n": "n"}, "n")
    function = Function("f", ARRAYS, (let("t[n]", expression),), arrays("t[n]"))
    body = statements(scope, function, {a.name: "block" for a in ARRAYS})
    return "\n".join(line for statement in body for line in _statement(statement, ""))
