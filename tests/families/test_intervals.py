"""What is known of families between two bounds: against scipy's laws, and by differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose
from scipy import integrate, stats
from sympy import Expr, oo

from autoem.families import FAMILIES
from autoem.families.between import at_exact
from autoem.families.gamma_interval import (
    exponential_interval_moment,
    exponential_log_interval,
    gamma_interval_moment,
    gamma_log_interval,
)
from autoem.families.interval import INTERVAL_FUNCTIONS, INTERVALS
from autoem.families.normal_interval import normal_interval_moment, normal_log_interval
from autoem.families.poisson_interval import poisson_log_interval
from autoem.families.where import choice, where
from autoem.runtime import gamma_interval, normal_interval, poisson_interval

l, u, a, b = sympy.symbols("l u a b", positive=True)  # noqa: E741
PLACE = {l: 0.4, u: 1.7, a: 1.3, b: 0.8}
LAWS: dict[str, tuple[Any, dict[str, float]]] = {
    "Normal": (stats.norm(0.9, np.sqrt(0.7)), {"mean": 0.9, "variance": 0.7}),
    "LogNormal": (stats.lognorm(np.sqrt(0.7), scale=np.exp(0.3)), {"mean": 0.3, "variance": 0.7}),
    "Exponential": (stats.expon(scale=1 / 0.8), {"rate": 0.8}),
    "Weibull": (stats.weibull_min(1.6, scale=1.2), {"shape": 1.6, "scale": 1.2}),
    "Pareto": (stats.pareto(1.6, scale=0.2), {"shape": 1.6, "minimum": 0.2}),
    "Gamma": (stats.gamma(1.7, scale=1 / 1.4), {"shape": 1.7, "rate": 1.4}),
    "InverseGamma": (stats.invgamma(1.7, scale=1.4), {"shape": 1.7, "scale": 1.4}),
    "Poisson": (stats.poisson(2.3), {"rate": 2.3}),
    "Geometric": (stats.geom(0.3, loc=-1), {"p": 0.3}),
}
COUNTS = ("Poisson", "Geometric")
BOUNDS = [(0.5, 1.8), (-oo, 1.8), (0.5, oo), (0.9, 0.9)]
each_family = pytest.mark.parametrize("name", INTERVALS)


def number(expression: Expr) -> float:
    return float(sympy.lambdify([], expression)())


def ends(name: str, lower: Any, upper: Any) -> tuple[float, float]:
    """Bounds of counts are whole numbers."""
    low, high = float(lower), float(upper)
    return (np.ceil(low), np.floor(high)) if name in COUNTS and low != high else (low, high)


def bound(value: float) -> Expr:
    return sympy.Float(value) if np.isfinite(value) else (oo if value > 0 else -oo)


@each_family
@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_the_log_of_the_probability(name: str, bounds: tuple[Any, Any]) -> None:
    law, args = LAWS[name]
    lower, upper = ends(name, *bounds)
    if name in COUNTS:
        lower, upper = (lower, upper) if lower < upper else (1.0, 1.0)
        expected = np.log(law.cdf(upper) - law.cdf(lower - 1))
    elif lower == upper:
        expected = law.logpdf(lower)
    else:
        expected = np.log(law.cdf(upper) - law.cdf(lower))
    facts = {key: sympy.Float(value) for key, value in args.items()}
    found = INTERVALS[name].log_probability(bound(lower), bound(upper), facts)
    assert_allclose(number(found), expected, rtol=1e-12)


@each_family
@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_the_expectations(name: str, bounds: tuple[Any, Any]) -> None:
    known = INTERVALS[name]
    if known.expectations is None:
        return
    law, args = LAWS[name]
    facts = {key: sympy.Float(value) for key, value in args.items()}
    family = next(family for family in FAMILIES if family.name == name)
    x = sympy.Symbol("x", positive=True)
    statistics = [sympy.lambdify([x], t) for t in known.statistics_of(family, x, facts)]
    lower, upper = ends(name, *bounds)
    if name in COUNTS:
        lower, upper = (lower, upper) if lower < upper else (1.0, 1.0)
    found = known.expectations(bound(lower), bound(upper), facts)
    expected = [expectation(law, t, lower, upper, name in COUNTS) for t in statistics]
    assert_allclose([number(value) for value in found], expected, rtol=1e-7)


def expectation(law: Any, t: Any, lower: float, upper: float, counted: bool) -> float:
    if lower == upper:
        return float(t(lower))
    if counted:
        counts = np.arange(max(lower, 0), min(upper, 200) + 1)
        return float(np.average(t(counts), weights=law.pmf(counts)))
    low, high = max(lower, law.support()[0]), upper
    mass = law.cdf(high) - law.cdf(low)
    density = lambda x: t(x) * law.pdf(x) / mass  # noqa: E731
    middle = float(np.clip(law.median(), low + 1e-3, min(high, 1e3)))
    parts = [(low, middle), (middle, high)] if middle < high else [(low, high)]
    return sum(integrate.quad(density, *part, epsabs=1e-13, limit=200)[0] for part in parts)


def test_every_entry_is_of_a_family_and_tested() -> None:
    assert set(INTERVALS) == set(LAWS) <= {family.name for family in FAMILIES}


FUNCTIONS: list[Expr] = [
    normal_log_interval(l, u, a, b),
    *(normal_interval_moment(order, l, u, a, b) for order in (1, 2, 3)),
    exponential_log_interval(l, u, a),
    *(exponential_interval_moment(order, l, u, a) for order in (1, 2, 3)),
    gamma_log_interval(l, u, a, b),
    *(gamma_interval_moment(*orders, l, u, a, b) for orders in ((1, 0), (0, 1), (1, 1))),
    poisson_log_interval(l, u, a),
    at_exact(l, u, a**2),
    where(a, b**2, b),
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
@pytest.mark.parametrize("exact", [False, True])
def test_derivatives(function: Expr, exact: bool) -> None:
    """By the arguments of the family; of an exponential by the bounds too, both moved at once
    where they are equal."""
    values = {**PLACE, u: PLACE[l]} if exact else PLACE
    if isinstance(function, poisson_log_interval):
        values = {**values, l: 1.0, u: 1.0 if exact else 3.0}
    moving = [[s] for s in (a, b) if function.has(s) and not isinstance(function, where)]
    if "exponential" in str(function):
        moving += [[l, u]] if exact else [[l], [u]]
    names = list(values)
    call = sympy.lambdify(names, function)
    for symbols in moving:
        slope = sympy.lambdify(names, sum(function.diff(s) for s in symbols))
        step = 1e-5
        up, down = ({**values, **{s: values[s] + h for s in symbols}} for h in (step, -step))
        expected = (call(*up.values()) - call(*down.values())) / (2 * step)
        assert_allclose(slope(*values.values()), expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("function", INTERVAL_FUNCTIONS, ids=lambda f: f.__name__)
def test_the_definition_and_the_form_that_programs_use_agree(function: Any) -> None:
    stable = {**vars(normal_interval), **vars(gamma_interval), **vars(poisson_interval)}
    lower, upper = np.array([0.0, 1.0, 2.0, 1.0]), np.array([2.0, np.inf, 5.0, 1.0])
    arguments = (2.3,) if function.nargs.args[0] - function.first == 3 else (2.3, 0.7)
    for orders in {0: [()], 1: [(1,), (2,), (3,)], 2: [(1, 0), (0, 1), (1, 2)]}[function.first]:
        expected = function._imp_(*orders, lower, upper, *arguments)
        found = stable[function.__name__](*orders, lower, upper, *arguments)
        assert_allclose(found, expected, rtol=1e-10, atol=1e-11)


def test_literal_bounds_are_evaluated() -> None:
    assert normal_log_interval(-oo, oo, a, b) == 0 and normal_interval_moment(1, -oo, oo, a, b) == a
    assert normal_log_interval(0, oo, 0, b) == -sympy.log(2)
    assert normal_log_interval(40, oo, 0, 1).evalf() == pytest.approx(-804.608442, rel=1e-8)
    assert at_exact(0, 1, a) == 0 and at_exact(l, oo, a) == 0
    assert choice(a, l, oo) == where(a, l, oo) and choice(a, l, u) == a * l + (1 - a) * u
