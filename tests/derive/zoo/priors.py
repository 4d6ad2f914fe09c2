"""Priors on parameters (MAP), parameters of parameters, odd scales and domains."""

from __future__ import annotations

from autoem import (
    Axis, Bernoulli, Beta, Binomial, Categorical, Dirichlet, Exponential, Gamma, Given, Identity,
    Index, Interval, InverseGamma, Latent, Model, MultivariateNormal, Normal, Observed, Parameter,
    Poisson, Positive, Real, Simplex, Zeros, dot, sqrt,
)  # fmt: skip
from tests.derive.zoo.case import Case


class MapMixture(Model):
    """Conjugate priors everywhere."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k), prior=Dirichlet(2))
    mean = Parameter(Real(), over=k, prior=Normal(0, variance=4))
    variance = Parameter(Positive(), over=k, prior=InverseGamma(2, scale=1))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance[z]), over=n)


class MapRates(Model):
    """A Gamma prior of Poisson rates, a Beta prior of a probability."""

    n, j = Axis(), Axis()
    rate = Parameter(Positive(), over=j, prior=Gamma(2, rate=1))
    p = Parameter(Interval(0, 1), over=j, prior=Beta(2, 3))
    x = Observed(Poisson(rate), over=(n, j))
    y = Observed(Bernoulli(p), over=(n, j))


class Ridge(Model):
    """Regression with a normal prior of the coefficients."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p), prior=MultivariateNormal(Zeros(p), cov=Identity(p)))
    variance = Parameter(Positive())
    y = Observed(Normal(dot(v, beta), variance=variance), over=n)


class Hierarchical(Model):
    """A prior whose scale is itself a parameter with a prior."""

    n, j = Axis(), Axis()
    scale = Parameter(Positive(), prior=InverseGamma(3, scale=2))
    mean = Parameter(Real(), over=j, prior=Normal(0, variance=scale))
    x = Observed(Normal(mean, variance=1), over=(n, j))


class MapGroups(Model):
    """Group means shrink to a free centre."""

    n, g = Axis(), Axis()
    group = Given(Index(g), over=n)
    centre = Parameter(Real())
    mean = Parameter(Real(), over=g, prior=Normal(centre, variance=1))
    variance = Parameter(Positive(), prior=InverseGamma(2, scale=1))
    x = Observed(Normal(mean[group], variance=variance), over=n)


class MapClasses(Model):
    """Latent classes with Beta priors."""

    n, k, item = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k), prior=Dirichlet(2))
    p = Parameter(Interval(0, 1), over=(k, item), prior=Beta(2, 2))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Bernoulli(p[z]), over=(n, item))


class MapTopics(Model):
    """Categories with Dirichlet priors."""

    n, k, j, v = Axis(), Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k), prior=Dirichlet(3))
    word = Parameter(Simplex(v), over=k, prior=Dirichlet(2))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Categorical(word[z]), over=(n, j))


class PriorOfShape(Model):
    """A prior that is not conjugate: an Exponential one of a Gamma shape."""

    n = Axis()
    shape = Parameter(Positive(), prior=Exponential(rate=1))
    rate = Parameter(Positive(), prior=Gamma(2, rate=1))
    x = Observed(Gamma(shape, rate=rate), over=n)


class PriorOfLoadings(Model):
    """Factor analysis with priors of loadings and noise."""

    n, d, q = Axis(), Axis(), Axis()
    loading = Parameter(Real(q), over=d, prior=MultivariateNormal(Zeros(q), cov=Identity(q)))
    noise = Parameter(Positive(), over=d, prior=InverseGamma(2, scale=1))
    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(Normal(dot(loading, z), variance=noise), over=(n, d))


class SharedVariance(Model):
    """One variance in two factors with different given weights."""

    n = Axis()
    w, u = Given(Positive(), over=n), Given(Positive(), over=n)
    mean = Parameter(Real())
    s2 = Parameter(Positive())
    x = Observed(Normal(mean, variance=s2 * w), over=n)
    y = Observed(Normal(2 * mean, variance=s2 * u / 2), over=n)


class VarianceOfMean(Model):
    """A variance that is tied to the mean."""

    n = Axis()
    rate = Parameter(Positive())
    x = Observed(Normal(rate, variance=rate), over=n)


class RootScale(Model):
    """variance = sqrt(v), mean in a product with a given."""

    n = Axis()
    w = Given(Real(), over=n)
    a = Parameter(Real())
    v = Parameter(Positive())
    x = Observed(Normal(w * a, variance=sqrt(v)), over=n)


class ProductRates(Model):
    """Rates that are a product of a row and a column parameter."""

    n, j = Axis(), Axis()
    a = Parameter(Positive(), over=n)
    b = Parameter(Positive(), over=j)
    x = Observed(Poisson(a * b), over=(n, j))


class Odds(Model):
    """A probability that is a function of a positive parameter."""

    n = Axis()
    r = Parameter(Positive())
    x = Observed(Bernoulli(r / (1 + r)), over=n)


class Complement(Model):
    """One probability and its complement."""

    n = Axis()
    p = Parameter(Interval(0, 1))
    x = Observed(Bernoulli(p), over=n)
    y = Observed(Bernoulli(1 - p), over=n)
    t = Observed(Binomial(3, p), over=n)


class HalfInterval(Model):
    """An interval that is not the unit one."""

    n = Axis()
    p = Parameter(Interval(0, 0.5))
    x = Observed(Bernoulli(p), over=n)


class MixtureOfIntervals(Model):
    """Means in an interval."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Interval(-1, 1), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=1), over=n)


class PositiveMean(Model):
    """The mean of a Normal, known to be positive."""

    n = Axis()
    mean = Parameter(Positive())
    variance = Parameter(Positive())
    x = Observed(Normal(mean, variance=variance), over=n)


CASES = (
    Case(MapMixture, {"n": 14, "k": 2}),
    Case(MapRates, {"n": 6, "j": 3}),
    Case(Ridge, {"n": 9, "p": 3}),
    Case(Hierarchical, {"n": 5, "j": 3}),
    Case(MapGroups, {"n": 9, "g": 3}),
    Case(MapClasses, {"n": 14, "k": 2, "item": 3}),
    Case(MapTopics, {"n": 9, "k": 2, "j": 3, "v": 3}),
    Case(PriorOfShape, {"n": 9}),
    Case(PriorOfLoadings, {"n": 7, "d": 3, "q": 1}),
    Case(SharedVariance, {"n": 9}),
    Case(VarianceOfMean, {"n": 9}),
    Case(RootScale, {"n": 9}),
    Case(ProductRates, {"n": 4, "j": 3}),
    Case(Odds, {"n": 9}),
    Case(Complement, {"n": 9}),
    Case(HalfInterval, {"n": 9}),
    Case(MixtureOfIntervals, {"n": 9, "k": 2}),
    Case(PositiveMean, {"n": 9}),
)
