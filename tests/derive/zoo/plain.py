"""Models without latents: the maximum likelihood of every family."""

from __future__ import annotations

from autoem import (
    Axis, Bernoulli, Beta, Binomial, Categorical, Count, Diagonal, Dirichlet, Exponential, Gamma,
    Given, Identity, Interval, InverseGamma, Model, Multinomial, MultivariateNormal, Normal,
    Observed, Ones, Parameter, Poisson, Positive, PositiveDefinite, Real, Simplex, exp,
)  # fmt: skip
from tests.derive.zoo.case import Case


class PlainBernoulli(Model):
    n = Axis()
    p = Parameter(Interval(0, 1))
    x = Observed(Bernoulli(p), over=n)


class PlainBinomial(Model):
    n = Axis()
    trials = Given(Count(), over=n)
    p = Parameter(Interval(0, 1))
    x = Observed(Binomial(trials, p), over=n)


class PlainCategorical(Model):
    n, k = Axis(), Axis()
    p = Parameter(Simplex(k))
    x = Observed(Categorical(p), over=n)


class PlainMultinomial(Model):
    n, k = Axis(), Axis()
    trials = Given(Count(), over=n)
    p = Parameter(Simplex(k))
    x = Observed(Multinomial(trials, p), over=n)


class PlainPoisson(Model):
    n = Axis()
    rate = Parameter(Positive())
    x = Observed(Poisson(rate), over=n)


class PlainNormal(Model):
    n = Axis()
    mean, variance = Parameter(Real()), Parameter(Positive())
    x = Observed(Normal(mean, variance=variance), over=n)


class PlainVector(Model):
    n, d = Axis(), Axis()
    mean = Parameter(Real(d))
    cov = Parameter(PositiveDefinite(d))
    x = Observed(MultivariateNormal(mean, cov=cov), over=n)


class PlainGamma(Model):
    n = Axis()
    shape, rate = Parameter(Positive()), Parameter(Positive())
    x = Observed(Gamma(shape, rate=rate), over=n)


class PlainInverseGamma(Model):
    n = Axis()
    shape, scale = Parameter(Positive()), Parameter(Positive())
    x = Observed(InverseGamma(shape, scale=scale), over=n)


class PlainExponential(Model):
    n = Axis()
    rate = Parameter(Positive())
    x = Observed(Exponential(rate=rate), over=n)


class PlainBeta(Model):
    n = Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    x = Observed(Beta(a, b), over=n)


class SymmetricBeta(Model):
    """One parameter twice in one factor."""

    n = Axis()
    a = Parameter(Positive())
    x = Observed(Beta(a, a), over=n)


class PlainDirichlet(Model):
    n, d = Axis(), Axis()
    a = Parameter(Positive(d))
    x = Observed(Dirichlet(a), over=n)


class ListLiteral(Model):
    """Cell probabilities as functions of one parameter, no latent."""

    total = Given(Count())
    theta = Parameter(Interval(0, 1))
    x = Observed(Multinomial(total, [theta / 2, (1 - theta) / 2, 1 / 2]))


class HardyWeinberg(Model):
    """Observed genotypes: squares and products of frequencies."""

    total = Given(Count())
    allele = Axis(size=3)
    f = Parameter(Simplex(allele))
    x = Observed(
        Multinomial(
            total,
            [f[0] ** 2, 2 * f[0] * f[1], f[1] ** 2, 2 * f[0] * f[2], 2 * f[1] * f[2], f[2] ** 2],
        )
    )


class LogParameter(Model):
    """A parameter through exp, and one through a square."""

    n = Axis()
    a, b = Parameter(Real()), Parameter(Positive())
    x = Observed(Poisson(exp(a)), over=n)
    y = Observed(Normal(0, variance=b**2), over=n)


class IntegerEntries(Model):
    """Entries of a vector of parameters by their positions."""

    n = Axis()
    k = Axis(size=2)
    r = Parameter(Positive(k))
    x = Observed(Poisson(r[0]), over=n)
    y = Observed(Exponential(rate=2 * r[1]), over=n)


class IntegerMeans(Model):
    """Sums of entries by their positions."""

    n = Axis()
    k = Axis(size=2)
    r = Parameter(Real(k))
    v = Parameter(Positive(k))
    x = Observed(Normal(r[0], variance=v[0]), over=n)
    y = Observed(Normal(r[1] + r[0], variance=v[1]), over=n)


class KnownCovariance(Model):
    """A covariance that is data of the row, up to a scale."""

    n, d = Axis(), Axis()
    known = Given(PositiveDefinite(d), over=n)
    mean = Parameter(Real(d))
    scale = Parameter(Positive())
    x = Observed(MultivariateNormal(mean, cov=scale * known), over=n)


class KnownMean(Model):
    """A covariance about a given mean."""

    n, d = Axis(), Axis()
    centre = Given(Real(d), over=n)
    cov = Parameter(PositiveDefinite(d))
    x = Observed(MultivariateNormal(centre, cov=cov), over=n)


class OneNumberMean(Model):
    """One mean for every entry of a vector."""

    n, d = Axis(), Axis()
    mean = Parameter(Real())
    variance = Parameter(Positive(d))
    x = Observed(MultivariateNormal(mean * Ones(d), cov=Diagonal(variance)), over=n)


class ScaledNoise(Model):
    """A known covariance with an unknown scale by diagonal and identity."""

    n, d = Axis(), Axis()
    known = Given(Positive(d))
    mean = Parameter(Real(d))
    s, t = Parameter(Positive()), Parameter(Positive())
    x = Observed(MultivariateNormal(mean, cov=s * Diagonal(known)), over=n)
    y = Observed(MultivariateNormal(mean, cov=t * Identity(d)), over=n)


CASES = (
    Case(PlainBernoulli, {"n": 9}),
    Case(PlainBinomial, {"n": 5}),
    Case(PlainCategorical, {"n": 12, "k": 3}),
    Case(PlainMultinomial, {"n": 5, "k": 3}),
    Case(PlainPoisson, {"n": 5}),
    Case(PlainNormal, {"n": 5}),
    Case(PlainVector, {"n": 9, "d": 3}),
    Case(PlainGamma, {"n": 9}),
    Case(PlainInverseGamma, {"n": 9}),
    Case(PlainExponential, {"n": 5}),
    Case(PlainBeta, {"n": 9}),
    Case(SymmetricBeta, {"n": 9}),
    Case(PlainDirichlet, {"n": 9, "d": 3}),
    Case(ListLiteral, {}),
    Case(HardyWeinberg, {}),
    Case(LogParameter, {"n": 9}),
    Case(IntegerEntries, {"n": 6}),
    Case(IntegerMeans, {"n": 6}),
    Case(KnownCovariance, {"n": 9, "d": 2}),
    Case(KnownMean, {"n": 9, "d": 2}),
    Case(OneNumberMean, {"n": 9, "d": 3}),
    Case(ScaledNoise, {"n": 6, "d": 3}),
)
