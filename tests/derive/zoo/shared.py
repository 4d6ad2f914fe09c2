"""Several Gaussian latents in one block: one above the other, nested, crossed."""

from __future__ import annotations

from autoem import (
    Axis, Given, Index, Latent, Model, MultivariateNormal, Normal, Observed, Parameter, Positive,
    PositiveDefinite, Real, Zeros, dot,
)  # fmt: skip
from tests.derive.zoo.case import Case


class NestedEffects(Model):
    """Rows in classes, classes in schools."""

    i, c, s, p = Axis(), Axis(), Axis(), Axis()
    v = Given(Real(p), over=i)
    class_of = Given(Index(c), over=i)
    school = Given(Index(s), over=c)
    beta = Parameter(Real(p))
    t2, u2, s2 = Parameter(Positive()), Parameter(Positive()), Parameter(Positive())
    a = Latent(Normal(0, variance=t2), over=s)
    b = Latent(Normal(0, variance=u2), over=c)
    mean = dot(v, beta) + a[school[class_of]] + b[class_of]
    y = Observed(Normal(mean, variance=s2), over=i)


class CrossedEffects(Model):
    """A row meets one of each of two sets."""

    i, g, h = Axis(), Axis(), Axis()
    row, column = Given(Index(g), over=i), Given(Index(h), over=i)
    mean = Parameter(Real())
    t2, u2, s2 = Parameter(Positive()), Parameter(Positive()), Parameter(Positive())
    a = Latent(Normal(0, variance=t2), over=g)
    b = Latent(Normal(0, variance=u2), over=h)
    y = Observed(Normal(mean + a[row] + b[column], variance=s2), over=i)


class ThreeCrossed(Model):
    """A row meets one of each of three sets; two of them are dense."""

    i, g, h, k = Axis(), Axis(), Axis(), Axis()
    row, column = Given(Index(g), over=i), Given(Index(h), over=i)
    layer = Given(Index(k), over=i)
    mean = Parameter(Real())
    t2, u2 = Parameter(Positive()), Parameter(Positive())
    w2, s2 = Parameter(Positive()), Parameter(Positive())
    a = Latent(Normal(0, variance=t2), over=g)
    b = Latent(Normal(0, variance=u2), over=h)
    c = Latent(Normal(0, variance=w2), over=k)
    y = Observed(Normal(mean + a[row] + b[column] + c[layer], variance=s2), over=i)


class HierarchicalMeans(Model):
    """Group means about the mean of their region."""

    i, g, r = Axis(), Axis(), Axis()
    group, region = Given(Index(g), over=i), Given(Index(r), over=g)
    mean = Parameter(Real())
    r2, g2, s2 = Parameter(Positive()), Parameter(Positive()), Parameter(Positive())
    high = Latent(Normal(mean, variance=r2), over=r)
    low = Latent(Normal(high[region], variance=g2), over=g)
    y = Observed(Normal(low[group], variance=s2), over=i)


class NestedSlopes(Model):
    """Coefficients of groups in regions, with full covariances."""

    i, g, r, p = Axis(), Axis(), Axis(), Axis()
    v = Given(Real(p), over=i)
    group, region = Given(Index(g), over=i), Given(Index(r), over=g)
    beta = Parameter(Real(p))
    outer, inner = Parameter(PositiveDefinite(p)), Parameter(PositiveDefinite(p))
    s2 = Parameter(Positive())
    a = Latent(MultivariateNormal(Zeros(p), cov=outer), over=r)
    b = Latent(MultivariateNormal(Zeros(p), cov=inner), over=g)
    mean = dot(v, beta) + dot(v, a[region[group]]) + dot(v, b[group])
    y = Observed(Normal(mean, variance=s2), over=i)


class PairDifferences(Model):
    """Elements of one set against each other: Thurstone's comparisons on a scale."""

    i, g = Axis(), Axis()
    first, second = Given(Index(g), over=i), Given(Index(g), over=i)
    t2, s2 = Parameter(Positive()), Parameter(Positive())
    mean = Parameter(Real())
    a = Latent(Normal(0, variance=t2), over=g)
    y = Observed(Normal(mean + a[first] - a[second], variance=s2), over=i)


CASES = (
    Case(NestedEffects, {"i": 40, "c": 12, "s": 5, "p": 2}),
    Case(CrossedEffects, {"i": 40, "g": 6, "h": 5}),
    Case(HierarchicalMeans, {"i": 40, "g": 14, "r": 5}),
    Case(ThreeCrossed, {"i": 60, "g": 6, "h": 5, "k": 4}),
    Case(NestedSlopes, {"i": 160, "g": 40, "r": 16, "p": 2}),
    Case(PairDifferences, {"i": 40, "g": 6}),
)
