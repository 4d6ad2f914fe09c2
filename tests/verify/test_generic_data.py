"""Simulated data are such that every update has a value, and do not explode."""

from __future__ import annotations

import numpy as np
import pytest

from autoem import (
    Axis,
    Bernoulli,
    Categorical,
    Latent,
    Markov,
    Model,
    Multinomial,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    Simplex,
    Zeros,
    derive,
    previous,
    verify,
    where,
)
from autoem.program.lower import lower
from autoem.verify import trial
from autoem.verify.case import Case
from autoem.verify.certificate import Obligation
from autoem.verify.tiny import tiny_sizes


class Classes(Model):
    """Classes that are seen: with five rows some class has one, and no variance."""

    n, k = Axis(), Axis()
    weight = Parameter(Simplex(k))
    mean, variance = Parameter(Real(), over=k), Parameter(Positive(), over=k)
    z = Observed(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance[z]), over=n)


class RareCounts(Model):
    """Counts that are often all zero, and then so is their rate."""

    n = Axis()
    rate = Parameter(Positive())
    z = Latent(Bernoulli(1 / 2), over=n)
    x = Observed(Poisson(rate * (1 + z) / 20), over=n)


class Growing(Model):
    """Steps that multiply: of generic ones most explode."""

    t = Axis()
    growth = Parameter(Real())
    spread, noise = Parameter(Positive()), Parameter(Positive())
    z = Latent(
        Markov(first=Normal(0, variance=1), then=Normal(3 * growth * previous, variance=spread)),
        over=t,
    )
    x = Observed(Normal(z, variance=noise), over=t)


class Named(Model):
    """The fourth entry is named."""

    k = Axis()
    p = Parameter(Simplex(k))
    x = Observed(Multinomial(10, [p[0], p[3], 1 - p[0] - p[3]]))


@pytest.mark.parametrize("model", [Classes, RareCounts])
def test_updates_have_values(model: type[Model]) -> None:
    assert verify(derive(model))


def test_data_do_not_explode() -> None:
    derivation = derive(Growing)
    case = Case(derivation, lower(derivation, ""))
    for stream in range(10):
        made = trial._made(case, tiny_sizes(Growing, 240), case.generator(stream))
        assert np.abs(made.data["x"]).max() < trial.HUGE


def test_an_axis_has_every_entry_that_is_named() -> None:
    assert tiny_sizes(Named)["k"] == 4


def test_what_has_not_settled_is_open() -> None:
    failed = Obligation("convergence", "failed")
    assert failed.open_if(True).status == "open"
    assert failed.open_if(False).status == "failed"
    assert Obligation("convergence", "checked").open_if(True).status == "checked"


def test_time_is_rows_also_where_a_change_lies_on_it() -> None:
    class Change(Model):
        t = Axis()
        before, after = Parameter(Real()), Parameter(Real())
        change = Latent(Categorical(logits=Zeros(t)))
        y = Observed(Normal(where(t < change, before, after), variance=1), over=t)

    assert tiny_sizes(Change, 240)["t"] == 240
    assert verify(derive(Change))
