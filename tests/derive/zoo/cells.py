"""Sums and coarsenings of cells."""

from __future__ import annotations

from autoem import (
    Aggregate, Axis, Categorical, Count, Given, Interval, Latent, Model, Multinomial, Normal,
    Observed, Parameter, Positive, Real, Simplex,
)  # fmt: skip
from tests.derive.zoo.case import Case


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


CASES = (
    Case(PoissonCells, {"n": 3}),
    Case(LinkageOfStrains, {"n": 2}),
    Case(SharedLinkage, {"n": 3}),
    Case(SimplexCells, {"n": 3}),
    Case(CoarseCategory, {"n": 20}),
)
