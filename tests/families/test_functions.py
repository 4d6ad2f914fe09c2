"""Functions that sympy does not have: their values, their derivatives, far out too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose
from scipy import special
from sympy import Expr, Symbol, oo

from autoem.families.family import outside
from autoem.families.multigamma import log_multigamma, multi_digamma, multi_polygamma
from autoem.families.von_mises import bessel_ratio, log_bessel_i0

x, y = Symbol("x", positive=True), Symbol("y", real=True)
WHERE = np.array([3.2, 7.5, 40.0])

FUNCTIONS: list[tuple[Expr, Any]] = [
    (log_bessel_i0(x), lambda c: np.log(special.i0(c))),
    (bessel_ratio(x), lambda c: special.i1(c) / special.i0(c)),
    (log_multigamma(x, 4), lambda a: special.multigammaln(a, 4)),
    (multi_digamma(x, 3), lambda a: sum(special.digamma(a - i / 2) for i in range(3))),
    (multi_polygamma(1, x, 2), lambda a: special.polygamma(1, a) + special.polygamma(1, a - 1 / 2)),
    (outside(x, 5, 10), lambda a: np.where((a >= 5) & (a <= 10), 0.0, -np.inf)),
]
each_function = pytest.mark.parametrize(
    ("function", "meaning"), FUNCTIONS, ids=[str(function) for function, _ in FUNCTIONS]
)


@each_function
def test_values(function: Expr, meaning: Any) -> None:
    expected = meaning(WHERE)
    assert_allclose(sympy.lambdify([x], function)(WHERE), expected, rtol=1e-13)
    exact = [float(function.subs(x, sympy.Float(at)).evalf()) for at in WHERE]
    assert_allclose(exact, expected, rtol=1e-13)


@each_function
def test_derivatives(function: Expr, meaning: Any) -> None:
    slope, step = sympy.lambdify([x], function.diff(x)), 1e-4
    with np.errstate(invalid="ignore"):
        expected = (meaning(WHERE + step) - meaning(WHERE - step)) / (2 * step)
    assert_allclose(slope(WHERE) * np.ones(3), np.nan_to_num(expected), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("concentration", [1e-8, 1e-3, 700.0, 1e6, 1e300])
def test_bessel_functions_neither_overflow_nor_vanish(concentration: float) -> None:
    c = sympy.Float(concentration)
    for function in (log_bessel_i0(x), bessel_ratio(x)):
        value = sympy.lambdify([x], function)(concentration)
        if concentration <= 1e6:
            assert_allclose(value, float(function.subs(x, c).evalf()), rtol=1e-13, atol=1e-15)
        assert np.isfinite(value)


def test_more_digits_are_true_digits() -> None:
    exact = sympy.log(sympy.besseli(0, 3)).evalf(40)
    assert abs(log_bessel_i0(sympy.Integer(3)).evalf(40) - exact) < 1e-38
    psi = multi_digamma(sympy.Integer(3), 2).evalf(40)
    assert abs(psi - (sympy.digamma(3) + sympy.digamma(sympy.Rational(5, 2))).evalf(40)) < 1e-38


def test_a_dimension_may_be_a_symbol() -> None:
    d = Symbol("d", integer=True, positive=True)
    value = log_multigamma(x, d)
    assert sympy.expand_func(value) == value
    assert value.diff(x) == multi_digamma(x, d)
    assert value.diff(x, 2) == multi_polygamma(1, x, d)
    assert sympy.expand_func(value.subs(d, 1)) == sympy.loggamma(x)


def test_outside_is_decided_where_it_can_be() -> None:
    assert outside(x, 0, oo) == 0 and outside(y, -oo, oo) == 0
    assert outside(y, 0, 1).diff(y) == 0
    assert outside(y, 0, 1).subs(y, 2).evalf() == -oo
    assert 0 * outside(sympy.Integer(2), 0, 1) == 0  # and not 0 * -oo, which is nan
