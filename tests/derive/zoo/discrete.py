"""Discrete latents: several in a row, nested, looked up, switched; sums of cells."""

from __future__ import annotations

from autoem import (
    Aggregate,
    Axis,
    Bernoulli,
    Binomial,
    Categorical,
    Count,
    Exponential,
    Gamma,
    Given,
    Index,
    Interval,
    Latent,
    Model,
    Multinomial,
    Normal,
    Observed,
    Ones,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    dot,
    exp,
    where,
)  # fmt: skip
from autoem.language import Binary


class NestedStates(Model):
    """A class, and a kind within it, both of the row."""

    n, k, g = Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    share = Parameter(Simplex(g), over=k)
    mean = Parameter(Real(), over=(k, g))
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    y = Latent(Categorical(share[z]), over=n)
    x = Observed(Normal(mean[z, y], variance=variance), over=n)


class WordTopics(Model):
    """A class of the row, and a topic for each word of it."""

    n, j, k, g, v = Axis(), Axis(), Axis(), Axis(), Axis()
    weight = Parameter(Simplex(k))
    share = Parameter(Simplex(g), over=k)
    word = Parameter(Simplex(v), over=g)
    z = Latent(Categorical(weight), over=n)
    y = Latent(Categorical(share[z]), over=(n, j))
    x = Observed(Categorical(word[y]), over=(n, j))


class IndependentStates(Model):
    """Two latent classes that act together."""

    n, k, g = Axis(), Axis(), Axis()
    a = Parameter(Simplex(k))
    b = Parameter(Simplex(g))
    rate = Parameter(Positive(), over=(k, g))
    z = Latent(Categorical(a), over=n)
    y = Latent(Categorical(b), over=n)
    x = Observed(Poisson(rate[z, y]), over=n)


class AddedStates(Model):
    """Two latent classes whose effects add."""

    n, k, g = Axis(), Axis(), Axis()
    a = Parameter(Simplex(k))
    b = Parameter(Simplex(g))
    u = Parameter(Real(), over=k)
    v = Parameter(Real(), over=g)
    variance = Parameter(Positive())
    z = Latent(Categorical(a), over=n)
    y = Latent(Categorical(b), over=n)
    x = Observed(Normal(u[z] + v[y], variance=variance), over=n)


class FromOneState(Model):
    """The prevalence of one binary latent by another."""

    n = Axis()
    p = Parameter(Interval(0, 1))
    hit, miss = Parameter(Interval(0, 1)), Parameter(Interval(0, 1))
    a, b = Parameter(Positive()), Parameter(Positive())
    z = Latent(Bernoulli(p), over=n)
    y = Latent(Bernoulli(where(z, hit, miss)), over=n)
    x = Observed(Poisson(where(y, a, b)), over=n)


class Diagnostic(Model):
    """Two tests without a gold standard."""

    n = Axis()
    prevalence = Parameter(Interval(0, 1))
    se = Parameter(Interval(0, 1))
    sp = Parameter(Interval(0, 1))
    ill = Latent(Bernoulli(prevalence), over=n)
    first = Observed(Bernoulli(where(ill, se, 1 - sp)), over=n)
    second = Observed(Bernoulli(where(ill, se, 1 - sp)), over=n)
    third = Observed(Bernoulli(where(ill, se, 1 - sp)), over=n)


class Contaminated(Model):
    """Some values have a variance that is larger by a known factor."""

    n = Axis()
    p = Parameter(Interval(0, 1))
    mean, variance = Parameter(Real()), Parameter(Positive())
    bad = Latent(Bernoulli(p), over=n)
    x = Observed(Normal(mean, variance=where(bad, 9, 1) * variance), over=n)


class ZeroInflatedItems(Model):
    """Zero-inflated counts, a rate for each column."""

    n, j = Axis(), Axis()
    p = Parameter(Interval(0, 1), over=j)
    rate = Parameter(Positive(), over=j)
    off = Latent(Bernoulli(p), over=(n, j))
    x = Observed(Poisson(where(off, 0, rate)), over=(n, j))


