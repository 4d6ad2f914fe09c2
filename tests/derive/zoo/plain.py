"""Models without latents: the maximum likelihood of every family, and regressions."""

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
    dot,
    exp,
    log,
    where,
)  # fmt: skip
from autoem.language import Binary


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


class GroupMeans(Model):
    """A parameter looked up by a given group."""

    n, g = Axis(), Axis()
    group = Given(Index(g), over=n)
    mean = Parameter(Real(), over=g)
    variance = Parameter(Positive(), over=g)
    x = Observed(Normal(mean[group], variance=variance[group]), over=n)


class CrossedMeans(Model):
    """Two lookups in one mean: rows and columns of a table."""

    n, g, h = Axis(), Axis(), Axis()
    row, column = Given(Index(g), over=n), Given(Index(h), over=n)
    a = Parameter(Real(), over=g)
    b = Parameter(Real(), over=h)
    variance = Parameter(Positive())
    x = Observed(Normal(a[row] + b[column], variance=variance), over=n)


class TwoLookups(Model):
    """A parameter over two axes, both looked up; and one over both by one index."""

    n, g, h = Axis(), Axis(), Axis()
    row, column = Given(Index(g), over=n), Given(Index(h), over=n)
    rate = Parameter(Positive(), over=(g, h))
    x = Observed(Poisson(rate[row, column]), over=n)


class SameAxisTwice(Model):
    """A transition table: both axes are the states."""

    n, k = Axis(), Axis()
    before = Given(Index(k), over=n)
    p = Parameter(Simplex(k), over=k)
    x = Observed(Categorical(p[before]), over=n)


class ObservedLookup(Model):
    """An observed category that another observed variable looks up."""

    n, k = Axis(), Axis()
    p = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive())
    c = Observed(Categorical(p), over=n)
    x = Observed(Normal(mean[c], variance=variance), over=n)


class LinearRegression(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    variance = Parameter(Positive())
    y = Observed(Normal(dot(v, beta), variance=variance), over=n)


class WeightedRegression(Model):
    n, p = Axis(), Axis()
    v, w = Given(Real(p), over=n), Given(Positive(), over=n)
    beta = Parameter(Real(p))
    start = Parameter(Real())
    variance = Parameter(Positive())
    y = Observed(Normal(start + dot(v, beta), variance=variance / w), over=n)


class MultivariateRegression(Model):
    n, d, p = Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(d, p))
    start = Parameter(Real(d))
    cov = Parameter(PositiveDefinite(d))
    y = Observed(MultivariateNormal(beta @ v + start, cov=cov), over=n)


class BilinearMean(Model):
    """A product of two parameters: a rank-one table, by turns."""

    n, j = Axis(), Axis()
    u = Parameter(Real(), over=n)
    v = Parameter(Real(), over=j)
    x = Observed(Normal(u * v, variance=1), over=(n, j))


class Additive(Model):
    """Row and column effects of a full table."""

    n, j = Axis(), Axis()
    u = Parameter(Real(), over=n)
    v = Parameter(Real(), over=j)
    variance = Parameter(Positive())
    x = Observed(Normal(u + v, variance=variance), over=(n, j))


class LogLink(Model):
    n, p = Axis(), Axis()
    v, e = Given(Real(p), over=n), Given(Positive(), over=n)
    beta = Parameter(Real(p))
    y = Observed(Poisson(e * exp(dot(v, beta))), over=n)


class LogisticTrials(Model):
    n, p = Axis(), Axis()
    v, trials = Given(Real(p), over=n), Given(Count(), over=n)
    beta = Parameter(Real(p))
    start = Parameter(Real())
    y = Observed(Binomial(trials, logits=start + dot(v, beta)), over=n)


class Softmax(Model):
    n, p, k = Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p), over=k)
    y = Observed(Categorical(logits=dot(v, beta)), over=n)


