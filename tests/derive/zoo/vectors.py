"""Mixtures of vectors, with every structure of covariance."""

from __future__ import annotations

from autoem import (
    Axis, Categorical, Diagonal, Identity, Latent, Model, MultivariateNormal, Observed, Parameter,
    Positive, PositiveDefinite, Real, Simplex, Zeros,
)  # fmt: skip
from tests.derive.zoo.case import Case


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


class CentredVectors(Model):
    """Covariances of clusters about zero."""

    n, k, d = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    cov = Parameter(PositiveDefinite(d), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(Zeros(d), cov=cov[z]), over=n)


CASES = (
    Case(TiedDiagonal, {"n": 20, "k": 2, "d": 3}),
    Case(TiedSpherical, {"n": 20, "k": 2, "d": 3}),
    Case(SharedMean, {"n": 30, "k": 2, "d": 3}, seed=2),
    Case(ScaledCovariance, {"n": 30, "k": 2, "d": 3}),
    Case(CentredVectors, {"n": 30, "k": 2, "d": 2}),
)
