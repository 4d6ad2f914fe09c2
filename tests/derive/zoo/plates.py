"""Structures of plates: whose class it is, and how many there are."""

from __future__ import annotations

from autoem import (
    Axis, Bernoulli, Categorical, Exponential, Given, Interval, Latent, Model, Normal, Observed,
    Parameter, Poisson, Positive, Real, Simplex,
)  # fmt: skip
from tests.derive.zoo.case import Case


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


class GroupClasses(Model):
    """A class of the group, seen through all its rows, by a full table."""

    g, i, k = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    beta = Parameter(Real(), over=k)
    start = Parameter(Real(), over=k)
    variance = Parameter(Positive())
    v = Given(Real(), over=(g, i))
    z = Latent(Categorical(weight), over=g)
    y = Observed(Normal(start[z] + v * beta[z], variance=variance), over=(g, i))


class ClassesOfBoth(Model):
    """A class of the row and a class of each cell."""

    n, j, k, m = Axis(), Axis(), Axis(), Axis()
    a = Parameter(Simplex(k))
    b = Parameter(Simplex(m), over=k)
    rate = Parameter(Positive(), over=(k, m))
    z = Latent(Categorical(a), over=n)
    y = Latent(Categorical(b[z]), over=(n, j))
    x = Observed(Poisson(rate[z, y]), over=(n, j))


class NestedStates(Model):
    """A class, and a kind within it, both of the row."""

    n, k, m = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    share = Parameter(Simplex(m), over=k)
    mean = Parameter(Real(), over=(k, m))
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    y = Latent(Categorical(share[z]), over=n)
    x = Observed(Normal(mean[z, y], variance=variance), over=n)


class WordTopics(Model):
    """A class of the row, and a topic for each word of it."""

    n, j, k, m, v = Axis(), Axis(), Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    share = Parameter(Simplex(m), over=k)
    word = Parameter(Simplex(v), over=m)
    z = Latent(Categorical(weight), over=n)
    y = Latent(Categorical(share[z]), over=(n, j))
    x = Observed(Categorical(word[y]), over=(n, j))


class IndependentStates(Model):
    """Two latent classes that act together."""

    n, k, m = Axis(), Axis(), Axis()
    a = Parameter(Simplex(k))
    b = Parameter(Simplex(m))
    rate = Parameter(Positive(), over=(k, m))
    z = Latent(Categorical(a), over=n)
    y = Latent(Categorical(b), over=n)
    x = Observed(Poisson(rate[z, y]), over=n)


class AddedStates(Model):
    """Two latent classes whose effects add."""

    n, k, m = Axis(), Axis(), Axis()
    a = Parameter(Simplex(k))
    b = Parameter(Simplex(m))
    u = Parameter(Real(), over=k)
    v = Parameter(Real(), over=m)
    variance = Parameter(Positive())
    z = Latent(Categorical(a), over=n)
    y = Latent(Categorical(b), over=n)
    x = Observed(Normal(u[z] + v[y], variance=variance), over=n)


class SharedWeights(Model):
    """One simplex for two latents."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    a = Parameter(Positive(), over=k)
    b = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    y = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(a[z]), over=n)
    w = Observed(Exponential(rate=b[y]), over=n)


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


class RaterTable(Model):
    """The same as a full table."""

    item, rater, label = Axis(), Axis(), Axis()
    prevalence = Parameter(Simplex(label))
    confusion = Parameter(Simplex(label), over=(rater, label))
    truth = Latent(Categorical(prevalence), over=item)
    answer = Observed(Categorical(confusion[truth]), over=(item, rater))


CASES = (
    Case(RepeatedMeasures, {"n": 12, "j": 3, "k": 2}),
    Case(ColumnMeans, {"n": 14, "j": 3, "k": 2}),
    Case(ColumnsFirst, {"n": 24, "j": 2, "k": 2}),
    Case(LabelsOfCells, {"n": 18, "j": 3, "k": 2}, seed=8),
    Case(TwoObserved, {"n": 14, "k": 2}),
    Case(TiedParameter, {"n": 14, "k": 2}),
    Case(GroupClasses, {"g": 9, "i": 4, "k": 2}),
    Case(ClassesOfBoth, {"n": 8, "j": 3, "k": 2, "m": 2}),
    Case(NestedStates, {"n": 16, "k": 2, "m": 2}),
    Case(WordTopics, {"n": 6, "j": 4, "k": 2, "m": 2, "v": 3}),
    Case(IndependentStates, {"n": 16, "k": 2, "m": 2}, seed=2),
    Case(AddedStates, {"n": 16, "k": 2, "m": 2}),
    Case(SharedWeights, {"n": 20, "k": 2}),
    Case(CategoricalItems, {"n": 20, "k": 2, "item": 4, "answer": 3}, interior=False),
    Case(BernoulliPixels, {"n": 40, "k": 2, "row": 2, "column": 3}, seed=2),
    Case(RaterTable, {"item": 14, "rater": 4, "label": 2}, interior=False),
)
