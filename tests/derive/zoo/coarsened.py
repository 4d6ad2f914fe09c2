"""Latents seen coarsely: between bounds, as sums, through likelihoods; truncations; switches."""

from __future__ import annotations

from math import inf

from autoem import (
    Axis,
    Bernoulli,
    Binary,
    Categorical,
    Evidence,
    Exponential,
    Gamma,
    Geometric,
    Given,
    Interval,
    InverseGamma,
    Laplace,
    Latent,
    LogNormal,
    Model,
    NonNegative,
    Normal,
    Observed,
    Parameter,
    Pareto,
    Poisson,
    Positive,
    Real,
    Simplex,
    Total,
    Truncated,
    Weibull,
    Within,
    dot,
    where,
)  # fmt: skip


class NormalWithin(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    lower, upper = Given(Real(), over=n), Given(Real(), over=n)
    beta = Parameter(Real(p))
    s2 = Parameter(Positive())
    t = Latent(Normal(dot(v, beta), variance=s2), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class LogNormalWithin(Model):
    n = Axis()
    lower, upper = Given(NonNegative(), over=n), Given(NonNegative(), over=n)
    m, s2 = Parameter(Real()), Parameter(Positive())
    t = Latent(LogNormal(m, variance=s2), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class ExponentialWithin(Model):
    n = Axis()
    lower, upper = Given(NonNegative(), over=n), Given(NonNegative(), over=n)
    rate = Parameter(Positive())
    t = Latent(Exponential(rate=rate), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class GammaWithin(Model):
    n = Axis()
    lower, upper = Given(NonNegative(), over=n), Given(NonNegative(), over=n)
    shape, rate = Parameter(Positive()), Parameter(Positive())
    t = Latent(Gamma(shape, rate=rate), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class InverseGammaWithin(Model):
    n = Axis()
    lower, upper = Given(NonNegative(), over=n), Given(NonNegative(), over=n)
    shape, scale = Parameter(Positive()), Parameter(Positive())
    t = Latent(InverseGamma(shape, scale=scale), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class WeibullWithin(Model):
    n = Axis()
    lower, upper = Given(NonNegative(), over=n), Given(NonNegative(), over=n)
    scale = Parameter(Positive())
    t = Latent(Weibull(1.7, scale=scale), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class PoissonWithin(Model):
    n = Axis()
    lower, upper = Given(NonNegative(), over=n), Given(NonNegative(), over=n)
    rate = Parameter(Positive())
    t = Latent(Poisson(rate), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class MixtureWithin(Model):
    """The bounds of a latent whose law depends on another."""

    n, k = Axis(), Axis()
    lower, upper = Given(Real(), over=n), Given(Real(), over=n)
    weight = Parameter(Simplex(k))
    m, s2 = Parameter(Real(), over=k), Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    t = Latent(Normal(m[z], variance=s2[z]), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class MeasuredWithin(Model):
    """A latent between bounds that is also measured with noise."""

    n = Axis()
    upper = Given(Real(), over=n)
    m, s2, v2 = Parameter(Real()), Parameter(Positive()), Parameter(Positive())
    t = Latent(Normal(m, variance=s2), over=n)
    x = Observed(Normal(t, variance=v2), over=n)
    seen = Observed(Within(t, lower=0, upper=upper), over=n)


class RateWithin(Model):
    """A Gamma latent between bounds that is also the rate of counts."""

    n = Axis()
    upper = Given(Positive(), over=n)
    rate = Parameter(Positive())
    t = Latent(Gamma(2, rate=rate), over=n)
    x = Observed(Poisson(t), over=n)
    seen = Observed(Within(t, upper=upper), over=n)


class Probit(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    y = Given(Binary(), over=n)
    beta = Parameter(Real(p))
    w = Latent(Normal(dot(v, beta), variance=1), over=n)
    seen = Observed(Within(w, lower=where(y, 0, -inf), upper=where(y, inf, 0)), over=n)


class SkewNormal(Model):
    n = Axis()
    m, d, s2 = Parameter(Real()), Parameter(Real()), Parameter(Positive())
    h = Latent(Truncated(Normal(0, variance=1), lower=0), over=n)
    x = Observed(Normal(m + d * h, variance=s2), over=n)


class TruncatedSeenTwice(Model):
    """A truncated latent of which an interval is seen."""

    n = Axis()
    lower, upper = Given(Real(), over=n), Given(Real(), over=n)
    m, s2 = Parameter(Real()), Parameter(Positive())
    t = Latent(Truncated(Normal(m, variance=s2), lower=0), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)


class TruncatedNormal(Model):
    n = Axis()
    m, s2 = Parameter(Real()), Parameter(Positive())
    x = Observed(Truncated(Normal(m, variance=s2), lower=-1, upper=2), over=n)


class TruncatedRegression(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    b, s2 = Parameter(Real(p)), Parameter(Positive())
    x = Observed(Truncated(Normal(dot(v, b), variance=s2), lower=0), over=n)


class TruncatedExponential(Model):
    n = Axis()
    u = Given(Positive(), over=n)
    rate = Parameter(Positive())
    x = Observed(Truncated(Exponential(rate=rate), upper=u), over=n)


class TruncatedGamma(Model):
    n = Axis()
    shape, rate = Parameter(Positive()), Parameter(Positive())
    x = Observed(Truncated(Gamma(shape, rate=rate), lower=0.5, upper=6), over=n)


class TruncatedWeibull(Model):
    n = Axis()
    shape, scale = Parameter(Positive()), Parameter(Positive())
    x = Observed(Truncated(Weibull(shape, scale=scale), lower=0.5), over=n)


class TruncatedPareto(Model):
    n = Axis()
    shape = Parameter(Positive())
    x = Observed(Truncated(Pareto(shape, minimum=1), upper=10), over=n)


class ZeroTruncatedPoisson(Model):
    n = Axis()
    rate = Parameter(Positive())
    x = Observed(Truncated(Poisson(rate), lower=1), over=n)


class TruncatedGeometric(Model):
    n = Axis()
    p = Parameter(Interval(0, 1))
    x = Observed(Truncated(Geometric(p), upper=6), over=n)


class KnownLikelihoods(Model):
    n, k = Axis(), Axis()
    table = Given(NonNegative(), over=(n, k))
    mass = Parameter(Simplex(k))
    z = Latent(Categorical(mass), over=n)
    seen = Observed(Evidence(table[z]), over=n)


class LikelihoodsAndData(Model):
    """Evidence of a label beside data that depend on it."""

    n, k = Axis(), Axis()
    table = Given(NonNegative(), over=(n, k))
    weight = Parameter(Simplex(k))
    m = Parameter(Real(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(m[z], variance=1), over=n)
    seen = Observed(Evidence(table[z]), over=n)


class TotalOfPoissons(Model):
    n, b = Axis(), Axis()
    p = Given(Positive(), over=(n, b))
    rate = Parameter(Positive(), over=b)
    z = Latent(Poisson(rate * p), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


class TotalOfNormals(Model):
    """Summands of unequal variances, with a covariate each."""

    n, b = Axis(), Axis()
    v = Given(Real(), over=(n, b))
    scale = Given(Positive(), over=b)
    beta, s2 = Parameter(Real(), over=b), Parameter(Positive())
    z = Latent(Normal(beta * v, variance=s2 * scale), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


class TotalOfMeasured(Model):
    """Summands that are also measured with noise."""

    n, b = Axis(), Axis()
    m, s2 = Parameter(Real(), over=b), Parameter(Positive())
    z = Latent(Normal(m, variance=s2), over=(n, b))
    x = Observed(Normal(z, variance=1), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


class TotalInMixture(Model):
    """The rates of all summands of a row depend on its label."""

    n, b, k = Axis(), Axis(), Axis()
    p = Given(Positive(), over=(n, b))
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=(k, b))
    c = Latent(Categorical(weight), over=n)
    z = Latent(Poisson(rate[c] * p), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


class TwoFamilies(Model):
    """A mixture of a normal and a Laplace component."""

    n = Axis()
    share = Parameter(Interval(0, 1))
    m, s2, b = Parameter(Real()), Parameter(Positive()), Parameter(Positive())
    z = Latent(Bernoulli(share), over=n)
    x = Observed(where(z, Normal(m, variance=s2), Laplace(0, scale=b)), over=n)


class GivenSwitch(Model):
    n = Axis()
    c = Given(Binary(), over=n)
    rate, p = Parameter(Positive()), Parameter(Interval(0, 1))
    x = Observed(where(c, Poisson(rate), Geometric(p)), over=n)


class ObservedSwitch(Model):
    n = Axis()
    share = Parameter(Interval(0, 1))
    rate, other = Parameter(Positive()), Parameter(Positive())
    z = Observed(Bernoulli(share), over=n)
    x = Observed(where(z, Exponential(rate=rate), Gamma(2, rate=other)), over=n)
