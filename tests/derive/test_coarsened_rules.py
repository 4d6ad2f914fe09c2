"""Coarsened latents, truncations and switches against scipy's densities and distribution functions.

    likelihood     module = interpreter = the marginal law, written with scipy.stats
    score          the gradient of Q at theta is that of the marginal law (Fisher's identity)
    ascent         the objective never falls

and errors planted in each rule are found by these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import sympy
from scipy import integrate, stats
from scipy.special import logsumexp

from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.derive.stages import derive
from autoem.families.between import at_exact
from autoem.families.interval import INTERVALS, Interval
from autoem.language.model import ModelType
from autoem.program.interpret import interpret
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from tests.derive.zoo import coarsened as zoo

total_rule = import_module("autoem.derive.posteriors.total")
truncated_rule = import_module("autoem.derive.posteriors.truncated")
Arrays = dict[str, Any]
Law = Callable[[Arrays, Arrays], float]
N = 40


@dataclass(frozen=True)
class Case:
    """A model, data, a generic parameter and the log-likelihood by scipy."""

    model: ModelType
    data: Callable[[np.random.Generator], Arrays]
    theta: Arrays
    log_likelihood: Law


def interval(value: np.ndarray, draw: np.random.Generator, whole: bool = False) -> Arrays:
    """Exact, interval, right- and left-censored values in one column."""
    kind = draw.integers(0, 4, len(value))
    below, above = (value - 1, value + 2) if whole else (0.8 * value, 1.3 * value)
    least = np.zeros(len(value))
    return {
        "lower": np.choose(kind, [value, np.maximum(below, 0), value, least]),
        "upper": np.choose(kind, [value, above, np.full(len(value), np.inf), above]),
    }


def within(law: Any, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """log P(lower <= X <= upper), or the log density."""
    with np.errstate(divide="ignore"):
        mass = np.log(law.cdf(upper) - law.cdf(lower))
    return np.where(lower == upper, law.logpdf(lower), mass)


def counted(law: Any, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(law.cdf(upper) - law.cdf(lower - 1)))


def truncated_law(law: Any, x: np.ndarray, lower: Any, upper: Any) -> float:
    return float(np.sum(law.logpdf(x) - np.log(law.cdf(upper) - law.cdf(lower))))


def one_column(make: Callable[[np.random.Generator], np.ndarray]) -> Callable[..., Arrays]:
    return lambda draw: interval(make(draw), draw)


def between(law: Callable[[Arrays], Any]) -> Law:
    return lambda d, t: float(np.sum(within(law(t), d["lower"], d["upper"])))


def design(draw: np.random.Generator) -> np.ndarray:
    return np.column_stack([np.ones(N), draw.normal(size=N)])


def _regression(draw: np.random.Generator) -> Arrays:
    v = design(draw)
    return {"v": v, **interval(np.abs(v @ [2.0, 0.5] + draw.normal(size=N)), draw)}


def _measured(d: Arrays, t: Arrays) -> float:
    spread = 1 / (1 / t["s2"] + 1 / t["v2"])
    law = stats.norm(spread * (t["m"] / t["s2"] + d["x"] / t["v2"]), np.sqrt(spread))
    marginal = stats.norm(t["m"], np.sqrt(t["s2"] + t["v2"])).logpdf(d["x"])
    return float(np.sum(marginal + within(law, np.zeros(N), d["upper"])))


def _rates(d: Arrays, t: Arrays) -> float:
    """By quadrature: the integral of Poisson times Gamma over the interval."""
    law = stats.gamma(2, scale=1 / t["rate"])
    values = [
        integrate.quad(lambda r, x=x: stats.poisson(r).pmf(x) * law.pdf(r), 0, u, epsabs=0)[0]
        for x, u in zip(d["x"], d["upper"], strict=True)
    ]
    return float(np.sum(np.log(values)))


def _mixture(d: Arrays, t: Arrays) -> float:
    laws = [stats.norm(m, np.sqrt(s2)) for m, s2 in zip(t["m"], t["s2"], strict=True)]
    logs = [within(law, d["lower"], d["upper"]) for law in laws]
    return float(np.sum(logsumexp(logs, axis=0, b=np.array(t["weight"])[:, None])))


def _skew(d: Arrays, t: Arrays) -> float:
    law = stats.skewnorm(t["d"] / np.sqrt(t["s2"]), t["m"], np.sqrt(t["d"] ** 2 + t["s2"]))
    return float(np.sum(law.logpdf(d["x"])))


def _seen_twice(d: Arrays, t: Arrays) -> float:
    law = stats.norm(t["m"], np.sqrt(t["s2"]))
    return float(np.sum(within(law, d["lower"], d["upper"]) - law.logsf(0)))


def _probit(d: Arrays, t: Arrays) -> float:
    return float(np.sum(stats.norm.logcdf((2 * d["y"] - 1) * (d["v"] @ t["beta"]))))


def _measured_total(d: Arrays, t: Arrays) -> float:
    """Measurements and sum are jointly normal."""
    size = len(t["m"])
    rows = np.vstack([np.eye(size), np.ones((1, size))])
    noise = np.diag([1.0] * size + [0.0])
    law = stats.multivariate_normal(rows @ t["m"], t["s2"] * rows @ rows.T + noise)
    return float(np.sum(law.logpdf(np.column_stack([d["x"], d["y"]]))))


def _total_mixture(d: Arrays, t: Arrays) -> float:
    logs = [stats.poisson(d["p"] @ rate).logpmf(d["y"]) for rate in t["rate"]]
    return float(np.sum(logsumexp(logs, axis=0, b=np.array(t["weight"])[:, None])))


def _labelled(d: Arrays, t: Arrays) -> float:
    density = stats.norm(np.array(t["m"]), 1).pdf(d["x"][:, None])
    return float(np.sum(np.log((d["table"] * density) @ t["weight"])))


def _two_families(d: Arrays, t: Arrays) -> float:
    one, other = stats.norm(t["m"], np.sqrt(t["s2"])), stats.laplace(0, t["b"])
    mixed = t["share"] * one.pdf(d["x"]) + (1 - t["share"]) * other.pdf(d["x"])
    return float(np.sum(np.log(mixed)))


def _given_switch(d: Arrays, t: Arrays) -> float:
    one, other = stats.poisson(t["rate"]), stats.geom(t["p"], loc=-1)
    return float(np.sum(np.where(d["c"], one.logpmf(d["x"]), other.logpmf(d["x"]))))


def _observed_switch(d: Arrays, t: Arrays) -> float:
    one, other = stats.expon(scale=1 / t["rate"]), stats.gamma(2, scale=1 / t["other"])
    value = np.where(d["z"], one.logpdf(d["x"]), other.logpdf(d["x"]))
    return float(np.sum(value + stats.bernoulli(t["share"]).logpmf(d["z"])))


def normal(t: Arrays) -> Any:
    return stats.norm(t["m"], np.sqrt(t["s2"]))


POSITIVE = one_column(lambda draw: draw.gamma(2.5, 0.8, N))
CASES = {
    case.model.__name__: case
    for case in (
        Case(
            zoo.NormalWithin, _regression, {"beta": [1.8, 0.4], "s2": 1.3},
            lambda d, t: float(np.sum(within(
                stats.norm(d["v"] @ t["beta"], np.sqrt(t["s2"])), d["lower"], d["upper"]))),
        ),
        Case(
            zoo.LogNormalWithin, POSITIVE, {"m": 0.4, "s2": 0.7},
            between(lambda t: stats.lognorm(np.sqrt(t["s2"]), scale=np.exp(t["m"]))),
        ),
        Case(
            zoo.ExponentialWithin, POSITIVE, {"rate": 0.6},
            between(lambda t: stats.expon(scale=1 / t["rate"])),
        ),
        Case(
            zoo.GammaWithin, POSITIVE, {"shape": 1.7, "rate": 0.9},
            between(lambda t: stats.gamma(t["shape"], scale=1 / t["rate"])),
        ),
        Case(
            zoo.InverseGammaWithin, POSITIVE, {"shape": 1.7, "scale": 2.1},
            between(lambda t: stats.invgamma(t["shape"], scale=t["scale"])),
        ),
        Case(
            zoo.WeibullWithin, POSITIVE, {"scale": 1.9},
            between(lambda t: stats.weibull_min(1.7, scale=t["scale"])),
        ),
        Case(
            zoo.PoissonWithin, lambda draw: interval(draw.poisson(3.0, N), draw, whole=True),
            {"rate": 2.6},
            lambda d, t: float(np.sum(counted(stats.poisson(t["rate"]), d["lower"], d["upper"]))),
        ),
        Case(
            zoo.MixtureWithin, one_column(lambda draw: draw.gamma(2.5, 0.8, N)),
            {"weight": [0.3, 0.7], "m": [0.8, 2.5], "s2": [0.5, 1.4]}, _mixture,
        ),
        Case(
            zoo.MeasuredWithin,
            lambda draw: {"x": draw.normal(1, 1, N), "upper": draw.choice([1.0, 2.5, np.inf], N)},
            {"m": 0.7, "s2": 1.2, "v2": 0.6}, _measured,
        ),
        Case(
            zoo.RateWithin,
            lambda draw: {"x": draw.poisson(2, N), "upper": draw.uniform(1, 6, N)},
            {"rate": 0.8}, _rates,
        ),
        Case(
            zoo.Probit, lambda draw: {"v": design(draw), "y": draw.integers(0, 2, N)},
            {"beta": [0.3, -1.2]}, _probit,
        ),
        Case(
            zoo.SkewNormal, lambda draw: {"x": draw.normal(size=N)},
            {"m": -0.3, "d": 0.9, "s2": 0.4}, _skew,
        ),
        Case(
            zoo.TruncatedSeenTwice, POSITIVE, {"m": 0.9, "s2": 1.4}, _seen_twice,
        ),
        Case(
            zoo.TruncatedNormal, lambda draw: {"x": draw.uniform(-1, 2, N)}, {"m": 0.4, "s2": 0.9},
            lambda d, t: truncated_law(normal(t), d["x"], -1, 2),
        ),
        Case(
            zoo.TruncatedRegression,
            lambda draw: {"v": design(draw), "x": draw.exponential(1, N)},
            {"b": [0.4, 0.8], "s2": 1.2},
            lambda d, t: truncated_law(
                stats.norm(d["v"] @ t["b"], np.sqrt(t["s2"])), d["x"], 0, np.inf),
        ),
        Case(
            zoo.TruncatedExponential,
            lambda draw: {"x": draw.uniform(0, 1, N), "u": draw.uniform(1, 3, N)}, {"rate": 0.8},
            lambda d, t: truncated_law(stats.expon(scale=1 / t["rate"]), d["x"], 0, d["u"]),
        ),
        Case(
            zoo.TruncatedGamma, lambda draw: {"x": draw.uniform(0.5, 6, N)},
            {"shape": 1.6, "rate": 0.7},
            lambda d, t: truncated_law(
                stats.gamma(t["shape"], scale=1 / t["rate"]), d["x"], 0.5, 6),
        ),
        Case(
            zoo.TruncatedWeibull, lambda draw: {"x": 0.5 + draw.exponential(1, N)},
            {"shape": 1.4, "scale": 1.7},
            lambda d, t: truncated_law(
                stats.weibull_min(t["shape"], scale=t["scale"]), d["x"], 0.5, np.inf),
        ),
        Case(
            zoo.TruncatedPareto, lambda draw: {"x": 1 + 9 * draw.beta(1, 5, N)}, {"shape": 1.4},
            lambda d, t: truncated_law(stats.pareto(t["shape"]), d["x"], 1, 10),
        ),
        Case(
            zoo.ZeroTruncatedPoisson, lambda draw: {"x": 1 + draw.poisson(1, N)}, {"rate": 1.7},
            lambda d, t: float(np.sum(stats.poisson(t["rate"]).logpmf(d["x"])
                                      - np.log(-np.expm1(-t["rate"])))),
        ),
        Case(
            zoo.TruncatedGeometric, lambda draw: {"x": draw.binomial(6, 0.2, N)}, {"p": 0.3},
            lambda d, t: float(np.sum(stats.geom(t["p"], loc=-1).logpmf(d["x"])
                                      - stats.geom(t["p"], loc=-1).logcdf(6))),
        ),
        Case(
            zoo.KnownLikelihoods,
            lambda draw: {"table": draw.exponential(1, (N, 3)) * draw.choice([1, 0.01], (N, 3))},
            {"mass": [0.2, 0.5, 0.3]},
            lambda d, t: float(np.sum(np.log(d["table"] @ t["mass"]))),
        ),
        Case(
            zoo.LikelihoodsAndData,
            lambda draw: {"x": draw.normal(size=N), "table": draw.exponential(1, (N, 2))},
            {"weight": [0.4, 0.6], "m": [-0.5, 0.9]}, _labelled,
        ),
        Case(
            zoo.TotalOfPoissons,
            lambda draw: {"p": draw.uniform(0.2, 1, (N, 3)), "y": draw.poisson(4, N)},
            {"rate": [2.0, 1.0, 3.5]},
            lambda d, t: float(np.sum(stats.poisson(d["p"] @ t["rate"]).logpmf(d["y"]))),
        ),
        Case(
            zoo.TotalOfNormals,
            lambda draw: {"v": draw.normal(size=(N, 3)), "scale": np.array([1.0, 2.0, 0.5]),
                          "y": draw.normal(size=N)},
            {"beta": [0.5, -1.0, 2.0], "s2": 0.8},
            lambda d, t: float(np.sum(stats.norm(
                d["v"] @ t["beta"], np.sqrt(t["s2"] * d["scale"].sum())).logpdf(d["y"]))),
        ),
        Case(
            zoo.TotalOfMeasured,
            lambda draw: {"x": draw.normal(size=(N, 3)), "y": draw.normal(size=N)},
            {"m": np.array([0.5, -1.0, 0.2]), "s2": 0.8}, _measured_total,
        ),
        Case(
            zoo.TotalInMixture,
            lambda draw: {"p": draw.uniform(0.2, 1, (N, 3)), "y": draw.poisson(4, N)},
            {"weight": [0.4, 0.6], "rate": [[2.0, 1.0, 3.5], [5.0, 4.0, 1.0]]}, _total_mixture,
        ),
        Case(
            zoo.TwoFamilies, lambda draw: {"x": draw.normal(1, 2, N)},
            {"share": 0.4, "m": 1.5, "s2": 0.8, "b": 0.7}, _two_families,
        ),
        Case(
            zoo.GivenSwitch, lambda draw: {"x": draw.poisson(3, N), "c": draw.integers(0, 2, N)},
            {"rate": 2.2, "p": 0.35}, _given_switch,
        ),
        Case(
            zoo.ObservedSwitch,
            lambda draw: {"x": draw.exponential(1, N), "z": draw.integers(0, 2, N)},
            {"share": 0.4, "rate": 0.8, "other": 1.4}, _observed_switch,
        ),
    )
}  # fmt: skip
each_case = pytest.mark.parametrize("name", CASES)


def programs(model: ModelType) -> tuple[Any, Any]:
    """The program of a model interpreted, and as a module."""
    derivation = derive(model)
    program = lower(derivation, "")
    module = load(emit(program, schema_of(derivation, program)), model.__name__)
    return interpret(program), module


@cache
def prepared(name: str) -> tuple[Any, Any, Arrays, Arrays]:
    case = CASES[name]
    data = {key: np.asarray(x) for key, x in case.data(np.random.default_rng(7)).items()}
    theta = {key: np.asarray(x, dtype=float) for key, x in case.theta.items()}
    return *programs(case.model), data, theta


def slopes(law: Law, data: Arrays, theta: Arrays, name: str) -> np.ndarray:
    """The gradient of the log-likelihood by differences of fourth order."""
    value = theta[name]
    found = np.zeros(value.shape)
    for place in np.ndindex(value.shape):
        h = 1e-3 * max(1.0, abs(value[place]))

        def at(steps: int, place: Any = place, h: float = h) -> float:
            moved = value.copy()
            moved[place] += steps * h
            return law(data, {**theta, name: moved})

        found[place] = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h)
    return found


def check(name: str, module: Any, data: Arrays, theta: Arrays) -> None:
    """Likelihood and score at theta, and ascent from there."""
    law = CASES[name].log_likelihood
    _, value = module.e_step(data, theta)
    np.testing.assert_allclose(value, law(data, theta), rtol=1e-9)
    score = module.score(data, theta)
    for key, found in score.items():
        expected = slopes(law, data, theta, key)
        if key in SIMPLICES:  # along the simplex only
            found, expected = (
                found - theta[key] * found.sum(),
                expected - theta[key] * expected.sum(),
            )
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-5, err_msg=key)
    for _ in range(6 * module.SCHEMA["exact"]):
        statistics, before = module.e_step(data, theta)
        theta = module.m_step(statistics, theta)
        assert module.e_step(data, theta)[1] >= before - 1e-9 * (1 + abs(before))


SIMPLICES = ("weight", "mass")


def tangent(slope: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The gradient along the simplex, by log shares."""
    return share * (slope - np.sum(share * slope))


