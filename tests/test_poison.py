"""What no data speak of leaves all else as it is: 0/0 in one entry poisons no other."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from autoem import (
    Axis,
    Categorical,
    Given,
    Index,
    Latent,
    Model,
    MultivariateNormal,
    NonNegative,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Total,
    derive,
    dot,
    fit,
    generate,
    verify,
    where,
)


class Groups(Model):
    """Vectors of known groups, whose scatter is one."""

    n, k, d = Axis("rows"), Axis("groups"), Axis("features")
    group = Given(Index(k), over=n)
    mean, cov = Parameter(Real(d), over=k), Parameter(PositiveDefinite(d))
    x = Observed(MultivariateNormal(mean[group], cov=cov), over=n)


class Change(Model):
    """A level that changes once, and a variance that does not."""

    t = Axis("steps")
    chance = Given(Simplex(t))
    early, late, variance = Parameter(Real()), Parameter(Real()), Parameter(Positive())
    tau = Latent(Categorical(chance))
    y = Observed(Normal(where(t < tau, early, late), variance=variance), over=t)


class Counters(Model):
    """Counts that are sums over boxes, of which a counter may see none."""

    n, b = Axis("counters"), Axis("boxes")
    reach = Given(NonNegative(), over=(n, b))
    intensity = Parameter(Positive(), over=b)
    z = Latent(Poisson(reach * intensity), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


class GrowthClasses(Model):
    """Lines of subjects whose class says how they are spread, and how much their rows err."""

    i, g, k, q = Axis("rows"), Axis("subjects"), Axis("classes"), Axis("coefficients")
    subject, u = Given(Index(g), over=i), Given(Real(q), over=i)
    weight = Parameter(Simplex(k))
    mean, cov = Parameter(Real(q), over=k), Parameter(PositiveDefinite(q), over=k)
    noise = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=g)
    b = Latent(MultivariateNormal(mean[z], cov=cov[z]), over=g)
    y = Observed(Normal(dot(u, b[subject]), variance=noise[z[subject]]), over=i)


def test_a_group_without_rows_leaves_the_common_scatter() -> None:
    rng = np.random.default_rng(0)
    group, x = rng.integers(2, size=40), rng.normal(size=(40, 2))
    found = fit(Groups, {"group": group, "x": x}, sizes={"k": 3})
    within = sum(np.cov(x[group == k].T, bias=True) * np.sum(group == k) for k in (0, 1)) / 40
    np.testing.assert_allclose(found.parameters["cov"], within, rtol=1e-10)
    assert "Without data: mean[2], as at the start" in found.result.advice


def test_a_level_without_steps_leaves_the_variance() -> None:
    y = np.random.default_rng(1).normal(size=9)
    found = fit(Change, {"chance": np.eye(9)[0], "y": y})  # the change is before all steps
    assert found.parameters["late"] == pytest.approx(y.mean())
    assert found.parameters["variance"] == pytest.approx(y.var())


def test_a_counter_that_sees_no_box_and_counts_nothing() -> None:
    rng = np.random.default_rng(2)
    reach, y = rng.random((6, 3)), rng.poisson(20, 6)
    data: dict[str, Any] = {"reach": np.r_[reach, np.zeros((1, 3))], "y": np.r_[y, 0]}
    found, without = fit(Counters, data, seed=0), fit(Counters, {"reach": reach, "y": y}, seed=0)
    assert found.log_likelihood == pytest.approx(without.log_likelihood)
    assert "Without data" not in found.result.advice
    expected = found.posterior()["z"]["mean"]
    np.testing.assert_allclose(expected.sum(axis=1), data["y"], atol=1e-10)


def growth(generator: np.random.Generator) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Data of three subjects, and parameters."""
    data = {"subject": np.array([2, 0, 1, 1, 0, 2, 1]), "u": generator.normal(size=(7, 2))}
    root = generator.normal(size=(2, 2, 2))
    parameters = {
        "weight": np.array([0.3, 0.7]),
        "mean": generator.normal(size=(2, 2)),
        "cov": root @ np.swapaxes(root, 1, 2) + np.eye(2),
        "noise": np.array([0.5, 2.0]),
    }
    return {**data, "y": generator.normal(size=7)}, parameters


def growth_log_likelihood(data: dict[str, Any], p: dict[str, np.ndarray]) -> float:
    """Each subject is a mixture of N(U mean_k, U cov_k U' + noise_k I)."""
    total = 0.0
    for g in range(3):
        u, y = data["u"][data["subject"] == g], data["y"][data["subject"] == g]
        each = [
            stats.multivariate_normal(u @ m, u @ c @ u.T + s * np.eye(len(y))).pdf(y)
            for m, c, s in zip(p["mean"], p["cov"], p["noise"], strict=True)
        ]
        total += float(np.log(p["weight"] @ each))
    return total


def test_the_class_of_a_subject_is_one_in_the_square_of_its_line() -> None:
    """[z = k] of a row stood beside [z = k'] of its subject as if they were two: the gradient of Q
    was not that of the log-likelihood."""
    data, parameters = growth(np.random.default_rng(3))
    module = generate(derive(GrowthClasses)).module
    value = module.log_likelihood(data, parameters)
    assert value == pytest.approx(growth_log_likelihood(data, parameters))
    step = np.array([1e-5, 0.0])
    for moved, at in ((step, 0), (step[::-1], 1)):
        ends = [{**parameters, "noise": parameters["noise"] + sign * moved} for sign in (1, -1)]
        up, down = (growth_log_likelihood(data, end) for end in ends)
        slope = module.score(data, parameters)["noise"][at]
        assert slope == pytest.approx((up - down) / 2e-5, rel=1e-5)


@pytest.mark.slow
def test_mixtures_of_mixed_models_are_certified() -> None:
    assert verify(derive(GrowthClasses))