class ZeroInflatedBinomial(Model):
    """Successes that are impossible in some rows."""

    n = Axis()
    trials = Given(Count(), over=n)
    p, q = Parameter(Interval(0, 1)), Parameter(Interval(0, 1))
    off = Latent(Bernoulli(p), over=n)
    x = Observed(Binomial(trials, where(off, 0, q)), over=n)


class HurdleOfClass(Model):
    """Zero-inflation inside clusters."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    p = Parameter(Interval(0, 1), over=k)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    off = Latent(Bernoulli(p[z]), over=n)
    x = Observed(Poisson(where(off, 0, rate[z])), over=n)


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


class KnownWeights(Model):
    """Mixing weights that are given numbers."""

    n, k = Axis(), Axis()
    weight = Given(Simplex(k))
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance[z]), over=n)


class EqualWeights(Model):
    """Mixing weights that are all one third."""

    n = Axis()
    k = Axis(size=3)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(Ones(k) / 3), over=n)
    x = Observed(Exponential(rate=rate[z]), over=n)


class GivenWeights(Model):
    """Mixing weights that are data of the row."""

    n, k = Axis(), Axis()
    weight = Given(Simplex(k), over=n)
    rate = Parameter(Positive(), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(rate[z]), over=n)


class PartialLabels(Model):
    """Some rows have a label of their own, seen as a second variable."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    error = Parameter(Simplex(k), over=k)
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    label = Observed(Categorical(error[z]), over=n)
    x = Observed(Normal(mean[z], variance=variance), over=n)


class RegressionClasses(Model):
    """A mixture of regressions with an intercept of its own and one shared slope."""

    n, k, p = Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    weight = Parameter(Simplex(k))
    start = Parameter(Real(), over=k)
    beta = Parameter(Real(p))
    variance = Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    y = Observed(Normal(start[z] + dot(v, beta), variance=variance), over=n)


class PoissonRegressions(Model):
    """A mixture of Poisson regressions."""

    n, k, p = Axis(), Axis(), Axis()
    v = Given(Real(p), over=n)
    weight = Parameter(Simplex(k))
    beta = Parameter(Real(p), over=k)
    z = Latent(Categorical(weight), over=n)
    y = Observed(Poisson(exp(dot(v, beta[z]))), over=n)


class LogisticRegressions(Model):
    """A mixture of logistic regressions of trials."""

    n, k, p = Axis(), Axis(), Axis()
    v, trials = Given(Real(p), over=n), Given(Count(), over=n)
    weight = Parameter(Simplex(k))
    beta = Parameter(Real(p), over=k)
    z = Latent(Categorical(weight), over=n)
    y = Observed(Binomial(trials, logits=dot(v, beta[z])), over=n)


class SwitchedRegression(Model):
    """A treatment that is given, and a response that is latent."""

    n = Axis()
    treated = Given(Binary(), over=n)
    p = Parameter(Interval(0, 1))
    a, b, c = Parameter(Real()), Parameter(Real()), Parameter(Real())
    variance = Parameter(Positive())
    responds = Latent(Bernoulli(p), over=n)
    x = Observed(Normal(where(treated, where(responds, a, b), c), variance=variance), over=n)


class TwoFamilies(Model):
    """A mixture whose components are an Exponential and a Gamma."""

    n = Axis()
    p = Parameter(Interval(0, 1))
    rate, shape = Parameter(Positive()), Parameter(Positive())
    z = Latent(Bernoulli(p), over=n)
    x = Observed(Gamma(where(z, shape, 1), rate=rate), over=n)


class RaterErrors(Model):
    """Dawid and Skene: true labels of items, seen through raters."""

    item, rater, label, row = Axis(), Axis(), Axis(), Axis()
    of_item, by = Given(Index(item), over=row), Given(Index(rater), over=row)
    prevalence = Parameter(Simplex(label))
    confusion = Parameter(Simplex(label), over=(rater, label))
    truth = Latent(Categorical(prevalence), over=item)
    answer = Observed(Categorical(confusion[by, truth[of_item]]), over=row)


