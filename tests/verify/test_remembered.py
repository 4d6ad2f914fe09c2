"""Densities that are remembered are those of the instance, each asked for once."""

from typing import Any

import numpy as np
import pytest

from autoem import Axis, Categorical, Latent, Model, Normal, Observed, Parameter, Real, Simplex
from autoem.verify.components import components
from autoem.verify.reference import log_likelihood
from autoem.verify.remembered import Remembered
from autoem.verify.sites import Instance, Site
from autoem.verify.tabulated import tabulated


class Pointed(Model):
    """Which of the groups' states is read depends on the group of the row."""

    n, g, k = Axis(size=2), Axis(size=3), Axis(size=2)
    share, weight = Parameter(Simplex(g)), Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    state = Latent(Categorical(weight), over=g)
    group = Latent(Categorical(share), over=n)
    x = Observed(Normal(mean[state[group]], variance=1), over=n)


THETA = {"share": [0.2, 0.3, 0.5], "weight": [0.4, 0.6], "mean": [-1.0, 2.0]}
ROW = Site(Pointed.x, (0,))


def pointed(**changed: Any) -> Instance:
    theta = {name: np.array(value) for name, value in (THETA | changed).items()}
    return Instance(Pointed, {}, {"x": np.array([0.5, -0.3])}, theta)


def states_of(instance: Instance) -> dict[Site, range]:
    hidden = components(instance)[0].hidden
    return {s: range(3 if s.variable is Pointed.group else 2) for s in hidden}


def test_every_density_is_that_of_the_instance() -> None:
    instance = pointed()
    remembered, (component, _) = Remembered(instance), components(instance)
    states = states_of(instance)
    table = remembered.table(component, states)
    for place in np.ndindex(table.shape):
        latents = dict(zip(states, place, strict=True))
        expected = sum(instance.log_density(site, latents) for site in component.factors)
        assert table[place] == pytest.approx(expected, rel=1e-14)
        assert remembered.log_p(component, latents) == pytest.approx(expected, rel=1e-14)


def test_a_density_is_asked_for_the_states_that_it_reads() -> None:
    """A row reads its group, and then the state of that group, and of no other."""
    instance, asked = pointed(), []

    def density(latents: Any) -> Any:
        found = instance.log_density(ROW, latents)
        asked.append(latents)
        return found

    table = tabulated(density, states_of(instance))
    assert len(asked) == 3 * 2
    assert sorted(table.shape) == [1, 2, 2, 2, 3]


def test_a_table_is_made_again_for_other_parameters_that_it_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = pointed()
    log_likelihood(first)
    asked, direct = [], Instance.log_density
    monkeypatch.setattr(
        Instance, "log_density", lambda *args: asked.append(args[1].variable) or direct(*args)
    )
    moved = first.at({**first.parameters, "weight": np.array([0.1, 0.9])})
    value = log_likelihood(moved)
    assert {v.name for v in asked} == {"state"}
    assert value == pytest.approx(log_likelihood(pointed(weight=[0.1, 0.9])), rel=1e-14)


def test_a_table_of_other_parameters_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: parameters are never told apart."""
    monkeypatch.setattr(Remembered, "_bytes", lambda self, name: b"")
    first = pointed()
    log_likelihood(first)
    moved = first.at({**first.parameters, "weight": np.array([0.1, 0.9])})
    expected = log_likelihood(pointed(weight=[0.1, 0.9]))
    assert log_likelihood(moved) != pytest.approx(expected, rel=1e-3)
