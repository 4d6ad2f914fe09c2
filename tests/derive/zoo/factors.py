"""Latent vectors behind observed vectors."""

from __future__ import annotations

from autoem import (
    Axis, Categorical, Diagonal, Given, Identity, Latent, Model, MultivariateNormal, Normal,
    Observed, Parameter, Positive, PositiveDefinite, Real, Simplex, Zeros, dot,
)  # fmt: skip
from tests.derive.zoo.case import Case


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


class VectorAndNumber(Model):
    """A latent vector behind a vector and a number."""

    n, d, q = Axis(), Axis(), Axis()
    loading = Parameter(Real(d, q))
    slope = Parameter(Real(q))
    noise, t2 = Parameter(Positive()), Parameter(Positive())
    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(loading @ z, cov=noise * Identity(d)), over=n)
    y = Observed(Normal(dot(slope, z), variance=t2), over=n)


class CanonicalCorrelation(Model):
    """One latent vector behind two observed vectors, full covariances: the precision cancels."""

    n, d, e, q = Axis(), Axis(), Axis(), Axis()
    a, mean_a, cov_a = Parameter(Real(d, q)), Parameter(Real(d)), Parameter(PositiveDefinite(d))
    b, mean_b, cov_b = Parameter(Real(e, q)), Parameter(Real(e)), Parameter(PositiveDefinite(e))
    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(a @ z + mean_a, cov=cov_a), over=n)
    y = Observed(MultivariateNormal(b @ z + mean_b, cov=cov_b), over=n)


class OneLoading(Model):
    """One loading for clusters with covariances of their own: no precision cancels."""

    n, k, d, q = Axis(), Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    loading = Parameter(Real(d, q))
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d), over=k)
    f = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(loading @ f + mean[z], cov=cov[z]), over=n)


CASES = (
    Case(CanonicalCorrelation, {"n": 40, "d": 2, "e": 3, "q": 1}),
    Case(FactorRegression, {"n": 8, "d": 3, "q": 1, "p": 2}, seed=2),
    Case(FullNoiseFactors, {"n": 5, "d": 3, "q": 2}),
    Case(SharedFactor, {"n": 5, "d": 2, "e": 3, "q": 1}, seed=2),
    # Three features leave some noise variance at zero, a Heywood case.
    Case(ClusterLoadings, {"n": 60, "k": 2, "d": 3, "q": 1}, seed=3, interior=False),
    Case(VectorAndNumber, {"n": 14, "d": 3, "q": 1}),
    Case(OneLoading, {"n": 60, "k": 2, "d": 2, "q": 1}),
)