@each_case
def test_likelihood_score_and_ascent(name: str) -> None:
    interpreted, module, data, theta = prepared(name)
    check(name, module, data, theta)
    np.testing.assert_allclose(
        interpreted.e_step(data, theta)[1], module.e_step(data, theta)[1], rtol=1e-9
    )


def test_all_kinds_of_bounds_are_in_the_data() -> None:
    data = prepared("NormalWithin")[2]
    exact, open_ = data["lower"] == data["upper"], np.isinf(data["upper"])
    assert exact.any() and open_.any() and not (exact | open_).all()


def moments(order: int, *place: Any) -> Any:
    """Mean and variance of the normal as if nothing bounded it."""
    return place[2] if order == 1 else place[3]


def without_mass(known: Interval) -> Interval:
    return replace(known, log_probability=lambda lower, upper, args: sympy.Integer(0))


def without_lower(known: Interval) -> Interval:
    mass, means = known.log_probability, known.expectations
    assert means is not None
    return Interval(
        lambda lower, upper, args: mass(-sympy.oo, upper, args),
        lambda lower, upper, args: means(-sympy.oo, upper, args),
        known.statistics,
    )


def exact_as_mass(known: Interval) -> Interval:
    """An exact value is not a mass: its slope is missing."""
    plain = lambda value: value.replace(at_exact, lambda *args: sympy.Integer(0))  # noqa: E731
    mass = known.log_probability
    return replace(known, log_probability=lambda *place: plain(mass(*place)))


