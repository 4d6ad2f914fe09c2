"""Mixtures of every family on the line."""

from __future__ import annotations

from autoem import (
    Axis, Beta, Binomial, Categorical, Count, Dirichlet, Exponential, Gamma, Given, Interval,
    InverseGamma, Latent, Model, Multinomial, Normal, Observed, Parameter, Positive, Real, Simplex,
)  # fmt: skip
from tests.derive.zoo.case import Case


class BinomialMixture(Model):
    """Successes out of given trials, which differ by row."""

    n, k = Axis(), Axis()
    trials = Given(Count(), over=n)
    weight = Parameter(Simplex(k))
    p = Parameter(Interval(0, 1), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Binomial(trials, p[z]), over=n)


class ExponentialMixture(Model):
    """Waiting times."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Exponential(rate=rate[z]), over=n)


class ExponentialMeans(Model):
    """Waiting times by their means."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Exponential(rate=1 / mean[z]), over=n)


class GammaMixture(Model):
    """Shape and rate by component."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    shape = Parameter(Positive(), over=k)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Gamma(shape[z], rate=rate[z]), over=n)


class GammaSharedShape(Model):
    """One shape, rates by component."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    shape = Parameter(Positive())
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Gamma(shape, rate=rate[z]), over=n)


class GammaByMean(Model):
    """Shape and mean by component."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    shape = Parameter(Positive(), over=k)
    mean = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Gamma(shape[z], rate=shape[z] / mean[z]), over=n)


class InverseGammaMixture(Model):
    """Scales by component, one shape."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    shape = Parameter(Positive())
    scale = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(InverseGamma(shape, scale=scale[z]), over=n)


class BetaMixture(Model):
    """Proportions; both shapes by component."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    a = Parameter(Positive(), over=k)
    b = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Beta(a[z], b[z]), over=n)


class DirichletMixture(Model):
    """Compositions."""

    n, k, d = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    a = Parameter(Positive(d), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Dirichlet(a[z]), over=n)


class MultinomialMixture(Model):
    """Bags of words."""

    n, k, v = Axis(), Axis(), Axis()
    length = Given(Count(), over=n)
    weight = Parameter(Simplex(k))
    topic = Parameter(Simplex(v), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Multinomial(length, topic[z]), over=n)


class SharedScalarMean(Model):
    """A scale mixture on the line."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real())
    variance = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean, variance=variance[z]), over=n)


class PrecisionMixture(Model):
    """variance = 1 / precision."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    precision = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=1 / precision[z]), over=n)


class DeviationMixture(Model):
    """variance = s ** 2."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    s = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=s[z] ** 2), over=n)


CASES = (
    Case(BinomialMixture, {"n": 14, "k": 2}),
    Case(ExponentialMixture, {"n": 14, "k": 2}),
    Case(ExponentialMeans, {"n": 14, "k": 2}),
    Case(GammaMixture, {"n": 20, "k": 2}),
    Case(GammaSharedShape, {"n": 20, "k": 2}),
    Case(GammaByMean, {"n": 20, "k": 2}),
    Case(InverseGammaMixture, {"n": 20, "k": 2}),
    Case(BetaMixture, {"n": 20, "k": 2}),
    Case(DirichletMixture, {"n": 20, "k": 2, "d": 3}, seed=2),
    Case(MultinomialMixture, {"n": 14, "k": 2, "v": 3}),
    Case(SharedScalarMean, {"n": 30, "k": 2}),
    Case(PrecisionMixture, {"n": 14, "k": 2}, seed=2),
    Case(DeviationMixture, {"n": 14, "k": 2}, seed=2),
)
