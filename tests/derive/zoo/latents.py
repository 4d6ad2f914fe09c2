"""Continuous latents: conjugate, Gaussian, several in a row, given discrete ones."""

from __future__ import annotations

from autoem import (
    Axis,
    Bernoulli,
    Beta,
    Binomial,
    Categorical,
    Count,
    Diagonal,
    Dirichlet,
    Exponential,
    Gamma,
    Given,
    Identity,
    Index,
    Interval,
    InverseGamma,
    Latent,
    Model,
    Multinomial,
    MultivariateNormal,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Zeros,
    dot,
    where,
)  # fmt: skip


class RandomEffect(Model):
    """An effect of the row, seen several times."""

    n, j = Axis(), Axis()
    mean = Parameter(Real())
    tau2, sigma2 = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(0, variance=tau2), over=n)
    x = Observed(Normal(mean + b, variance=sigma2), over=(n, j))


class CentredEffect(Model):
    """The same with the mean in the effect."""

    n, j = Axis(), Axis()
    mean = Parameter(Real())
    tau2, sigma2 = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(mean, variance=tau2), over=n)
    x = Observed(Normal(b, variance=sigma2), over=(n, j))


class RandomSlope(Model):
    """An effect of the row times a covariate of the column, loadings free."""

    n, j = Axis(), Axis()
    mean = Parameter(Real(), over=j)
    slope = Parameter(Real(), over=j)
    sigma2 = Parameter(Positive(), over=j)
    b = Latent(Normal(0, variance=1), over=n)
    x = Observed(Normal(mean + slope * b, variance=sigma2), over=(n, j))


class TwoEffects(Model):
    """Two Gaussian latents in a row, one above the other."""

    n, j = Axis(), Axis()
    mean = Parameter(Real())
    a2, b2, s2 = Parameter(Positive()), Parameter(Positive()), Parameter(Positive())
    a = Latent(Normal(mean, variance=a2), over=n)
    b = Latent(Normal(a, variance=b2), over=n)
    x = Observed(Normal(a, variance=s2), over=(n, j))
    y = Observed(Normal(b, variance=s2), over=(n, j))


class TwoFactors(Model):
    """Two scalar factors with loadings of their own."""

    n, j = Axis(), Axis()
    u = Parameter(Real(), over=j)
    v = Parameter(Real(), over=j)
    s2 = Parameter(Positive(), over=j)
    f = Latent(Normal(0, variance=1), over=n)
    g = Latent(Normal(0, variance=1), over=n)
    x = Observed(Normal(u * f + v * g, variance=s2), over=(n, j))


class VectorEffect(Model):
    """A random vector with full covariance behind known regressors."""

    n, j, q = Axis(), Axis(), Axis()
    design = Given(Real(q), over=(n, j))
    mean = Parameter(Real(q))
    cov = Parameter(PositiveDefinite(q))
    s2 = Parameter(Positive())
    b = Latent(MultivariateNormal(mean, cov=cov), over=n)
    x = Observed(Normal(dot(design, b), variance=s2), over=(n, j))


class ErrorsInVariables(Model):
    """A true covariate, measured with noise, and a response."""

    n = Axis()
    mean, slope, start = Parameter(Real()), Parameter(Real()), Parameter(Real())
    t2, u2 = Parameter(Positive()), Parameter(Positive())
    t = Latent(Normal(mean, variance=t2), over=n)
    x = Observed(Normal(t, variance=1), over=n)
    y = Observed(Normal(start + slope * t, variance=u2), over=n)


class FactorRegression(Model):
    """Factors with covariates in the mean."""

    n, d, q, p = Axis(), Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    loading = Parameter(Real(d, q))
    beta = Parameter(Real(d, p))
    noise = Parameter(Positive(d))
    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(loading @ z + beta @ v, cov=Diagonal(noise)), over=n)


class FullNoiseFactors(Model):
    """A known loading, a full noise covariance and a full factor covariance."""

    n, d, q = Axis(), Axis(), Axis()
    loading = Given(Real(d, q))
    cov = Parameter(PositiveDefinite(q))
    noise = Parameter(PositiveDefinite(d))
    z = Latent(MultivariateNormal(Zeros(q), cov=cov), over=n)
    x = Observed(MultivariateNormal(loading @ z, cov=noise), over=n)


