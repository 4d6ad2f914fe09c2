"""One model of each maximizer rule: its update is that of a textbook, the judge's Q is flat there,
and a wrong update is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from autoem.derive.maximizers import CLOSED, NUMERIC
from autoem.families import (
    Bernoulli,
    Beta,
    Categorical,
    Dirichlet,
    Exponential,
    Gamma,
    MultivariateNormal,
    Normal,
    Uniform,
)
from autoem.language import (
    Axis,
    Given,
    Model,
    Observed,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Zeros,
    dot,
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
    Law("stationary", Waiting, waiting),
    Law("root", Shape, shape),
    Law("concave", Parts, parts),
    Law("extremum", Ceiling, ceiling),
    Law("newton", Logit, logit),
)
SMOOTH = [law for law in LAWS if law.rule not in ("extremum", "newton")]


def taken(law: Law) -> tuple[judge.Judged, Instance, Arrays]:
    """The model derived, data, and the new parameters."""
    found = judge.judged(law.model, printed=False)
    sizes = {axis.key: 12 if axis.key == "n" else 3 for axis in law.model.declaration.axes}
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
    if law.rule == "counts":
        wrong /= wrong.sum()
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
