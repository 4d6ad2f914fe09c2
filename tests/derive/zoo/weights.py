"""Known and modeled parts of a mixture: weights, means, noise, exposure, covariates."""

from __future__ import annotations

from autoem import (
    Axis, Binomial, Categorical, Count, Exponential, Given, Latent, Model, Normal, Observed, Ones,
    Parameter, Poisson, Positive, Real, Simplex, dot, exp, log,
)  # fmt: skip
from tests.derive.zoo.case import Case


class KnownMeans(Model):
    """Means given, weights and one variance free."""

    n, k = Axis(), Axis()
    place = Given(Real(), over=k)
    weight = Parameter(Simplex(k))
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(place[z], variance=variance), over=n)


class GivenNoise(Model):
    """Variances of measurement known by row, added weight known too."""

    n, k = Axis(), Axis()
    noise = Given(Positive(), over=n)
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=noise), over=n)


class WeightedVariance(Model):
    """variance = s2 * w with given weights w."""

    n, k = Axis(), Axis()
    w = Given(Positive(), over=n)
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    s2 = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=s2[z] * w), over=n)


class ExposureMixture(Model):
    """Poisson with exposures."""

    n, k = Axis(), Axis()
    exposure = Given(Positive(), over=n)
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(exposure * rate[z]), over=n)


class KnownWeights(Model):
    """Mixing weights that are given numbers."""

    n, k = Axis(), Axis()
    weight = Given(Simplex(k))
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance[z]), over=n)


class EqualWeights(Model):
    """Mixing weights that are all one third."""

    n = Axis()
    k = Axis(size=3)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(Ones(k) / 3), over=n)
    x = Observed(Exponential(rate=rate[z]), over=n)


class GivenWeights(Model):
    """Mixing weights that are data of the row."""

    n, k = Axis(), Axis()
    weight = Given(Simplex(k), over=n)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(rate[z]), over=n)


class PartialLabels(Model):
    """Some rows have a label of their own, seen as a second variable."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    error = Parameter(Simplex(k), over=k)
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    label = Observed(Categorical(error[z]), over=n)
    x = Observed(Normal(mean[z], variance=variance), over=n)


class RegressionClasses(Model):
    """A mixture of regressions with an intercept of its own and one shared slope."""

    n, k, p = Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    weight = Parameter(Simplex(k))
    start = Parameter(Real(), over=k)
    beta = Parameter(Real(p))
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    y = Observed(Normal(start[z] + dot(v, beta), variance=variance), over=n)


class PoissonRegressions(Model):
    """A mixture of Poisson regressions."""

    n, k, p = Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    weight = Parameter(Simplex(k))
    beta = Parameter(Real(p), over=k)
    z = Latent(Categorical(weight), over=n)
    y = Observed(Poisson(exp(dot(v, beta[z]))), over=n)


class LogisticRegressions(Model):
    """A mixture of logistic regressions of trials."""

    n, k, p = Axis(), Axis(), Axis()
    v, trials = Given(Real(p), over=n), Given(Count(), over=n)
    weight = Parameter(Simplex(k))
    beta = Parameter(Real(p), over=k)
    z = Latent(Categorical(weight), over=n)
    y = Observed(Binomial(trials, logits=dot(v, beta[z])), over=n)


class OffsetRegression(Model):
    """Poisson regressions with an offset, in classes."""

    n, k, p = Axis(), Axis(), Axis()
    v, e = Given(Real(p), over=n), Given(Positive(), over=n)
    weight = Parameter(Simplex(k))
    start = Parameter(Real(), over=k)
    beta = Parameter(Real(p))
    z = Latent(Categorical(weight), over=n)
    y = Observed(Poisson(exp(log(e) + start[z] + dot(v, beta))), over=n)


class Experts(Model):
    """Class weights that depend on covariates through a softmax."""

    n, k, p = Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    gate = Parameter(Real(p), over=k)
    beta = Parameter(Real(p), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(Categorical(logits=dot(v, gate)), over=n)
    y = Observed(Normal(dot(v, beta[z]), variance=variance[z]), over=n)


CASES = (
    Case(KnownMeans, {"n": 14, "k": 2}),
    Case(GivenNoise, {"n": 14, "k": 2}),
    Case(WeightedVariance, {"n": 14, "k": 2}),
    Case(ExposureMixture, {"n": 14, "k": 2}),
    Case(KnownWeights, {"n": 24, "k": 3}),
    Case(EqualWeights, {"n": 20}),
    Case(GivenWeights, {"n": 14, "k": 2}),
    Case(PartialLabels, {"n": 20, "k": 2}, seed=2),
    Case(RegressionClasses, {"n": 20, "k": 2, "p": 2}),
    Case(PoissonRegressions, {"n": 20, "k": 2, "p": 2}),
    Case(LogisticRegressions, {"n": 20, "k": 2, "p": 2}),
    Case(OffsetRegression, {"n": 20, "k": 2, "p": 2}),
    Case(Experts, {"n": 30, "k": 2, "p": 2}),
)
