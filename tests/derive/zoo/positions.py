"""Axes as numbers: comparisons with positions, and indices that are reckoned."""

from __future__ import annotations

from autoem import (
    Axis, Bernoulli, Categorical, Given, Index, Interval, Latent, Model, Normal, Observed, Ones,
    Parameter, Poisson, Positive, Real, Simplex, dot, where,
)  # fmt: skip
from tests.derive.zoo.case import Case


class ChangeOfRate(Model):
    """Series of counts, each with a change of its own."""

    s, t = Axis(), Axis()
    chance = Parameter(Simplex(t))
    early, late = Parameter(Positive()), Parameter(Positive())
    tau = Latent(Categorical(chance), over=s)
    y = Observed(Poisson(where(t < tau, early, late)), over=(s, t))


class MotifInSequence(Model):
    """A window of letters at an unknown place."""

    s, t, p, w, v = Axis(), Axis(), Axis(), Axis(), Axis()
    width = dot(Ones(w), Ones(w))
    chance = Given(Simplex(p))
    motif = Parameter(Simplex(v), over=w)
    background = Parameter(Simplex(v))
    start = Latent(Categorical(chance), over=s)
    inside = (start <= t) * (t < start + width)
    x = Observed(Categorical(where(inside, motif[t - start], background)), over=(s, t))


class Trend(Model):
    """A regression on the position: no latent."""

    t = Axis()
    level, slope = Parameter(Real()), Parameter(Real())
    variance = Parameter(Positive())
    x = Observed(Normal(level + slope * t, variance=variance), over=t)


class PulseOrNone(Model):
    """A single odd step, in some of the series: a choice in a choice."""

    s, t = Axis(), Axis()
    share = Parameter(Interval(0, 1))
    chance = Parameter(Simplex(t))
    low, high = Parameter(Real()), Parameter(Real())
    variance = Parameter(Positive())
    has = Latent(Bernoulli(share), over=s)
    at = Latent(Categorical(chance), over=s)
    x = Observed(Normal(where(has, where(t == at, high, low), low), variance=variance), over=(s, t))


class TwoLaws(Model):
    """A condition between laws, on data and on a state."""

    n, k = Axis(), Axis()
    first = Given(Index(k), over=n)
    weight = Parameter(Simplex(k))
    rate, other = Parameter(Positive()), Parameter(Positive())
    z = Latent(Categorical(weight), over=n)
    x = Observed(where(z > first, Poisson(rate), Poisson(other)), over=n)


class RateSinceChange(Model):
    """A rate by the number of steps since the change."""

    s, t, k, d = Axis(), Axis(), Axis(), Axis()
    chance = Parameter(Simplex(k))
    before = Parameter(Positive())
    rate = Parameter(Positive(), over=d)
    since = Latent(Categorical(chance), over=s)
    y = Observed(Poisson(where(t < since, before, rate[t - since])), over=(s, t))


CASES = (
    Case(ChangeOfRate, {"s": 4, "t": 4}, interior=False),
    Case(MotifInSequence, {"s": 4, "t": 5, "p": 3, "w": 3, "v": 2}, interior=False),
    Case(PulseOrNone, {"s": 5, "t": 3}, interior=False),
    Case(Trend, {"t": 6}),
    Case(TwoLaws, {"n": 9, "k": 3}, interior=False),
    Case(RateSinceChange, {"s": 4, "t": 4, "k": 2, "d": 4}, interior=False),
)