class SharedFactor(Model):
    """One latent vector behind two observed vectors."""

    n, d, e, q = Axis(), Axis(), Axis(), Axis()
    a = Parameter(Real(d, q))
    b = Parameter(Real(e, q))
    s = Parameter(Positive())
    t = Parameter(Positive(e))
    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(a @ z, cov=s * Identity(d)), over=n)
    y = Observed(MultivariateNormal(b @ z, cov=Diagonal(t)), over=n)


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


class ClusteredEffects(Model):
    """A random effect whose mean is that of an unseen cluster."""

    n, j, k = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    tau2 = Parameter(Positive(), over=k)
    s2 = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    b = Latent(Normal(mean[z], variance=tau2[z]), over=n)
    x = Observed(Normal(b, variance=s2), over=(n, j))


class SwitchedEffect(Model):
    """An effect that only some rows show."""

    n, j = Axis(), Axis()
    p = Parameter(Interval(0, 1))
    tau2, s2 = Parameter(Positive()), Parameter(Positive())
    on = Latent(Bernoulli(p), over=n)
    b = Latent(Normal(0, variance=tau2), over=n)
    x = Observed(Normal(where(on, b, 0), variance=s2), over=(n, j))


class ClusterLoadings(Model):
    """Loadings, means and noise by cluster."""

    n, k, d, q = Axis(), Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    loading = Parameter(Real(d, q), over=k)
    mean = Parameter(Real(d), over=k)
    noise = Parameter(Positive(d), over=k)
    z = Latent(Categorical(weight), over=n)
    f = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(loading[z] @ f + mean[z], cov=Diagonal(noise[z])), over=n)


class DirichletMultinomial(Model):
    """Compositions that differ by row."""

    n, v = Axis(), Axis()
    length = Given(Count(), over=n)
    a = Parameter(Positive(v))
    p = Latent(Dirichlet(a), over=n)
    x = Observed(Multinomial(length, p), over=n)


class RowIntercept(Model):
    """A random intercept by lookup."""

    i, g, p = Axis(), Axis(), Axis()
    v = Given(Real(p), over=i)
    group = Given(Index(g), over=i)
    beta = Parameter(Real(p))
    tau2, sigma2 = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(0, variance=tau2), over=g)
    y = Observed(Normal(dot(v, beta) + b[group], variance=sigma2), over=i)


class GroupRates(Model):
    """Poisson rates of groups, looked up by rows with exposure."""

    i, g = Axis(), Axis()
    exposure = Given(Positive(), over=i)
    group = Given(Index(g), over=i)
    shape, rate = Parameter(Positive()), Parameter(Positive())
    u = Latent(Gamma(shape, rate=rate), over=g)
    y = Observed(Poisson(exposure * u[group]), over=i)


CASES = {
    RandomEffect: {"n": 5, "j": 3},
    CentredEffect: {"n": 5, "j": 3},
    RandomSlope: {"n": 9, "j": 3},
    TwoEffects: {"n": 5, "j": 2},
    TwoFactors: {"n": 6, "j": 3},
    VectorEffect: {"n": 4, "j": 3, "q": 2},
    ErrorsInVariables: {"n": 9},
    FactorRegression: {"n": 8, "d": 3, "q": 1, "p": 2},
    FullNoiseFactors: {"n": 5, "d": 3, "q": 2},
    SharedFactor: {"n": 5, "d": 2, "e": 3, "q": 1},
    GammaPoisson: {"n": 6, "j": 2},
    GammaExponential: {"n": 6, "j": 2},
    GammaPrecision: {"n": 6, "j": 3},
    InverseGammaVariance: {"n": 6, "j": 3},
    ExponentialRates: {"n": 6, "j": 2},
    BetaBinomial: {"n": 6},
    BetaBernoulli: {"n": 6, "j": 3},
    GammaFrailty: {"n": 6, "j": 3},
    StudentVector: {"n": 9, "d": 2},
    StudentMixture: {"n": 12, "k": 2, "d": 2},
    SharedTail: {"n": 12, "k": 2},
    NegativeBinomialMixture: {"n": 12, "k": 2},
    ClusteredEffects: {"n": 8, "j": 2, "k": 2},
    SwitchedEffect: {"n": 7, "j": 2},
    ClusterLoadings: {"n": 8, "k": 2, "d": 3, "q": 1},
    DirichletMultinomial: {"n": 6, "v": 3},
    RowIntercept: {"i": 8, "g": 3, "p": 2},
    GroupRates: {"i": 8, "g": 3},
}
