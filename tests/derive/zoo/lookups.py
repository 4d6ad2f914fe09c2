"""Parameters and latents that are looked up by a given index."""

from __future__ import annotations

from autoem import (
    Axis, Bernoulli, Categorical, Count, Gamma, Given, Index, Interval, Latent, Model,
    Multinomial, MultivariateNormal, Normal, Observed, Parameter, Poisson, Positive,
    PositiveDefinite, Real, Simplex, dot, where,
)  # fmt: skip
from tests.derive.zoo.case import Case


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


class EqualVarianceGroups(Model):
    """Observed vectors in groups, one covariance."""

    n, g, d = Axis(), Axis(), Axis()
    group = Given(Index(g), over=n)
    mean = Parameter(Real(d), over=g)
    cov = Parameter(PositiveDefinite(d))
    x = Observed(MultivariateNormal(mean[group], cov=cov), over=n)


class NoiseOfGroups(Model):
    """Noise by group times a known weight."""

    n, g = Axis(), Axis()
    group, w = Given(Index(g), over=n), Given(Positive(), over=n)
    mean = Parameter(Real())
    s2 = Parameter(Positive(), over=g)
    x = Observed(Normal(mean, variance=s2[group] * w), over=n)


class GroupedPrevalence(Model):
    """Weights by a given group: a mixture with a covariate."""

    n, g, k = Axis(), Axis(), Axis()
    group = Given(Index(g), over=n)
    weight = Parameter(Simplex(k), over=g)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight[group]), over=n)
    x = Observed(Poisson(rate[z]), over=n)


class GroupedEmission(Model):
    """Emission by group and state."""

    n, g, k = Axis(), Axis(), Axis()
    group = Given(Index(g), over=n)
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=(g, k))
    variance = Parameter(Positive(), over=g)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[group, z], variance=variance[group]), over=n)


class TransitionCounts(Model):
    """A hidden step from a given state to an unseen one."""

    n, k, v = Axis(), Axis(), Axis()
    before = Given(Index(k), over=n)
    move = Parameter(Simplex(k), over=k)
    emit = Parameter(Simplex(v), over=k)
    z = Latent(Categorical(move[before]), over=n)
    x = Observed(Categorical(emit[z]), over=n)


class GroupSlopes(Model):
    """Lookups of coefficients by a given group, in classes."""

    n, g, k, p = Axis(), Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    group = Given(Index(g), over=n)
    weight = Parameter(Simplex(k), over=g)
    beta = Parameter(Real(p), over=(g, k))
    variance = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight[group]), over=n)
    y = Observed(Normal(dot(v, beta[group, z]), variance=variance[z]), over=n)


class MultinomialOfGroups(Model):
    """Counts of cells with probabilities of a given group and an unseen class."""

    n, g, k, v = Axis(), Axis(), Axis(), Axis()
    group, total = Given(Index(g), over=n), Given(Count(), over=n)
    weight = Parameter(Simplex(k))
    p = Parameter(Simplex(v), over=(g, k))
    z = Latent(Categorical(weight), over=n)
    x = Observed(Multinomial(total, p[group, z]), over=n)


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


class RaterErrors(Model):
    """Dawid and Skene: true labels of items, seen through raters."""

    item, rater, label, row = Axis(), Axis(), Axis(), Axis()
    of_item, by = Given(Index(item), over=row), Given(Index(rater), over=row)
    prevalence = Parameter(Simplex(label))
    confusion = Parameter(Simplex(label), over=(rater, label))
    truth = Latent(Categorical(prevalence), over=item)
    answer = Observed(Categorical(confusion[by, truth[of_item]]), over=row)


class BinaryRaters(Model):
    """Binary labels of items, seen through raters with their own errors."""

    item, rater, row = Axis(), Axis(), Axis()
    of_item, by = Given(Index(item), over=row), Given(Index(rater), over=row)
    p = Parameter(Interval(0, 1))
    se = Parameter(Interval(0, 1), over=rater)
    sp = Parameter(Interval(0, 1), over=rater)
    truth = Latent(Bernoulli(p), over=item)
    answer = Observed(Bernoulli(where(truth[of_item], se[by], 1 - sp[by])), over=row)


class PairRates(Model):
    """One axis twice, consumed from left to right."""

    n, g = Axis(), Axis()
    a, b = Given(Index(g), over=n), Given(Index(g), over=n)
    rate = Parameter(Positive(), over=(g, g))
    x = Observed(Poisson(rate[a, b]), over=n)


class PairClasses(Model):
    """Two latents over one set of states."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=(k, k))
    z = Latent(Categorical(weight), over=n)
    y = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(rate[z, y]), over=n)


class PairMeans(Model):
    """Means and variances of ordered pairs."""

    n, g = Axis(), Axis()
    a, b = Given(Index(g), over=n), Given(Index(g), over=n)
    mean = Parameter(Real(), over=(g, g))
    variance = Parameter(Positive(), over=(g, g))
    x = Observed(Normal(mean[a, b], variance=variance[a, b]), over=n)


CASES = (
    Case(GroupMeans, {"n": 12, "g": 3}),
    Case(CrossedMeans, {"n": 12, "g": 3, "h": 2}),
    Case(TwoLookups, {"n": 14, "g": 3, "h": 2}),
    Case(SameAxisTwice, {"n": 60, "k": 3}),
    Case(ObservedLookup, {"n": 12, "k": 3}),
    Case(EqualVarianceGroups, {"n": 12, "g": 2, "d": 3}),
    Case(NoiseOfGroups, {"n": 12, "g": 3}),
    Case(GroupedPrevalence, {"n": 20, "g": 2, "k": 2}, seed=2),
    Case(GroupedEmission, {"n": 24, "g": 2, "k": 2}),
    Case(TransitionCounts, {"n": 24, "k": 2, "v": 3}, seed=2),
    Case(GroupSlopes, {"n": 40, "g": 2, "k": 2, "p": 2}),
    Case(MultinomialOfGroups, {"n": 14, "g": 2, "k": 2, "v": 3}),
    Case(RowIntercept, {"i": 8, "g": 3, "p": 2}),
    Case(GroupRates, {"i": 40, "g": 10}),
    Case(RaterErrors, {"item": 5, "rater": 3, "label": 2, "row": 15}, interior=False),
    Case(BinaryRaters, {"item": 12, "rater": 3, "row": 72}, seed=2),
    Case(PairRates, {"n": 30, "g": 2}),
    Case(PairClasses, {"n": 20, "k": 2}),
    Case(PairMeans, {"n": 40, "g": 2}),
)
