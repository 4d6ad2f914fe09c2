"""Each posterior rule: its textbook formulas, and what it says where it does not apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from autoem import (
    Aggregate,
    Axis,
    Bernoulli,
    Beta,
    Categorical,
    Count,
    Dirichlet,
    Gamma,
    Given,
    Latent,
    Model,
    Multinomial,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    exp,
    where,
)  # fmt: skip
from autoem.derive.e_step import EStep, e_step
from autoem.derive.log_joint import log_joint
from autoem.derive.posterior import Posterior
from autoem.derive.quantity import Element
from autoem.errors import NoExactPosterior
from autoem.graph.factor_graph import factor_graph
from autoem.language.model import Model as Declared
from autoem.verify.evaluate_terms import Meaning
from tests.derive.complete import complete
from tests.derive.test_zoo import FILES
from tests.derive.zoo.case import Case

CASES = {case.name: case for file in FILES for case in file.CASES}


def step_of(model: type[Declared]) -> EStep:
    return e_step(log_joint(factor_graph(model)))


class Found:
    """The posterior of the only latent of a case, with numbers."""

    def __init__(self, name: str, number: int = 0) -> None:
        case: Case = CASES[name]
        self.posterior: Posterior = step_of(case.model).posteriors[number]
        known = complete(case)
        self.data: Mapping[str, Any] = known.instance.data
        self.theta: Mapping[str, Any] = known.instance.parameters
        self.meaning: Meaning = known.meaning()

    def __getitem__(self, name: str) -> np.ndarray:
        """A natural parameter or an expectation, over its axes."""
        named: dict[str, Element] = {**self.posterior.natural, **self.posterior.expectations}
        return self.meaning.array(named[name].base)


def test_enumerate_is_bayes_rule() -> None:
    found = Found("ExponentialMixture")
    weight, rate, x = found.theta["weight"], found.theta["rate"], found.data["x"]
    joint = weight * rate * np.exp(-np.outer(x, rate))
    np.testing.assert_allclose(found["responsibility"], joint / joint.sum(axis=1, keepdims=True))
    assert found.posterior.rule == "enumerate"
    assert found.posterior.reason == "z has finitely many states"


def test_conjugate_is_the_table_of_conjugate_pairs() -> None:
    found = Found("GammaPoisson")
    x, theta = found.data["x"], found.theta
    np.testing.assert_allclose(found["shape"], theta["shape"] + x.sum(axis=1))
    np.testing.assert_allclose(found["rate"], theta["rate"] + x.shape[1])
    assert found.posterior.family == "Gamma"
    assert found.posterior.reason == "the coefficients of u are those of a Gamma"
    beta = Found("BetaBinomial")
    successes, trials = beta.data["x"], beta.data["trials"]
    np.testing.assert_allclose(beta["a"], beta.theta["a"] + successes)
    np.testing.assert_allclose(beta["b"], beta.theta["b"] + trials - successes)
    inverse = Found("InverseGammaVariance")
    squares = ((inverse.data["x"] - inverse.theta["mean"]) ** 2).sum(axis=1)
    np.testing.assert_allclose(inverse["scale"], inverse.theta["scale"] + squares / 2)
    np.testing.assert_allclose(inverse["shape"], inverse.theta["shape"] + 3 / 2)


def test_conjugate_finds_the_family_and_not_the_name() -> None:
    """An Exponential prior of a Poisson rate has a Gamma posterior."""
    found = Found("ExponentialRates")
    assert found.posterior.family == "Gamma"
    np.testing.assert_allclose(found["shape"], 1 + found.data["x"].sum(axis=1))


def test_conjugate_given_a_state_has_one_for_each() -> None:
    found = Found("NegativeBinomialMixture")
    x, shape = found.data["x"], found.theta["shape"]
    (context,) = found.posterior.local.contexts
    assert context.indicator.latent.name == "z"
    np.testing.assert_allclose(np.sort(found["shape"], axis=None),
                               np.sort(np.add.outer(x, shape), axis=None))  # fmt: skip


def test_gaussian_is_the_normal_equations() -> None:
    found = Found("RandomEffect")
    theta, x = found.theta, found.data["x"]
    precision = 1 / theta["tau2"] + x.shape[1] / theta["sigma2"]
    np.testing.assert_allclose(found["precision"], precision)
    mean = (x - theta["mean"]).sum(axis=1) / theta["sigma2"] / precision
    np.testing.assert_allclose(found["mean"], mean)
    assert found.posterior.reason == "the log joint is quadratic in b"


def test_gaussian_vectors() -> None:
    found = Found("VectorEffect")
    theta, x, design = found.theta, found.data["x"], found.data["design"]
    inverse = np.linalg.inv(theta["cov"])
    for n in range(len(x)):
        precision = inverse + design[n].T @ design[n] / theta["s2"]
        shift = inverse @ theta["mean"] + design[n].T @ x[n] / theta["s2"]
        np.testing.assert_allclose(found["mean"][n], np.linalg.solve(precision, shift))


def test_the_covariance_has_no_axis_that_it_does_not_need() -> None:
    """One covariance for all rows, or one for each cluster."""
    shared = Found("SharedFactor").posterior.expectations["covariance"]
    assert [axis.key for axis in shared.base.axes] == ["q", "q"]
    clusters = Found("ClusterLoadings").posterior.expectations["covariance"]
    assert [axis.key for axis in clusters.base.axes] == ["k", "q", "q"]


def test_aggregate_splits_a_sum_in_proportion() -> None:
    found = Found("LinkageOfStrains")
    y, theta = found.data["y"], found.theta["theta"]
    share = 0.5 / (0.5 + theta / 4)
    np.testing.assert_allclose(found["cell_0"], y[:, 0] * share)
    np.testing.assert_allclose(found["cell_1"], y[:, 0] * (1 - share))
    np.testing.assert_allclose(found["cell_4"], y[:, 3])


# --- refusals -------------------------------------------------------------------------------------


class LogNormalRate(Model):
    """A Poisson emission of a Gaussian effect has no conjugate posterior."""

    n = Axis()
    s2 = Parameter(Positive())
    b = Latent(Normal(0, variance=s2), over=n)
    x = Observed(Poisson(exp(b)), over=n)


class BetaMean(Model):
    """A proportion seen with Gaussian noise."""

    n = Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    p = Latent(Beta(a, b), over=n)
    x = Observed(Normal(p, variance=1), over=n)


class CoupledLabels(Model):
    """An effect of the group that is seen through labels of its rows."""

    g, i, k = Axis(), Axis(), Axis()
    weight, mean = Parameter(Simplex(k)), Parameter(Real(), over=k)
    b = Latent(Normal(0, variance=1), over=g)
    z = Latent(Categorical(weight), over=(g, i))
    x = Observed(Normal(b + mean[z], variance=1), over=(g, i))


class ProductOfLatents(Model):
    """Two Gaussian latents in one product."""

    n = Axis()
    a = Latent(Normal(0, variance=1), over=n)
    b = Latent(Normal(0, variance=1), over=n)
    s2 = Parameter(Positive())
    x = Observed(Normal(a * b, variance=s2), over=n)


class UnseenCells(Model):
    """A cell that is in no group."""

    total = Given(Count())
    k = Axis(size=3)
    p = Parameter(Simplex(k))
    x = Latent(Multinomial(total, p))
    y = Observed(Aggregate(x, groups=[(0, 1)]))


class GammaThroughSwitch(Model):
    """A rate that only some of its rows show, by labels of the rows."""

    g, i = Axis(), Axis()
    shape = Parameter(Positive())
    u = Latent(Gamma(shape, rate=shape), over=g)
    on = Latent(Bernoulli(0.5), over=(g, i))
    x = Observed(Poisson(where(on, u, 1)), over=(g, i))


class SkewedDirichlet(Model):
    """A composition seen with Gaussian noise."""

    n, d = Axis(), Axis()
    a = Parameter(Positive(d))
    p = Latent(Dirichlet(a), over=n)
    x = Observed(Normal(exp(p[0]), variance=1), over=n)


REFUSED: list[tuple[type[Model], str]] = [
    (LogNormalRate, "b, gaussian: .*precision of b mentions b"),
    (BetaMean, "p, conjugate: .*belongs to no matching family"),
    (CoupledLabels, "b depends on z, which its own element does not determine"),
    (ProductOfLatents, "gaussian: the precision of a mentions b"),
    (UnseenCells, "the groups do not hold each cell of x exactly once"),
    (GammaThroughSwitch, "u depends on on, which its own element does not determine"),
    (SkewedDirichlet, "p, "),
]


@pytest.mark.parametrize(("model", "reason"), REFUSED, ids=lambda v: getattr(v, "__name__", ""))
def test_what_has_no_exact_posterior_says_why(model: type[Model], reason: str) -> None:
    with pytest.raises(NoExactPosterior, match=reason) as caught:
        step_of(model)
    text = str(caught.value)
    assert text.startswith("no exact posterior of ")
    assert "the rules tried:" in text and ("write the model so" in text or "choose:" in text)
    tried = {rule for _, rule, _ in caught.value.refusals}
    cells = model is UnseenCells
    assert tried >= ({"aggregate"} if cells else {"enumerate_states", "conjugate", "gaussian"})
