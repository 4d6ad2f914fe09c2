"""Gaussian latents: random effects of every structure."""

from __future__ import annotations

from autoem import (
    Axis, Categorical, Given, Identity, Latent, Model, MultivariateNormal, Normal, Observed,
    Parameter, Positive, PositiveDefinite, Real, Simplex, dot,
)  # fmt: skip
from tests.derive.zoo.case import Case


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


class DesignMatrix(Model):
    """A random vector seen through a known matrix of the row."""

    n, d, q = Axis(), Axis(), Axis()
    design = Given(Real(d, q), over=n)
    mean = Parameter(Real(q))
    cov = Parameter(PositiveDefinite(q))
    s2 = Parameter(Positive())
    b = Latent(MultivariateNormal(mean, cov=cov), over=n)
    x = Observed(MultivariateNormal(design @ b, cov=s2 * Identity(d)), over=n)


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


class SharedMean2(Model):
    """One mean in the latent and in the observed."""

    n = Axis()
    mean = Parameter(Real())
    a2, s2 = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(mean, variance=a2), over=n)
    x = Observed(Normal(b, variance=s2), over=n)
    y = Observed(Normal(mean, variance=s2), over=n)


CASES = (
    Case(RandomEffect, {"n": 5, "j": 3}),
    Case(CentredEffect, {"n": 5, "j": 3}),
    Case(RandomSlope, {"n": 20, "j": 3}, seed=2, slow=True),
    Case(TwoEffects, {"n": 30, "j": 2}),
    Case(TwoFactors, {"n": 6, "j": 3}),
    Case(VectorEffect, {"n": 4, "j": 3, "q": 2}, seed=3),
    Case(ErrorsInVariables, {"n": 18}),
    Case(
        DesignMatrix,
        {"n": 24, "d": 3, "q": 2},
    ),
    Case(ClusteredEffects, {"n": 32, "j": 2, "k": 2}, seed=2),
    Case(SharedMean2, {"n": 18}),
)
