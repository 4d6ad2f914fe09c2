"""One model of each maximizer rule: its update is that of a textbook, the judge's Q is flat there,
and a wrong update is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy import nan
from scipy import optimize, special, stats

from autoem.derive.maximizers import CLOSED, NUMERIC
from autoem.families import (
    Bernoulli,
    Beta,
    Categorical,
    Dirichlet,
    Exponential,
    Gamma,
    InverseWishart,
    MultivariateNormal,
    Normal,
    Uniform,
)
from autoem.language import (
    Axis,
    Given,
    Latent,
    Markov,
    Model,
    Observed,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Stationary,
    Zeros,
    dot,
    previous,
)
from autoem.verify.sites import Instance
from tests.derive import judged as judge

Arrays = dict[str, np.ndarray]


class Shares(Model):
    """Categories whose shares have a Dirichlet prior."""

    n, k = Axis(), Axis(size=3)
    p = Parameter(Simplex(k), prior=Dirichlet([2, 3, 1.5]))
    x = Observed(Categorical(p), over=n)


class Weighted(Model):
    """A regression with a variance for each row."""

    n, p = Axis(), Axis()
    v, s2 = Given(Real(p), over=n), Given(Positive(), over=n)
    beta = Parameter(Real(p))
    y = Observed(Normal(dot(v, beta), variance=s2), over=n)


class Spread(Model):
    """Gaussian vectors about zero."""

    n, d = Axis(), Axis()
    cov = Parameter(PositiveDefinite(d))
    x = Observed(MultivariateNormal(Zeros(d), cov=cov), over=n)


class Covariances(Model):
    """Covariances about a common one."""

    n, d = Axis(), Axis()
    scale = Parameter(PositiveDefinite(d))
    x = Observed(InverseWishart(7, scale=scale), over=n)


class Pattern(Model):
    """Gaussian vectors whose first two entries have known variances, and no covariance."""

    n, d = Axis(), Axis(size=3)
    cov = Parameter(PositiveDefinite(d), fixed=[[1, 0, nan], [0, 2, nan], [nan, nan, nan]])
    x = Observed(MultivariateNormal(Zeros(d), cov=cov), over=n)


class Steady(Model):
    """Chains that start in the stationary law of their transition, and whose states show."""

    n, t, k = Axis(), Axis(), Axis(size=2)
    level = Given(Real(), over=k)
    step = Parameter(Simplex(k), over=k)
    z = Latent(Markov(first=Stationary(), then=Categorical(step[previous])), over=(n, t))
    x = Observed(Normal(level[z], variance=1e-6), over=(n, t))


class Waiting(Model):
    """Exponential times with a known exposure."""

    n = Axis()
    e = Given(Positive(), over=n)
    rate = Parameter(Positive())
    x = Observed(Exponential(rate=rate * e), over=n)


class Shape(Model):
    """Gamma variables of a known rate."""

    n = Axis()
    shape = Parameter(Positive())
    x = Observed(Gamma(shape, rate=2), over=n)


class Parts(Model):
    """Beta variables, both of whose shapes are free."""

    n = Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    x = Observed(Beta(a, b), over=n)


class Ceiling(Model):
    """Uniform variables with an unknown end."""

    n = Axis()
    top = Parameter(Positive())
    x = Observed(Uniform(0, top), over=n)


class Logit(Model):
    """A logistic regression."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    y = Observed(Bernoulli(logits=dot(v, beta)), over=n)


def shares(data: Arrays, _: Arrays) -> np.ndarray:
    """Counts and prior counts, less one each."""
    counts = np.bincount(data["x"].astype(int), minlength=3) + np.array([1.0, 2.0, 0.5])
    return counts / counts.sum()


def weighted(data: Arrays, _: Arrays) -> np.ndarray:
    """Least squares in units of the deviations."""
    scale = 1 / np.sqrt(data["s2"])
    return np.linalg.lstsq(data["v"] * scale[:, None], data["y"] * scale, rcond=None)[0]


def spread(data: Arrays, _: Arrays) -> np.ndarray:
    """The mean of x x'."""
    return data["x"].T @ data["x"] / len(data["x"])


def covariances(data: Arrays, _: Arrays) -> np.ndarray:
    """Degrees of freedom times the harmonic mean."""
    return 7 * np.linalg.inv(np.mean(np.linalg.inv(data["x"]), axis=0))


def pattern(data: Arrays, theta: Arrays) -> np.ndarray:
    """Weighted least squares: the matrix with this pattern that is nearest to the mean of x x', in
    the metric of the old precision."""
    old, goal = theta["cov"], spread(data, theta)
    root = np.linalg.cholesky(np.linalg.inv(old))
    places = [(0, 2), (1, 2), (2, 2)]
    units = [np.zeros((3, 3)) for _ in places]
    for unit, (i, j) in zip(units, places, strict=True):
        unit[i, j] = unit[j, i] = 1
    columns = np.array([np.ravel(root.T @ unit @ root) for unit in units]).T
    steps = np.linalg.lstsq(columns, np.ravel(root.T @ (goal - old) @ root), rcond=None)[0]
    return old + np.tensordot(steps, units, axes=1)


