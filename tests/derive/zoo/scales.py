"""Conjugate latents: rates, precisions, variances, proportions."""

from __future__ import annotations

from autoem import (
    Axis, Bernoulli, Beta, Binomial, Categorical, Count, Dirichlet, Exponential, Gamma, Given,
    Identity, InverseGamma, Latent, Model, Multinomial, MultivariateNormal, Normal, Observed,
    Parameter, Poisson, Positive, PositiveDefinite, Real, Simplex, dot, exp,
)  # fmt: skip
from tests.derive.zoo.case import Case


class GammaPoisson(Model):
    """Poisson rates that differ by row, with several counts each."""

    n, j = Axis(), Axis()
    shape, rate = Parameter(Positive()), Parameter(Positive())
    u = Latent(Gamma(shape, rate=rate), over=n)
    x = Observed(Poisson(u), over=(n, j))


class GammaExponential(Model):
    """Exponential waiting times with random rates."""

    n, j = Axis(), Axis()
    shape, rate = Parameter(Positive()), Parameter(Positive())
    u = Latent(Gamma(shape, rate=rate), over=n)
    x = Observed(Exponential(rate=u), over=(n, j))


class GammaPrecision(Model):
    """A precision that differs by row."""

    n, j = Axis(), Axis()
    shape, rate = Parameter(Positive()), Parameter(Positive())
    mean = Parameter(Real())
    u = Latent(Gamma(shape, rate=rate), over=n)
    x = Observed(Normal(mean, variance=1 / u), over=(n, j))


class InverseGammaVariance(Model):
    """A variance that differs by row."""

    n, j = Axis(), Axis()
    shape, scale = Parameter(Positive()), Parameter(Positive())
    mean = Parameter(Real(), over=j)
    w = Latent(InverseGamma(shape, scale=scale), over=n)
    x = Observed(Normal(mean, variance=w), over=(n, j))


class ExponentialRates(Model):
    """An Exponential latent is a Gamma afterwards."""

    n, j = Axis(), Axis()
    rate = Parameter(Positive())
    u = Latent(Exponential(rate=rate), over=n)
    x = Observed(Poisson(u), over=(n, j))


class BetaBinomial(Model):
    """Success probabilities that differ by row."""

    n = Axis()
    trials = Given(Count(), over=n)
    a, b = Parameter(Positive()), Parameter(Positive())
    p = Latent(Beta(a, b), over=n)
    x = Observed(Binomial(trials, p), over=n)


class BetaBernoulli(Model):
    """Several yes or no answers of a row."""

    n, j = Axis(), Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    p = Latent(Beta(a, b), over=n)
    x = Observed(Bernoulli(p), over=(n, j))


class GammaFrailty(Model):
    """Exponential survival with a frailty of mean one and known exposure."""

    n, j = Axis(), Axis()
    exposure = Given(Positive(), over=(n, j))
    shape = Parameter(Positive())
    rate = Parameter(Positive(), over=j)
    u = Latent(Gamma(shape, rate=shape), over=n)
    x = Observed(Exponential(rate=u * rate * exposure), over=(n, j))


class StudentVector(Model):
    """A multivariate t."""

    n, d = Axis(), Axis()
    mean = Parameter(Real(d))
    cov = Parameter(PositiveDefinite(d))
    nu = Parameter(Positive())
    u = Latent(Gamma(nu / 2, rate=nu / 2), over=n)
    x = Observed(MultivariateNormal(mean, cov=cov / u), over=n)


class StudentMixture(Model):
    """Clusters with heavy tails."""

    n, k, d = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d), over=k)
    nu = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    u = Latent(Gamma(nu[z] / 2, rate=nu[z] / 2), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=cov[z] / u), over=n)


class SharedTail(Model):
    """A mixture of t's with one nu."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    s2 = Parameter(Positive(), over=k)
    nu = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    u = Latent(Gamma(nu / 2, rate=nu / 2), over=n)
    x = Observed(Normal(mean[z], variance=s2[z] / u), over=n)


class NegativeBinomialMixture(Model):
    """Overdispersed counts in clusters."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    shape = Parameter(Positive(), over=k)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    u = Latent(Gamma(shape[z], rate=rate[z]), over=n)
    x = Observed(Poisson(u), over=n)


