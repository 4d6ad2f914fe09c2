"""`where`: binary latents, observed and given ones that choose."""

from __future__ import annotations

from autoem import (
    Axis, Bernoulli, Binomial, Categorical, Count, Gamma, Given, Index, Interval,
    Latent, Model, Normal, Observed, Parameter, Poisson, Positive, Real, Simplex, dot, where,
)  # fmt: skip
from autoem.language import Binary
from tests.derive.zoo.case import Case


class GivenSwitch(Model):
    """`where` on a given binary."""

    n = Axis()
    treated = Given(Binary(), over=n)
    a, b = Parameter(Real()), Parameter(Real())
    variance = Parameter(Positive())
    x = Observed(Normal(where(treated, a, b), variance=variance), over=n)


class ObservedChoice(Model):
    """Mean and variance by an observed binary variable."""

    n = Axis()
    p = Parameter(Interval(0, 1))
    a, b = Parameter(Real()), Parameter(Real())
    s, t = Parameter(Positive()), Parameter(Positive())
    c = Observed(Bernoulli(p), over=n)
    x = Observed(Normal(where(c, a, b), variance=where(c, s, t)), over=n)


class GroupTreated(Model):
    """A choice by data that are looked up."""

    n, g = Axis(), Axis()
    treated = Given(Binary(), over=g)
    group = Given(Index(g), over=n)
    a, b = Parameter(Positive()), Parameter(Positive())
    x = Observed(Poisson(where(treated[group], a, b)), over=n)


class ZeroUntreated(Model):
    """A choice with a point mass on one side."""

    n = Axis()
    treated = Given(Binary(), over=n)
    rate = Parameter(Positive())
    x = Observed(Poisson(where(treated, rate, 0)), over=n)


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


class SwitchedRegression(Model):
    """A treatment that is given, and a response that is latent."""

    n = Axis()
    treated = Given(Binary(), over=n)
    p = Parameter(Interval(0, 1))
    a, b, c = Parameter(Real()), Parameter(Real()), Parameter(Real())
    variance = Parameter(Positive())
    responds = Latent(Bernoulli(p), over=n)
    x = Observed(Normal(where(treated, where(responds, a, b), c), variance=variance), over=n)


class TreatedClasses(Model):
    """A given binary with a latent one: three success probabilities."""

    n = Axis()
    treated = Given(Binary(), over=n)
    trials = Given(Count(), over=n)
    share = Parameter(Interval(0, 1))
    a, b, c = Parameter(Interval(0, 1)), Parameter(Interval(0, 1)), Parameter(Interval(0, 1))
    responds = Latent(Bernoulli(share), over=n)
    y = Observed(Binomial(trials, where(treated, where(responds, a, b), c)), over=n)


class TwoFamilies(Model):
    """A mixture whose components are an Exponential and a Gamma."""

    n = Axis()
    p = Parameter(Interval(0, 1))
    rate, shape = Parameter(Positive()), Parameter(Positive())
    z = Latent(Bernoulli(p), over=n)
    x = Observed(Gamma(where(z, shape, 1), rate=rate), over=n)


class SwitchedEffect(Model):
    """An effect that only some rows show."""

    n, j = Axis(), Axis()
    p = Parameter(Interval(0, 1))
    tau2, s2 = Parameter(Positive()), Parameter(Positive())
    on = Latent(Bernoulli(p), over=n)
    b = Latent(Normal(0, variance=tau2), over=n)
    x = Observed(Normal(where(on, b, 0), variance=s2), over=(n, j))


class BinaryExperts(Model):
    """A binary class with logistic weights."""

    n, p = Axis(), Axis()
    v = Given(Real(p), over=n)
    gate = Parameter(Real(p))
    a, b = Parameter(Positive()), Parameter(Positive())
    z = Latent(Bernoulli(logits=dot(v, gate)), over=n)
    y = Observed(Poisson(where(z, a, b)), over=n)


CASES = (
    Case(GivenSwitch, {"n": 9}),
    Case(ObservedChoice, {"n": 12}),
    Case(GroupTreated, {"n": 9, "g": 4}),
    Case(ZeroUntreated, {"n": 9}),
    Case(FromOneState, {"n": 16}, seed=2),
    Case(Diagnostic, {"n": 30}),
    Case(Contaminated, {"n": 20}),
    Case(ZeroInflatedItems, {"n": 24, "j": 2}, seed=4),
    Case(ZeroInflatedBinomial, {"n": 20}),
    Case(HurdleOfClass, {"n": 30, "k": 2}, seed=2),
    Case(SwitchedRegression, {"n": 20}),
    Case(TreatedClasses, {"n": 30}),
    Case(TwoFamilies, {"n": 20}, seed=3),
    Case(SwitchedEffect, {"n": 7, "j": 2}, seed=2),
    Case(BinaryExperts, {"n": 40, "p": 2}, seed=4),
)