def steady(data: Arrays, _: Arrays) -> np.ndarray:
    """The likelihood of a two-state chain, by scipy."""
    x = np.abs(data["x"][..., None] - data["level"]).argmin(axis=-1)

    def minus(t: np.ndarray) -> float:
        up, down = special.expit(t)
        step = np.array([[1 - up, up], [down, 1 - down]])
        first = np.array([down, up]) / (up + down)
        moves = np.log(step[x[:, :-1], x[:, 1:]]).sum()
        return -float(np.log(first[x[:, 0]]).sum() + moves)

    up, down = special.expit(optimize.minimize(minus, [0, 0], tol=1e-12).x)
    return np.array([[1 - up, up], [down, 1 - down]])


def waiting(data: Arrays, _: Arrays) -> np.ndarray:
    """Events over exposure."""
    return len(data["x"]) / np.sum(data["e"] * data["x"])


def shape(data: Arrays, _: Arrays) -> np.ndarray:
    """scipy's fit."""
    return stats.gamma.fit(data["x"], floc=0, fscale=0.5)[0]


def parts(data: Arrays, _: Arrays) -> np.ndarray:
    """scipy's fit of the first shape."""
    return stats.beta.fit(data["x"], floc=0, fscale=1)[0]


def ceiling(data: Arrays, _: Arrays) -> np.ndarray:
    """The greatest."""
    return data["x"].max()


def logit(data: Arrays, theta: Arrays) -> np.ndarray:
    """One step of iteratively reweighted least squares."""
    p = special.expit(data["v"] @ theta["beta"])
    fisher = (data["v"] * (p * (1 - p))[:, None]).T @ data["v"]
    return theta["beta"] + np.linalg.solve(fisher, data["v"].T @ (data["y"] - p))


@dataclass(frozen=True)
class Law:
    """A rule, a model that it updates, and the update that a textbook has."""

    rule: str
    model: Any
    update: Callable[[Arrays, Arrays], Any]


LAWS = (
    Law("counts", Shares, shares),
    Law("linear", Weighted, weighted),
    Law("covariance", Spread, spread),
    Law("precision", Covariances, covariances),
    Law("stationary", Waiting, waiting),
    Law("tied", Steady, steady),
    Law("scoring", Pattern, pattern),
    Law("root", Shape, shape),
    Law("concave", Parts, parts),
    Law("extremum", Ceiling, ceiling),
    Law("newton", Logit, logit),
)
SMOOTH = [law for law in LAWS if law.rule not in ("extremum", "newton", "scoring")]


def taken(law: Law) -> tuple[judge.Judged, Instance, Arrays]:
    """The model derived, data, and the new parameters."""
    found = judge.judged(law.model, printed=False)
    axes = [axis for axis in law.model.declaration.axes if axis.size is None]
    sizes = {axis.key: 12 if axis.key == "n" else 3 for axis in axes}
    instance = judge.random_instance(law.model, sizes, np.random.default_rng(4))
    data, theta = dict(instance.data), dict(instance.parameters)
    statistics, _ = found.module.e_step(data, theta)
    return found, instance, found.module.m_step(statistics, theta)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.rule)
def test_the_update_is_that_of_a_textbook(law: Law) -> None:
    found, instance, new = taken(law)
    (update,) = found.derivation.m_step.updates
    assert update.rule == law.rule and update.reason
    wanted = law.update(dict(instance.data), dict(instance.parameters))
    np.testing.assert_allclose(next(iter(new.values())), wanted, rtol=1e-6)


@pytest.mark.parametrize("law", SMOOTH, ids=lambda law: law.rule)
def test_q_is_flat_at_the_update_and_not_beside_it(law: Law) -> None:
    found, instance, new = taken(law)
    posterior = judge.reference.clouds(instance)

    def q(theta: Arrays) -> float:
        moved = instance.at(theta)
        return judge.reference.expected_log_joint(posterior, moved) + judge.reference.log_prior(
            moved
        )

    judge.check_flat(q, new, found.schema, 1e-6, "Q")
    (name, value), *_ = new.items()
    wrong = 1.02 * value
    wrong.reshape(-1)[0] *= 1.02
    if law.rule in ("counts", "tied"):
        wrong /= wrong.sum(axis=-1, keepdims=True)
    with pytest.raises(AssertionError, match="slope"):
        judge.check_flat(q, {**new, name: wrong}, found.schema, 1e-6, "Q")


def test_nothing_is_above_the_greatest_row() -> None:
    """At an edge Q falls on both sides: to minus infinity below, as -N log above."""
    _, instance, new = taken(LAWS[-2])
    best, x = judge.objective(instance.at(new)), instance.data["x"]
    assert judge.objective(instance.at({"top": 1.001 * new["top"]})) < best
    with np.errstate(divide="ignore"):
        assert judge.objective(instance.at({"top": 0.999 * new["top"]})) == -np.inf
    assert best == pytest.approx(-len(x) * np.log(x.max()))


def test_each_rule_has_a_law() -> None:
    told = [rule.__name__ for rule in (*CLOSED, *NUMERIC)]
    assert sorted(told) == sorted(law.rule for law in LAWS)