class DirichletMultinomial(Model):
    """Compositions that differ by row."""

    n, v = Axis(), Axis()
    length = Given(Count(), over=n)
    a = Parameter(Positive(v))
    p = Latent(Dirichlet(a), over=n)
    x = Observed(Multinomial(length, p), over=n)


class DirichletRows(Model):
    """Categories of a row whose probabilities are a Dirichlet."""

    n, j, v = Axis(), Axis(), Axis()
    a = Parameter(Positive(v))
    p = Latent(Dirichlet(a), over=n)
    x = Observed(Categorical(p), over=(n, j))


class ClusteredProportions(Model):
    """Beta-binomial rows in clusters."""

    n, k = Axis(), Axis()
    trials = Given(Count(), over=n)
    weight = Parameter(Simplex(k))
    a, b = Parameter(Positive(), over=k), Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    p = Latent(Beta(a[z], b[z]), over=n)
    x = Observed(Binomial(trials, p), over=n)


class GammaOfGamma(Model):
    """A Gamma whose rate is a Gamma."""

    n, j = Axis(), Axis()
    shape, rate = Parameter(Positive()), Parameter(Positive())
    own = Parameter(Positive())
    u = Latent(Gamma(shape, rate=rate), over=n)
    x = Observed(Gamma(own, rate=u), over=(n, j))


class PrecisionOfClusters(Model):
    """A precision of the row whose law is that of an unseen cluster."""

    n, j, k = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=k)
    mean = Parameter(Real())
    z = Latent(Categorical(weight), over=n)
    u = Latent(Gamma(2, rate=rate[z]), over=n)
    x = Observed(Normal(mean, variance=1 / u), over=(n, j))


class OverdispersedRegression(Model):
    """Negative binomial regression by its Gamma latent."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    shape = Parameter(Positive())
    u = Latent(Gamma(shape, rate=shape), over=n)
    y = Observed(Poisson(u * exp(dot(v, beta))), over=n)


class LatentScaleOfVectors(Model):
    """A variance of the row for a whole vector."""

    n, d = Axis(), Axis()
    shape, scale = Parameter(Positive()), Parameter(Positive())
    mean = Parameter(Real(d))
    w = Latent(InverseGamma(shape, scale=scale), over=n)
    x = Observed(MultivariateNormal(mean, cov=w * Identity(d)), over=n)


CASES = (
    Case(GammaPoisson, {"n": 6, "j": 2}, seed=2),
    Case(GammaExponential, {"n": 6, "j": 2}),
    Case(GammaPrecision, {"n": 6, "j": 3}),
    Case(InverseGammaVariance, {"n": 6, "j": 3}, seed=2),
    Case(ExponentialRates, {"n": 6, "j": 2}),
    Case(BetaBinomial, {"n": 6}),
    Case(BetaBernoulli, {"n": 6, "j": 3}, seed=5),
    Case(GammaFrailty, {"n": 6, "j": 3}),
    Case(StudentVector, {"n": 9, "d": 2}, slow=True),
    Case(StudentMixture, {"n": 48, "k": 2, "d": 2}, slow=True),
    Case(SharedTail, {"n": 12, "k": 2}),
    Case(NegativeBinomialMixture, {"n": 12, "k": 2}, interior=False),
    Case(DirichletMultinomial, {"n": 30, "v": 3}),
    Case(DirichletRows, {"n": 30, "j": 4, "v": 3}),
    Case(ClusteredProportions, {"n": 24, "k": 2}, seed=2, slow=True),
    Case(GammaOfGamma, {"n": 9, "j": 2}),
    Case(PrecisionOfClusters, {"n": 12, "j": 3, "k": 2}),
    Case(OverdispersedRegression, {"n": 14, "p": 2}),
    Case(LatentScaleOfVectors, {"n": 9, "d": 3}),
)