class RaterTable(Model):
    """The same as a full table."""

    item, rater, label = Axis(), Axis(), Axis()
    prevalence = Parameter(Simplex(label))
    confusion = Parameter(Simplex(label), over=(rater, label))
    truth = Latent(Categorical(prevalence), over=item)
    answer = Observed(Categorical(confusion[truth]), over=(item, rater))


class PoissonCells(Model):
    """Sums of Poisson cells with one rate each."""

    n = Axis()
    a, b = Parameter(Positive()), Parameter(Positive())
    total = Given(Count(), over=n)
    cell = Latent(Multinomial(total, [a / (a + b), b / (a + b)]), over=n)
    y = Observed(Aggregate(cell, groups=[(0, 1)]), over=n)


class LinkageOfStrains(Model):
    """Linkage in several crosses, a recombination fraction each."""

    n = Axis()
    animals = Given(Count(), over=n)
    theta = Parameter(Interval(0, 1), over=n)
    x = Latent(
        Multinomial(animals, [1 / 2, theta / 4, (1 - theta) / 4, (1 - theta) / 4, theta / 4]),
        over=n,
    )
    y = Observed(Aggregate(x, groups=[(0, 1), (2,), (3,), (4,)]), over=n)


class SharedLinkage(Model):
    """Several crosses with one recombination fraction."""

    n = Axis()
    animals = Given(Count(), over=n)
    theta = Parameter(Interval(0, 1))
    x = Latent(
        Multinomial(animals, [1 / 2, theta / 4, (1 - theta) / 4, (1 - theta) / 4, theta / 4]),
        over=n,
    )
    y = Observed(Aggregate(x, groups=[(0, 1), (2,), (3,), (4,)]), over=n)


class SimplexCells(Model):
    """Cells of a free simplex of which some are only seen together."""

    n = Axis()
    c = Axis(size=4)
    total = Given(Count(), over=n)
    p = Parameter(Simplex(c))
    x = Latent(Multinomial(total, p), over=n)
    y = Observed(Aggregate(x, groups=[(0, 2), (1,), (3,)]), over=n)


class CoarseCategory(Model):
    """A category of which only a group is seen, with a measurement."""

    n = Axis()
    k = Axis(size=4)
    p = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive())
    z = Latent(Categorical(p), over=n)
    y = Observed(Aggregate(z, groups=[(0, 1), (2, 3)]), over=n)
    x = Observed(Normal(mean[z], variance=variance), over=n)


CASES = {
    NestedStates: {"n": 16, "k": 2, "g": 2},
    WordTopics: {"n": 6, "j": 4, "k": 2, "g": 2, "v": 3},
    IndependentStates: {"n": 16, "k": 2, "g": 2},
    AddedStates: {"n": 16, "k": 2, "g": 2},
    FromOneState: {"n": 16},
    Diagnostic: {"n": 30},
    Contaminated: {"n": 20},
    ZeroInflatedItems: {"n": 14, "j": 2},
    ZeroInflatedBinomial: {"n": 20},
    HurdleOfClass: {"n": 30, "k": 2},
    GroupedPrevalence: {"n": 20, "g": 2, "k": 2},
    GroupedEmission: {"n": 24, "g": 2, "k": 2},
    TransitionCounts: {"n": 24, "k": 2, "v": 3},
    KnownWeights: {"n": 24, "k": 3},
    EqualWeights: {"n": 20},
    GivenWeights: {"n": 14, "k": 2},
    PartialLabels: {"n": 20, "k": 2},
    RegressionClasses: {"n": 20, "k": 2, "p": 2},
    PoissonRegressions: {"n": 20, "k": 2, "p": 2},
    LogisticRegressions: {"n": 20, "k": 2, "p": 2},
    SwitchedRegression: {"n": 20},
    TwoFamilies: {"n": 20},
    RaterErrors: {"item": 5, "rater": 3, "label": 2, "row": 15},
    RaterTable: {"item": 14, "rater": 4, "label": 2},
    PoissonCells: {"n": 3},
    LinkageOfStrains: {"n": 2},
    SharedLinkage: {"n": 3},
    SimplexCells: {"n": 3},
    CoarseCategory: {"n": 20},
}