class ExponentialRegression(Model):
    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    y = Observed(Exponential(rate=exp(dot(v, beta))), over=n)


class Heteroscedastic(Model):
    """The log variance is linear, the mean too."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta, gamma = Parameter(Real(p)), Parameter(Real(p))
    y = Observed(Normal(dot(v, beta), variance=exp(dot(v, gamma))), over=n)


class LogParameter(Model):
    """A parameter through exp, and one through a square."""

    n = Axis()
    a, b = Parameter(Real()), Parameter(Positive())
    x = Observed(Poisson(exp(a)), over=n)
    y = Observed(Normal(0, variance=b**2), over=n)


class GivenSwitch(Model):
    """`where` on a given binary."""

    n = Axis()
    treated = Given(Binary(), over=n)
    a, b = Parameter(Real()), Parameter(Real())
    variance = Parameter(Positive())
    x = Observed(Normal(where(treated, a, b), variance=variance), over=n)


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


class EqualVarianceGroups(Model):
    """Observed vectors in groups, one covariance."""

    n, g, d = Axis(), Axis(), Axis()
    group = Given(Index(g), over=n)
    mean = Parameter(Real(d), over=g)
    cov = Parameter(PositiveDefinite(d))
    x = Observed(MultivariateNormal(mean[group], cov=cov), over=n)


class ScaledNoise(Model):
    """A known covariance with an unknown scale by diagonal and identity."""

    n, d = Axis(), Axis()
    known = Given(Positive(d))
    mean = Parameter(Real(d))
    s, t = Parameter(Positive()), Parameter(Positive())
    x = Observed(MultivariateNormal(mean, cov=s * Diagonal(known)), over=n)
    y = Observed(MultivariateNormal(mean, cov=t * Identity(d)), over=n)


class LogCovariate(Model):
    """log of a given and division in a mean."""

    n = Axis()
    v = Given(Positive(), over=n)
    a, b = Parameter(Real()), Parameter(Real())
    variance = Parameter(Positive())
    y = Observed(Normal(a + b * log(v) / 2, variance=variance), over=n)


CASES = {
    PlainBernoulli: {"n": 9},
    PlainBinomial: {"n": 5},
    PlainCategorical: {"n": 12, "k": 3},
    PlainMultinomial: {"n": 5, "k": 3},
    PlainPoisson: {"n": 5},
    PlainNormal: {"n": 5},
    PlainVector: {"n": 9, "d": 3},
    PlainGamma: {"n": 9},
    PlainInverseGamma: {"n": 9},
    PlainExponential: {"n": 5},
    PlainBeta: {"n": 9},
    SymmetricBeta: {"n": 9},
    PlainDirichlet: {"n": 9, "d": 3},
    GroupMeans: {"n": 12, "g": 3},
    CrossedMeans: {"n": 12, "g": 3, "h": 2},
    TwoLookups: {"n": 14, "g": 3, "h": 2},
    SameAxisTwice: {"n": 20, "k": 3},
    ObservedLookup: {"n": 12, "k": 3},
    LinearRegression: {"n": 9, "p": 3},
    WeightedRegression: {"n": 9, "p": 3},
    MultivariateRegression: {"n": 9, "d": 2, "p": 3},
    BilinearMean: {"n": 4, "j": 3},
    Additive: {"n": 4, "j": 3},
    LogLink: {"n": 9, "p": 2},
    LogisticTrials: {"n": 9, "p": 2},
    Softmax: {"n": 20, "p": 2, "k": 3},
    ExponentialRegression: {"n": 9, "p": 2},
    Heteroscedastic: {"n": 14, "p": 2},
    LogParameter: {"n": 9},
    GivenSwitch: {"n": 9},
    ListLiteral: {},
    HardyWeinberg: {},
    EqualVarianceGroups: {"n": 12, "g": 2, "d": 3},
    ScaledNoise: {"n": 6, "d": 3},
    LogCovariate: {"n": 9},
}
