"""Regressions: of every link, with coefficients of every shape."""

from __future__ import annotations

from autoem import (
    Axis, Binomial, Categorical, Count, Diagonal, Exponential, Gamma, Given, Model,
    MultivariateNormal, Normal, Observed, Parameter, Poisson, Positive, PositiveDefinite, Real,
    dot, exp, log,
)  # fmt: skip
from tests.derive.zoo.case import Case


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


class LogCovariate(Model):
    """log of a given and division in a mean."""

    n = Axis()
    v = Given(Positive(), over=n)
    a, b = Parameter(Real()), Parameter(Real())
    variance = Parameter(Positive())
    y = Observed(Normal(a + b * log(v) / 2, variance=variance), over=n)


class TwoCovariateBlocks(Model):
    """Two coefficient vectors over one axis."""

    n, p = Axis(), Axis()
    v, w = Given(Real(p), over=n), Given(Real(p), over=n)
    a, b = Parameter(Real(p)), Parameter(Real(p))
    s = Parameter(Positive())
    y = Observed(Normal(dot(v, a) + dot(w, b), variance=s), over=n)


class SquareMatrix(Model):
    """A matrix from an axis to itself."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    a, c = Parameter(Real(p, p)), Parameter(Real(p))
    s = Parameter(Positive(p))
    y = Observed(MultivariateNormal(a @ v + c, cov=Diagonal(s)), over=n)


class SquareMatrixFull(Model):
    """The same with a full covariance."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    a = Parameter(Real(p, p))
    s = Parameter(PositiveDefinite(p))
    y = Observed(MultivariateNormal(a @ v, cov=s), over=n)


class ScaledCovariate(Model):
    """A covariate vector times a scalar slope."""

    n, d = Axis(), Axis()
    w = Given(Real(d), over=n)
    slope = Parameter(Real())
    start = Parameter(Real(d))
    cov = Parameter(PositiveDefinite(d))
    x = Observed(MultivariateNormal(slope * w + start, cov=cov), over=n)


class GammaRegression(Model):
    """Gamma responses with a log link."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    shape = Parameter(Positive())
    y = Observed(Gamma(shape, rate=shape * exp(-dot(v, beta))), over=n)


class AddedRates(Model):
    """A rate that is a sum: background and signal of known exposure."""

    n = Axis()
    e = Given(Positive(), over=n)
    a, b = Parameter(Positive()), Parameter(Positive())
    x = Observed(Poisson(a + b * e), over=n)


CASES = (
    Case(LinearRegression, {"n": 9, "p": 3}),
    Case(WeightedRegression, {"n": 9, "p": 3}),
    Case(MultivariateRegression, {"n": 9, "d": 2, "p": 3}),
    Case(BilinearMean, {"n": 4, "j": 3}),
    Case(Additive, {"n": 4, "j": 3}),
    Case(LogLink, {"n": 9, "p": 2}),
    Case(LogisticTrials, {"n": 9, "p": 2}),
    Case(Softmax, {"n": 20, "p": 2, "k": 3}),
    Case(ExponentialRegression, {"n": 9, "p": 2}),
    Case(Heteroscedastic, {"n": 14, "p": 2}),
    Case(LogCovariate, {"n": 9}),
    Case(TwoCovariateBlocks, {"n": 9, "p": 2}),
    Case(SquareMatrix, {"n": 9, "p": 2}),
    Case(SquareMatrixFull, {"n": 9, "p": 2}),
    Case(ScaledCovariate, {"n": 9, "d": 2}),
    Case(GammaRegression, {"n": 14, "p": 2}),
    Case(AddedRates, {"n": 14}),
)