def scaled_means(known: Interval) -> Interval:
    means = known.expectations
    assert means is not None
    return replace(known, expectations=lambda *place: tuple(2 * m for m in means(*place)))


WRONG_INTERVALS = [
    ("NormalWithin", "Normal", without_mass),
    ("GammaWithin", "Gamma", without_mass),
    ("GammaWithin", "Gamma", without_lower),
    ("LogNormalWithin", "LogNormal", exact_as_mass),
    ("WeibullWithin", "Weibull", exact_as_mass),
    ("InverseGammaWithin", "InverseGamma", exact_as_mass),
    ("ExponentialWithin", "Exponential", scaled_means),
    ("PoissonWithin", "Poisson", scaled_means),
    ("TruncatedNormal", "Normal", without_mass),
    ("TruncatedGamma", "Gamma", without_lower),
]


@pytest.mark.parametrize(("name", "family", "wrong"), WRONG_INTERVALS)
def test_errors_in_what_is_known_of_a_family_are_found(
    monkeypatch: pytest.MonkeyPatch, name: str, family: str, wrong: Callable[..., Interval]
) -> None:
    monkeypatch.setitem(INTERVALS, family, wrong(INTERVALS[family]))
    refuted(name)


@pytest.mark.parametrize("name", ["NormalWithin", "MixtureWithin", "MeasuredWithin", "SkewNormal"])
@pytest.mark.parametrize("order", [1, 2])
def test_expectations_without_the_bounds_are_found(
    monkeypatch: pytest.MonkeyPatch, name: str, order: int
) -> None:
    right = truncated_rule.normal_interval_moment
    wrong = lambda k, *place: (moments if k == order else right)(k, *place)  # noqa: E731
    monkeypatch.setattr(truncated_rule, "normal_interval_moment", wrong)
    refuted(name)


