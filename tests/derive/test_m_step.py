"""The order of the updates: what waits comes later, a profile where two wait for each other, and
conditional maxima only where there is no profile."""

from __future__ import annotations

import numpy as np
import pytest

from autoem.derive.m_step import MStep
from autoem.derive.stages import derive
from autoem.errors import NoUpdate, UnusedParameter
from autoem.families import Gamma, InverseWishart, MultivariateNormal, Normal, Wishart
from autoem.language import (
    Axis,
    Model,
    Observed,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Zeros,
)
from tests.derive import judged as judge


class Late(Model):
    """The variance is declared before the mean that it waits for."""

    n = Axis()
    variance = Parameter(Positive())
    mean = Parameter(Real())
    x = Observed(Normal(mean, variance=variance), over=n)


class Amounts(Model):
    """Shape and rate wait for each other, and one has a closed solution."""

    n = Axis()
    shape, rate = Parameter(Positive()), Parameter(Positive())
    x = Observed(Gamma(shape, rate=rate), over=n)


class Scatter(Model):
    """A matrix and a number wait for each other."""

    n, d = Axis(), Axis()
    df, scale = Parameter(Positive()), Parameter(PositiveDefinite(d))
    x = Observed(Wishart(df, scale=scale), over=n)


class Scales(Model):
    """A matrix that Q mentions both itself and by its inverse."""

    n, d = Axis(), Axis()
    scale = Parameter(PositiveDefinite(d))
    x = Observed(InverseWishart(7, scale=scale), over=n)
    y = Observed(MultivariateNormal(Zeros(d), cov=scale), over=n)


def order(step: MStep) -> list[tuple[str, str]]:
    return [(update.parameters[0].name, update.rule) for update in step.updates]


def mapped(model: type[Model]) -> tuple[judge.Instance, dict[str, np.ndarray]]:
    found = judge.judged(model, printed=False)
    instance = judge.random_instance(model, {"n": 9, "d": 2}, np.random.default_rng(2))
    statistics, _ = found.module.e_step(dict(instance.data), dict(instance.parameters))
    return instance, found.module.m_step(statistics, dict(instance.parameters))


def test_what_waits_comes_later() -> None:
    step = derive(Late).m_step
    assert order(step) == [("mean", "linear"), ("variance", "stationary")] and step.exact
    instance, new = mapped(Late)
    assert new["variance"] == pytest.approx(np.var(instance.data["x"]), rel=1e-12)


def test_a_profile_is_the_joint_maximum() -> None:
    step = derive(Amounts).m_step
    assert order(step) == [("shape", "root"), ("rate", "stationary")] and step.exact
    assert step.updates[0].reason.endswith("with the closed rate substituted")
    found = judge.judged(Amounts, printed=False)
    instance, _ = mapped(Amounts)
    judge.check_maximum(found, instance)


def test_conditional_maxima_say_so_and_never_lower_the_objective() -> None:
    """Here the objective is Q: the first update is its maximum at the old df, the second at the
    new scale, and both together are not yet the joint maximum."""
    step = derive(Scatter).m_step
    assert order(step) == [("scale", "covariance"), ("df", "root")] and not step.exact
    assert [update.exact for update in step.updates] == [False, True]
    assert step.updates[0].reason.endswith("conditional on the old df (ECM)")
    instance, new = mapped(Scatter)
    old = dict(instance.parameters)
    half = {**old, "scale": new["scale"]}
    before, between, after = (judge.objective(instance.at(theta)) for theta in (old, half, new))
    assert before < between < after
    for name, theta in (("scale", half), ("df", new)):
        for factor in (0.99, 1.01):
            moved = {**theta, name: factor * theta[name]}
            assert judge.objective(instance.at(moved)) < judge.objective(instance.at(theta))


def test_a_parameter_without_an_update_is_refused_with_every_rule() -> None:
    with pytest.raises(NoUpdate) as caught:
        derive(Scales)
    for rule in ("counts", "linear", "covariance", "extremum", "stationary", "root", "newton"):
        assert f"scale, {rule}:" in str(caught.value)


class Idle(Model):
    """A parameter that no law mentions."""

    n = Axis()
    idle, mean = Parameter(Real()), Parameter(Real())
    x = Observed(Normal(mean, variance=1), over=n)


def test_a_parameter_that_nothing_reads_is_refused_in_a_line() -> None:
    with pytest.raises(UnusedParameter, match="does not depend on idle: use it in a law") as found:
        derive(Idle)
    assert "\n" not in str(found.value)
