"""Mixtures: of every family, over every structure of plates."""

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
)  # fmt: skip


class RepeatedMeasures(Model):
    """All measurements of a row come from one component."""

    n, j, k = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance[z]), over=(n, j))


class ColumnMeans(Model):
    """A mean for each component and column, one variance for each column."""

    n, j, k = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=(k, j))
    variance = Parameter(Positive(), over=j)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance), over=(n, j))


class ColumnsFirst(Model):
    """The same with the axes of the parameter the other way round."""

    n, j, k = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=(j, k))
    variance = Parameter(Positive(), over=(j, k))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance[z]), over=(j, n))


class LabelsOfCells(Model):
    """A label for each cell of a table, prevalences by column."""

    n, j, k = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k), over=j)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=(n, j))
    x = Observed(Poisson(rate[z]), over=(n, j))


class TwoObserved(Model):
    """A count and a measurement of one class."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=k)
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(rate[z]), over=n)
    y = Observed(Normal(mean[z], variance=variance), over=n)


class TiedParameter(Model):
    """One parameter in two factors: the mean of y is the rate of x."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(rate[z]), over=n)
    y = Observed(Exponential(rate=rate[z]), over=n)


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


class CategoricalItems(Model):
    """Latent classes with items of several answers."""

    n, k, item, answer = Axis(), Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    p = Parameter(Simplex(answer), over=(k, item))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Categorical(p[z]), over=(n, item))


class BernoulliPixels(Model):
    """Binary images."""

    n, k, row, column = Axis(), Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    p = Parameter(Interval(0, 1), over=(k, row, column))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Bernoulli(p[z]), over=(n, row, column))


class TiedDiagonal(Model):
    """Means by component, one diagonal covariance."""

    n, k, d = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    variance = Parameter(Positive(d))
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=Diagonal(variance)), over=n)


class TiedSpherical(Model):
    """Means by component, one variance."""

    n, k, d = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=variance * Identity(d)), over=n)


class SharedMean(Model):
    """Scale mixture: one mean, a covariance for each component."""

    n, k, d = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d))
    cov = Parameter(PositiveDefinite(d), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean, cov=cov[z]), over=n)


class ScaledCovariance(Model):
    """One shape of covariance, a scale for each component."""

    n, k, d = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    volume = Parameter(Positive(), over=k)
    cov = Parameter(PositiveDefinite(d))
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=volume[z] * cov), over=n)


class SharedScalarMean(Model):
    """A scale mixture on the line."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean = Parameter(Real())
    variance = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean, variance=variance[z]), over=n)


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


class ExposureMixture(Model):
    """Poisson with exposures."""

    n, k = Axis(), Axis()
    exposure = Given(Positive(), over=n)
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(exposure * rate[z]), over=n)


CASES = {
    RepeatedMeasures: {"n": 12, "j": 3, "k": 2},
    ColumnMeans: {"n": 14, "j": 3, "k": 2},
    ColumnsFirst: {"n": 24, "j": 2, "k": 2},
    LabelsOfCells: {"n": 9, "j": 3, "k": 2},
    TwoObserved: {"n": 14, "k": 2},
    TiedParameter: {"n": 14, "k": 2},
    BinomialMixture: {"n": 14, "k": 2},
    ExponentialMixture: {"n": 14, "k": 2},
    ExponentialMeans: {"n": 14, "k": 2},
    GammaMixture: {"n": 20, "k": 2},
    GammaSharedShape: {"n": 20, "k": 2},
    GammaByMean: {"n": 20, "k": 2},
    InverseGammaMixture: {"n": 20, "k": 2},
    BetaMixture: {"n": 20, "k": 2},
    DirichletMixture: {"n": 20, "k": 2, "d": 3},
    MultinomialMixture: {"n": 14, "k": 2, "v": 3},
    CategoricalItems: {"n": 20, "k": 2, "item": 4, "answer": 3},
    BernoulliPixels: {"n": 20, "k": 2, "row": 2, "column": 3},
    TiedDiagonal: {"n": 20, "k": 2, "d": 3},
    TiedSpherical: {"n": 20, "k": 2, "d": 3},
    SharedMean: {"n": 30, "k": 2, "d": 3},
    ScaledCovariance: {"n": 30, "k": 2, "d": 3},
    SharedScalarMean: {"n": 30, "k": 2},
    KnownMeans: {"n": 14, "k": 2},
    GivenNoise: {"n": 14, "k": 2},
    WeightedVariance: {"n": 14, "k": 2},
    PrecisionMixture: {"n": 14, "k": 2},
    DeviationMixture: {"n": 14, "k": 2},
    ExposureMixture: {"n": 14, "k": 2},
}