def lost_spread(scope: Any, whole: Any, seen: Any, summed: Any) -> Any:
    """Given the sum, a summand is not known."""
    mass, found = total_rule._normal(scope, whole, seen, summed)
    return mass, {**found, "covariance": whole.expectations["covariance"]}


def unsplit(scope: Any, whole: Any, seen: Any, summed: Any) -> Any:
    """The whole sum for every summand."""
    mass, _ = total_rule._poisson(scope, whole, seen, summed)
    return mass, {"statistic_1": scope.computed("z", "map", (seen,), seen.indices)}


@pytest.mark.parametrize(
    ("name", "family", "wrong"),
    [
        ("TotalOfNormals", "Normal", lost_spread),
        ("TotalOfMeasured", "Normal", lost_spread),
        ("TotalOfPoissons", "Poisson", unsplit),
        ("TotalInMixture", "Poisson", unsplit),
    ],
)
def test_errors_in_sums_are_found(
    monkeypatch: pytest.MonkeyPatch, name: str, family: str, wrong: Callable[..., Any]
) -> None:
    monkeypatch.setitem(total_rule.SUMS, family, wrong)
    refuted(name)


def refuted(name: str) -> None:
    """The check fails for a model derived with an error."""
    _, _, data, theta = prepared(name)
    _, wrong = programs(CASES[name].model)
    with pytest.raises(AssertionError), np.errstate(all="ignore"):
        check(name, wrong, data, theta)
