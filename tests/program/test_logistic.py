"""Logistic functions in a program: no exponential of a large number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.derive.stages import derive
from autoem.families import Bernoulli, Binomial
from autoem.language import Axis, Count, Given, Model, Observed, Parameter, Real, dot
from autoem.program.interpret import interpret
from autoem.program.lower import lower
from autoem.program.lower.logistic import Share, shares
from autoem.program.schema import schema_of

x, y, z = sympy.symbols("x y z")


@pytest.mark.parametrize(
    ("product", "found", "left"),
    [
        (sympy.exp(x) / (1 + sympy.exp(x)), (Share(x, 1, 0),), 1),
        (y / (1 + sympy.exp(x)), (Share(x, 0, 1),), y),
        (sympy.exp(2 * x + z) / (1 + sympy.exp(x)) ** 3, (Share(x, 2, 1),), sympy.exp(z)),
        (sympy.exp(x + z) / (1 + sympy.exp(x + z)) ** 2, (Share(x + z, 1, 1),), 1),
        (sympy.exp(3 * x) / (1 + sympy.exp(x)), (Share(x, 0, 1),), sympy.exp(3 * x)),
        (sympy.exp(x) / (2 + sympy.exp(x)), (), sympy.exp(x) / (2 + sympy.exp(x))),
        (y * (1 + sympy.exp(x)), (), y * (1 + sympy.exp(x))),
    ],
)
def test_logistic_factors(product: sympy.Expr, found: tuple[Share, ...], left: Any) -> None:
    some, rest = shares(product)
    assert some == found and sympy.Mul(*rest) == left
    point = {x: 0.3, y: 1.7, z: -0.4}
    value = sympy.Mul(*rest).subs(point)
    for share in some:
        up = 1 / (1 + sympy.exp(-share.x.subs(point)))
        value *= up**share.up * (1 - up) ** share.down
    assert float(value) == pytest.approx(float(product.subs(point)), rel=1e-14)


class Answers(Model):
    """Right answers of many, by covariates."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    trials = Given(Count(), over=n)
    beta = Parameter(Real(p))
    y = Observed(Binomial(trials, logits=dot(v, beta)), over=n)
    right = Observed(Bernoulli(logits=dot(v, beta)), over=n)


@pytest.mark.parametrize("size", [1.0, 5e3])
def test_a_steep_slope_does_not_overflow(size: float) -> None:
    """log p(x) = x a - log(1 + exp a), whose slope is x - s(a)."""
    derivation = derive(Answers)
    program = lower(derivation)
    module = load(emit(program, schema_of(derivation, program)), "Answers")
    v = np.array([[1.0, -1.0], [1.0, 0.5], [1.0, 2.0]])
    data = {"v": v, "trials": np.full(3, 4.0), "y": np.array([1.0, 0, 4]), "right": np.eye(3)[1]}
    theta = {"beta": size * np.array([0.1, 0.7])}
    a = v @ theta["beta"]
    count = data["y"] + data["right"]
    expected = np.sum(count * a - 5 * np.logaddexp(0, a)) + np.log(4)
    slope = v.T @ (count - 5 * np.exp(-np.logaddexp(0, -a)))
    for runner in (interpret(program), module):
        with np.errstate(over="raise", invalid="raise"):
            statistics, value = runner.e_step(data, theta)
            new = runner.m_step(statistics, theta)["beta"]
        assert value == pytest.approx(expected, rel=1e-13)
        assert np.all(np.isfinite(new))
        np.testing.assert_allclose(module.score(data, theta)["beta"], slope, rtol=1e-12)
