"""Laws settled at their variables: plates, events, categories; chains, trees and constructs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.families import (
    Bernoulli,
    Categorical,
    Dirichlet,
    Gamma,
    Multinomial,
    MultivariateNormal,
    Normal,
    Poisson,
)
from autoem.language import (
    Aggregate,
    Axis,
    Distribution,
    Evidence,
    Given,
    Index,
    Interval,
    Latent,
    Markov,
    Model,
    NonNegative,
    Observed,
    Ones,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Stationary,
    Switch,
    Total,
    Tree,
    Truncated,
    Within,
    dot,
    parent,
    previous,
    where,
)
from autoem.language.expression import Contraction, Listing, Lookup, ParentValue, Previous

n, s, t, k, d, p, v = (Axis(name) for name in ("n", "s", "t", "k", "d", "p", "v"))
weight = Parameter(Simplex(k))
mean = Parameter(Real(d), over=k)
cov = Parameter(PositiveDefinite(d), over=k)
z = Latent(Categorical(weight), over=n)


@dataclass(frozen=True)
class Argument:
    name: str
    domain: str


@dataclass(frozen=True)
class Noise:
    """A family that is in no registry: the language reads these facts only."""

    name: str = "Noise"
    arguments: tuple[Argument, ...] = (Argument("scale", "positive"),)
    support: str = "real"
    event_rank: int = 0


def argument(law: Any, name: str) -> Any:
    assert isinstance(law, Distribution)
    return law.argument(name)


# Families -----------------------------------------------------------------------------------------


def test_the_event_is_that_of_the_arguments() -> None:
    x = Observed(MultivariateNormal(mean[z], cov=cov[z]), over=n)
    assert x.axes == (n, d) and x.category is None and x.support == "vector"


def test_a_category_is_the_event_axis_of_the_simplex() -> None:
    assert z.axes == (n,) and z.category is k and z.support == "category"
    x = Observed(Categorical(Parameter(Simplex(v), over=k)[z]), over=n)
    assert x.category is v


def test_the_category_of_logits_is_the_axis_that_is_left() -> None:
    x = Given(Real(p), over=n)
    by_plate = Latent(Categorical(logits=dot(x, Parameter(Real(p), over=k))), over=n)
    by_event = Latent(Categorical(logits=Parameter(Real(k))), over=n)
    for latent in (by_plate, by_event):
        assert latent.category is k and latent.axes == (n,)
        assert argument(latent.distribution, "logits").event == (k,)


def test_a_number_is_the_same_at_all_entries() -> None:
    prior = Parameter(Simplex(k), prior=Dirichlet(2)).prior
    assert argument(prior, "concentration").event == (k,)
    x = Observed(MultivariateNormal(0, cov=cov[z]), over=n)
    assert argument(x.distribution, "mean").event == (d,)


def test_a_literal_takes_the_axis_of_the_other_arguments() -> None:
    x = Observed(MultivariateNormal([1, 2], cov=cov[z]), over=n)
    assert x.event == (d,) and isinstance(argument(x.distribution, "mean"), Listing)
    prior = Parameter(Simplex(k), prior=Dirichlet(np.array([1.0, 2.0]))).prior
    assert argument(prior, "concentration").event == (k,)


def test_a_list_alone_is_the_event() -> None:
    theta = Parameter(Interval(0, 1))
    x = Latent(Multinomial(10, [0.5, theta / 2, (1 - theta) / 2]))
    assert [axis.size for axis in x.axes] == [3] and x.event[0].literal


def test_a_prior_repeats_over_the_axes_of_its_parameter() -> None:
    shape = Given(Positive(), over=k)
    rate = Parameter(Positive(d), over=k, prior=Gamma(shape, rate=1))
    assert rate.prior is not None and rate.prior.plates == (k,) and rate.prior.event == ()


def test_a_family_of_ones_own() -> None:
    x = Observed(Distribution(Noise(), (("scale", mean[z, 0]),)), over=n)
    assert x.distribution.plates == (n,) and x.event == ()


def test_two_variables_may_share_a_parameter() -> None:
    y = Observed(Poisson(weight[0]), over=n)
    w = Observed(Poisson(weight[0]), over=t)
    assert argument(y.distribution, "rate").base is argument(w.distribution, "rate").base


# Where --------------------------------------------------------------------------------------------


def test_where_of_two_laws() -> None:
    barren = Latent(Bernoulli(0.5), over=n)
    rate = Parameter(Positive(), over=k)
    x = Observed(where(barren, Poisson(0), Poisson(rate[z])), over=n)
    assert isinstance(x.distribution, Switch) and x.distribution.condition is barren
    assert x.distribution.plates == (n,) and x.support == "count"


# Chains -------------------------------------------------------------------------------------------


class HiddenMarkov(Model):
    s, t, k, v = Axis(), Axis(), Axis(), Axis()
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    emission = Parameter(Simplex(v), over=k)
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    x = Observed(Categorical(emission[z]), over=(s, t))


def test_previous_is_bound_to_its_variable() -> None:
    chain = HiddenMarkov.z.distribution
    assert isinstance(chain, Markov) and HiddenMarkov.z.category is HiddenMarkov.k
    looked = argument(chain.then, "p")
    assert isinstance(looked, Lookup)
    ((axis, before),) = looked.entries
    assert axis is HiddenMarkov.k and isinstance(before, Previous)
    assert before.variable is HiddenMarkov.z and before.plates == (HiddenMarkov.s, HiddenMarkov.t)
    assert looked.event == (HiddenMarkov.k,)


def test_previous_may_be_a_vector() -> None:
    dynamics, noise = Parameter(Real(d, d)), Parameter(PositiveDefinite(d))
    x = Latent(
        Markov(
            first=MultivariateNormal(0, cov=noise),
            then=MultivariateNormal(dynamics @ previous, cov=noise),
        ),
        over=t,
    )
    chain = x.distribution
    assert isinstance(chain, Markov) and x.axes == (t, d)
    assert isinstance(argument(chain.then, "mean"), Contraction)


def test_a_switching_autoregression() -> None:
    phi, s2 = Parameter(Real(), over=k), Parameter(Positive(), over=k)
    state = Latent(Categorical(weight), over=t)
    y = Observed(
        Markov(first=Normal(0, variance=1), then=Normal(phi[state] * previous, variance=s2[state])),
        over=t,
    )
    assert y.distribution.plates == (t,)


def test_a_stationary_start_has_the_shape_of_a_step() -> None:
    transition = Parameter(Simplex(k), over=k)
    x = Latent(Markov(first=Stationary(), then=Categorical(transition[previous])), over=t)
    assert x.category is k and x.support == "category"
    y = Latent(Markov(first=Stationary(), then=Normal(previous / 2, variance=1)), over=t)
    assert y.axes == (t,)


def test_a_tree_is_bound_to_the_value_at_the_parent() -> None:
    up = Given(Index(n), over=n)
    transition = Parameter(Simplex(k), over=k)
    for word in (previous, parent):
        law = Tree(root=Categorical(weight), then=Categorical(transition[word]), parent=up)
        x = Latent(law, over=n)
        assert isinstance(x.distribution, Tree)
        ((_, above),) = argument(x.distribution.then, "p").entries
        assert isinstance(above, ParentValue) and above.variable is x


# Constructs ---------------------------------------------------------------------------------------


def test_groups_of_cells_have_an_axis_of_their_own() -> None:
    x = Latent(Multinomial(10, [0.5, 0.25, 0.25]))
    y = Observed(Aggregate(x, groups=[(0, 1), (2,)]))
    assert [axis.size for axis in y.axes] == [2]
    law = y.distribution
    assert isinstance(law, Aggregate) and law.groups == ((0, 1), (2,))


def test_groups_of_categories_are_categories() -> None:
    seen = Observed(Aggregate(z, groups=[(0, 2), (1,)]), over=n)
    assert seen.event == () and seen.category is not None and seen.category.size == 2


def test_a_total_loses_the_axes_that_are_summed() -> None:
    x = Latent(Poisson(1), over=(n, t))
    assert Observed(Total(x, over=t), over=n).axes == (n,)
    assert Observed(Total(x, over=(n, t))).axes == ()


def test_within_and_evidence_take_givens() -> None:
    low = Given(Real(), over=n)
    x = Latent(Normal(0, variance=1), over=n)
    assert Observed(Within(x, lower=low), over=n).distribution.plates == (n,)
    table = Given(NonNegative(), over=(n, k))
    assert Observed(Evidence(table[z]), over=n).distribution.plates == (n,)


def test_truncated_has_the_axes_of_its_bounds() -> None:
    low = Given(Real(), over=n)
    x = Observed(Truncated(Normal(0, variance=1), lower=low), over=n)
    assert x.distribution.plates == (n,) and x.support == "real"


def test_dirichlet_of_a_vector() -> None:
    x = Latent(Dirichlet(2 * Ones(k)), over=n)
    assert x.axes == (n, k) and x.support == "simplex"
